"""How every request is read, in this one place: what nothing can keep is refused with its place, a BOM is passed over.

A body is UTF-8 JSON (RFC 8259), nested at most 64 deep; a byte order mark before it is no part of it. NUL and halves
of characters are refused in body, form, query, path and headers, and so are numbers that are none.
"""

import json
import math
import re
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from fastapi import Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from libs.common.bounds import Expected, is_storable
from libs.common.errors import FIELDS_TOLD_MAX, InvalidRequest, PartOfRequest, WrongField
from libs.common.wrong_fields import wrong_field

BOM = b"\xef\xbb\xbf"
DEPTH_MAX = 64
DIGITS_MAX = 40
"""No number that is asked for has as many; longer ones are not even reckoned with."""
MAY_BE_UNFIT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LEVELS = Expected(f"{DEPTH_MAX}겹", f"{DEPTH_MAX} levels")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Place = tuple[str | int, ...]


class ReadRoute(APIRoute):
    """A route whose requests are read as this file says."""

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, with a request that reads its body strictly."""
        handle = super().get_route_handler()
        asked = [one.alias for one in get_flat_params(self.dependant) if isinstance(one.field_info, params.Query)]

        async def read(request: Request) -> Response:
            form: FormData | None = getattr(request.state, "form", None)
            wrong = [*_unfit_parameters(request), *_unfit_fields(form), *_unknown_parameters(request, asked)]
            if wrong:
                raise InvalidRequest(wrong)
            return await handle(StrictRequest(request, form))

        return read


class StrictRequest(Request):
    """A request whose body is JSON, or the form that the gate has read."""

    def __init__(self, request: Request, form: FormData | None) -> None:
        super().__init__(request.scope, request.receive)
        self._form = form

    async def body(self) -> bytes:
        """The body without a byte order mark."""
        if not hasattr(self, "_body"):
            self._body = (await super().body()).removeprefix(BOM)
        return self._body

    async def json(self) -> Any:
        """The body as JSON. Raises HTTPException because of InvalidRequest: FastAPI lets nothing else out."""
        try:
            return read_json(await self.body())
        except InvalidRequest as problem:
            raise HTTPException(problem.status) from problem


def _unfit_parameters(request: Request) -> Iterator[WrongField]:
    parameters: list[tuple[PartOfRequest, str, str]] = [
        *(("path", name, str(value)) for name, value in request.path_params.items()),
        *(("query", name, value) for name, value in request.query_params.multi_items()),
        *(("header", name, value) for name, value in request.headers.items()),
    ]
    if is_storable("".join([name + value for _, name, value in parameters])):
        return  # nearly every request
    for part, name, value in parameters:
        if not (is_storable(name) and is_storable(value)):
            yield wrong_field("forbidden_character", [name], part)


def _unknown_parameters(request: Request, asked: Sequence[str]) -> Iterator[WrongField]:
    """What a query names that the route does not ask for: a filter spelt wrongly must not seem to have been kept to."""
    names = ", ".join(asked)
    for name in dict.fromkeys(request.query_params):
        if name not in asked and is_storable(name + request.query_params[name]):  # else it is told as such
            yield wrong_field("unknown", [name], "query", Expected(names or "없음", names or "nothing"))


def _unfit_fields(form: FormData | None) -> Iterator[WrongField]:
    for name, value in form.multi_items() if form else ():
        text = value if isinstance(value, str) else value.filename or ""
        if not (is_storable(name) and is_storable(text)):
            yield wrong_field("forbidden_character", [name])


def read_json(body: bytes) -> Any:
    """A JSON document. Raises InvalidRequest where it is none, or holds what nothing can keep, with every place."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest([wrong_field("not_utf8", [])]) from error
    numbers = _Numbers()
    try:
        tree = json.loads(
            text, parse_int=numbers.whole, parse_float=numbers.decimal, parse_constant=numbers.not_a_number
        )
    except RecursionError as error:
        raise InvalidRequest([wrong_field("too_deep", [], write=LEVELS)]) from error
    except ValueError as error:
        raise InvalidRequest([wrong_field("not_json", [])]) from error
    # looked through only where there may be something to find: a long list takes as long again
    if numbers.endless or text.count("[") + text.count("{") > DEPTH_MAX or MAY_BE_UNFIT.search(text):
        wrong = _unfit_places(tree)
        if wrong:
            raise InvalidRequest(wrong)
    return tree


class WrittenNumber(float):
    """A number with a fraction that knows how it was written: whoever needs it exactly reads `digits` (F-31)."""

    __slots__ = ("digits",)
    digits: str


class _Numbers:
    """Reads numbers, and knows whether one of them has no end."""

    def __init__(self) -> None:
        self.endless = False

    def whole(self, digits: str) -> float:
        return int(digits) if len(digits) <= DIGITS_MAX else self.not_a_number(digits)

    def decimal(self, digits: str) -> float:
        number = WrittenNumber(digits)
        number.digits = digits
        self.endless |= not math.isfinite(number)
        return number

    def not_a_number(self, _: str) -> float:
        self.endless = True
        return math.inf


def _unfit_places(tree: Any) -> list[WrongField]:
    """The first places of a document that nothing can keep, those further up first."""
    found: list[WrongField] = []
    waiting: deque[tuple[Place, Any]] = deque([((), tree)])
    while waiting and len(found) < FIELDS_TOLD_MAX:
        place, node = waiting.popleft()
        if not isinstance(node, dict | list):
            found += _unfit_value(place, node)
        elif len(place) >= DEPTH_MAX:
            found.append(wrong_field("too_deep", place, write=LEVELS))
        elif isinstance(node, list):
            waiting += [((*place, at), below) for at, below in enumerate(node) if _may_be_unfit(below)]
        else:
            waiting += [((*place, key), below) for key, below in node.items() if _may_be_unfit(below)]
            found += [wrong_field("forbidden_character", (*place, key)) for key in node if not is_storable(key)]
    return found[:FIELDS_TOLD_MAX]


def _may_be_unfit(value: Any) -> bool:
    return isinstance(value, dict | list) or bool(_unfit_value((), value))


def _unfit_value(place: Place, value: Any) -> list[WrongField]:
    if isinstance(value, str) and not is_storable(value):
        return [wrong_field("forbidden_character", place)]
    if isinstance(value, float) and not math.isfinite(value):
        return [wrong_field("not_finite", place)]
    return []
