"""F-20 and F-34 through REST: pools know time, and what is due before a decision is dated to when it was due."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.events.allocator import GrantEnded, SessionAssigned, SessionReleased, SessionWithdrawn
from services.allocator.jobs import end_due, watch
from services.allocator.metrics import METRICS
from tests.services.allocator.office import P1, Office, at

POOL = "alpha-h100"
NOVEMBER = dt.datetime(2025, 10, 31, 15, tzinfo=dt.UTC)
"""1 November 00:00 in Seoul."""


def day(number: int, month: int = 11, hour: int = 0) -> dt.datetime:
    """An hour of a day of 2025, UTC."""
    return dt.datetime(2025, month, number, hour, tzinfo=dt.UTC)


async def two_ends(office: Office, *grants: tuple[str, str], lasting: int = 1, short: int = 1) -> None:
    """P1 with a pool of cards that last and cards offered until 1 November; it is 2 October, the grants are active."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=lasting, prefix="long")
    until = NOVEMBER.isoformat()
    ids += await office.supply("alpha", P1, "H100", cards=short, offer_id="short", prefix="short", until=until)
    await office.done("/pools", {"pool_id": POOL, "programme": P1, "server_ids": ids})
    for rank, (grant, product) in enumerate(grants, 1):
        await office.award(grant, P1, product, rank)
    await office.place(P1)
    office.client.clock.set(at("00:00"))
    for grant, _ in grants:
        await office.activate(grant)


async def ask(office: Office, grant: str, when: dt.datetime, units: int = 1, **more: Any) -> Any:
    """A session asked at an instant by the grant's user."""
    office.client.clock.set(when)
    return await office.done(
        "/sessions", {"grant_id": grant, "units": units, **more}, role="applicant", org=f"O-{grant}"
    )


async def seen(office: Office, session: Any) -> Any:
    """A session as it stands."""
    return (await office.get(f"/sessions/{session['session_id']}")).json()


@pytest.mark.rule("AL-9")
async def test_f_20_no_session_on_cards_whose_offer_is_over(office: Office) -> None:
    """F-20: cards until 1 November; asked on 6 November they go to nobody; the lasting one is given first."""
    await two_ends(office, ("A", "H100x1"), ("B", "H100x1"))
    first, second = await ask(office, "A", day(20, 10)), await ask(office, "B", day(21, 10))
    assert [first["servers"], second["servers"]] == [{"long-s01": 1}, {"short-s01": 1}]
    again = await ask(office, "B", day(6))
    assert again["state"] == "waiting"
    ended = await seen(office, second)
    assert (ended["state"], ended["end_reason"], ended["ended_at"]) == (
        "released",
        "offer_ended",
        "2025-10-31T15:00:00Z",
    )
    assert (await seen(office, first))["state"] == "running"
    (said,) = await office.client.said(SessionReleased)
    assert (said.session_id, said.released_at) == (second["session_id"], NOVEMBER)
    assert {s.session_id for s in await office.client.said(SessionAssigned)} == {
        first["session_id"],
        second["session_id"],
    }


async def test_f_20_free_counts_and_gauges_know_the_instant(office: Office) -> None:
    """F-20: two cards, one free until 1 November; from then on one card and none free, and the gauge says so."""
    await two_ends(office, ("A", "H100x1"))
    await ask(office, "A", day(20, 10))
    figures = []
    for when in (NOVEMBER - dt.timedelta(microseconds=1), NOVEMBER):
        office.client.clock.set(when)
        await watch(office.client.db, office.client.clock)
        pool = (await office.get(f"/pools/{POOL}")).json()
        free = METRICS.cards.labels("alpha", "pool_free")._value.get()
        figures.append((pool["cards"], pool["cards_used"], pool["cards_free"], free))
    assert figures == [(2, 1, 1, 1), (1, 1, 0, 0)]


async def test_f_20_the_job_notices_the_end_of_an_offer_and_dates_it(office: Office) -> None:
    """F-20: nobody calls; five days later the job ends the session as of 1 November; the instant before it runs on."""
    await two_ends(office, ("A", "H100x2"))
    session = await ask(office, "A", day(20, 10))
    assert session["servers"] == {"long-s01": 1, "short-s01": 1}
    office.client.clock.set(NOVEMBER - dt.timedelta(seconds=1))
    await end_due(office.client.db, office.client.clock)
    assert (await seen(office, session))["state"] == "running"
    office.client.clock.set(day(6))
    await end_due(office.client.db, office.client.clock)
    ended = await seen(office, session)
    assert (ended["end_reason"], ended["ended_at"]) == ("offer_ended", "2025-10-31T15:00:00Z")


async def test_f_20_a_wait_that_no_longer_fits_a_shrunken_pool_is_refused_then(office: Office) -> None:
    """F-20: A waits for both cards since 20 October; on 1 November one leaves: refused then, its wait counts."""
    await two_ends(office, ("A", "H100x2"), ("B", "H100x1"))
    await ask(office, "B", day(19, 10))
    waits = await ask(office, "A", day(20, 10))
    assert waits["state"] == "waiting"
    office.client.clock.set(day(3))
    await end_due(office.client.db, office.client.clock)
    refused = await seen(office, waits)
    assert (refused["state"], refused["ended_at"]) == ("refused", "2025-10-31T15:00:00Z")
    assert [(r["rule_id"], r["code"], r["facts"]) for r in refused["refusals"]] == [
        ("AL-3", "pool_shrunk", {"cards": 2, "pool_cards": 1})
    ]
    (said,) = await office.client.said(SessionWithdrawn)
    assert (said.session_id, said.requested_at, said.withdrawn_at) == (waits["session_id"], day(20, 10), NOVEMBER)
    counts = (await office.get(f"/summary?programme={P1}")).json()["sessions"]
    assert (counts["refused"], counts["over_wait_limit"]) == (1, 1)


async def test_f_20_a_new_request_larger_than_what_is_left_is_refused_at_once(office: Office) -> None:
    """F-20: after 1 November two cards are more than the pool has."""
    await two_ends(office, ("A", "H100x2"))
    office.client.clock.set(day(6))
    answer = await office.post("/sessions", {"grant_id": "A", "units": 1}, role="applicant", org="O-A")
    assert (answer.status_code, answer.json()["facts"]) == (409, {"cards": 2, "pool_cards": 1})


async def test_f_20_no_pool_is_made_of_an_offer_that_is_over(office: Office) -> None:
    """F-20: exactly at the end of its offer a server makes no pool, an instant before it does."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", until=NOVEMBER.isoformat())
    office.client.clock.set(NOVEMBER)
    body = {"pool_id": POOL, "programme": P1, "server_ids": ids}
    refused = await office.post("/pools", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "offer_over")
    office.client.clock.set(NOVEMBER - dt.timedelta(microseconds=1))
    assert (await office.done("/pools", body))["cards"] == 8


async def test_f_20_a_pool_takes_the_cards_that_leave_last(office: Office) -> None:
    """F-20: one card of two servers is asked for: that of the lasting one, and it is still there in November."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=1, prefix="a", until=NOVEMBER.isoformat())
    ids += await office.supply("alpha", P1, "H100", cards=1, offer_id="long", prefix="z")
    await office.done("/pools", {"pool_id": POOL, "programme": P1, "server_ids": ids, "cards": 1})
    await office.award("A", P1, "H100x1", 1)
    await office.place(P1)
    office.client.clock.set(day(6))
    await office.activate("A")
    assert (await office.get(f"/pools/{POOL}")).json()["cards"] == 1
    assert (await ask(office, "A", day(6)))["servers"] == {"z-s01": 1}


async def test_f_20_an_offer_that_begins_later_makes_the_pool_larger_then(office: Office) -> None:
    """F-20: of two cards one is offered from 5 November on: B waits until then, and the job starts it."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=1)
    ids += await office.supply(
        "alpha", P1, "H100", cards=1, offer_id="later", prefix="later", **{"from": day(5).isoformat()}
    )
    made = await office.done("/pools", {"pool_id": POOL, "programme": P1, "server_ids": ids})
    assert made["cards"] == 1
    for rank, grant in enumerate("AB", 1):
        await office.award(grant, P1, "H100x1", rank)
    await office.place(P1)
    office.client.clock.set(at("00:00"))
    for grant in "AB":
        await office.activate(grant)
    await ask(office, "A", day(20, 10))
    waits = await ask(office, "B", day(21, 10))
    office.client.clock.set(day(5, hour=1))
    await end_due(office.client.db, office.client.clock)
    started = await seen(office, waits)
    assert (started["servers"], started["assigned_at"]) == ({"later-s01": 1}, "2025-11-05T01:00:00Z")


async def test_f_20_a_fixed_pool_gives_only_cards_that_are_offered(office: Office) -> None:
    """F-20: on 6 November the pool turns fixed: A gets the one card that is left, B waits; a fixed session ended with
    its offer.
    """
    await two_ends(office, ("A", "H100x1"), ("B", "H100x1"))
    office.client.clock.set(day(20, 10))
    early = await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    assert [(s["grant_id"], s["servers"]) for s in early["started"]] == [
        ("A", {"long-s01": 1}),
        ("B", {"short-s01": 1}),
    ]
    office.client.clock.set(day(5))
    await office.done(f"/pools/{POOL}/switch", {"to": "dynamic", "reason": "복구"})
    reasons = [r.reason for r in await office.client.said(SessionReleased)]
    assert [(await seen(office, s))["end_reason"] for s in early["started"]] == ["pool_switched", "offer_ended"]
    assert sorted(reasons) == ["pool_switched", "released"]
    office.client.clock.set(day(6))
    late = await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    assert [(s["grant_id"], s["servers"]) for s in late["started"]] == [("A", {"long-s01": 1})]
    assert [s["grant_id"] for s in late["queue"]] == ["B"]


@pytest.mark.parametrize(
    ("hours", "reason", "when"),
    [
        pytest.param(3, "idle", "09:30", id="idle before its maximum"),
        pytest.param(1, "max_duration", "09:00", id="after"),
    ],
)
async def test_f_34_idle_and_maximum_due_before_the_report(office: Office, hours: int, reason: str, when: str) -> None:
    """F-34: used until 08:30, idle since; reported at noon: idle ended it at 09:30, unless its maximum did at 09:00."""
    await office.pool(("A", "H100x1"), allocation__dynamic__idle_s=3600)
    session = await office.ask("A", "08:00", hours=hours)
    path = f"/sessions/{session['session_id']}/utilisation"
    for clock, pct in (("08:30", 50), ("12:00", 0)):
        office.client.clock.set(at(clock))
        body = {"until": at(clock).isoformat(), "utilisation_pct": pct}
        told = await office.done(path, body, role="provider", org="alpha")
    assert (told["end_reason"], told["ended_at"]) == (reason, f"2025-10-02T{when}:00Z")


async def test_f_34_a_maximum_due_before_the_grant_ends_is_named(office: Office) -> None:
    """F-34: A's hour ran out at 09:00; at 09:30 an officer ends the grant: the session ended at 09:00."""
    await office.pool(("A", "H100x1"))
    session = await office.ask("A", "08:00", hours=1)
    office.client.clock.set(at("09:30"))
    await office.done("/grants/A/end", {"reason": "포기"})
    ended = await seen(office, session)
    assert (ended["end_reason"], ended["ended_at"]) == ("max_duration", "2025-10-02T09:00:00Z")


async def test_f_34_a_grant_whose_period_is_over_ended_then(office: Office) -> None:
    """F-34: an officer ends A two hours after its period, before the job: it ended with its period, and says so."""
    await office.pool(("A", "H100x1"))
    ends_at = dt.datetime.fromisoformat((await office.get("/grants/A")).json()["ends_at"])
    office.client.clock.set(ends_at + dt.timedelta(hours=2))
    ended = await office.done("/grants/A/end", {"reason": "포기"})
    assert (ended["end_reason"], dt.datetime.fromisoformat(ended["ended_at"])) == ("period_over", ends_at)
    (said,) = await office.client.said(GrantEnded)
    assert (said.reason, said.ended_at) == ("period_over", ends_at)


async def test_a_newcomer_of_a_fixed_pool_gets_what_was_due_before(office: Office) -> None:
    """A fixed session's offer ended unnoticed; B becomes active: time passes first, B gets what came back."""
    await two_ends(office, ("A", "H100x2"))
    await office.award("B", P1, "H100x1", 2, start=dt.date(2025, 10, 10), months=1)
    await office.place(P1)
    office.client.clock.set(day(20, 10))
    await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    office.client.clock.set(day(3))
    await office.activate("B")
    running = (await office.get("/sessions?state=running")).json()["items"]
    assert [(s["grant_id"], s["servers"]) for s in running] == [("B", {"long-s01": 1})]


@pytest.mark.rule("AL-10")
async def test_no_session_holds_a_card_after_it_left(office: Office) -> None:
    """What the database keeps: no session's hold reaches beyond its pool's hold of the card."""
    await two_ends(office, ("A", "H100x2"), ("B", "H100x1"))
    await ask(office, "A", day(20, 10))
    office.client.clock.set(day(6))
    await end_due(office.client.db, office.client.clock)
    beyond = text(
        "SELECT count(*) FROM holding s JOIN holding p USING (card_id) WHERE s.kind = 'session' AND p.kind = 'pool'"
        " AND NOT isempty(s.during) AND NOT s.during <@ p.during"
    )
    async with office.client.db.transaction() as tx:
        assert (await tx.execute(beyond)).scalar_one() == 0
