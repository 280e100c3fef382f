"""Write settlement drafts from closed statements, and write them anew whenever something they wait for arrives."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.metering import StatementClosed
from libs.common.programmes import programme_at
from libs.common.reckoning import reckon
from services.billing.model.left import Left
from services.billing.model.lines import Missing
from services.billing.model.past import Past
from services.billing.model.prices import Book
from services.billing.model.settlements import Draft
from services.billing.model.statements import Statement
from services.billing.operations.hearing import statement_heard
from services.billing.operations.parked import keep_parked
from services.billing.operations.turns import take_turn
from services.billing.policy import DeductionPolicy, missing_path
from services.billing.rules.decisions import to_carry
from services.billing.rules.left import left_to_state
from services.billing.rules.repricing import stale_spans
from services.billing.rules.settlement import (
    canonical_settlement,
    following,
    is_anything_left,
    is_kept,
    settle,
)
from services.billing.rules.sums import totals_of
from services.billing.store import disputes, grants, past, prices, settlements, statements


async def hear_statement(tx: Tx, event: StatementClosed, clock: Clock) -> None:
    """Make a draft from a closed usage statement; the same statement again changes nothing (BL-11)."""
    heard = await reckon(tx, statement_heard, event)
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
    known = await _past(tx, statement, await _touched(tx, statement, book))
    draft = await reckon(tx, settle, statement, book, await _deductions(tx, statement, now), known)
    parked = [each.grant_id for each in draft.parked]
    await disputes.change_carrier(tx, to_carry(known.upheld, parked), statement.statement_id)
    changed = await _save(tx, statement, draft)
    await keep_parked(tx, statement, draft, now)
    return changed


async def _save(tx: Tx, statement: Statement, draft: Draft) -> bool:
    """Keep a draft; False where it says what is kept already, and nothing is written then."""
    totals = totals_of(draft.lines)
    content, sha256 = await reckon(tx, canonical_settlement, statement, draft.lines, totals, None)
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


async def list_to_be_drafted(tx: Tx, grant_id: str, now: dt.datetime) -> tuple[str, ...]:
    """The settlements to come, one of each provider at most, that will change what is stated of a grant so far.

    A price or a decision that came after the provider's last draft waits for its next one; what open drafts state
    already is not looked for here. The caller holds the turn; nothing is written.
    """
    found = []
    for last in await statements.list_last_of_grant(tx, grant_id):
        coming = following(last, now)
        book = await prices.get_book(tx, coming.programme_code, coming.provider_id)
        if grant_id not in await _touched(tx, coming, book):
            continue
        known = await _past(tx, coming, {grant_id})
        draft = await reckon(tx, settle, coming, book, await _deductions(tx, coming, now), known)
        if is_anything_left(draft):
            found.append(coming.statement_id)
    return tuple(found)


async def list_left(
    tx: Tx, now: dt.datetime, programme_code: str | None = None, provider_id: str | None = None
) -> tuple[Left, ...]:
    """What is left to be stated of each provider and programme whose last settlement is issued; nothing is written.

    While the last one is open, whatever changes is written into it. A grant parked, a decision, another price after
    it is issued waits for a settlement of a later month, which after the last month of use comes only where its usage
    statement is closed without use (docs/decisions/0080).
    """
    found = []
    for last in await statements.list_last_issued(tx, programme_code, provider_id):
        coming = following(last, now)
        book = await prices.get_book(tx, coming.programme_code, coming.provider_id)
        if not (touched := await _touched(tx, coming, book)):
            continue
        known = await _past(tx, coming, touched)
        draft = await reckon(tx, settle, coming, book, await _deductions(tx, coming, now), known)
        ends = await grants.list_ends(tx, coming.programme_code, coming.provider_id)
        if (left := left_to_state(coming, draft, ends)) is not None:
            found.append(left)
    return tuple(found)


async def _touched(tx: Tx, statement: Statement, book: Book) -> set[str]:
    """The grants whose earlier months this settlement may have to change."""
    touched = {use.grant_id for use in statement.uses if use.adjustment}
    touched |= await past.list_touched_grants(tx, statement)
    touched |= await past.list_grants_stale(tx, statement, stale_spans(book))
    return touched


async def _past(tx: Tx, statement: Statement, touched: set[str]) -> Past:
    """What is known of every grant whose earlier months this settlement may have to change."""
    if not touched:
        return Past()
    grant_ids = sorted(touched)
    return Past(
        await past.list_uses(tx, statement, grant_ids),
        await past.list_lines(tx, statement, grant_ids),
        await disputes.list_upheld(tx, statement, grant_ids),
    )
