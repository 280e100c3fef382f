"""The ways back that one person proposes and another confirms, each with what it rests on (BL-13, F-16)."""

import datetime as dt
from typing import Any

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.nouns import as_json
from libs.common.proposals.model import Kind, Told
from services.billing.model.proposals import ClawbackRefund, EvidenceTakenBack, PriceWithdrawal, RateWithdrawal
from services.billing.operations import clawback_payments, clawbacks, evidence, ways_back
from services.billing.operations.turns import take_turn
from services.billing.store import evidence as evidence_store
from services.billing.store import grants
from services.billing.store import prices as price_store


async def _turn(tx: Tx, _: Any, clock: Clock) -> dt.datetime:
    return await take_turn(tx, clock)


async def _book_of_price(tx: Tx, command: PriceWithdrawal, _: Clock) -> Told:
    """The provider's prices of the product that stand, and the months that settlements state by them already."""
    price = await ways_back.recorded_price(tx, command.price_version)
    book = await price_store.get_book(tx, price.programme_code, price.provider_id)
    return {
        "prices": [[one.version, one.unit_price_krw] for one in book.prices if one.product == price.product],
        "settled": list(await price_store.list_settled_months(tx, price)),
    }


async def _withdraw_price(tx: Tx, caller: Caller, command: PriceWithdrawal, reason: str, clock: Clock) -> Told:
    price = await ways_back.withdraw_price(tx, caller, command.price_version, reason, clock)
    return {"price_version": price.version, "unit_price_krw": price.unit_price_krw, "round": price.round_no}


async def _of_price(tx: Tx, command: PriceWithdrawal) -> Thing:
    price = await ways_back.recorded_price(tx, command.price_version)
    return "price", f"{price.programme_code}/{price.provider_id}"


async def _book_of_rate(tx: Tx, command: RateWithdrawal, _: Clock) -> Told:
    """The provider's wait discount rates that stand."""
    rate = await ways_back.recorded_rate(tx, command.discount_version)
    book = await price_store.get_book(tx, rate.programme_code, rate.provider_id)
    return {"wait_discounts": [[one.version, str(one.decimal_pct)] for one in book.discounts]}


async def _withdraw_rate(tx: Tx, caller: Caller, command: RateWithdrawal, reason: str, clock: Clock) -> Told:
    rate = await ways_back.withdraw_rate(tx, caller, command.discount_version, reason, clock)
    return {"discount_version": rate.version, "rate_pct": str(rate.decimal_pct)}


async def _of_rate(tx: Tx, command: RateWithdrawal) -> Thing:
    rate = await ways_back.recorded_rate(tx, command.discount_version)
    return "wait_discount", f"{rate.programme_code}/{rate.provider_id}"


async def _evidence_of(tx: Tx, command: EvidenceTakenBack, _: Clock) -> Told:
    """The evidence with its judgements, and how far the grant that it opens has got."""
    return {
        "evidence": as_json(await evidence_store.get_evidence(tx, command.application_id, command.evidence_id)),
        "grant": as_json(await grants.find_grant(tx, command.application_id)),
    }


async def _take_back(tx: Tx, caller: Caller, command: EvidenceTakenBack, reason: str, clock: Clock) -> Told:
    noun = await evidence.take_evidence_back(tx, caller, command.application_id, command.evidence_id, reason, clock)
    return {"evidence_id": command.evidence_id, "evidenced_krw": noun.evidenced_krw, "state": noun.state}


async def _of_self_payment(_: Tx, command: EvidenceTakenBack) -> Thing:
    return "self_payment", command.application_id


async def _claims_of(tx: Tx, command: ClawbackRefund, _: Clock) -> Told:
    told: dict[str, Any] = as_json(await clawbacks.claims_of(tx, command.grant_id))
    return told


async def _refund(tx: Tx, caller: Caller, command: ClawbackRefund, reason: str, clock: Clock) -> Told:
    grant_id, clawback_id = command.grant_id, command.clawback_id
    krw = await clawback_payments.refund_clawback(tx, caller, grant_id, clawback_id, command.reference, reason, clock)
    return {"clawback_id": clawback_id, "refund_krw": krw}


async def _of_grant(_: Tx, command: ClawbackRefund) -> Thing:
    return "grant", command.grant_id


PRICE_WITHDRAWAL = Kind(
    "billing", "price_withdrawal", PriceWithdrawal, _of_price, _turn, _book_of_price, _withdraw_price
)
RATE_WITHDRAWAL = Kind(
    "billing", "wait_discount_withdrawal", RateWithdrawal, _of_rate, _turn, _book_of_rate, _withdraw_rate
)
EVIDENCE_TAKEN_BACK = Kind(
    "billing", "evidence_taken_back", EvidenceTakenBack, _of_self_payment, _turn, _evidence_of, _take_back
)
CLAWBACK_REFUND = Kind("billing", "clawback_refund", ClawbackRefund, _of_grant, _turn, _claims_of, _refund)
WAYS_BACK = (PRICE_WITHDRAWAL, RATE_WITHDRAWAL, EVIDENCE_TAKEN_BACK, CLAWBACK_REFUND)
