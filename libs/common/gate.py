"""What stands before every route: who calls, whether they may, how much they ask; only then is the body read."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.types import Message, Receive

from libs.common.errors import DureError, Forbidden, Unauthorised
from libs.common.forms import read_form
from libs.common.identity import Caller

BEARER = "bearer "
HUNG_UP = 499
"""The status under which a caller that left in the middle of its body is counted; nobody reads it."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class BodyTooSlow(DureError):
    """A body that did not arrive in its time (408)."""

    status = 408

    def __init__(self, limit_s: int) -> None:
        super().__init__("body_too_slow", limit_s=limit_s)


class GatedRoute(APIRoute):
    """A route whose caller is known, allowed and counted before its body is read, and whose body has a time limit.

    Where no caller is needed, the address counts.
    """

    def get_route_handler(self) -> Handler:
        """FastAPI's handler behind the gate."""
        handle = super().get_route_handler()
        needed = list(_roles_needed(self.dependant))
        as_many = max([1, *(_counted_as.get(one.call, 1) for one in self.dependant.dependencies)])
        bytes_max = self.max_body_size
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)

        async def gated(request: Request) -> Response:
            runtime = request.app.state.runtime
            body = IncomingBody(request.receive, runtime.settings.body_limit_s(bytes_max))
            folder = runtime.settings.incoming_dir if takes_form else None
            if not needed:
                peer = request.client.host if request.client else ""
                runtime.caller_limits.count_anonymous(peer, request.headers.getlist("x-forwarded-for"))
                return await _answer(handle, request, body, folder)
            caller = await caller_of(request)
            for roles in needed:
                if not caller.roles.intersection(roles):
                    raise Forbidden("forbidden", needs=", ".join(roles))
            runtime.caller_limits.count(caller, as_many)
            async with runtime.caller_limits.turn(caller):
                return await _answer(handle, request, body, folder)

        return gated


_opened_by: dict[Any, tuple[str, ...]] = {}


def opened_by(roles: tuple[str, ...], dependency: Any) -> Any:
    """Have a dependency stand for a caller with one of these roles; the gate asks it before the body is read."""
    _opened_by[dependency] = roles
    return dependency


_counted_as: dict[Any, int] = {}


def counted_as(requests: int) -> Any:
    """A dependency of a route that costs more than others: one such request counts as so many of its caller's."""

    async def counted() -> None:
        """Nothing to do: the gate has counted it."""

    _counted_as[counted] = requests
    return Depends(counted)


def _roles_needed(dependant: Dependant) -> Iterator[tuple[str, ...]]:
    """For every dependency on a caller the roles that open it."""
    if dependant.call in _opened_by:
        yield _opened_by[dependant.call]
    for one in dependant.dependencies:
        yield from _roles_needed(one)


async def caller_of(request: Request) -> Caller:
    """The request's caller, looked at once. Raises Unauthorised, Forbidden for no known role, Unavailable."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    told = request.headers.get("authorization", "")
    if told[: len(BEARER)].lower() != BEARER:
        raise Unauthorised("unauthorised")
    caller: Caller = await request.app.state.runtime.verifier.caller(told[len(BEARER) :].strip())
    if not caller.roles:
        raise Forbidden("forbidden", needs="role")
    request.state.caller = caller
    return caller


class IncomingBody:
    """Hands a body's pieces on until its time is over; knows how it ended."""

    def __init__(self, receive: Receive, limit_s: float) -> None:
        self._receive = receive
        self.limit_s = limit_s
        self._until: float | None = None
        self.whole = False
        self.too_slow = False
        self.hung_up = False

    async def __call__(self) -> Message:
        """The next piece. Raises TimeoutError where the whole body takes longer than it may."""
        if self.whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        if self._until is None:
            self._until = loop.time() + self.limit_s
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.too_slow = True
            raise
        self.hung_up = message["type"] == "http.disconnect"
        self.whole = not message.get("more_body", False)
        return message


def form_of(request: Request) -> FormData | None:
    """The form that a request brought, None on a route that takes none."""
    form: FormData | None = getattr(request.state, "form", None)
    return form


async def _answer(handle: Handler, request: Request, body: IncomingBody, folder: Path | None) -> Response:
    """Have the request handled; where a folder is named its body is a form, whose file lies there meanwhile."""
    request._receive = body  # noqa: SLF001 - Starlette has no other place to stand between a request and its body
    form = None
    try:
        if folder is not None:
            form = await read_form(request.headers, request.stream(), folder)
            request._form = request.state.form = form  # noqa: SLF001 - FastAPI asks the request for it
        return await handle(request)
    except Exception as error:
        if body.too_slow:
            raise BodyTooSlow(int(body.limit_s)) from error
        if body.hung_up:
            return Response(status_code=HUNG_UP)
        raise
    finally:
        if form is not None:
            await form.close()
