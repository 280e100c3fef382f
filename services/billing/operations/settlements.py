"""Issue, approve and pay settlements (BL-11); approval burns self-payments down and draws on the budget."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from libs.common.calendar import period_of_days_end
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, WrongState
from libs.common.events.billing import BudgetReached, SettlementApproved, SettlementIssued, SettlementPaid
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.ledger import Demand, Entry
from services.billing.model.self_payments import Contribution
from services.billing.model.settlements import Drawn, Line, Share
from services.billing.operations.budget import subsidy_part_krw
from services.billing.operations.ledger import post
from services.billing.operations.receipts import payable
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy, DisputePolicy
from services.billing.rules.budget import draw_from_budget, levels_reached
from services.billing.rules.burn_down import BurnDown, UnwindingExceededError, burn_down
from services.billing.rules.ledger import transfer
from services.billing.rules.settlement import (
    canonical,
    check_split,
    fees_by_grant,
    settlement_document,
    totals_of,
)
from services.billing.store import budget, self_payments, settlements

NEXT_CALL = {"parked": "GET …/settlements/{id}", "draft": "…/issue", "issued": "…/approve", "approved": "…/pay"}
TICK = dt.timedelta(microseconds=1)


async def visible(tx: Tx, caller: Caller, settlement_id: str, *, locked: bool = False) -> dict[str, Any]:
    """A settlement that the caller may see. Raises NotFound."""
    row = await settlements.settlement_of(tx, settlement_id, locked=locked)
    if row is None or not caller.owns(row["provider_id"]):
        raise NotFound("settlement", settlement_id)
    return row


async def _in_state(tx: Tx, caller: Caller, settlement_id: str, state: str) -> dict[str, Any]:
    row = await visible(tx, caller, settlement_id, locked=True)
    if row["state"] != state:
        next_call = NEXT_CALL.get(row["state"], "").replace("{id}", settlement_id)
        raise WrongState("settlement", settlement_id, row["state"], [state], next_call)
    return row


async def issue(tx: Tx, caller: Caller, settlement_id: str, now: dt.datetime) -> dict[str, Any]:
    """Freeze a draft: from now on it never changes, and its lines can be contested within the dispute window."""
    await take_turn(tx)
    row = await visible(tx, caller, settlement_id, locked=True)
    if row["state"] == "parked":
        waits_for = ", ".join(missing["path"] for missing in row["missing"])
        raise Conflict("settlement_parked", "BL-11", settlement=settlement_id, waits_for=waits_for)
    row = await _in_state(tx, caller, settlement_id, "draft")
    await _refuse_open_periods(tx, row)
    policy = DisputePolicy.of(await programme_at(tx, row["programme_code"], now))
    until = None if policy.dispute_days is None else period_of_days_end(now, policy.dispute_days)
    issued = {"state": "issued", "issued_at": now, "issued_by": caller.subject, "dispute_until": until}
    await settlements.set_settlement(tx, settlement_id, issued_sha256=row["sha256"], **issued)
    await say(tx, SettlementIssued(**_issued_fields(row, now)), now=now)
    return await visible(tx, caller, settlement_id)


async def _refuse_open_periods(tx: Tx, row: dict[str, Any]) -> None:
    """An adjustment of a month rests on that month's settlement: that one is issued first."""
    lines = await settlements.lines_of(tx, row["settlement_id"])
    periods = sorted({line.period for line in lines if line.period < row["month"]})
    still_open = await settlements.open_months(tx, row, periods)
    if still_open:
        raise Conflict("earlier_month_open", "BL-11", months=", ".join(still_open), settlement=row["settlement_id"])


def _issued_fields(row: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
    return {
        "settlement_id": row["settlement_id"],
        "provider_id": row["provider_id"],
        "programme_code": row["programme_code"],
        "month": row["month"],
        "fee_krw": row["fee_krw"],
        "at": at,
        "sha256": row["sha256"],
    }


@dataclass(frozen=True, slots=True)
class _Approval:
    programme: Programme
    policy: BudgetPolicy
    lines: list[Line]
    contributions: dict[str, Contribution]
    shares: list[Share]
    at: dt.datetime


async def approve(tx: Tx, caller: Caller, settlement_id: str, now: dt.datetime) -> dict[str, Any]:
    """Approve an issued settlement: split each grant's fee, draw the subsidy, post, and tell levels reached.

    One approval of a programme goes at a time, and each at an instant of its own, so that the order of draws is
    the order of approval. Raises WrongState on the second of two, PolicyMissing for an unset budget.
    """
    await take_turn(tx)
    row = await _in_state(tx, caller, settlement_id, "issued")
    approval = await _judged(tx, row, now)
    await _keep_approval(tx, caller, row, approval)
    await _post_approval(tx, row, approval)
    approved = await visible(tx, caller, settlement_id)
    await say(tx, SettlementApproved(**_approved_fields(approved, approval.at)), now=now)
    await _tell_levels(tx, approval, now)
    return approved


async def _judged(tx: Tx, row: dict[str, Any], now: dt.datetime) -> _Approval:
    code = row["programme_code"]
    programme = await programme_at(tx, code, now)
    policy = BudgetPolicy.of(programme)
    last = await budget.last_approved_at(tx, code)
    at = now if last is None or last < now else last + TICK
    lines = await settlements.lines_of(tx, row["settlement_id"])
    fees = fees_by_grant(lines)
    contributions = await self_payments.self_payments_of(tx, list(fees))
    burnt = _burn_downs(fees, contributions, await settlements.drawn_of(tx, list(fees)))
    left = subsidy_part_krw(policy, await budget.shifted_to_subsidy_krw(tx, code))
    if left is not None:
        returned = -sum(found.share.subsidy_krw for found in burnt)
        left += returned - await budget.executed_krw(tx, code)
    shares = _shares(burnt, row["settlement_id"], left, at)
    check_split(totals_of(lines), shares)
    return _Approval(programme, policy, lines, contributions, shares, at)


def _burn_downs(
    fees: dict[str, int], contributions: dict[str, Contribution], drawn: dict[str, Drawn]
) -> list[BurnDown]:
    found = []
    for grant_id, fee in fees.items():
        own = contributions.get(grant_id)
        if fee and (own is None or own.due is None or own.state == "awaiting_policy"):
            missing = own.missing_path if own else "agreement"
            raise Conflict("self_payment_unknown", "BL-6", grant_id=grant_id, missing=missing)
        try:
            left = own.left_to_burn_krw if own else 0
            found.append(burn_down(grant_id, fee, left, drawn.get(grant_id, Drawn())))
        except UnwindingExceededError as error:
            raise Conflict("more_back_than_paid", "BL-6", grant_id=grant_id, fee_krw=fee) from error
    return found


def _shares(burnt: list[BurnDown], settlement_id: str, left_krw: int | None, at: dt.datetime) -> list[Share]:
    demands = [Demand(at, settlement_id, found.share.grant_id, found.to_draw_krw) for found in burnt]
    draws = {draw.demand.grant_id: draw for draw in draw_from_budget(left_krw, demands)}
    return [
        replace(
            found.share,
            subsidy_krw=found.share.subsidy_krw + draws[found.share.grant_id].subsidy_krw,
            uncovered_krw=found.share.uncovered_krw + draws[found.share.grant_id].uncovered_krw,
        )
        for found in burnt
    ]


async def _keep_approval(tx: Tx, caller: Caller, row: dict[str, Any], approval: _Approval) -> None:
    settlement_id, shares = row["settlement_id"], approval.shares
    statement = settlements.statement_of(row)
    document = settlement_document(statement, approval.lines, totals_of(approval.lines), shares)
    content, sha256 = canonical(document)
    await settlements.add_shares(tx, settlement_id, shares)
    await self_payments.burn(tx, {s.grant_id: s.self_payment_krw for s in shares if s.self_payment_krw})
    await settlements.set_settlement(
        tx,
        settlement_id,
        state="approved",
        approved_at=approval.at,
        approved_by=caller.subject,
        self_payment_krw=sum(s.self_payment_krw for s in shares),
        subsidy_krw=sum(s.subsidy_krw for s in shares),
        uncovered_krw=sum(s.uncovered_krw for s in shares),
        canonical=content.decode(),
        sha256=sha256,
    )


async def _post_approval(tx: Tx, row: dict[str, Any], approval: _Approval) -> None:
    code, provider = row["programme_code"], row["provider_id"]
    entries: list[Entry] = []
    for share in approval.shares:
        entries += transfer(f"self-payment:{share.grant_id}", payable(provider), share.self_payment_krw)
        entries += transfer(f"subsidy:{code}", payable(provider), share.subsidy_krw)
        entries += transfer(f"uncovered:{code}", f"provider:{provider}:uncovered", share.uncovered_krw)
        entries += await _execute(tx, code, share)
    await post(
        tx,
        f"settlement.approved:{row['settlement_id']}",
        entries,
        rule_id="BL-10",
        programme_code=code,
        programme_version=approval.programme.version,
        now=approval.at,
    )


async def _execute(tx: Tx, code: str, share: Share) -> list[Entry]:
    """Move the subsidy from what was committed for the grant, then from what is free, to execution."""
    committed = await budget.commitment_of(tx, share.grant_id)
    held = committed["left_krw"] if committed and not committed["released"] else 0
    from_commitment = max(0, min(held, share.subsidy_krw))
    if from_commitment:
        await budget.lower_commitment(tx, share.grant_id, from_commitment)
    executed = f"budget:{code}:executed"
    return [
        *transfer(executed, f"budget:{code}:committed", from_commitment),
        *transfer(executed, f"budget:{code}:free", share.subsidy_krw - from_commitment),
    ]


async def _tell_levels(tx: Tx, approval: _Approval, now: dt.datetime) -> None:
    code, cap = approval.programme.code, approval.policy.cap_krw
    executed = await budget.executed_krw(tx, code)
    for level in levels_reached(approval.policy.levels_pct, executed, cap):
        if cap is not None and await budget.announce_level(tx, code, level, executed, cap, approval.at):
            await say(
                tx,
                BudgetReached(
                    programme_code=code, level_pct=level, executed_krw=executed, cap_krw=cap, reached_at=approval.at
                ),
                now=now,
            )


def _approved_fields(row: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
    names = ("self_payment_krw", "subsidy_krw", "uncovered_krw")
    return {**_issued_fields(row, at), **{name: row[name] for name in names}}


async def pay(tx: Tx, caller: Caller, settlement_id: str, reference: str, now: dt.datetime) -> dict[str, Any]:
    """Record that the provider has its money: the subsidy, and the self-payments that the agency holds."""
    await take_turn(tx)
    row = await _in_state(tx, caller, settlement_id, "approved")
    shares = await settlements.shares_of(tx, settlement_id)
    contributions = await self_payments.self_payments_of(tx, [share.grant_id for share in shares])
    code, provider = row["programme_code"], payable(row["provider_id"])
    entries = [*transfer(provider, f"agency:{code}:treasury", row["subsidy_krw"])]
    for share in shares:
        own = contributions.get(share.grant_id)
        if own is not None and own.flow == "deposit":
            entries += transfer(provider, f"agency:{code}:deposits", share.self_payment_krw)
    await post(
        tx,
        f"settlement.paid:{settlement_id}",
        entries,
        rule_id="BL-11",
        programme_code=code,
        programme_version=row["programme_version"],
        now=now,
    )
    paid = {"state": "paid", "paid_at": now, "paid_by": caller.subject, "payment_reference": reference}
    await settlements.set_settlement(tx, settlement_id, **paid)
    await say(tx, SettlementPaid(**_approved_fields(row, now)), now=now)
    return await visible(tx, caller, settlement_id)
