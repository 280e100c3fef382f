"""Issue, approve and pay settlements (BL-11); approval burns self-payments down and draws on the budget."""

import datetime as dt
from dataclasses import replace

from libs.common.agreed_providers import must_be_agreed
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, Refused, WrongState
from libs.common.events.billing import SettlementApproved, SettlementIssued, SettlementPaid
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.providers import organisation_of
from libs.common.reckoning import reckon
from services.billing.model.lines import Line
from services.billing.model.parked import NewlyParked
from services.billing.model.settlements import Settlement, SettlementState
from services.billing.operations.drawing import Drawing, drawing_of, keep_shares, post_shares, tell_levels
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.policy import DisputePolicy
from services.billing.rules.accounts import payment_entries
from services.billing.rules.approval import deposited_shares_krw, held_refusals
from services.billing.rules.clear_hands import approval_refusals, payment_refusal, waiver_refusal
from services.billing.rules.disputes import dispute_window_end
from services.billing.rules.next_calls import next_call
from services.billing.rules.parked import owner_of, parked_refusals
from services.billing.rules.settlement import (
    adjusted_periods,
    canonical_settlement,
    check_split,
    split_of,
)
from services.billing.rules.sums import fees_by_grant, totals_of
from services.billing.store import disputes, parked, self_payments, settlements, statements


async def visible(tx: Tx, caller: Caller, settlement_id: str, *, locked: bool = False) -> Settlement:
    """A settlement that the caller may see. Raises NotFound."""
    found = await settlements.get_settlement(tx, settlement_id, locked=locked)
    if not caller.owns(found.provider_id):
        raise NotFound("settlement", settlement_id)
    return found


async def in_state(tx: Tx, caller: Caller, settlement_id: str, state: SettlementState) -> Settlement:
    """A settlement that the caller may see and that stands in a state, locked. Raises NotFound, WrongState."""
    found = await visible(tx, caller, settlement_id, locked=True)
    if found.state != state:
        raise WrongState("settlement", settlement_id, found.state, [state], next_call(found))
    return found


async def issue(tx: Tx, caller: Caller, settlement_id: str, clock: Clock) -> Settlement:
    """Freeze a draft: from now on it never changes, and its lines can be contested within the dispute window."""
    now = await take_turn(tx, clock)
    draft = await visible(tx, caller, settlement_id, locked=True)
    if draft.state == "parked":
        raise Refused(parked_refusals(settlement_id, draft.missing))
    draft = await in_state(tx, caller, settlement_id, "draft")
    await _refuse_open_periods(tx, draft)
    at = max(now, draft.changed_at)
    policy = DisputePolicy.of(await programme_at(tx, draft.programme_code, now))
    issued = replace(
        draft,
        state="issued",
        issued_at=at,
        issued_by=caller.subject,
        issued_sha256=draft.sha256,
        dispute_until=dispute_window_end(at, policy.dispute_days, policy.changed),
    )
    await settlements.change_settlement(tx, issued)
    event = SettlementIssued(
        settlement_id=settlement_id,
        provider_id=issued.provider_id,
        programme_code=issued.programme_code,
        month=issued.month,
        fee_krw=issued.fee_krw,
        at=at,
        sha256=issued.sha256,
    )
    await say(tx, event, now=now)
    return issued


async def _refuse_open_periods(tx: Tx, draft: Settlement) -> None:
    """An adjustment of a month rests on that month's settlement: that one is issued first."""
    lines = await settlements.list_lines(tx, draft.settlement_id)
    periods = adjusted_periods(lines, draft.month)
    still_open = await statements.list_open_months(tx, draft.provider_id, draft.programme_code, periods)
    if still_open:
        raise Conflict("earlier_month_open", "BL-11", months=", ".join(still_open), settlement=draft.settlement_id)


async def waive_window(tx: Tx, caller: Caller, settlement_id: str, clock: Clock) -> Settlement:
    """Give up the rest of a dispute window, by the provider alone and for good (BL-13); approval need not wait for it.

    Raises NotFound for another's settlement, WrongState for one that is not issued, and Refused while a dispute is
    open, where no window is left, or where it was waived already.
    """
    now = await take_turn(tx, clock)
    issued = await in_state(tx, caller, settlement_id, "issued")
    at = max(now, issued.changed_at)
    if (refusal := waiver_refusal(issued, await disputes.list_disputes(tx, settlement_id), at)) is not None:
        raise Refused([refusal])
    waived = replace(issued, window_waived_by=caller.subject, window_waived_at=at)
    await settlements.change_settlement(tx, waived)
    return waived


async def approve(tx: Tx, caller: Caller, settlement_id: str, clock: Clock) -> Settlement:
    """Approve an issued settlement: split each grant's fee, draw the subsidy, post, and tell levels reached.

    A fee that cannot be split yet is parked, and the others go on; where none can be, nothing is approved (BL-11).
    One approval of a programme goes at a time, and each at an instant of its own, so that the order of draws is
    the order of approval. Raises WrongState on the second of two, Refused for whoever issued it, while a dispute is
    open or may still come, and PolicyMissing for an unset budget.
    """
    now = await take_turn(tx, clock)
    issued = await in_state(tx, caller, settlement_id, "issued")
    at = max(now, issued.changed_at)
    contested = await disputes.list_disputes(tx, settlement_id)
    if refusals := approval_refusals(issued, contested, caller.subject, at):
        raise Refused(refusals)
    lines = await settlements.list_lines(tx, settlement_id)
    drawing = await drawing_of(tx, issued, fees_by_grant(lines), at)
    if refusals := held_refusals(drawing.burnt):
        raise Refused(refusals)
    check_split(totals_of(lines), drawing.shares, drawing.burnt.held_krw)
    approved = await _keep_approval(tx, caller, issued, lines, drawing)
    await post_shares(tx, issued, drawing, f"settlement.approved:{settlement_id}")
    await say(tx, _split_event(SettlementApproved, approved, drawing.at), now=now)
    await tell_levels(tx, drawing, now)
    return approved


async def _keep_approval(
    tx: Tx, caller: Caller, issued: Settlement, lines: tuple[Line, ...], drawing: Drawing
) -> Settlement:
    split, held = split_of(drawing.shares), drawing.burnt.held
    statement = await statements.get_statement(tx, issued.settlement_id)
    content, sha256 = await reckon(tx, canonical_settlement, statement, lines, totals_of(lines), drawing.shares, held)
    await keep_shares(tx, issued, drawing)
    approved = replace(
        issued,
        state="approved",
        approved_at=drawing.at,
        approved_by=caller.subject,
        self_payment_krw=split.self_payment_krw,
        subsidy_krw=split.subsidy_krw,
        uncovered_krw=split.uncovered_krw,
        parked_krw=drawing.burnt.held_krw,
        sha256=sha256,
    )
    await settlements.change_settlement(tx, approved, content.decode())
    waiting = [
        NewlyParked(issued.settlement_id, each.grant_id, "share", each.fee_krw, (each.reason,), owner_of([each.reason]))
        for each in held
    ]
    await parked.add_parked(tx, waiting, drawing.at)
    return approved


def _split_event(contract: type[SettlementApproved], settlement: Settlement, at: dt.datetime) -> SettlementApproved:
    return contract(
        settlement_id=settlement.settlement_id,
        provider_id=settlement.provider_id,
        programme_code=settlement.programme_code,
        month=settlement.month,
        fee_krw=settlement.fee_krw,
        at=at,
        sha256=settlement.sha256,
        self_payment_krw=settlement.self_payment_krw or 0,
        subsidy_krw=settlement.subsidy_krw or 0,
        uncovered_krw=settlement.uncovered_krw or 0,
        parked_krw=settlement.parked_krw,
    )


async def pay(tx: Tx, caller: Caller, settlement_id: str, reference: str, clock: Clock) -> Settlement:
    """Record that the provider has its money: the subsidy, and the self-payments that the agency holds.

    Raises Refused for whoever issued or approved it, Conflict for a provider that is not agreed with (RV-15).
    """
    now = await take_turn(tx, clock)
    approved = await in_state(tx, caller, settlement_id, "approved")
    if (refusal := payment_refusal(approved, caller.subject)) is not None:
        raise Refused([refusal])
    code, provider = approved.programme_code, approved.provider_id
    await must_be_agreed(tx, code, provider, await organisation_of(tx, provider), now, also_ended=True)
    at = max(now, approved.changed_at)
    shares = await settlements.list_shares(tx, settlement_id)
    own = await self_payments.list_for_grants(tx, [share.grant_id for share in shares])
    deposited = deposited_shares_krw(shares, own)
    await post(
        tx,
        f"settlement.paid:{settlement_id}",
        payment_entries(code, provider, approved.subsidy_krw or 0, deposited),
        rule_id="BL-11",
        programme_code=code,
        programme_version=approved.programme_version,
        now=at,
    )
    paid = replace(approved, state="paid", paid_at=at, paid_by=caller.subject, payment_reference=reference)
    await settlements.change_settlement(tx, paid)
    released = await parked.list_unpaid_shares(tx, settlement_id)
    await parked.change_payment(tx, [share.parked_id for share in released], caller.subject, reference, at)
    await say(tx, _split_event(SettlementPaid, paid, at), now=now)
    return paid
