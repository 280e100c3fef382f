"""Lists that people work with: found by part of a name, in every order, page by page, counted by state."""

import datetime as dt
import unicodedata
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, func, insert, literal, select

from libs.common import problems
from libs.common.list_requests import ListRequest, list_of
from libs.common.lists import BEFORE_ALL, Shape, Wanted, count, paged
from libs.common.paging import ListPage

THING = Table(
    "thing",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("at", DateTime(timezone=True)),
    prefixes=["TEMPORARY"],
)
SHAPE = Shape(
    number=THING.c.id,
    found_by=(THING.c.id, THING.c.name),
    sorts={"name": THING.c.name, "units": THING.c.units, "at": func.coalesce(THING.c.at, BEFORE_ALL)},
    state=THING.c.state,
)
DAY = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
ROWS: list[dict[str, Any]] = [
    {"id": "T-000002", "name": "누리연구소", "state": "open", "units": 4, "at": DAY},
    {"id": "T-999999", "name": unicodedata.normalize("NFD", "가람 대학교"), "state": "open", "units": 2, "at": None},
    {"id": "T-1000000", "name": "ＡＢＣ 100%", "state": "done", "units": 4, "at": DAY + dt.timedelta(days=1)},
    {"id": "T-000001", "name": "가온", "state": "open", "units": 1, "at": DAY},
]


class Thing(BaseModel):
    """A row as the list shows it."""

    id: str
    name: str
    units: int
    at: dt.datetime | None


@pytest.fixture
async def tx(tx_of):
    """A transaction in which the things stand."""
    opened = await tx_of("review")
    await opened.run_sync(lambda connection: THING.create(connection, checkfirst=False))
    await opened.execute(insert(THING).values(ROWS))
    return opened


@pytest.fixture
def http(tx) -> httpx.AsyncClient:
    """An application with one list of the things."""
    app = FastAPI()
    problems.install(app)
    app.state.runtime = type("Runtime", (), {"service": type("Service", (), {"name": "test"})})
    listing = list_of("id", {"name": "text", "units": "number", "at": "instant"})

    @app.get("/things")
    async def things(asked: Annotated[ListRequest, Depends(listing)]) -> ListPage[Thing]:
        query = select(THING)
        rows = (await tx.execute(paged(query, SHAPE, asked.wanted))).mappings()
        counts = await count(tx, query, SHAPE, asked.wanted) if asked.counts else None
        return asked.page([Thing(**{name: row[name] for name in Thing.model_fields}) for row in rows], counts)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def walk(http: httpx.AsyncClient, **asked: object) -> list[str]:
    """The ids on all pages of two, in their order."""
    found: list[str] = []
    cursor = None
    while True:
        page = (
            await http.get("/things", params={"limit": 2, **asked, **({"cursor": cursor} if cursor else {})})
        ).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("", ["T-000001", "T-000002", "T-999999", "T-1000000"]),
        ("-id", ["T-1000000", "T-999999", "T-000002", "T-000001"]),
        ("units", ["T-000001", "T-999999", "T-000002", "T-1000000"]),
        ("-units", ["T-1000000", "T-000002", "T-999999", "T-000001"]),
        ("at", ["T-999999", "T-000001", "T-000002", "T-1000000"]),
        ("-at", ["T-1000000", "T-000002", "T-000001", "T-999999"]),
    ],
)
async def test_every_order_goes_on_where_its_page_ended(http, sort: str, ids: list[str]) -> None:
    """By number, backwards, by equal values and by an instant that a row lacks: no row twice, none left out."""
    assert await walk(http, **({"sort": sort} if sort else {})) == ids


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("가람대학교", ["T-999999"]),
        ("누리 연구", ["T-000002"]),
        ("abc100", ["T-1000000"]),
        ("t-1000000", ["T-1000000"]),
        ("0%", ["T-1000000"]),
        ("_", []),
        ("없는 이름", []),
        ("  ", ["T-000001", "T-000002", "T-999999", "T-1000000"]),
    ],
)
async def test_a_row_is_found_however_it_is_spelt(http, q: str, ids: list[str]) -> None:
    """CV-9: NFD, blanks, wide and small letters do not matter; a per cent sign is a per cent sign."""
    assert await walk(http, q=q) == ids


async def test_counts_are_told_where_they_are_asked_for(http) -> None:
    """The counts are of all pages, and of what `q` and `ids` leave; without `count` nothing is counted."""
    told = (await http.get("/things", params={"count": "true", "limit": 1})).json()
    assert (told["total"], told["total_is_exact"], told["by_state"]) == (4, True, {"done": 1, "open": 3})
    told = (await http.get("/things", params={"count": "true", "ids": "T-000001, T-1000000,T-9", "limit": 1})).json()
    assert (told["total"], told["by_state"], len(told["items"])) == (2, {"done": 1, "open": 1}, 1)
    cut = (await http.get("/things", params={"count": "true", "fields": "name", "limit": 1})).json()
    assert (cut["items"], cut["total"]) == ([{"name": "가온"}], 4)
    assert (await http.get("/things")).json()["total"] is None


async def test_counts_are_exact_to_a_limit(tx) -> None:
    """Beyond 10,000 rows a list says that there are more, and counts no further."""
    many = func.generate_series(1, 10_001).column_valued("number")
    await tx.execute(
        insert(THING).from_select(
            ["id", "name", "state", "units"], select(func.concat("M-", many), literal("이름"), literal("open"), many)
        )
    )
    told = await count(tx, select(THING), SHAPE, Wanted(fetch=1))
    assert (told.total, told.exact, sum(told.by_state.values())) == (10_000, False, 10_001)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"sort": "state"}, 422, "invalid_request"),
        ({"ids": ","}, 422, "invalid_request"),
        ({"ids": ",".join(f"T-{n}" for n in range(201))}, 422, "invalid_request"),
        ({"cursor": "bm90IGEgY3Vyc29y"}, 400, "bad_cursor"),
    ],
)
async def test_what_cannot_be_asked_is_refused(http, asked: dict[str, str], status: int, code: str) -> None:
    """An unknown order, no or too many ids, a cursor that is none: told, never guessed."""
    refused = await http.get("/things", params=asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_cursor_belongs_to_its_order(http) -> None:
    """A cursor of one order, given with another, is refused: the page would begin anywhere."""
    cursor = (await http.get("/things", params={"sort": "units", "limit": 2})).json()["next_cursor"]
    for other in ({"sort": "-units"}, {"sort": "name"}, {}):
        assert (await http.get("/things", params={"cursor": cursor, **other})).status_code == 400
