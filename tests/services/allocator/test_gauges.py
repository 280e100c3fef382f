"""Each gauge of the allocator with the story that moves it, and the words of its refusals (F-60, F-62, F-67)."""

import datetime as dt

import pytest

from libs.common.events.intake import ApplicationWithdrawn
from services.allocator.jobs import watch
from services.allocator.metrics import METRICS
from services.allocator.model.figures import PoolCount
from services.allocator.store import figures
from tests.services.allocator.office import P0, P1, Office, at

POOL = "alpha-h100"


async def _watch(office: Office, when: dt.datetime | None = None) -> None:
    if when is not None:
        office.client.clock.set(when)
    await watch(office.client.db, office.client.clock)


def _cards(provider: str) -> dict[str, int]:
    """Cards of a provider by state, as the gauge tells them."""
    (family,) = METRICS.cards.collect()
    told = {(s.labels["provider"], s.labels["state"]): int(s.value) for s in family.samples}
    return {state: count for (who, state), count in told.items() if who == provider}


async def test_queue_and_oldest_wait(office: Office) -> None:
    """F-67: two wait, the first since 08:10: two requests, 50 minutes at 09:00; a pool without a queue shows zero."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), ("C", "H100x1"), cards=1)
    await office.ask("A", "08:00")
    await _watch(office)
    assert (METRICS.queue_requests.labels(POOL)._value.get(), METRICS.oldest_wait_s.labels(POOL)._value.get()) == (0, 0)
    await office.ask("B", "08:10")
    await office.ask("C", "08:30")
    await _watch(office, at("09:00"))
    assert METRICS.queue_requests.labels(POOL)._value.get() == 2
    assert METRICS.oldest_wait_s.labels(POOL)._value.get() == 50 * 60


async def test_waits_over_the_limit_are_requests_and_not_what_only_a_switch_began(office: Office) -> None:
    """F-67: B asked and waits nine hours: one. A never asked and waits since the switch: it counts nowhere."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), ("C", "H100x2"), cards=2)
    await office.ask("C", "00:10")
    await office.ask("B", "00:20")
    await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    queue = (await office.get(f"/pools/{POOL}")).json()["queue"]
    assert {(s["grant_id"], s["origin"]) for s in queue} == {("A", "switch"), ("B", "request")}
    await _watch(office, at("08:20"))
    assert METRICS.over_wait_limit.labels(POOL)._value.get() == 0, "exactly eight hours are within"
    await _watch(office, at("08:20") + dt.timedelta(microseconds=1))
    assert METRICS.over_wait_limit.labels(POOL)._value.get() == 1
    await _watch(office, at("20:00"))
    counts = (await office.get(f"/summary?programme={P1}")).json()["sessions"]
    assert METRICS.over_wait_limit.labels(POOL)._value.get() == counts["over_wait_limit"] == 1


async def test_waits_over_the_limit_are_counted_where_they_stand(office: Office) -> None:
    """Three of four wait, two of them beyond eight hours: the database tells one row for the pool."""
    await office.pool(*((grant, "H100x1") for grant in "ABCD"), cards=1)
    for grant, clock in zip("ABCD", ("00:10", "00:20", "00:30", "04:00"), strict=True):
        await office.ask(grant, clock)
    await _watch(office, at("09:00"))
    counts = (await office.get(f"/summary?programme={P1}")).json()["sessions"]
    assert METRICS.over_wait_limit.labels(POOL)._value.get() == counts["over_wait_limit"] == 2
    async with office.client.db.transaction() as tx:
        told = [await figures.count_waits(tx, P1, dt.timedelta(hours=hours), at("09:00")) for hours in (0, 5, 9)]
    assert told == [(PoolCount(POOL, 4),), (PoolCount(POOL, 3),), ()]


async def test_a_wait_taken_back_after_the_limit_stays_counted(office: Office) -> None:
    """A request withdrawn after nine hours did wait too long (MT-6)."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1)
    await office.ask("A", "00:10")
    waits = await office.ask("B", "00:20")
    office.client.clock.set(at("09:30"))
    await office.done(f"/sessions/{waits['session_id']}/withdraw", role="applicant", org="O-B")
    await _watch(office, at("20:00"))
    assert METRICS.over_wait_limit.labels(POOL)._value.get() == 1


async def test_cards_by_what_holds_them(office: Office) -> None:
    """F-67: of twelve cards four are a pool's, one used, two are down, six free; after the offer none is free."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=4)
    await office.done("/pools", {"pool_id": POOL, "programme": P1, "server_ids": ids})
    (spare,) = await office.supply("alpha", P1, "H100", offer_id="more", prefix="more", until="2026-03-01T00:00:00Z")
    await office.award("A", P1, "H100x1", 1)
    await office.place(P1)
    office.client.clock.set(at("00:00"))
    await office.activate("A")
    down = {"cards": 2, "from": "2025-10-01T00:00:00Z", "until": "2025-11-01T00:00:00Z", "reason": "고장"}
    await office.done(f"/servers/{spare}/down", down)
    await office.ask("A", "08:00")
    await _watch(office)
    assert _cards("alpha") == {"pool_free": 3, "pool_used": 1, "down": 2, "free": 6}
    await _watch(office, dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert _cards("alpha") == {"pool_free": 3, "pool_used": 1, "not_offered": 8}


async def test_a_fixed_grant_holds_its_cards_from_start_to_end(office: Office) -> None:
    """F-67: cards of a fixed grant are `fixed` during its use, free before and after."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x2", 1)
    await office.place(P0)
    seen = []
    for when in ("2025-09-30T14:59:59Z", "2025-09-30T15:00:00Z", "2025-12-31T15:00:00Z"):
        await _watch(office, dt.datetime.fromisoformat(when))
        seen.append(_cards("alpha").get("fixed", 0))
    assert seen == [0, 2, 0]


async def test_overdue_reports_go_away_when_they_are_submitted(office: Office) -> None:
    """F-67: a fault on 2 October is reported by the end of 10 October (holidays); late it counts until it is there."""
    await office.pool(("A", "H100x1"))
    office.client.clock.set(at("09:00"))
    switched = await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    due_at = dt.datetime.fromisoformat(switched["switches"][0]["report_due_at"])
    seen = []
    for when in (due_at - dt.timedelta(seconds=1), due_at):
        await _watch(office, when)
        seen.append(METRICS.reports_overdue.labels(POOL)._value.get())
    report = {"cause": "결함", "measures": "판 올림"}
    done = await office.done(f"/pools/{POOL}/reports", report, role="provider", org="alpha")
    assert done["switches"][0]["report_state"] == "late"
    await _watch(office)
    assert [*seen, METRICS.reports_overdue.labels(POOL)._value.get()] == [0, 1, 0]


async def _follow(office: Office, next_call: str, body: object = None, **caller: str) -> tuple[int, str]:
    """Make the call that an answer names, as it stands there."""
    method, path = next_call.replace(" /allocator/", " /").split(" ")
    paths = office.client.app.openapi()["paths"]
    parts = path.split("/")
    known = [
        p
        for p in paths
        if len(p.split("/")) == len(parts)
        and all(a == b or a.startswith("{") for a, b in zip(p.split("/"), parts, strict=True))
    ]
    assert known, f"{path} is no path of the API"
    assert any(method.lower() in paths[p] for p in known)
    answer = await office.post(path.removeprefix("/v1"), body, **caller)
    return answer.status_code, answer.json().get("state", "")


async def test_every_next_call_leads_on(office: Office) -> None:
    """F-62: each wrong_state names a call that exists and works from there, or none where nothing helps."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=1)
    await office.done("/pools", {"pool_id": POOL, "programme": P1, "server_ids": ids})
    await office.award("A", P1, "H100x1", 1)
    ask = {"grant_id": "A", "units": 1, "reason": "시험"}
    user = {"role": "applicant", "org": "O-A"}

    async def next_call(path: str, body: object = None, **caller: str) -> str:
        answer = await office.post(path, body, **caller)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), answer.text
        return str(answer.json()["facts"]["next_call"])

    for path, body in (("/grants/A/activate", None), ("/sessions", ask)):
        assert (called := await next_call(path, body)) == "POST /allocator/v1/placements"
    assert (await _follow(office, called, {"programme": P1}))[0] == 201
    await office.place(P1)
    office.client.clock.set(at("08:00"))
    assert (called := await next_call("/sessions", ask, **user)) == "POST /allocator/v1/grants/A/activate"
    started = (await office.get("/grants/A")).json()["starts_at"]
    assert await _follow(office, called, {"delivered_at": started}) == (200, "active")
    assert await next_call("/grants/A/activate") == "", "an active grant is not told to place"
    session = await office.ask("A", "08:10")
    called = await next_call(f"/sessions/{session['session_id']}/withdraw", **user)
    assert await _follow(office, called, **user) == (200, "released")
    assert await next_call(f"/sessions/{session['session_id']}/withdraw", **user) == ""
    held = await office.ask("A", "08:20")
    await office.award("B", P1, "H100x1", 2, start=dt.date(2025, 10, 3), months=1)
    await office.place(P1)
    office.client.clock.set(at("08:30") + dt.timedelta(days=1))
    await office.activate("B")
    waits = await office.done("/sessions", ask | {"grant_id": "B"}, role="applicant", org="O-B")
    called = await next_call(f"/sessions/{waits['session_id']}/release", role="applicant", org="O-B")
    assert await _follow(office, called, role="applicant", org="O-B") == (200, "withdrawn")
    assert held["state"] == "running"
    assert await next_call(f"/pools/{POOL}/switch", {"to": "dynamic", "reason": "복구"}) == ""
    gone = ApplicationWithdrawn(application_id="A", programme_code=P1, withdrawn_at=at("08:40"), reason="포기")
    await office.client.feed(gone)
    for path, body in (("/grants/A/end", {"reason": "x"}), ("/grants/A/activate", None), ("/sessions", ask)):
        assert await next_call(path, body) == ""


@pytest.mark.parametrize(
    ("prepare", "path", "body", "words"),
    [
        pytest.param(
            "before",
            "/sessions",
            {"grant_id": "A", "units": 1, "reason": "시험"},
            "2025. 10. 1.(수) 00:00부터",
            id="use period",
        ),
        pytest.param("gate", "/grants/B/activate", None, "자부담금", id="closed gate"),
        pytest.param("state", "/grants/A/activate", None, "이용 중", id="state of a grant"),
    ],
)
async def test_refusals_are_told_as_people_write(
    office: Office, prepare: str, path: str, body: object, words: str
) -> None:
    """F-60: instants in Seoul's time, gates and states in Korean words, no raw code and no doubled particle."""
    await office.pool(("A", "H100x1"))
    if prepare == "before":
        office.client.clock.set(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    if prepare == "gate":
        from libs.common.events.billing import SelfpayDue

        await office.award("B", P1, "H100x1", 2, start=dt.date(2025, 11, 1), months=1)
        await office.place(P1)
        due = SelfpayDue(
            application_id="B", programme_code=P1, amount_krw=5000, flow="deposit", due_at=None, reason="BL-4"
        )
        await office.client.feed(due)
    answer = await office.post(path, body)
    told = answer.json()["messages"]["ko"]
    assert answer.status_code == 409
    assert words in told, told
    for raw in ("T00:00", "+00:00", "(는)", "(가)", "self_payment", "'active'", "placed"):
        assert raw not in told, told
