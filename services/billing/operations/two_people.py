"""The commands of billing that one person proposes and another confirms, each with what it rests on (BL-13)."""

import datetime as dt
from typing import Any

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict
from libs.common.identity import Caller
from libs.common.nouns import as_json
from libs.common.programmes import programme_at
from libs.common.proposals.model import Kind, Told, by_name
from libs.common.providers import registered_id
from services.billing.model.budget import ProgrammeMove
from services.billing.model.clawbacks import ClaimClawback, GrantClaims, WithdrawClawback
from services.billing.model.proposals import BudgetMove, BudgetShift, DisputeDecision, PriceOffer, RateOffer, Refund
from services.billing.operations import budget, clawbacks, prices, programme_moves, receipts
from services.billing.operations.disputes import decide
from services.billing.operations.turns import take_turn
from services.billing.operations.two_people_back import WAYS_BACK
from services.billing.store import budget as budget_store
from services.billing.store import disputes, grants, self_payments, settlements
from services.billing.store import prices as price_store


async def _turn(tx: Tx, _: Any, clock: Clock) -> dt.datetime:
    return await take_turn(tx, clock)


async def _prices_of(tx: Tx, offer: PriceOffer, _: Clock) -> Told:
    """The provider's prices of the product, and the months from the price's on that settlements state already."""
    provider_id = await registered_id(tx, offer.provider_id)
    book = await price_store.get_book(tx, offer.programme_code, provider_id)
    return {
        "prices": [[one.version, one.unit_price_krw] for one in book.prices if one.product == offer.product],
        "settled": list(await price_store.list_settled_months(tx, prices.offered(offer, provider_id))),
    }


async def _rates_of(tx: Tx, offer: RateOffer, _: Clock) -> Told:
    """The provider's wait discount rates that stand."""
    provider_id = await registered_id(tx, offer.provider_id)
    book = await price_store.get_book(tx, offer.programme_code, provider_id)
    return {"wait_discounts": [[rate.version, str(rate.decimal_pct)] for rate in book.discounts]}


async def _record_price(tx: Tx, caller: Caller, offer: PriceOffer, _: str, clock: Clock) -> Told:
    recorded = await prices.offer_price(tx, caller, offer, clock)
    told = {"price_version": recorded.price.version, "unit_price_krw": recorded.price.unit_price_krw}
    if offer.wait_discount_pct is None:
        return told
    rate = RateOffer(offer.programme_code, offer.provider_id, offer.wait_discount_pct, offer.valid_from)
    return {**told, **await _record_rate(tx, caller, rate, "", clock)}


async def _record_rate(tx: Tx, caller: Caller, offer: RateOffer, _: str, clock: Clock) -> Told:
    rate = await prices.set_wait_discount(tx, caller, offer, clock)
    return {"discount_version": rate.version, "rate_pct": str(rate.decimal_pct)}


async def _budget_of(tx: Tx, shift: BudgetShift, clock: Clock) -> Told:
    programme = await programme_at(tx, shift.programme_code, clock.now())
    shifts = await budget_store.list_shifts(tx, programme.code)
    return {**as_json(await budget.budget_of(tx, programme)), "shifts": len(shifts)}


async def _shift(tx: Tx, caller: Caller, shift: BudgetShift, _: str, clock: Clock) -> Told:
    told: dict[str, Any] = as_json(await budget.shift(tx, caller, shift.programme_code, shift.move, clock))
    return told


async def _budgets_of(tx: Tx, move: BudgetMove, clock: Clock) -> Told:
    """The budgets of both programmes, and how often anything was moved between or within them."""
    told: dict[str, Any] = {}
    for which, code in (("from", move.programme_code), ("to", move.to_programme)):
        programme = await programme_at(tx, code, clock.now())
        moves = await budget_store.list_programme_moves(tx, programme.code)
        shifts = await budget_store.list_shifts(tx, programme.code)
        told[which] = [as_json(await budget.budget_of(tx, programme)), len(moves), len(shifts)]
    return told


async def _move(tx: Tx, caller: Caller, move: BudgetMove, reason: str, clock: Clock) -> Told:
    wanted = ProgrammeMove(move.programme_code, move.to_programme, move.amount_krw, reason)
    told: dict[str, Any] = as_json(await programme_moves.move_between_programmes(tx, caller, wanted, clock))
    return told


async def _self_payment_of(tx: Tx, refund: Refund, _: Clock) -> Told:
    """The self-payment, and how far the grant it was paid for has got."""
    return {
        "self_payment": as_json(await self_payments.find_self_payment(tx, refund.application_id)),
        "grant": as_json(await grants.find_grant(tx, refund.application_id)),
    }


async def _refund(tx: Tx, caller: Caller, refund: Refund, _: str, clock: Clock) -> Told:
    noun, amount_krw = await receipts.refund(tx, caller, refund.application_id, clock)
    if not amount_krw:
        raise Conflict("nothing_to_refund", "BL-7", application_id=refund.application_id)
    return {"refund_krw": amount_krw, "refunded_krw": noun.refunded_krw, "state": noun.state}


async def _dispute_of(tx: Tx, decision: DisputeDecision, _: Clock) -> Told:
    """The contested line's disputes, its settlement, and the provider's prices as they stand."""
    found = await disputes.get_dispute(tx, decision.dispute_id)
    settlement = await settlements.get_settlement(tx, found.settlement_id)
    of_line = await disputes.list_disputes(tx, found.settlement_id, found.line_no)
    book = await price_store.get_book(tx, settlement.programme_code, settlement.provider_id)
    return {
        "settlement": [settlement.state, settlement.sha256],
        "disputes": as_json(of_line),
        "prices": [price.version for price in book.prices],
    }


async def _decide(tx: Tx, caller: Caller, decision: DisputeDecision, reason: str, clock: Clock) -> Told:
    decided = await decide(tx, caller, decision.dispute_id, decision.amount_krw, reason, clock)
    return {
        "settlement_id": decided.settlement_id,
        "line_no": decided.line_no,
        "state": decided.state,
        "line_krw": decided.line_krw,
        "decided_krw": decided.decided_krw,
    }


async def _claims_of(tx: Tx, command: ClaimClawback | WithdrawClawback, _: Clock) -> Told:
    told: dict[str, Any] = as_json(await clawbacks.claims_of(tx, command.grant_id))
    return told


async def _claim(tx: Tx, caller: Caller, command: ClaimClawback, reason: str, clock: Clock) -> Told:
    return _claimed(await clawbacks.claim_clawback(tx, caller, command, reason, clock))


async def _take_back(tx: Tx, caller: Caller, command: WithdrawClawback, reason: str, clock: Clock) -> Told:
    return _claimed(await clawbacks.withdraw_clawback(tx, caller, command, reason, clock))


def _claimed(claims: GrantClaims) -> Told:
    return {"subsidy_krw": claims.subsidy_krw, "claimed_krw": claims.claimed_krw}


async def _of_price(tx: Tx, offer: PriceOffer) -> Thing:
    return "price", await _priced(tx, offer)


async def _of_rate(tx: Tx, offer: RateOffer) -> Thing:
    return "wait_discount", await _priced(tx, offer)


async def _priced(tx: Tx, offer: PriceOffer | RateOffer) -> str:
    """What the history of a price is kept by: programme and provider, as it was registered (CV-9)."""
    return f"{offer.programme_code}/{await registered_id(tx, offer.provider_id)}"


async def _of_budget(_: Tx, shift: BudgetShift | BudgetMove) -> Thing:
    return "budget", shift.programme_code


async def _of_self_payment(_: Tx, refund: Refund) -> Thing:
    return "self_payment", refund.application_id


async def _of_dispute(_: Tx, decision: DisputeDecision) -> Thing:
    return "dispute", decision.dispute_id


async def _of_grant(_: Tx, command: ClaimClawback | WithdrawClawback) -> Thing:
    return "grant", command.grant_id


PRICE = Kind("billing", "price", PriceOffer, _of_price, _turn, _prices_of, _record_price)
WAIT_DISCOUNT = Kind("billing", "wait_discount", RateOffer, _of_rate, _turn, _rates_of, _record_rate)
BUDGET_SHIFT = Kind("billing", "budget_shift", BudgetShift, _of_budget, _turn, _budget_of, _shift)
BUDGET_MOVE = Kind("billing", "budget_move", BudgetMove, _of_budget, _turn, _budgets_of, _move)
REFUND = Kind("billing", "refund", Refund, _of_self_payment, _turn, _self_payment_of, _refund)
DISPUTE_DECISION = Kind("billing", "dispute_decision", DisputeDecision, _of_dispute, _turn, _dispute_of, _decide)
CLAWBACK = Kind("billing", "clawback", ClaimClawback, _of_grant, _turn, _claims_of, _claim)
CLAWBACK_WITHDRAWAL = Kind("billing", "clawback_withdrawal", WithdrawClawback, _of_grant, _turn, _claims_of, _take_back)
KINDS = by_name(
    PRICE,
    WAIT_DISCOUNT,
    BUDGET_SHIFT,
    BUDGET_MOVE,
    REFUND,
    DISPUTE_DECISION,
    CLAWBACK,
    CLAWBACK_WITHDRAWAL,
    *WAYS_BACK,
)
