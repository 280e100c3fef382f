"""HTTP: sessions are asked for, given back, taken back."""

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict

from libs.common.bounds import Percent, Positive
from libs.common.db import Database, Tx
from libs.common.errors import Fact, Refusal
from libs.common.identity import Caller
from libs.common.paging import BadCursor
from libs.common.web import (
    Allowed,
    AnyCaller,
    Body,
    Command,
    Db,
    Page,
    Paging,
    Replayed,
    ServiceRouter,
    Timepiece,
    View,
    problems,
)
from services.allocator.model.cards import Mode
from services.allocator.model.queue import Origin
from services.allocator.model.sessions import SessionState
from services.allocator.operations import sessions as operations
from services.allocator.operations.sessions import SessionsChanged
from services.allocator.routes.fields import Code, CodePath, CodeQuery, Duration, Instant, Reason, view_of
from services.allocator.rules.idle import is_used

router = ServiceRouter(tags=["동적할당 · Sessions"])

SESSION_ID = re.compile(r"S-([0-9]{6,18})")

User = Annotated[Caller, Allowed("applicant", "operator", "officer")]
Provider = Annotated[Caller, Allowed("provider", "operator", "officer")]


class RequestSession(Body):
    """Units that a grant needs now, and for how long at most."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grant_id": "A-000001", "units": 1, "max_duration_s": 7200}]}
    )

    grant_id: Code
    units: Positive
    max_duration_s: Duration | None = None
    reason: Reason | None = None
    """Needed from the agency, which asks in its own name."""


class DecideSession(Body):
    """Why the agency gives back or takes back in its own name; a user needs no reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "이용자 요청을 전화로 받음"}]})

    reason: Reason | None = None


class ReportUtilisation(Body):
    """Mean GPU utilisation since the last report (or the assignment) up to `until`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2025-10-01T03:00:00Z", "utilisation_pct": 0}]})

    until: Instant
    utilisation_pct: Percent
    """Rounded up: only a session that used nothing at all reports 0."""


class RefusalView(View):
    """Why a request was refused at once."""

    rule_id: str
    code: str
    facts: dict[str, Fact]


class SessionView(View):
    """A session: a request and what became of it."""

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    data_centre: str
    pool_id: str
    mode: Mode
    origin: Origin
    state: SessionState
    units: int
    cards: int
    servers: dict[str, int] | None
    max_duration_s: int | None
    requested_at: dt.datetime
    assigned_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str | None
    continues: str | None
    refusals: list[RefusalView] | None


class SessionOutcome(SessionView):
    """A session after a command, and of the sessions that got their cards by it those that the caller may see."""

    started: list[SessionView]


def _number_of(session_id: str) -> int:
    """The number of the session that a cursor names; 0 for the first page. Raises BadCursor."""
    if not session_id:
        return 0
    named = SESSION_ID.fullmatch(session_id)
    if named is None:
        raise BadCursor
    return int(named[1])


def _outcome(changed: SessionsChanged) -> SessionOutcome:
    return view_of(
        SessionOutcome, changed.session, started=[SessionView.model_validate(session) for session in changed.started]
    )


def _answer(outcome: SessionOutcome) -> SessionOutcome:
    """Raises Refused where the outcome is a refusal on record."""
    operations.raise_if_refused([Refusal(r.rule_id, r.code, r.facts) for r in outcome.refusals or ()])
    return outcome


async def _once(command: Command, db: Database, act: Callable[[Tx], Awaitable[SessionsChanged]]) -> SessionOutcome:
    """Do a command; a refusal is answered only after its record is committed, and again when it is repeated."""

    async def answered(tx: Tx) -> SessionOutcome:
        return _outcome(await act(tx))

    try:
        return _answer(await command.once(db, answered))
    except Replayed as again:
        _answer(SessionOutcome.model_validate_json(bytes(again.response.body)))
        raise


@router.post("/sessions", status_code=201, summary="자원 신청 · Request a session", responses=problems(404, 409))
async def request_session(
    body: RequestSession, caller: User, command: Command, db: Db, clock: Timepiece
) -> SessionOutcome:
    """Ask for units: cards at once where they are free, else a place in the queue. A refusal is kept on record."""
    ask = operations.SessionAsk(body.grant_id, body.units, body.max_duration_s, body.reason)

    async def act(tx: Tx) -> SessionsChanged:
        return await operations.request_session(tx, caller, ask, clock)

    return await _once(command, db, act)


@router.post("/sessions/{session_id}/release", summary="자원 반납 · Release a session", responses=problems(404, 409))
async def release_session(
    session_id: CodePath, caller: User, command: Command, db: Db, clock: Timepiece, body: DecideSession | None = None
) -> SessionOutcome:
    """Give the cards back; those who waited for them start. The agency says why."""
    reason = body.reason if body else None

    async def act(tx: Tx) -> SessionOutcome:
        return _outcome(await operations.release_session(tx, caller, session_id, reason, clock))

    return await command.once(db, act)


@router.post("/sessions/{session_id}/withdraw", summary="신청 철회 · Withdraw a request", responses=problems(404, 409))
async def withdraw_session(
    session_id: CodePath, caller: User, command: Command, db: Db, clock: Timepiece, body: DecideSession | None = None
) -> SessionOutcome:
    """Take a waiting request back; its wait counts all the same (MT-6). The agency says why."""
    reason = body.reason if body else None

    async def act(tx: Tx) -> SessionOutcome:
        return _outcome(await operations.withdraw_session(tx, caller, session_id, reason, clock))

    return await command.once(db, act)


@router.post(
    "/sessions/{session_id}/utilisation", summary="사용률 보고 · Report utilisation", responses=problems(404, 409)
)
async def report_utilisation(
    session_id: CodePath, body: ReportUtilisation, caller: Provider, command: Command, db: Db, clock: Timepiece
) -> SessionOutcome:
    """Report whether a session used its cards; one idle for the programme's time gives them back (AL-9)."""
    report = operations.UtilisationReport(body.until, used=is_used(body.utilisation_pct))

    async def act(tx: Tx) -> SessionOutcome:
        return _outcome(await operations.report_utilisation(tx, caller, session_id, report, clock))

    return await command.once(db, act)


@router.get("/sessions", summary="세션 목록 · Sessions", responses=problems())
async def list_sessions(
    caller: AnyCaller,
    db: Db,
    paging: Paging,
    pool: CodeQuery = None,
    state: Annotated[SessionState | None, Query()] = None,
    grant: CodeQuery = None,
) -> Page[SessionView]:
    """Sessions by number: an applicant's own, a provider's, or all for the agency."""
    after = _number_of(paging.after_id())
    async with db.transaction() as tx:
        found = await operations.list_sessions(tx, caller, pool, state, grant, after, paging.limit + 1)
    return paging.page([SessionView.model_validate(session) for session in found], "session_id")


@router.get("/sessions/{session_id}", summary="세션 조회 · A session", responses=problems(404))
async def get_session(session_id: CodePath, caller: AnyCaller, db: Db) -> SessionView:
    """One session."""
    async with db.transaction() as tx:
        return SessionView.model_validate(await operations.own_session(tx, caller, session_id))
