"""Lists that people work with, as a request asks them: `q`, `sort`, `ids`, `count`, beside cursor, limit and fields.

`Listed = Annotated[ListRequest, Depends(list_of("application_id", {"received_at": "instant", "title": "text"}))]` in a
route: the names are fields of the view, and orders of the store's `Shape`. `-received_at` goes backwards; without a
`sort`, and by the id's own name, a list goes by the number of the id.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from libs.common.bounds import Expected
from libs.common.errors import InvalidRequest
from libs.common.keys import fold_key
from libs.common.lists import BEFORE_ALL, Counts, SortKind, Wanted
from libs.common.paging import NUMBER_MAX, BadCursor, Key, ListPage, Paging, read_instant, read_paging
from libs.common.wrong_fields import wrong_field

T = TypeVar("T")
IDS_MAX = 200
SEARCH_LENGTH_MAX = 100
_IDS = Expected(f"쉼표로 나눈 번호 1~{IDS_MAX}개", f"1 to {IDS_MAX} ids, separated by commas")


class ListRequest:
    """What a request asks of a list: `wanted` is for the store, `page` makes the answer."""

    def __init__(self, paging: Paging, id_field: str, wanted: Wanted, *, counts: bool) -> None:
        self._paging = paging
        self._id_field = id_field
        self.wanted = wanted
        self.counts = counts
        """Whether `count=true` was asked for."""

    @property
    def limit(self) -> int:
        """Items on a page at most."""
        return self._paging.limit

    def page(self, items: list[T], counts: Counts | None = None) -> ListPage[T]:
        """The answer out of one item more than a page shows. Raises Invalid for fields that the items do not have."""
        told = {} if counts is None else _told(counts)
        key = (self.wanted.sort, self._id_field) if self.wanted.sort else (self._id_field,)
        return self._paging.list_page(items, _order(self.wanted.sort, backwards=self.wanted.descending), key, told)


def list_of(id_field: str, sorts: Mapping[str, SortKind]) -> Callable[..., Awaitable[ListRequest]]:
    """The dependency that reads what a request asks of a list with these orders.

    It raises InvalidRequest (422) for an unknown order or too many ids, and BadCursor (400) for a cursor that another
    list or another order gave.
    """
    names = [name for sort in (id_field, *sorts) for name in (sort, f"-{sort}")]
    pattern = f"^({'|'.join(names)})$"

    async def read(
        paging: Annotated[Paging, Depends(read_paging)],
        q: Annotated[
            str | None,
            Query(
                max_length=SEARCH_LENGTH_MAX, description="이름, 접수번호, 사업자번호, 번호의 일부 · any part of them"
            ),
        ] = None,
        sort: Annotated[
            str | None,
            Query(pattern=pattern, description="순서, 거꾸로는 앞에 - · order", json_schema_extra={"enum": names}),
        ] = None,
        ids: Annotated[
            str | None, Query(max_length=IDS_MAX * 50, description="쉼표로 나눈 번호 · only these, separated by commas")
        ] = None,
        count: Annotated[bool, Query(description="전체 건수와 상태별 건수도 · counts too")] = False,
    ) -> ListRequest:
        named, backwards = (sort or "").removeprefix("-"), (sort or "").startswith("-")
        by = "" if named == id_field else named
        wanted = Wanted(
            fetch=paging.limit + 1,
            search=fold_key(q or ""),
            ids=_read_ids(ids),
            sort=by,
            descending=backwards,
            after=_read_after(paging, by, sorts.get(by), backwards=backwards),
        )
        return ListRequest(paging, id_field, wanted, counts=count)

    return read


def _read_ids(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    ids = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if not 1 <= len(ids) <= IDS_MAX:
        raise InvalidRequest([wrong_field("too_many" if ids else "too_few", ["ids"], "query", _IDS)])
    return ids


def _read_after(paging: Paging, sort: str, kind: SortKind | None, *, backwards: bool) -> tuple[Any, str] | None:
    key = paging.after_row(3 if sort else 2)
    if key is None:
        return None
    if key[0] != _order(sort, backwards=backwards) or not isinstance(key[-1], str):
        raise BadCursor
    return (None if kind is None else _read_value(key, kind)), key[-1]


def _read_value(key: Key, kind: SortKind) -> Any:
    value = key[1]
    if kind == "number":
        if isinstance(value, int) and abs(value) <= NUMBER_MAX:
            return value
        raise BadCursor
    if not isinstance(value, str):
        raise BadCursor
    if kind == "text":
        return value
    if kind == "instant":
        return BEFORE_ALL if value == "" else read_instant(value)
    return _read_day(value)


def _read_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else BEFORE_ALL.date()
    except ValueError as error:
        raise BadCursor from error


def _order(sort: str, *, backwards: bool) -> str:
    return f"-{sort}" if backwards else sort


def _told(counts: Counts) -> dict[str, Any]:
    return {"total": counts.total, "total_is_exact": counts.exact, "by_state": dict(counts.by_state)}
