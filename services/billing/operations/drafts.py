"""Write settlement drafts from closed statements, and write them anew whenever something they wait for arrives."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

from libs.common.db import Tx
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.metering import StatementClosed, StatementLine
from libs.common.money import format_won
from libs.common.programmes import programme_at
from services.billing.model.settlements import Draft, Line, Missing, MonthSoFar, Statement, Use, UseKey, Words
from services.billing.operations.turns import take_turn
from services.billing.policy import DeductionPolicy, missing_path
from services.billing.rules.settlement import (
    canonical,
    month_so_far,
    settle,
    settlement_document,
    totals_of,
    use_key,
)
from services.billing.store import disputes, prices, settlements


async def hear_statement(tx: Tx, event: StatementClosed, now: dt.datetime) -> None:
    """Make a draft from a closed usage statement; the same statement again changes nothing (BL-11)."""
    heard = Statement(
        statement_id=event.statement_id,
        provider_id=event.provider_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        month=event.month,
        closed_at=event.closed_at,
        sha256=event.sha256,
        uses=tuple(_use(line) for line in event.lines),
    )
    await take_turn(tx)
    if await settlements.add_settlement(tx, heard):
        await redraft(tx, event.programme_code, event.provider_id, now)


def _use(line: StatementLine) -> Use:
    return Use(
        grant_id=line.grant_id,
        period=line.period,
        adjustment=line.adjustment,
        pricing=line.pricing,
        mode=line.mode,
        priced_product=line.priced_product,
        priced_units=line.priced_units,
        payable=line.payable,
        billable_unit_hours=line.billable_unit_hours,
        discounted_unit_hours=line.discounted_unit_hours,
        outage_unit_hours=line.outage_unit_hours,
        unmatched_unit_hours=line.unmatched_unit_hours,
        months_before=None if line.months_before is None else Fraction(line.months_before),
        months_after=None if line.months_after is None else Fraction(line.months_after),
        starts_at=line.starts_at,
        delivered_at=line.delivered_at,
        ends_at=line.ends_at,
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
    )


async def redraft(tx: Tx, programme_code: str, provider_id: str | None, now: dt.datetime) -> None:
    """Write every open settlement of a programme (and provider) anew, in order of month; issued ones stay."""
    await take_turn(tx)
    for row in await settlements.open_settlements(tx, programme_code, provider_id):
        await _write(tx, row, now)


async def _write(tx: Tx, row: dict[str, Any], now: dt.datetime) -> None:
    statement = settlements.statement_of(row)
    book = await prices.book_of(tx, statement.programme_code, statement.provider_id)
    deductions = await _deductions(tx, statement, now)
    decided = await disputes.upheld_disputes(tx, row)
    adjustments = [_adjustment(found, line) for found, line in decided]
    draft = settle(statement, book, deductions, await _earlier(tx, row, statement), adjustments)
    await disputes.carry_disputes(tx, [found["dispute_id"] for found, _ in decided], statement.statement_id)
    await _save(tx, statement, draft)


async def _save(tx: Tx, statement: Statement, draft: Draft) -> None:
    totals = totals_of(draft.lines)
    content, sha256 = canonical(settlement_document(statement, draft.lines, totals, None))
    await settlements.write_settlement(
        tx,
        statement.statement_id,
        draft.lines,
        state=draft.state,
        missing=[{"kind": missing.kind, "path": missing.path} for missing in draft.missing],
        charge_krw=totals.charge_krw,
        discount_krw=totals.discount_krw,
        deduction_krw=totals.deduction_krw,
        fee_krw=totals.fee_krw,
        canonical=content.decode(),
        sha256=sha256,
    )


async def _deductions(tx: Tx, statement: Statement, now: dt.datetime) -> DeductionPolicy | Missing:
    """The divisors in force when the statement closed, else those filled in since."""
    missing = Missing("policy", "programme")
    for at in (statement.closed_at, now):
        try:
            return DeductionPolicy.of(await programme_at(tx, statement.programme_code, at))
        except (PolicyMissing, NotFound) as error:
            missing = Missing("policy", missing_path(error, statement.programme_code))
    return missing


async def _earlier(tx: Tx, row: dict[str, Any], statement: Statement) -> dict[UseKey, MonthSoFar]:
    """What earlier settlements state for the months of use that this statement adjusts."""
    adjusted = {use_key(use) for use in statement.uses if use.adjustment and use.pricing == "monthly"}
    so_far: dict[UseKey, MonthSoFar] = {}
    if adjusted:
        for line in await settlements.earlier_lines(tx, row, sorted({key[0] for key in adjusted})):
            key = use_key(line)
            so_far[key] = month_so_far([line], so_far.get(key, MonthSoFar()))
    return so_far


def _adjustment(found: dict[str, Any], contested: Line) -> Line:
    """The line that carries out a decided dispute: the difference, under the contested line's own kind."""
    difference = found["decided_krw"] - found["line_krw"]
    before, after = format_won(found["line_krw"]), format_won(found["decided_krw"])
    return replace(
        contested,
        rule_ids=("BL-11", *contested.rule_ids),
        adjustment=True,
        quantity=Fraction(0),
        uncut_krw=Fraction(difference),
        shortened_krw=Fraction(0),
        amount_krw=difference,
        formula=Words(
            f"이의 {found['dispute_id']} 인용: {before} → {after}",
            f"dispute {found['dispute_id']} upheld: {found['line_krw']:,} → {found['decided_krw']:,} won",
        ),
        cause=found["dispute_id"],
    )
