"""What judges a locked thing reads the clock after the lock, never earlier than the thing's last change (F-80)."""

import ast
import asyncio
import datetime as dt
from collections import Counter

import httpx
from sqlalchemy import text

from libs.common.clock import SettableClock
from libs.common.events.allocator import (
    GrantEnded,
    SessionAssigned,
    SessionReleased,
    SessionRequested,
    SessionWithdrawn,
)
from libs.common.events.intake import ApplicationWithdrawn
from libs.common.service import Runtime
from libs.embedded.local_bus import LocalBus
from services.allocator.jobs import end_due
from tests.architecture.source import Function, code_files, functions
from tests.conftest import ServiceClient
from tests.services.allocator.office import P1, Office, at

USERS, ROUNDS, CARDS, PROCESSES = 40, 3, 8, 2
WAITS = {"lock", "open_pool", "own_pool", "_pool_of", "_judged", "list_locked", "list_due"}


def running_from(starts_at: dt.datetime) -> SettableClock:
    """A clock that runs on from an instant, as fast as the machine's."""
    clock = SettableClock()
    clock.run_from(starts_at)
    return clock


def _beside(office: Office, clock: SettableClock) -> Office:
    """Another process of the service on the same database, with connections enough for its users."""
    ours = office.client
    settings = ours.runtime.settings.model_copy(update={"database_pool_max": USERS // PROCESSES})
    runtime = Runtime(ours.service, settings, clock, LocalBus(), ours.runtime.verifier)
    return Office(ServiceClient(ours.service, runtime, ours._issuer, SettableClock()))


async def _use(office: Office, grant: str) -> list[httpx.Response]:
    """One user: ask, then give back what runs and take back what waits, again and again."""
    answers = []
    for _ in range(ROUNDS):
        asked = await office.post("/sessions", {"grant_id": grant, "units": 1}, role="applicant", org=f"O-{grant}")
        answers.append(asked)
        if asked.status_code != 201:
            continue
        session = asked.json()
        command = "release" if session["state"] == "running" else "withdraw"
        done = await office.post(f"/sessions/{session['session_id']}/{command}", role="applicant", org=f"O-{grant}")
        if done.status_code == 409 and command == "withdraw":  # it started meanwhile
            done = await office.post(f"/sessions/{session['session_id']}/release", role="applicant", org=f"O-{grant}")
        answers.append(done)
    return answers


async def test_forty_users_on_one_pool_get_no_500_and_nothing_is_dated_before_its_cause(office: Office) -> None:
    """F-80: requests, releases and withdrawals at once, the job beside them: each answered, each in order of time."""
    grants = [f"G{n:02d}" for n in range(USERS)]
    await office.pool(*((grant, "H100x1") for grant in grants), cards=CARDS)
    clock = running_from(at("08:00"))
    houses = [_beside(office, clock) for _ in range(PROCESSES)]
    answers = await asyncio.gather(
        *(_use(houses[n % PROCESSES], grant) for n, grant in enumerate(grants)),
        *(end_due(houses[0].client.db, clock) for _ in range(5)),
    )
    for house in houses:
        await house.client.close()
    codes = Counter(answer.status_code for mine in answers if mine for answer in mine)
    assert set(codes) <= {200, 201}, codes
    requested = {e.session_id: e.requested_at for e in await office.client.said(SessionRequested)}
    assigned = {e.session_id: e.assigned_at for e in await office.client.said(SessionAssigned)}
    released = {e.session_id: e.released_at for e in await office.client.said(SessionReleased)}
    withdrawn = {e.session_id: e.withdrawn_at for e in await office.client.said(SessionWithdrawn)}
    assert len(requested) == USERS * ROUNDS == len(released) + len(withdrawn)
    assert [s for s, when in assigned.items() if when < requested[s]] == []
    assert [s for s, when in released.items() if when < assigned[s]] == []
    assert [s for s, when in withdrawn.items() if when < requested[s]] == []


async def test_a_command_that_waits_at_the_door_is_dated_when_it_gets_in(office: Office) -> None:
    """F-80: B's request waits for its idempotency key while A gives the card back: B starts, and not before that."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1)
    office.client.runtime.clock = running_from(at("08:00"))
    body = {"grant_id": "A", "units": 1}
    first = await office.done("/sessions", body, role="applicant", org="O-A")
    claim = text("INSERT INTO idempotency_key (caller, key, fingerprint, at) VALUES ('applicant-1', 'k', '', :at)")
    async with office.client.db.engine.connect() as other:
        await other.execute(claim, {"at": at("08:00")})
        headers = {"Idempotency-Key": "k"}
        ask = office.post("/sessions", body | {"grant_id": "B"}, role="applicant", org="O-B", **headers)
        waiting = asyncio.create_task(ask)
        await asyncio.sleep(0.5)
        await office.done(f"/sessions/{first['session_id']}/release", role="applicant", org="O-A")
        await other.rollback()
    answer = await waiting
    assert (answer.status_code, answer.json().get("state")) == (201, "running")
    (released,) = await office.client.said(SessionReleased)
    assert released.released_at <= (await office.client.said(SessionAssigned))[-1].assigned_at


async def test_a_pool_is_never_judged_earlier_than_its_last_change(office: Office) -> None:
    """F-80: another process's clock is ten minutes behind: what it does to the pool is dated at the last change."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1)
    first = await office.ask("A", "09:00")
    second = await office.ask("B", "08:50")
    assert (second["state"], second["requested_at"]) == ("waiting", "2025-10-02T09:00:00Z")
    released = await office.done(f"/sessions/{first['session_id']}/release", role="applicant", org="O-A")
    started = (await office.get(f"/sessions/{second['session_id']}")).json()
    assert (released["ended_at"], started["assigned_at"]) == ("2025-10-02T09:00:00Z",) * 2


async def test_an_end_told_by_a_clock_ahead_of_ours_is_dated_now(office: Office) -> None:
    """A's withdrawal is of five minutes from now: its session ends now, as B, who waits, gets its cards now (AL-10)."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), cards=2)
    first, waits = await office.ask("A", "08:00"), await office.ask("B", "08:10")
    office.client.clock.set(at("09:00"))
    gone = ApplicationWithdrawn(application_id="A", programme_code=P1, withdrawn_at=at("09:05"), reason="포기")
    assert await office.client.feed(gone) == 1
    seen = [(await office.get(f"/sessions/{s['session_id']}")).json() for s in (first, waits)]
    assert [(s["state"], s["ended_at"] or s["assigned_at"]) for s in seen] == [
        ("released", "2025-10-02T09:00:00Z"),
        ("running", "2025-10-02T09:00:00Z"),
    ]
    assert [(e.grant_id, e.ended_at) for e in await office.client.said(GrantEnded)] == [("A", at("09:00"))]


async def test_a_decision_about_an_offer_is_dated_when_it_gets_in(office: Office) -> None:
    """F-80: an officer's decision waits for its idempotency key while an hour passes: it is of the later instant."""
    await office.open(P1)
    await office.supply("alpha", P1, "H100")
    office.client.clock.set(at("08:00"))
    reading = {"product": "H100x2", "payable": True, "reason": "판단"}
    async with office.client.db.engine.connect() as other:
        claim = "INSERT INTO idempotency_key (caller, key, fingerprint, at) VALUES ('officer-1', 'k', '', :at)"
        await other.execute(text(claim), {"at": at("08:00")})
        decide = office.post("/offers/alpha-h100/conformance", reading, **{"Idempotency-Key": "k"})
        waiting = asyncio.create_task(decide)
        await asyncio.sleep(0.5)
        assert not waiting.done()
        office.client.clock.set(at("09:00"))
        await other.rollback()
    answer = await waiting
    assert (answer.status_code, answer.json()["decided_at"]) == (201, "2025-10-02T09:00:00Z")


def _calls(function: Function) -> list[tuple[int, str]]:
    """The functions that it calls by name, with their lines, and `clock.now`."""
    found = []
    for node in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
        name = ast.unparse(node.func)
        locks = any(k.arg == "for_update" and ast.unparse(k.value) == "True" for k in node.keywords)
        found.append((node.lineno, "lock" if locks else name.removeprefix("grants.")))
    return found


def test_no_operation_reads_the_clock_before_it_waits() -> None:
    """F-80: an operation that waits for a lock is told no instant, and asks the clock only after its last wait."""
    wrong, seen = [], 0
    for name in code_files("services/allocator/operations/"):
        for function in functions(name):
            calls = _calls(function)
            waits = [line for line, call in calls if call in WAITS]
            if not waits:
                continue
            seen += 1
            told = {argument.arg for argument in function.args.args} & {"now"}
            early = [line for line, call in calls if call == "clock.now" and line < max(waits)]
            if told or early:
                wrong.append(f"{name}:{function.name} {sorted(told)} {early}")
    assert wrong == []
    assert seen >= 15
