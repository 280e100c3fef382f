"""Issue, approve and pay settlements (BL-11); approval burns self-payments down and draws on the budget."""

import datetime as dt
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, Refusal, Refused, WrongState
from libs.common.events.billing import BudgetReached, SettlementApproved, SettlementIssued, SettlementPaid
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.ledger import Entry
from services.billing.model.lines import Line
from services.billing.model.settlements import Settlement, SettlementState, Share
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy, DisputePolicy
from services.billing.rules.accounts import approval_entries, payment_entries
from services.billing.rules.approval import deposited_shares_krw, fees_burnt_down, shares_drawn
from services.billing.rules.budget import (
    approval_instant,
    executed_from_commitment_krw,
    levels_reached,
    subsidy_left_krw,
    subsidy_part_krw,
)
from services.billing.rules.clear_hands import approval_refusals, payment_refusal
from services.billing.rules.disputes import dispute_window_end
from services.billing.rules.next_calls import next_call
from services.billing.rules.parked import parked_refusals
from services.billing.rules.settlement import (
    adjusted_periods,
    canonical,
    check_split,
    fees_by_grant,
    settlement_document,
    split_of,
    totals_of,
)
from services.billing.store import budget, disputes, self_payments, settlements, statements


async def visible(tx: Tx, caller: Caller, settlement_id: str, *, locked: bool = False) -> Settlement:
    """A settlement that the caller may see. Raises NotFound."""
    found = await settlements.get_settlement(tx, settlement_id, locked=locked)
    if not caller.owns(found.provider_id):
        raise NotFound("settlement", settlement_id)
    return found


async def _in_state(tx: Tx, caller: Caller, settlement_id: str, state: SettlementState) -> Settlement:
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
    draft = await _in_state(tx, caller, settlement_id, "draft")
    await _refuse_open_periods(tx, draft)
    at = max(now, draft.changed_at)
    policy = DisputePolicy.of(await programme_at(tx, draft.programme_code, now))
    issued = replace(
        draft,
        state="issued",
        issued_at=at,
        issued_by=caller.subject,
        issued_sha256=draft.sha256,
        dispute_until=dispute_window_end(at, policy.dispute_days),
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


@dataclass(frozen=True, slots=True)
class _Approval:
    programme: Programme
    policy: BudgetPolicy
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    at: dt.datetime


async def approve(tx: Tx, caller: Caller, settlement_id: str, clock: Clock) -> Settlement:
    """Approve an issued settlement: split each grant's fee, draw the subsidy, post, and tell levels reached.

    One approval of a programme goes at a time, and each at an instant of its own, so that the order of draws is
    the order of approval. Raises WrongState on the second of two, Refused for whoever issued it, while a dispute is
    open or may still come, and PolicyMissing for an unset budget.
    """
    now = await take_turn(tx, clock)
    issued = await _in_state(tx, caller, settlement_id, "issued")
    at = max(now, issued.changed_at)
    contested = await disputes.list_disputes(tx, settlement_id)
    if refusals := approval_refusals(issued, contested, caller.subject, at):
        raise Refused(refusals)
    approval = await _judged(tx, issued, at)
    approved = await _keep_approval(tx, caller, issued, approval)
    await _post_approval(tx, issued, approval)
    await say(tx, _split_event(SettlementApproved, approved, approval.at), now=now)
    await _tell_levels(tx, approval, now)
    return approved


async def _judged(tx: Tx, issued: Settlement, now: dt.datetime) -> _Approval:
    code = issued.programme_code
    programme = await programme_at(tx, code, now)
    policy = BudgetPolicy.of(programme)
    at = approval_instant(now, await budget.find_last_approval(tx, code))
    lines = await settlements.list_lines(tx, issued.settlement_id)
    fees = fees_by_grant(lines)
    contributions = await self_payments.list_for_grants(tx, list(fees))
    burnt = fees_burnt_down(fees, contributions, await settlements.list_drawn(tx, list(fees)))
    if isinstance(burnt, Refusal):
        raise Refused([burnt])
    part = subsidy_part_krw(policy, await budget.sum_shifted_to_subsidy_krw(tx, code))
    left = subsidy_left_krw(part, await budget.sum_executed_krw(tx, code))
    shares = shares_drawn(burnt, issued.settlement_id, left, at)
    check_split(totals_of(lines), shares)
    return _Approval(programme, policy, lines, shares, at)


async def _keep_approval(tx: Tx, caller: Caller, issued: Settlement, approval: _Approval) -> Settlement:
    shares, split = approval.shares, split_of(approval.shares)
    statement = await statements.get_statement(tx, issued.settlement_id)
    document = settlement_document(statement, approval.lines, totals_of(approval.lines), shares)
    content, sha256 = canonical(document)
    await settlements.add_shares(tx, issued.settlement_id, shares)
    await self_payments.burn(tx, {s.grant_id: s.self_payment_krw for s in shares if s.self_payment_krw})
    approved = replace(
        issued,
        state="approved",
        approved_at=approval.at,
        approved_by=caller.subject,
        self_payment_krw=split.self_payment_krw,
        subsidy_krw=split.subsidy_krw,
        uncovered_krw=split.uncovered_krw,
        sha256=sha256,
    )
    await settlements.change_settlement(tx, approved, content.decode())
    return approved


async def _post_approval(tx: Tx, issued: Settlement, approval: _Approval) -> None:
    entries: list[Entry] = []
    for share in approval.shares:
        committed = await budget.find_commitment(tx, share.grant_id)
        held_krw = committed.held_krw if committed else 0
        executed = executed_from_commitment_krw(held_krw, share.subsidy_krw)
        if executed:
            await budget.lower_commitment(tx, share.grant_id, executed)
        entries += approval_entries(issued.programme_code, issued.provider_id, share, held_krw)
    await post(
        tx,
        f"settlement.approved:{issued.settlement_id}",
        entries,
        rule_id="BL-10",
        programme_code=issued.programme_code,
        programme_version=approval.programme.version,
        now=approval.at,
    )


async def _tell_levels(tx: Tx, approval: _Approval, now: dt.datetime) -> None:
    code, cap = approval.programme.code, approval.policy.cap_krw
    executed = await budget.sum_executed_krw(tx, code)
    for level in levels_reached(approval.policy.levels_pct, executed, cap):
        if cap is not None and await budget.add_level(tx, code, level, executed, cap, approval.at):
            event = BudgetReached(
                programme_code=code, level_pct=level, executed_krw=executed, cap_krw=cap, reached_at=approval.at
            )
            await say(tx, event, now=now)


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
    )


async def pay(tx: Tx, caller: Caller, settlement_id: str, reference: str, clock: Clock) -> Settlement:
    """Record that the provider has its money: the subsidy, and the self-payments that the agency holds.

    Raises Refused for whoever issued or approved it.
    """
    now = await take_turn(tx, clock)
    approved = await _in_state(tx, caller, settlement_id, "approved")
    if (refusal := payment_refusal(approved, caller.subject)) is not None:
        raise Refused([refusal])
    at = max(now, approved.changed_at)
    shares = await settlements.list_shares(tx, settlement_id)
    own = await self_payments.list_for_grants(tx, [share.grant_id for share in shares])
    deposited = deposited_shares_krw(shares, own)
    code, provider = approved.programme_code, approved.provider_id
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
    await say(tx, _split_event(SettlementPaid, paid, at), now=now)
    return paid
