"""Forty users on one pool, at two real processes with the settings that they have by themselves (F-80)."""

import asyncio
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import text

from libs.common.bus import Message
from libs.common.clock import SettableClock
from libs.common.db import Database
from libs.common.events.allocator import SessionAssigned, SessionReleased, SessionRequested, SessionWithdrawn
from libs.common.events.envelope import Event, wrap
from libs.common.inbox import consume
from libs.embedded.postgres import EmbeddedPostgres
from services.allocator.consumers import HANDLERS
from tests.conftest import START
from tests.faults.stand import Stand, beside, standing
from tests.services.allocator.office import Office, at

Fact = TypeVar("Fact", bound=Event)
USERS, ROUNDS, CARDS = 40, 3, 8
TRIES_MAX = 30


class Caller:
    """What an office needs of a client, over a real process and its database."""

    def __init__(self, stand: Stand, port: int, db: Database, clock: SettableClock) -> None:
        self.clock = clock
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/allocator", timeout=120, trust_env=False,
            limits=httpx.Limits(max_connections=None),
        )  # fmt: skip
        self._stand, self._db = stand, db

    def as_(self, role: str, organisation_id: str = "") -> dict[str, str]:
        """The headers of a caller with this role."""
        return self._stand.as_(role, organisation_id=organisation_id)

    async def feed(self, event: Event) -> int:
        """Deliver an event as the service's worker would."""
        envelope = wrap(event, now=self.clock.now(), correlation_id="test")
        message = Message(event.topic(), event.key(), envelope.model_dump_json())
        return await consume(self._db, HANDLERS, [message], clock=self.clock, dead_letters_max=100)

    async def said(self, contract: type[Fact]) -> list[Fact]:
        """The events of one type in the outbox, in order."""
        query = text("SELECT envelope FROM outbox WHERE type = :type ORDER BY id")
        async with self._db.transaction() as tx:
            rows = (await tx.execute(query, {"type": contract.TYPE})).scalars().all()
        return [contract.model_validate(json.loads(row)["data"]) for row in rows]

    async def dates(self) -> list[dt.datetime]:
        """When sessions were requested, assigned and released, in the order in which that was decided."""
        when = "coalesce(data ->> 'released_at', data ->> 'assigned_at', data ->> 'requested_at')"
        query = text(
            f"SELECT cast({when} AS timestamptz) FROM outbox,"
            " LATERAL (SELECT cast(envelope AS jsonb) -> 'data' AS data) AS told WHERE type = ANY(:types) ORDER BY id"
        )
        types = [contract.TYPE for contract in (SessionRequested, SessionAssigned, SessionReleased)]
        async with self._db.transaction() as tx:
            return list((await tx.execute(query, {"types": types})).scalars().all())


async def command(office: Office, path: str, grant: str, body: object = None) -> httpx.Response:
    """A command of a grant's user, again where it is told to wait, as on a loaded machine for a connection."""
    for _ in range(TRIES_MAX):
        answer = await office.post(path, body, role="applicant", org=f"O-{grant}")
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(int(answer.headers["Retry-After"]))
    return answer


async def use(office: Office, grant: str) -> list[httpx.Response]:
    """One user: ask, then give back what runs and take back what waits, again and again."""
    answers = []
    for _ in range(ROUNDS):
        asked = await command(office, "/sessions", grant, {"grant_id": grant, "units": 1})
        answers.append(asked)
        if asked.status_code != 201:
            continue
        session = asked.json()
        path = f"/sessions/{session['session_id']}"
        done = await command(office, f"{path}/{'release' if session['state'] == 'running' else 'withdraw'}", grant)
        if done.status_code == 409 and session["state"] == "waiting":  # it started meanwhile
            done = await command(office, f"{path}/release", grant)
        answers.append(done)
    return answers


async def test_f_80_forty_users_on_one_pool_of_real_processes(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-80: No request is answered 500, every one in the end with success, and no fact is dated before its cause."""
    clock = SettableClock(tmp_path / "clock.json")
    clock.set(START)
    async with standing("allocator", frail, tmp_path, DURE_CLOCK_FILE=str(tmp_path / "clock.json")) as stand:
        await stand.await_ready()
        db = Database(frail.url(stand.log.stem), pool_max=2)
        grants = [f"G{n:02d}" for n in range(USERS)]
        async with beside(stand, "allocator") as second:
            callers = [Caller(stand, port, db, clock) for port in (stand.port, second)]
            offices = [Office(caller) for caller in callers]  # type: ignore[arg-type] - all that it uses of a client
            await offices[0].pool(*((grant, "H100x1") for grant in grants), cards=CARDS)
            clock.run_from(at("08:00"))
            answers = await asyncio.gather(*(use(offices[n % 5 == 0], grant) for n, grant in enumerate(grants)))
        caller = callers[0]
        codes = Counter(answer.status_code for mine in answers for answer in mine)
        assert set(codes) <= {200, 201}, codes
        requested = {e.session_id: e.requested_at for e in await caller.said(SessionRequested)}
        assigned = {e.session_id: e.assigned_at for e in await caller.said(SessionAssigned)}
        released = {e.session_id: e.released_at for e in await caller.said(SessionReleased)}
        withdrawn = {e.session_id: e.withdrawn_at for e in await caller.said(SessionWithdrawn)}
        assert len(requested) == USERS * ROUNDS == len(released) + len(withdrawn)
        assert len(set(requested.values())) > ROUNDS, "the clock ran"
        assert [s for s, when in assigned.items() if when < requested[s]] == []
        assert [s for s, when in released.items() if when < assigned[s]] == []
        assert [s for s, when in withdrawn.items() if when < requested[s]] == []
        dates = await caller.dates()
        assert dates == sorted(dates), "one decider at a time: whatever is decided later is dated no earlier"
        assert "Traceback" not in stand.log.read_text()
        for one in callers:
            await one.http.aclose()
        await db.close()
