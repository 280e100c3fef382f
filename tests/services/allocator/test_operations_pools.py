"""Dynamic pools through REST: the queue, its ends, the fallback, and the database's own guard."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from libs.common.events.allocator import (
    PoolSwitched,
    SessionAssigned,
    SessionReleased,
    SessionRequested,
    SessionWithdrawn,
)
from services.allocator.jobs import end_due, watch
from services.allocator.metrics import METRICS
from services.allocator.store import cards
from services.allocator.tables.supply import card
from tests.services.allocator.office import P1, Office, at


async def test_a_request_gets_cards_waits_and_starts_on_release(office: Office) -> None:
    """Two of two cards are taken: the next waits, starts when they come back, and everything is told in order."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), cards=2)
    first = await office.ask("A", "08:00")
    assert (first["state"], first["servers"]) == ("running", {"alpha-h100-s01": 2})
    assert [s["session_id"] for s in first["started"]] == [first["session_id"]]
    second = await office.ask("B", "08:30")
    assert (second["state"], second["started"]) == ("waiting", [])
    pool = (await office.get("/pools/alpha-h100")).json()
    assert (pool["cards_free"], pool["waiting"], pool["queue"][0]["session_id"]) == (0, 1, second["session_id"])
    office.client.clock.set(at("09:00"))
    released = await office.done(f"/sessions/{first['session_id']}/release", role="applicant", org="O-A")
    assert released["state"] == "released"
    assert released["started"] == [], "F-43: whose session started is B's alone"
    assigned = await office.client.said(SessionAssigned)
    assert [(a.session_id, a.requested_at, a.assigned_at) for a in assigned] == [
        (first["session_id"], at("08:00"), at("08:00")),
        (second["session_id"], at("08:30"), at("09:00")),
    ]
    assert len(await office.client.said(SessionRequested)) == 2
    again = await office.done(f"/sessions/{first['session_id']}/release", role="applicant", org="O-A")
    assert (again["state"], again["started"]) == ("released", [])


@pytest.mark.rule("AL-9")
async def test_the_worked_example_of_the_queue_through_rest(office: Office) -> None:
    """A holds 2 of 4 until 10:00; B (3) waits as head, C (4) waits, D (1 card, 10 h) starts at once."""
    await office.pool(("A", "H100x2"), ("B", "H100x1"), ("C", "H100x1"), ("D", "H100x1"))
    async with office.client.db.transaction() as tx:
        from sqlalchemy import text

        await tx.execute(text("UPDATE award SET units = 4 WHERE grant_id IN ('B', 'C')"))
    await office.ask("A", "08:00", hours=2)
    waits = [await office.ask("B", "08:00", 3, 1), await office.ask("C", "08:00", 4, 1)]
    started = await office.ask("D", "08:00", 1, 10)
    assert [s["state"] for s in (*waits, started)] == ["waiting", "waiting", "running"]


async def test_a_refusal_is_recorded_although_the_answer_is_a_problem(office: Office) -> None:
    """Beyond the entitlement and larger than the pool: both refusals told, the request counted, once per key."""
    await office.pool(("A", "H100x2"), cards=2)
    body = {"grant_id": "A", "units": 2}
    office.client.clock.set(at("08:00"))
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        answer = await office.post("/sessions", body, role="applicant", org="O-A", **key)
        assert answer.status_code == 409
        assert [r["code"] for r in answer.json()["refusals"]] == ["entitlement_exceeded", "larger_than_pool"]
    refused = (await office.get("/sessions?state=refused")).json()["items"]
    assert [(s["units"], s["end_reason"]) for s in refused] == [(2, "refused")]
    counts = (await office.get(f"/summary?programme={P1}")).json()
    assert (counts["sessions"]["requested"], counts["sessions"]["refused"], counts["sessions"]["assigned"]) == (1, 1, 0)
    assert await office.client.said(SessionRequested) == []


async def test_what_is_due_ends_before_anything_else_and_nothing_is_back_dated(office: Office) -> None:
    """A's hour ran out at 09:00; B's request at 09:20 ends it (dated 09:00) and starts at 09:20."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), cards=2)
    first = await office.ask("A", "08:00", hours=1)
    second = await office.ask("B", "09:20")
    assert (second["state"], second["assigned_at"]) == ("running", "2025-10-02T09:20:00Z")
    (released,) = await office.client.said(SessionReleased)
    assert (released.session_id, released.released_at, released.reason) == (
        first["session_id"],
        at("09:00"),
        "max_duration",
    )


async def test_a_job_ends_due_sessions_and_starts_those_who_wait(office: Office) -> None:
    """Nobody calls: the job ends the session and the waiting one starts; the gauges follow."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), cards=2)
    await office.ask("A", "08:00", hours=1)
    second = await office.ask("B", "08:10")
    office.client.clock.set(at("08:40"))
    await watch(office.client.db, office.client.clock)
    assert METRICS.queue_requests.labels("alpha-h100")._value.get() == 1
    assert METRICS.oldest_wait_s.labels("alpha-h100")._value.get() == 1800
    office.client.clock.set(at("09:05"))
    await end_due(office.client.db, office.client.clock)
    session = (await office.get(f"/sessions/{second['session_id']}")).json()
    assert (session["state"], session["assigned_at"]) == ("running", "2025-10-02T09:05:00Z")


async def test_idle_is_what_reports_say_and_never_their_absence(office: Office) -> None:
    """Two reports of no use over an hour end the session; a used one in between starts the count again."""
    await office.pool(("A", "H100x1"), allocation__dynamic__idle_s=3600)
    session = await office.ask("A", "08:00")
    path = f"/sessions/{session['session_id']}/utilisation"

    async def report(clock: str, pct: int) -> str:
        office.client.clock.set(at(clock))
        body = {"until": at(clock).isoformat(), "utilisation_pct": pct}
        return (await office.done(path, body, role="provider", org="alpha"))["state"]

    assert [await report(c, p) for c, p in (("08:30", 0), ("08:40", 5), ("09:30", 0))] == ["running"] * 3
    office.client.clock.set(at("12:00"))
    await end_due(office.client.db, office.client.clock)
    assert await report("12:01", 0) == "released"
    (released,) = await office.client.said(SessionReleased)
    assert released.reason == "idle"


async def test_an_unset_idle_time_stops_the_report_and_names_the_value(office: Office) -> None:
    """S1 prints no idle time: until an officer fills it in, the step that needs it stops (CV-8)."""
    await office.pool(("A", "H100x1"))
    session = await office.ask("A", "08:00")
    body = {"until": at("08:00").isoformat(), "utilisation_pct": 0}
    answer = await office.post(f"/sessions/{session['session_id']}/utilisation", body, role="provider", org="alpha")
    assert (answer.status_code, answer.json()["facts"]["path"]) == (409, "allocation.dynamic.idle_s")


async def test_a_withdrawn_request_leaves_the_queue_and_its_wait(office: Office) -> None:
    """The head gives up: the wait is told, the next starts, its state answers a repeated call."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), ("C", "H100x1"), cards=3)
    await office.ask("A", "08:00")
    head, tail = await office.ask("B", "08:10"), await office.ask("C", "08:20")
    assert tail["state"] == "waiting"
    office.client.clock.set(at("17:00"))
    path = f"/sessions/{head['session_id']}/withdraw"
    await office.done(path, role="applicant", org="O-B")
    assert (await office.get(f"/sessions/{tail['session_id']}")).json()["state"] == "running"
    (said,) = await office.client.said(SessionWithdrawn)
    assert (said.requested_at, said.withdrawn_at) == (at("08:10"), at("17:00"))
    counts = (await office.get(f"/summary?programme={P1}")).json()["sessions"]
    assert (counts["withdrawn"], counts["assigned"], counts["over_wait_limit"], counts["wait_max_s"]) == (
        1,
        2,
        2,
        31200,
    )
    assert counts["wait_p50_s"] == 0


@pytest.mark.rule("AL-11")
async def test_a_pool_turns_fixed_and_back(office: Office) -> None:
    """4 cards: B and C keep theirs as fixed sessions, A (rank 1) waits from the switch; back again, all goes on."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), ("C", "H100x2"))
    before = [await office.ask("B", "08:00", hours=5), await office.ask("C", "08:00")]
    office.client.clock.set(at("09:00"))
    body = {"to": "fixed", "reason": "스케줄러 장애", "fault_at": at("08:50").isoformat()}
    switched = await office.done("/pools/alpha-h100/switch", body, role="provider", org="alpha")
    assert [(s["grant_id"], s["mode"], s["continues"]) for s in switched["started"]] == [
        ("B", "fixed", before[0]["session_id"]),
        ("C", "fixed", before[1]["session_id"]),
    ]
    assert [(s["grant_id"], s["origin"], s["requested_at"]) for s in switched["queue"]] == [
        ("A", "switch", "2025-10-02T09:00:00Z")
    ]
    (told,) = await office.client.said(PoolSwitched)
    assert told.report_due_at is not None
    assert told.report_due_at.isoformat() == "2025-10-10T15:00:00+00:00"
    assert switched["switches"][0]["report_state"] == "due"
    office.client.clock.set(at("11:00"))
    back = await office.done("/pools/alpha-h100/switch", {"to": "dynamic", "reason": "복구"}, role="operator")
    assert [(s["grant_id"], s["mode"], s["max_duration_s"]) for s in back["started"]] == [
        ("B", "dynamic", 2 * 3600),
        ("C", "dynamic", None),
    ]
    assert back["waiting"] == 0
    reasons = [r.reason for r in await office.client.said(SessionReleased)]
    assert reasons == ["pool_switched"] * 4
    report = {"cause": "판 오류", "measures": "판 올림"}
    done = await office.done("/pools/alpha-h100/reports", report, role="provider", org="alpha")
    assert done["switches"][0]["report_state"] == "submitted"
    assert (await office.post("/pools/alpha-h100/reports", report)).json()["code"] == "no_report_due"


async def test_a_fixed_pool_gives_freed_cards_to_those_who_wait_by_rank(office: Office) -> None:
    """C asked first but B ranks higher: what A gives back goes to B; a newcomer gets its cards as fixed."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), ("C", "H100x2"), cards=2)
    first = await office.ask("A", "08:00")
    await office.ask("C", "08:10")
    waits = await office.ask("B", "08:20")
    office.client.clock.set(at("09:00"))
    switched = await office.done("/pools/alpha-h100/switch", {"to": "fixed", "reason": "장애"})
    (kept,) = switched["started"]
    assert kept["continues"] == first["session_id"]
    await office.done(f"/sessions/{kept['session_id']}/release", role="applicant", org="O-A")
    started = (await office.get(f"/sessions/{waits['session_id']}")).json()
    assert (started["state"], started["mode"]) == ("running", "fixed")


async def test_the_end_of_a_grant_ends_its_sessions_and_others_start(office: Office) -> None:
    """The officer ends A: its session ends, its cards go to B who waited."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), cards=2)
    await office.ask("A", "08:00")
    waits = await office.ask("B", "08:10")
    office.client.clock.set(at("09:00"))
    await office.done("/grants/A/end", {"reason": "포기"})
    assert (await office.get(f"/sessions/{waits['session_id']}")).json()["state"] == "running"
    assert [r.reason for r in await office.client.said(SessionReleased)] == ["grant_ended"]


async def test_sessions_end_with_the_period_of_their_grant(office: Office) -> None:
    """After three months the job ends session and grant at the grant's end, not later."""
    await office.pool(("A", "H100x2"))
    await office.ask("A", "08:00")
    end = (await office.get("/grants/A")).json()["ends_at"]
    import datetime as dt

    office.client.clock.set(dt.datetime.fromisoformat(end) + dt.timedelta(minutes=3))
    await end_due(office.client.db, office.client.clock)
    (released,) = await office.client.said(SessionReleased)
    assert released.released_at == dt.datetime.fromisoformat(end)
    assert (await office.get("/grants/A")).json()["state"] == "ended"


@pytest.mark.rule("AL-10")
async def test_the_database_itself_refuses_a_second_holder(office: Office) -> None:
    """A second holding of the same card over the same time breaks the constraint, whatever the code believes."""
    await office.pool(("A", "H100x2"), cards=2)
    session = await office.ask("A", "08:00")
    assert session["state"] == "running"
    async with office.client.db.transaction() as tx:
        card_id = (await tx.execute(select(card.c.card_id).limit(1))).scalar_one()
    with pytest.raises(IntegrityError, match="holding_one_holder_per_card"):
        async with office.client.db.transaction() as tx:
            await cards.hold(tx, "session", "session", [cards.Hold("S-2", card_id, at("09:00"), None)])


@pytest.mark.rule("AL-10")
async def test_requests_at_once_never_share_a_card(office: Office) -> None:
    """Six grants ask at the same instant for two cards: two run, four wait."""
    grants = [f"G{i}" for i in range(6)]
    await office.pool(*((g, "H100x1") for g in grants), cards=2)
    office.client.clock.set(at("08:00"))
    asks = (office.done("/sessions", {"grant_id": g, "units": 1}, role="applicant", org=f"O-{g}") for g in grants)
    states = [s["state"] for s in await asyncio.gather(*asks)]
    assert sorted(states) == ["running"] * 2 + ["waiting"] * 4
