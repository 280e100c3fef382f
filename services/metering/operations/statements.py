"""A provider's monthly usage statement: drafted from what is known, closed once, never changed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import rfc8785

from libs.common.calendar import month_bounds
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused, WrongState
from libs.common.events.envelope import Event
from libs.common.events.metering import StatementClosed, StatementLine
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.reckoning import reckon
from services.metering.model.grants import GrantHistory, Outage, Placement
from services.metering.model.statements import (
    Closing,
    EvidencedLine,
    Gap,
    Line,
    LineKey,
    Statement,
    StatementHead,
)
from services.metering.model.time import us_of
from services.metering.operations.histories import load_histories
from services.metering.operations.telling import closed_events
from services.metering.policy import StatementPolicy
from services.metering.rules.evidence import evidence_document, line_document
from services.metering.rules.placements import placement_in_force
from services.metering.rules.shares import month_shares
from services.metering.rules.statement import (
    Stated,
    due_at,
    earlier_open_month,
    gaps_of,
    in_order,
    is_over,
    known_until,
    sha256_of,
    statement_id,
    statement_lines,
    sum_stated,
)
from services.metering.store import grants, outages, statements
from services.metering.store.usage import lock_provider

RULE = "MT-10"
NO_EVENTS_SHA256 = sha256_of(b"[]")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A statement as it would be closed now, and what it rests on."""

    statement: Statement
    histories: tuple[GrantHistory, ...]


async def find_statement(
    tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str, now: dt.datetime
) -> Statement:
    """The closed statement, or the draft of it with today's knowledge. Raises NotFound."""
    placements = await _placements(tx, caller, provider_id, programme_code)
    closed = await statements.find_statement(tx, provider_id, programme_code, month)
    if closed is not None:
        return Statement(closed, await statements.list_lines(tx, closed.statement_id))
    return (await _draft(tx, placements, provider_id, programme_code, month, now)).statement


async def close_statement(
    tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str, clock: Clock
) -> Statement:
    """Close a month: its lines, its evidence and their hash stand from here on.

    Raises NotFound, WrongState where it is closed, Refused where the month is not over or an earlier month with
    something to state is still open (its adjustments would have no statement to go to).
    """
    await _placements(tx, caller, provider_id, programme_code)
    await lock_provider(tx, provider_id)
    now = clock.now()
    placements = await _placements(tx, caller, provider_id, programme_code)  # as they are under the lock
    if await statements.find_statement(tx, provider_id, programme_code, month) is not None:
        raise WrongState("statement", statement_id(provider_id, programme_code, month), "closed", ["draft"])
    if not is_over(month, now):
        raise Refused([Refusal(RULE, "statement_month_not_over", {"month": month})])
    draft = await _draft(tx, placements, provider_id, programme_code, month, now)
    head, lines = draft.statement.head, draft.statement.lines
    await _judge_order(tx, head, draft.histories)
    known = await outages.list_of_provider(tx, provider_id)
    evidence = await reckon(tx, _evidence, draft, known)
    closed = replace(head, closed_at=now, sha256=sha256_of(evidence))
    await statements.add_statement(tx, closed, Closing(RULE, caller.subject, evidence.decode()))
    await statements.add_lines(tx, closed.statement_id, lines)
    await say(tx, *await reckon(tx, _events_saying, closed, lines), now=now)
    return Statement(closed, lines)


async def list_statements(
    tx: Tx,
    caller: Caller,
    provider_id: str | None,
    programme_code: str | None,
    month: str | None,
    after_id: str,
    limit: int,
) -> tuple[StatementHead, ...]:
    """Closed statements by id: a provider's own, or all, of one provider, programme or month where asked."""
    if not caller.sees_all():
        if provider_id not in (None, caller.organisation_id):
            return ()
        provider_id = caller.organisation_id
    return await statements.list_statements(tx, provider_id, programme_code, month, after_id, limit)


async def read_evidence(tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str) -> str:
    """The canonical bytes under a closed statement's hash. Raises NotFound, WrongState for a draft."""
    await _placements(tx, caller, provider_id, programme_code)
    identity = statement_id(provider_id, programme_code, month)
    evidence = await statements.find_evidence(tx, identity)
    if evidence is None:
        call = f"POST /metering/v1/statements/{provider_id}/{programme_code}/{month}/close"
        raise WrongState("statement", identity, "draft", ["closed"], call)
    return evidence


async def _draft(
    tx: Tx,
    placements: Sequence[Placement],
    provider_id: str,
    programme_code: str,
    month: str,
    now: dt.datetime,
) -> _Draft:
    """Compute a month's lines with today's knowledge, from totals alone, whatever is closed."""
    until = known_until(month, now)
    programme = await programme_at(tx, programme_code, until)
    policy = StatementPolicy.of(programme)
    histories = await load_histories(tx, provider_id, placements, policy, until)
    closed = await statements.list_closed_months(tx, provider_id, programme_code)
    stated = _by_grant(await statements.list_stated_lines(tx, provider_id, programme_code))
    ordered, gaps = await reckon(tx, _stated_of, histories, month, until, closed, stated)
    head = StatementHead(
        statement_id=statement_id(provider_id, programme_code, month),
        provider_id=provider_id,
        programme_code=programme_code,
        month=month,
        programme_version=programme.version,
        due_at=due_at(month, policy.due_day),
    )
    hashes = await _hashes(tx, provider_id, ordered)
    evidenced = tuple(EvidencedLine(line, hashes.get(_events_of(line.key), NO_EVENTS_SHA256)) for line in ordered)
    return _Draft(Statement(head, evidenced, gaps), tuple(histories))


def _stated_of(
    histories: Sequence[GrantHistory],
    month: str,
    until: dt.datetime,
    closed: Set[str],
    stated: Mapping[str, Mapping[LineKey, Stated]],
) -> tuple[tuple[Line, ...], tuple[Gap, ...]]:
    """A month's lines in their order, and the hours that were not reported."""
    lines: list[Line] = []
    gaps: list[Gap] = []
    for history in histories:
        shares, missing = month_shares(history, month, us_of(until))
        lines += statement_lines(history, shares, month, closed, stated.get(history.placement.grant_id, {}))
        gaps += gaps_of(missing, month)
    return tuple(in_order(lines)), tuple(gaps)


async def _placements(tx: Tx, caller: Caller, provider_id: str, programme_code: str) -> tuple[Placement, ...]:
    if not caller.owns(provider_id):
        raise NotFound("statement", f"{provider_id}:{programme_code}")
    placed = await grants.list_placements(tx, provider_id, programme_code)
    if not placed:
        raise NotFound("statement", f"{provider_id}:{programme_code}")
    return tuple(placement_in_force(told) for told in placed)


def _by_grant(lines: Iterable[Line]) -> dict[str, dict[LineKey, Stated]]:
    found: dict[str, dict[LineKey, Stated]] = {}
    for key, stated in sum_stated(lines).items():
        found.setdefault(key.grant_id, {})[key] = stated
    return found


async def _judge_order(tx: Tx, head: StatementHead, histories: Sequence[GrantHistory]) -> None:
    """Refuse to close over an open month that has something to state."""
    closed = await statements.list_closed_months(tx, head.provider_id, head.programme_code)
    still_open = earlier_open_month(histories, head.month, closed)
    if still_open is not None:
        raise Refused([Refusal(RULE, "statement_earlier_open", {"month": head.month, "open": still_open})])


def _events_of(key: LineKey) -> tuple[str, str, str]:
    return key.grant_id, key.period, key.mode


async def _hashes(tx: Tx, provider_id: str, lines: Iterable[Line]) -> dict[tuple[str, str, str], str]:
    """The hash of the events behind each grant, period and mode that the lines state."""
    grants_of: dict[str, set[str]] = {}
    for line in lines:
        grants_of.setdefault(line.key.period, set()).add(line.key.grant_id)
    found: dict[tuple[str, str, str], str] = {}
    for period, ids in sorted(grants_of.items()):
        hashes = await statements.list_evidence_hashes(tx, provider_id, ids, *month_bounds(period))
        found |= {(grant_id, period, mode): sha256 for (grant_id, mode), sha256 in hashes.items()}
    return found


def _evidence(draft: _Draft, known: Sequence[Outage]) -> bytes:
    """The canonical bytes under a statement's hash."""
    head, lines, gaps = draft.statement.head, draft.statement.lines, draft.statement.gaps
    return rfc8785.dumps(evidence_document(head, RULE, lines, gaps, draft.histories, known))


def _events_saying(closed: StatementHead, lines: Iterable[EvidencedLine]) -> tuple[Event, ...]:
    return closed_events(_closed_event(closed, lines))


def _closed_event(closed: StatementHead, lines: Iterable[EvidencedLine]) -> StatementClosed:
    assert closed.closed_at is not None  # noqa: S101 - it was just closed
    assert closed.sha256 is not None  # noqa: S101
    return StatementClosed(
        statement_id=closed.statement_id,
        provider_id=closed.provider_id,
        programme_code=closed.programme_code,
        programme_version=closed.programme_version,
        month=closed.month,
        closed_at=closed.closed_at,
        sha256=closed.sha256,
        lines=[StatementLine.model_validate(line_document(line)) for line in lines],
    )
