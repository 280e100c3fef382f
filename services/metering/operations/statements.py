"""A provider's monthly usage statement: drafted from what is known, closed once, never changed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import rfc8785

from libs.common.calendar import month_bounds, month_of, next_month
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused, WrongState
from libs.common.events.metering import StatementClosed, StatementLine
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.metering.model.grants import GrantHistory, Placement
from services.metering.model.statements import Gap, Line, LineKey
from services.metering.model.time import instant_of, us_of
from services.metering.operations.histories import load_histories
from services.metering.operations.telling import closed_events
from services.metering.policy import StatementPolicy
from services.metering.rules.shares import month_shares
from services.metering.rules.statement import (
    AMOUNTS,
    Stated,
    due_at,
    in_order,
    is_over,
    sha256_of,
    statement_lines,
    sum_stated,
)
from services.metering.store import grants, outages, statements
from services.metering.store.usage import lock_provider

RULE = "MT-10"
NO_EVENTS_SHA256 = sha256_of(b"[]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as it would be closed now."""

    provider_id: str
    programme_code: str
    month: str
    programme_version: int
    due_at: dt.datetime | None
    lines: list[dict[str, Any]]
    """As `statement_line` stores them."""
    gaps: list[dict[str, Any]]
    histories: list[GrantHistory]


def statement_id(provider_id: str, programme_code: str, month: str) -> str:
    """A statement's id."""
    return f"{provider_id}:{programme_code}:{month}"


async def find_statement(
    tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str, now: dt.datetime
) -> dict[str, Any]:
    """The closed statement, or the draft of it with today's knowledge. Raises NotFound."""
    placements = await _placements(tx, caller, provider_id, programme_code)
    closed = await statements.find(tx, provider_id, programme_code, month)
    if closed is not None:
        lines = await statements.lines_of(tx, closed["statement_id"])
        return {**closed, "state": "closed", "lines": lines, "gaps": []}
    draft = await draft_statement(tx, placements, provider_id, programme_code, month, now)
    return {
        "statement_id": statement_id(provider_id, programme_code, month),
        "provider_id": provider_id,
        "programme_code": programme_code,
        "month": month,
        "state": "draft",
        "programme_version": draft.programme_version,
        "due_at": draft.due_at,
        "closed_at": None,
        "sha256": None,
        "lines": [{"line_no": number, **line} for number, line in enumerate(draft.lines, 1)],
        "gaps": draft.gaps,
    }


async def close_statement(
    tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str, now: dt.datetime
) -> dict[str, Any]:
    """Close a month: its lines, its evidence and their hash stand from here on.

    Raises NotFound, WrongState where it is closed, Refused where the month is not over or an earlier month with
    something to state is still open (its adjustments would have no statement to go to).
    """
    placements = await _placements(tx, caller, provider_id, programme_code)
    await lock_provider(tx, provider_id)
    if await statements.find(tx, provider_id, programme_code, month) is not None:
        raise WrongState("statement", statement_id(provider_id, programme_code, month), "closed", ["draft"])
    if not is_over(month, now):
        raise Refused([Refusal(RULE, "statement_month_not_over", {"month": month})])
    draft = await draft_statement(tx, placements, provider_id, programme_code, month, now)
    await _judge_order(tx, draft)
    evidence = rfc8785.dumps(await _evidence(tx, draft))
    row: dict[str, Any] = {
        "statement_id": statement_id(provider_id, programme_code, month),
        "provider_id": provider_id,
        "programme_code": programme_code,
        "month": month,
        "programme_version": draft.programme_version,
        "rule_id": RULE,
        "closed_at": now,
        "closed_by": caller.subject,
        "due_at": draft.due_at,
        "sha256": sha256_of(evidence),
        "evidence": evidence.decode(),
    }
    await statements.insert_statement(tx, row)
    await statements.insert_lines(tx, row["statement_id"], draft.lines)
    await say(tx, *closed_events(_closed_event(row, draft)), now=now)
    return await find_statement(tx, caller, provider_id, programme_code, month, now)


async def list_statements(
    tx: Tx,
    caller: Caller,
    provider_id: str | None,
    programme_code: str | None,
    month: str | None,
    after_id: str,
    limit: int,
) -> list[dict[str, Any]]:
    """Closed statements by id: a provider's own, or all, of one provider, programme or month where asked."""
    if not caller.sees_all():
        if provider_id not in (None, caller.organisation_id):
            return []
        provider_id = caller.organisation_id
    return await statements.page(tx, provider_id, programme_code, month, after_id, limit)


async def read_evidence(tx: Tx, caller: Caller, provider_id: str, programme_code: str, month: str) -> str:
    """The canonical bytes under a closed statement's hash. Raises NotFound, WrongState for a draft."""
    await _placements(tx, caller, provider_id, programme_code)
    closed = await statements.find(tx, provider_id, programme_code, month)
    if closed is None:
        identity = statement_id(provider_id, programme_code, month)
        raise WrongState("statement", identity, "draft", ["closed"], "POST …/close")
    return str(closed["evidence"])


async def draft_statement(
    tx: Tx, placements: list[Placement], provider_id: str, programme_code: str, month: str, now: dt.datetime
) -> Draft:
    """Compute a month's lines with today's knowledge, from totals alone, whatever is closed."""
    start, end = month_bounds(month)
    until = min(end, max(now, start))
    programme = await programme_at(tx, programme_code, until)
    policy = StatementPolicy.of(programme)
    histories = await load_histories(tx, provider_id, placements, policy, until)
    closed = await statements.closed_months(tx, provider_id, programme_code)
    stated = _by_grant(await statements.stated_lines(tx, provider_id, programme_code))
    lines: list[Line] = []
    gaps: list[Gap] = []
    for history in histories:
        shares, missing = month_shares(history, month, us_of(until))
        lines += statement_lines(history, shares, month, closed, stated.get(history.placement.grant_id, {}))
        gaps += [gap for gap in missing if gap.hour_us >= us_of(start)]
    hashes = await _hashes(tx, provider_id, lines)
    return Draft(
        provider_id=provider_id,
        programme_code=programme_code,
        month=month,
        programme_version=programme.version,
        due_at=due_at(month, policy.due_day),
        lines=[_row(line, hashes) for line in in_order(lines)],
        gaps=[_gap(gap) for gap in gaps],
        histories=histories,
    )


async def _placements(tx: Tx, caller: Caller, provider_id: str, programme_code: str) -> list[Placement]:
    if not caller.owns(provider_id):
        raise NotFound("statement", f"{provider_id}:{programme_code}")
    placements = await grants.placements(tx, provider_id, programme_code)
    if not placements:
        raise NotFound("statement", f"{provider_id}:{programme_code}")
    return placements


def _by_grant(lines: list[Line]) -> dict[str, dict[LineKey, Stated]]:
    found: dict[str, dict[LineKey, Stated]] = {}
    for key, stated in sum_stated(lines).items():
        found.setdefault(key.grant_id, {})[key] = stated
    return found


async def _judge_order(tx: Tx, draft: Draft) -> None:
    """Refuse to close over an open month that has something to state."""
    closed = await statements.closed_months(tx, draft.provider_id, draft.programme_code)
    first = min(month_of(history.placement.starts_at) for history in draft.histories)
    while first < draft.month:
        if first not in closed:
            for history in draft.histories:
                shares, _ = month_shares(history, first, us_of(month_bounds(first)[1]))
                if statement_lines(history, shares, first, frozenset(), {}):
                    raise Refused([Refusal(RULE, "statement_earlier_open", {"month": draft.month, "open": first})])
        first = next_month(first)


async def _hashes(tx: Tx, provider_id: str, lines: list[Line]) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for period in sorted({line.key.period for line in lines}):
        ids = {line.key.grant_id for line in lines if line.key.period == period}
        hashes = await statements.evidence_hashes(tx, provider_id, ids, *month_bounds(period))
        found |= {(grant_id, period, mode): sha256 for (grant_id, mode), sha256 in hashes.items()}
    return found


def _row(line: Line, hashes: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    key = line.key
    return {
        **{name: getattr(key, name) for name in LineKey.__slots__},
        **{name: getattr(line, name) for name in AMOUNTS},
        "adjustment": line.adjustment,
        "utilisation_pct": line.utilisation_pct,
        "months_before": None if line.months_before is None else str(line.months_before),
        "months_after": None if line.months_after is None else str(line.months_after),
        "starts_at": line.starts_at,
        "delivered_at": line.delivered_at,
        "ends_at": line.ends_at,
        "evidence_sha256": hashes.get((key.grant_id, key.period, key.mode), NO_EVENTS_SHA256),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "grant_id": gap.grant_id,
        "session_id": gap.session_id or None,
        "hour": instant_of(gap.hour_us),
        "units": gap.units,
    }


def _closed_event(row: dict[str, Any], draft: Draft) -> StatementClosed:
    return StatementClosed(
        statement_id=row["statement_id"],
        provider_id=row["provider_id"],
        programme_code=row["programme_code"],
        programme_version=row["programme_version"],
        month=row["month"],
        closed_at=row["closed_at"],
        sha256=row["sha256"],
        lines=[StatementLine.model_validate(line) for line in draft.lines],
    )


async def _evidence(tx: Tx, draft: Draft) -> dict[str, Any]:
    """What the hash is taken over: the lines, the gaps, the facts they rest on, the policy's version."""
    known = await outages.of_provider(tx, draft.provider_id)
    return {
        "statement_id": statement_id(draft.provider_id, draft.programme_code, draft.month),
        "programme_version": draft.programme_version,
        "rule_id": RULE,
        "lines": [{name: _plain(value) for name, value in line.items()} for line in draft.lines],
        "gaps": [{name: _plain(value) for name, value in gap.items()} for gap in draft.gaps],
        "waits": [
            {
                "grant_id": history.placement.grant_id,
                "session_id": wait.session_id,
                "requested_at": _plain(instant_of(wait.requested_us)),
                "ended_at": _plain(instant_of(wait.ended_us)),
                "unit_hours": wait.unit_hours,
            }
            for history in draft.histories
            for wait in history.waits
        ],
        "outages": [
            {
                "outage_id": outage.outage_id,
                "scope_kind": outage.scope_kind,
                "scope_id": outage.scope_id,
                "started_at": _plain(outage.started_at),
                "ended_at": _plain(outage.ended_at),
            }
            for outage in known
        ],
        **_zero_priced(draft),
    }


def _zero_priced(draft: Draft) -> dict[str, Any]:
    """The months priced at zero that have begun, of the products stated; where there are none, nothing is said."""
    periods = {period for history in draft.histories for period in history.zero_priced}
    begun = [period for period in periods if period.first_month <= draft.month]
    if not begun:
        return {}
    begun.sort(key=lambda period: (period.product, period.mode, period.first_month))
    return {"zero_priced": [period._asdict() for period in begun]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value
