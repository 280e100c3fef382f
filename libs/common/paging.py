"""Lists page by keyset: an opaque cursor over the sort key, a capped limit, and only the fields asked for."""

import base64
import binascii
import json
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from libs.common.errors import Invalid

T = TypeVar("T")
LIMIT_MAX = 200


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is none on the last."""

    items: list[T]
    next_cursor: str | None


class Paging:
    """What a list request asks for: `limit` (1 to 200), `after` (the sort key to go on after), `fields`."""

    def __init__(self, limit: int, cursor: str | None, fields: str | None) -> None:
        self.limit = limit
        self.after: list[Any] | None = _read_cursor(cursor) if cursor else None
        self.fields = [f.strip() for f in fields.split(",")] if fields else None

    def after_id(self) -> str:
        """The id to go on after, for lists sorted by id alone; empty for the first page."""
        return str(self.after[0]) if self.after else ""

    def page(self, items: list[T], *sort_key: str) -> Page[T]:
        """A page of up to `limit` items out of `limit + 1` fetched ones, with the cursor built from `sort_key` fields.

        Raises Invalid for fields that the items do not have.
        """
        more = len(items) > self.limit
        shown = items[: self.limit]
        cursor = _write_cursor([_field(shown[-1], name) for name in sort_key]) if more else None
        if self.fields is None:
            return Page(items=shown, next_cursor=cursor)
        cut = {"items": [self._cut(item) for item in shown], "next_cursor": cursor}
        # A Response passes FastAPI's response model untouched; a cut item would not fit it.
        return cast("Page[T]", JSONResponse(cut))

    def _cut(self, item: Any) -> Any:
        full = item.model_dump(mode="json") if isinstance(item, BaseModel) else dict(item)
        unknown = [name for name in self.fields or [] if name not in full]
        if unknown:
            raise Invalid("unknown_fields", fields=", ".join(unknown))
        return {name: full[name] for name in self.fields or []}


async def read_paging(
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="한 쪽의 건수 · items per page")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="앞 쪽의 next_cursor")] = None,
    fields: Annotated[
        str | None, Query(max_length=500, description="쉼표로 나눈 항목 이름 · only these fields")
    ] = None,
) -> Paging:
    """The request's paging. A coroutine, because FastAPI would send a plain class to a thread. Raises Invalid."""
    return Paging(limit, cursor, fields)


def _field(item: Any, name: str) -> Any:
    value = item[name] if isinstance(item, dict) else getattr(item, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _write_cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (binascii.Error, ValueError) as error:
        raise Invalid("bad_cursor") from error
    if not isinstance(key, list) or not key or not all(isinstance(part, str | int) for part in key):
        raise Invalid("bad_cursor")
    if any(isinstance(part, str) and "\x00" in part for part in key):
        raise Invalid("bad_cursor")
    return key
