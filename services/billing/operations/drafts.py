"""Write settlement drafts from closed statements, and write them anew whenever something they wait for arrives."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.metering import StatementClosed
from libs.common.programmes import programme_at
from services.billing.model.lines import NOTHING_SO_FAR, Missing, MonthSoFar, UseKey
from services.billing.model.settlements import Draft
from services.billing.model.statements import Statement
from services.billing.operations.hearing import statement_heard
from services.billing.operations.turns import take_turn
from services.billing.policy import DeductionPolicy, missing_path
from services.billing.rules.disputes import decided_line
from services.billing.rules.settlement import (
    canonical,
    is_kept,
    month_so_far,
    settle,
    settlement_document,
    totals_of,
    use_key,
)
from services.billing.store import disputes, prices, settlements, statements


async def hear_statement(tx: Tx, event: StatementClosed, clock: Clock) -> None:
    """Make a draft from a closed usage statement; the same statement again changes nothing (BL-11)."""
    heard = statement_heard(event)
    now = await take_turn(tx, clock)
    if await statements.add_statement(tx, heard):
        await redraft(tx, event.programme_code, event.provider_id, now)


async def redraft(tx: Tx, programme_code: str, provider_id: str | None, now: dt.datetime) -> None:
    """Write every open settlement of a programme (and provider) anew, in order of month; issued ones stay.

    The caller holds the turn.
    """
    for statement in await statements.list_open_statements(tx, programme_code, provider_id):
        await _write(tx, statement, now)


async def redraft_parked(tx: Tx, now: dt.datetime) -> None:
    """Write every parked settlement anew, and where one changed all open ones of its provider, which may rest on it.

    The caller holds the turn.
    """
    parked = await statements.list_parked_statements(tx)
    changed = [(one.programme_code, one.provider_id) for one in parked if await _write(tx, one, now)]
    for programme_code, provider_id in dict.fromkeys(changed):
        await redraft(tx, programme_code, provider_id, now)


async def _write(tx: Tx, statement: Statement, now: dt.datetime) -> bool:
    book = await prices.get_book(tx, statement.programme_code, statement.provider_id)
    deductions = await _deductions(tx, statement, now)
    upheld = await disputes.list_upheld(tx, statement)
    draft = settle(
        statement, book, deductions, await _earlier(tx, statement), [decided_line(found) for found in upheld]
    )
    await disputes.change_carrier(tx, [found.dispute_id for found in upheld], statement.statement_id)
    return await _save(tx, statement, draft)


async def _save(tx: Tx, statement: Statement, draft: Draft) -> bool:
    """Keep a draft; False where it says what is kept already, and nothing is written then."""
    totals = totals_of(draft.lines)
    content, sha256 = canonical(settlement_document(statement, draft.lines, totals, None))
    before = await settlements.get_settlement(tx, statement.statement_id)
    if is_kept(before, draft, sha256):
        return False
    drafted = replace(
        before,
        state=draft.state,
        missing=draft.missing,
        charge_krw=totals.charge_krw,
        discount_krw=totals.discount_krw,
        deduction_krw=totals.deduction_krw,
        fee_krw=totals.fee_krw,
        sha256=sha256,
    )
    await settlements.change_lines(tx, statement.statement_id, draft.lines)
    await settlements.change_settlement(tx, drafted, content.decode())
    return True


async def _deductions(tx: Tx, statement: Statement, now: dt.datetime) -> DeductionPolicy | Missing:
    """The divisors in force when the statement closed, else those filled in since."""
    missing = Missing("policy", "programme")
    for at in (statement.closed_at, now):
        try:
            return DeductionPolicy.of(await programme_at(tx, statement.programme_code, at))
        except (PolicyMissing, NotFound) as error:
            missing = Missing("policy", missing_path(error, statement.programme_code))
    return missing


async def _earlier(tx: Tx, statement: Statement) -> dict[UseKey, MonthSoFar]:
    """What earlier settlements state for the months of use that this statement adjusts."""
    adjusted = {use_key(use) for use in statement.uses if use.adjustment}
    so_far: dict[UseKey, MonthSoFar] = {}
    if adjusted:
        for line in await settlements.list_earlier_lines(tx, statement, sorted({key[0] for key in adjusted})):
            key = use_key(line)
            so_far[key] = month_so_far([line], so_far.get(key, NOTHING_SO_FAR))
    return so_far
