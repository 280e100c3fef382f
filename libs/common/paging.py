"""Lists page by keyset: an opaque cursor over the sort key, a capped limit, and only the fields asked for."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from libs.common.bounds import FIRST_INSTANT, LAST_INSTANT, InDigits, is_storable
from libs.common.errors import DureError, Invalid

T = TypeVar("T")
LIMIT_MAX = 200
CURSOR_LENGTH_MAX = 4_000
"""Four names of a hundred Korean letters each are 1,600 characters of a cursor."""
NUMBER_MAX = 2**63 - 1
Key = Sequence[str | int]


class BadCursor(DureError):
    """A cursor that this list did not give (400)."""

    status = 400

    def __init__(self) -> None:
        super().__init__("bad_cursor")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is none on the last."""

    items: list[T]
    next_cursor: str | None


class ListPage(Page[T], Generic[T]):
    """One page of a list that people work with; counts are told where `count=true` asks for them."""

    total: int | None = None
    """Rows on all pages, exact to 10,000."""
    total_is_exact: bool | None = None
    by_state: dict[str, int] | None = None


class Paging:
    """What a request for the list of this name asks for: `limit` (1 to 200), where to go on after, `fields`.

    Raises BadCursor for a cursor that is none, or another list's.
    """

    def __init__(self, name: str, limit: int, cursor: str | None, fields: str | None) -> None:
        self.limit = limit
        self.fields = [f.strip() for f in fields.split(",")] if fields else None
        self._name = name
        self._after: Key | None = _read_cursor(cursor, name) if cursor else None

    def after_id(self) -> str:
        """The id to go on after, for lists sorted by id alone; empty for the first page. Raises BadCursor."""
        return self.after_ids(1)[0]

    def after_ids(self, count: int) -> tuple[str, ...]:
        """So many texts to go on after, empty ones for the first page. Raises BadCursor where the key is another."""
        key = self._key([""] * count)
        if not all(isinstance(part, str) for part in key):
            raise BadCursor
        return tuple(str(part) for part in key)

    def after_pair(self) -> tuple[str, str]:
        """The two texts to go on after, for lists sorted by two; empty ones for the first page. Raises BadCursor."""
        first, second = self.after_ids(2)
        return first, second

    def after_numbers(self, count: int) -> tuple[int, ...]:
        """So many whole numbers to go on after, 0 for the first page. Raises BadCursor where the key is another."""
        key = self._key([0] * count)
        if not all(isinstance(part, int) and 0 <= part <= NUMBER_MAX for part in key):
            raise BadCursor
        return tuple(int(part) for part in key)

    def after_ids_and_instant(self, count: int) -> tuple[tuple[str, ...], dt.datetime] | None:
        """So many texts and the instant (UTC) to go on after; none for the first page. Raises BadCursor."""
        if self._after is None:
            return None
        *ids, instant = self._key([""] * (count + 1))
        if not all(isinstance(part, str) for part in (*ids, instant)):
            raise BadCursor
        return tuple(str(part) for part in ids), read_instant(str(instant))

    def after_row(self, parts: int) -> Key | None:
        """The so many parts of the key to go on after; none for the first page. Raises BadCursor."""
        return None if self._after is None else self._key([""] * parts)

    def _key(self, first_page: Key) -> Key:
        """The key of the cursor, of as many parts as that of the first page."""
        if self._after is None:
            return first_page
        if len(self._after) != len(first_page):
            raise BadCursor
        return self._after

    def page(self, items: list[T], *sort_key: str) -> Page[T]:
        """A page of up to `limit` items out of `limit + 1` fetched ones, with the cursor built from `sort_key` fields.

        Raises Invalid for fields that the items do not have.
        """
        shown, cursor = self._shown(items, (), sort_key)
        return (
            cast("Page[T]", self._cut_page(shown, cursor, {})) if self.fields else Page(items=shown, next_cursor=cursor)
        )

    def list_page(self, items: list[T], order: str, sort_key: tuple[str, ...], told: dict[str, Any]) -> ListPage[T]:
        """The same for a list that people work with: the cursor says its order, the page what is counted.

        Raises Invalid for fields that the items do not have.
        """
        shown, cursor = self._shown(items, (order,), sort_key)
        if self.fields:
            return cast("ListPage[T]", self._cut_page(shown, cursor, told))
        return ListPage(items=shown, next_cursor=cursor, **told)

    def _shown(self, items: list[T], before: tuple[str, ...], sort_key: tuple[str, ...]) -> tuple[list[T], str | None]:
        """The items of this page, and the cursor of the next one where there is one."""
        shown = items[: self.limit]
        if len(items) <= self.limit:
            return shown, None
        return shown, _write_cursor([self._name, *before, *(_field(shown[-1], name) for name in sort_key)])

    def _cut_page(self, shown: list[T], cursor: str | None, told: dict[str, Any]) -> JSONResponse:
        # A Response passes FastAPI's response model untouched; a cut item would not fit it.
        return JSONResponse({"items": [self._cut(item) for item in shown], "next_cursor": cursor, **told})

    def _cut(self, item: Any) -> Any:
        full = item.model_dump(mode="json") if isinstance(item, BaseModel) else dict(item)
        unknown = [name for name in self.fields or [] if name not in full]
        if unknown:
            raise Invalid("unknown_fields", fields=", ".join(unknown))
        return {name: full[name] for name in self.fields or []}


async def read_paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="한 쪽의 건수 · items per page"), InDigits] = 50,
    cursor: Annotated[
        str | None,
        Query(
            description="앞 쪽의 next_cursor · of the page before", json_schema_extra={"maxLength": CURSOR_LENGTH_MAX}
        ),
    ] = None,
    fields: Annotated[
        str | None, Query(max_length=500, description="쉼표로 나눈 항목 이름 · only these fields")
    ] = None,
) -> Paging:
    """The request's paging. A coroutine, because FastAPI would send a plain class to a thread. Raises BadCursor."""
    name = f"{request.app.state.runtime.service.name}.{request.scope['route'].name}"
    return Paging(name, limit, cursor, fields)


def _field(item: Any, name: str) -> Any:
    value = item[name] if isinstance(item, dict) else getattr(item, name)
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value


def _write_cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, name: str) -> Key:
    """The key in a cursor of the list of this name. Raises BadCursor."""
    try:
        padded = cursor[: CURSOR_LENGTH_MAX + 1] + "=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded.encode("ascii"), b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error
    if len(cursor) > CURSOR_LENGTH_MAX or not isinstance(told, list) or told[:1] != [name] or not all(map(_fits, told)):
        raise BadCursor
    return told[1:]


def _fits(part: Any) -> bool:
    """Whether a database can compare with it: a text that it can hold, or a whole number."""
    if isinstance(part, str):
        return is_storable(part)
    return isinstance(part, int) and not isinstance(part, bool) and abs(part) <= NUMBER_MAX


def read_instant(text: str) -> dt.datetime:
    """An instant in a cursor, in UTC. Raises BadCursor."""
    try:
        instant = dt.datetime.fromisoformat(text)
        if instant.tzinfo is None or not FIRST_INSTANT <= instant <= LAST_INSTANT:
            raise BadCursor
        return instant.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
