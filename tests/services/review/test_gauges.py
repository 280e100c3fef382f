"""Review's figures, each with its story; REST and metric say the same number (F-67)."""

import datetime as dt
from collections import Counter

import pytest
import pytest_asyncio
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from services.review.jobs import escalate_late_reviewers
from services.review.metrics import REGISTRY
from services.review.store.assignments import list_late
from tests.services.review.call import NOW, Call, seats, withdrawn

DUE = NOW + dt.timedelta(days=1)
LATE = "dure_review_late_reviewers_total"


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Three applications before a panel of six, one of whom an applicant employs."""
    made = Call(await service_client("review"))
    await made.open()
    await made.screen("P1", "P2", "P3")
    await made.panel(seats=seats(6, seat6="O-P1"), due_at=DUE.isoformat())
    return made


def counted() -> float:
    """The counter as it stands."""
    return REGISTRY.get_sample_value(LATE) or 0.0


async def look(call: Call, at: dt.datetime) -> float:
    """Run the job at an instant; returns by how much the counter rose."""
    before = counted()
    call.client.clock.set(at)
    await escalate_late_reviewers(call.client.db, call.client.clock)
    return counted() - before


async def late(call: Call) -> dict[int, int]:
    """What REST says: sheets that were awaited when they were put on record, by seat."""
    return {row["seat"]: row["sheets_awaited"] for row in (await call.get("panels/PN-000001"))["late"]}


@pytest.mark.rule("RV-1")
async def test_f67_a_seat_is_counted_once_when_it_is_late(call: Call) -> None:
    """F-67: On time nobody is; past it each seat that owes is, once, with what the panel's progress awaits of it."""
    for seat in (1, 2, 3, 4):
        for name in ("P1", "P2", "P3"):
            await call.sheet(name, seat)
    await call.sheet("P2", 5)
    await call.feed(withdrawn("P3"))
    assert await look(call, DUE) == 0
    progress = (await call.get("panels/PN-000001/applications"))["items"]
    awaited = Counter(seat for row in progress for seat in row["awaited_seats"])
    assert await look(call, DUE + dt.timedelta(seconds=1)) == 2
    assert await late(call) == dict(awaited) == {5: 1, 6: 1}
    assert await look(call, DUE + dt.timedelta(days=1)) == 0
    assert await late(call) == dict(awaited)


@pytest.mark.rule("RV-1")
async def test_f67_who_is_on_record_is_not_looked_for_again(call: Call) -> None:
    """F-67: Of two late seats the one on record costs nothing any more; a substitute who is late is found."""
    assert await look(call, DUE + dt.timedelta(hours=1)) == 6
    chair = {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원", "reason": "기한 경과"}
    await call.post("panels/PN-000001/substitutes", **chair, replaces_seat=5)
    async with call.client.db.transaction() as tx:
        found = await list_late(tx, DUE + dt.timedelta(hours=2))
    assert [(one.seat, one.sheets_awaited) for one in found] == [(7, 3)]
    assert await look(call, DUE + dt.timedelta(hours=2)) == 1


REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON escalation DEFERRABLE INITIALLY DEFERRED
 FOR EACH ROW EXECUTE FUNCTION refuse()
"""


@pytest.mark.rule("RV-1")
async def test_f67_what_is_not_on_record_is_not_counted(call: Call, pg) -> None:
    """F-67: A run whose commit the database refuses counts nobody; the next one counts all, as REST shows them."""
    database, before = make_url(call.client.db.url).database, counted()
    pg.execute(REFUSE, database)
    with pytest.raises(DBAPIError, match="not now"):
        await look(call, DUE + dt.timedelta(hours=1))
    assert (counted(), await late(call)) == (before, {})
    pg.execute("DROP TRIGGER refuse ON escalation", database)
    assert await look(call, DUE + dt.timedelta(hours=2)) == 6
    assert await late(call) == {1: 3, 2: 3, 3: 3, 4: 3, 5: 3, 6: 2}
