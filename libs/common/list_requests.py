"""Lists that people work with, as a request asks them: `q`, `sort`, `ids`, `count`, beside cursor, limit and fields.

`Listed = Annotated[ListRequest, Depends(list_of("application_id", {"received_at": "instant", "title": "text"}))]` in a
route: the names are fields of the view, and orders of the store's `Shape`. `-received_at` goes backwards; without a
`sort`, and by the id's own name, a list goes by the number of the id. `then` names the fields that tell rows with one
id apart, `first` the order of a list that goes by another than its id.
"""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from libs.common.bounds import Day, Expected, Instant
from libs.common.errors import InvalidRequest
from libs.common.exports import PAGE_ROWS, ExportFormat
from libs.common.keys import fold_key
from libs.common.lists import BEFORE_ALL, NO_NUMBER, Counts, SortKind, Wanted
from libs.common.paging import NUMBER_MAX, BadCursor, ListPage, Paging, read_instant, read_paging
from libs.common.wrong_fields import wrong_field

T = TypeVar("T")
IDS_MAX = 200
IDS_LENGTH_MAX = 4_000
"""Twenty characters an id; more would not fit into an address."""
SEARCH_LENGTH_MAX = 100
SORT_LENGTH_MAX = 60
FromInstant = Annotated[Instant | None, Query(description="이 시각부터 · inclusive")]
ToInstant = Annotated[Instant | None, Query(description="이 시각 앞까지 · exclusive")]
FromDay = Annotated[Day | None, Query(description="이 날부터 · inclusive")]
ToDay = Annotated[Day | None, Query(description="이 날 앞까지 · exclusive")]
FileFormat = Annotated[ExportFormat, Query(alias="format", description="파일 형식 · csv or xlsx")]
_IDS = Expected(f"쉼표로 나눈 번호 1~{IDS_MAX}개", f"1 to {IDS_MAX} ids, separated by commas")


@dataclass(frozen=True, slots=True)
class Orders:
    """In which orders a list goes: by its id, and by fields of its view, each of a kind."""

    id_field: str
    sorts: Mapping[str, SortKind]
    then: Mapping[str, SortKind] = field(default_factory=dict)
    first: str = ""
    """The order without a `sort`; empty for that of the id."""
    id_kind: SortKind = "text"

    def fields(self, sort: str) -> dict[str, SortKind]:
        """The fields that say where a row stands in an order, each with its kind."""
        by: dict[str, SortKind] = {sort: self.sorts[sort]} if sort else {}
        return {**by, self.id_field: self.id_kind, **self.then}


class ListRequest:
    """What a request asks of a list: `wanted` is for the store, `page` makes the answer."""

    def __init__(self, paging: Paging, orders: Orders, wanted: Wanted, *, counts: bool) -> None:
        self._paging = paging
        self._orders = orders
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
        key = tuple(self._orders.fields(self.wanted.sort))
        return self._paging.list_page(items, _order(self.wanted.sort, backwards=self.wanted.descending), key, told)

    async def whole(self, read: Callable[[Wanted], Awaitable[Sequence[T]]]) -> AsyncIterator[Sequence[T]]:
        """All rows of the list, by pages as an export reads them; the cursor and the limit of the request do not count.

        `read` gives the views of one page.
        """
        wanted = replace(self.wanted, fetch=PAGE_ROWS, after=None)
        while rows := await read(wanted):
            yield rows
            if len(rows) < PAGE_ROWS:
                return
            wanted = replace(wanted, after=self._place_of(rows[-1]))

    def _place_of(self, item: Any) -> tuple[Any, ...]:
        fields = self._orders.fields(self.wanted.sort)
        place = tuple(_read_value(_plain(getattr(item, name)), kind) for name, kind in fields.items())
        return place if self.wanted.sort else (None, *place)


def list_of(
    id_field: str,
    sorts: Mapping[str, SortKind],
    then: Mapping[str, SortKind] | None = None,
    *,
    first: str = "",
    id_kind: SortKind = "text",
) -> Callable[..., Awaitable[ListRequest]]:
    """The dependency that reads what a request asks of a list with these orders.

    It raises InvalidRequest (422) for an unknown order or too many ids, and BadCursor (400) for a cursor that another
    list or another order gave.
    """
    orders = Orders(id_field, sorts, then or {}, first, id_kind)
    names = [name for sort in dict.fromkeys((id_field, *sorts)) for name in (sort, f"-{sort}")]
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
            Query(
                max_length=SORT_LENGTH_MAX,
                pattern=pattern,
                description="순서, 거꾸로는 앞에 - · order",
                json_schema_extra={"enum": names},
            ),
            Expected(f"다음 중 하나: {', '.join(names)}", f"one of {', '.join(names)}"),
        ] = None,
        ids: Annotated[
            str | None,
            Query(max_length=IDS_LENGTH_MAX, description="쉼표로 나눈 번호 · only these, separated by commas"),
        ] = None,
        count: Annotated[bool, Query(description="전체 건수와 상태별 건수도 · counts too")] = False,
    ) -> ListRequest:
        asked = sort or first
        named, backwards = asked.removeprefix("-"), asked.startswith("-")
        by = "" if named == id_field else named
        wanted = Wanted(
            fetch=paging.limit + 1,
            search=fold_key(q or ""),
            ids=_read_ids(ids),
            sort=by,
            descending=backwards,
            after=_read_after(paging, by, orders, backwards=backwards),
        )
        return ListRequest(paging, orders, wanted, counts=count)

    return read


def _read_ids(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    ids = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if not 1 <= len(ids) <= IDS_MAX:
        raise InvalidRequest([wrong_field("too_many" if ids else "too_few", ["ids"], "query", _IDS)])
    return ids


def _read_after(paging: Paging, sort: str, orders: Orders, *, backwards: bool) -> tuple[Any, ...] | None:
    fields = orders.fields(sort)
    key = paging.after_row(len(fields) + 1)
    if key is None:
        return None
    if key[0] != _order(sort, backwards=backwards):
        raise BadCursor
    place = tuple(_read_value(value, kind) for value, kind in zip(key[1:], fields.values(), strict=True))
    return place if sort else (None, *place)


def _read_value(value: str | int, kind: SortKind) -> Any:
    """A value in a cursor as the store compares it; an empty one is what stands for none. Raises BadCursor."""
    if kind == "number":
        if isinstance(value, int) and abs(value) <= NUMBER_MAX:
            return value
        if value == "":
            return NO_NUMBER
        raise BadCursor
    if not isinstance(value, str):
        raise BadCursor
    if kind == "text":
        return value
    if kind == "points":
        return _read_points(value)
    if kind == "instant":
        return BEFORE_ALL if value == "" else read_instant(value)
    return _read_day(value)


def _read_points(text: str) -> int:
    try:
        hundredths = int(Decimal(text).scaleb(2)) if text else NO_NUMBER
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise BadCursor from error
    if abs(hundredths) > NUMBER_MAX:
        raise BadCursor
    return hundredths


def _read_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else BEFORE_ALL.date()
    except ValueError as error:
        raise BadCursor from error


def _plain(value: Any) -> Any:
    """A view's value as a cursor writes it."""
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value


def _order(sort: str, *, backwards: bool) -> str:
    return f"-{sort}" if backwards else sort


def _told(counts: Counts) -> dict[str, Any]:
    return {"total": counts.total, "total_is_exact": counts.exact, "by_state": dict(counts.by_state)}
