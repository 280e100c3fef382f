"""Record prices and wait discount rates; settlements that waited for one are completed."""

import datetime as dt
from fractions import Fraction

from libs.common.agreed_providers import must_be_agreed
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, Refusal, Refused
from libs.common.events.billing import PriceAgreed
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.providers import organisation_of, registered_id
from services.billing.model.prices import PriceVersion, Pricing, RecordedPrice, WaitDiscount
from services.billing.model.proposals import PriceOffer, RateOffer
from services.billing.operations.drafts import redraft
from services.billing.operations.turns import take_turn
from services.billing.policy import LowestDynamicPolicy, PricePolicy, UsePolicy, price_keys
from services.billing.rules.lines import plain
from services.billing.rules.prices import (
    Call,
    book_refusal,
    compared_at_agreement,
    discount_from,
    first_month,
    first_rate_month,
    price_refusals,
)
from services.billing.rules.ways_back import again_price, again_rate
from services.billing.store import prices


async def offer_price(tx: Tx, caller: Caller, offer: PriceOffer, clock: Clock) -> RecordedPrice:
    """Record the price of one negotiation round, valid from a month on (BL-1), and complete what waited for it.

    A fixed price of a provider without a dynamic one is compared with the call's lowest; with what, is kept beside it.
    Months that were settled at another price are stated anew, as differences, by the next settlement (BL-13, CV-1).

    Raises NotFound, Invalid for a product outside the book or a date that begins no month, PolicyMissing, Conflict for
    who is not agreed with where a providers' call serves the programme (RV-15), and Refused with all refusals.
    """
    now = await take_turn(tx, clock)
    programme = await programme_at(tx, offer.programme_code, now)
    policy = PricePolicy.of(programme)
    _refuse_malformed(book_refusal(offer.product, offer.mode, policy.pricing, price_keys(programme)))
    price = offered(offer, await registered_id(tx, offer.provider_id), policy.pricing)
    await must_be_agreed(tx, programme.code, price.provider_id, await organisation_of(tx, price.provider_id), now)
    book = await prices.get_book(tx, price.programme_code, price.provider_id)
    price = again_price(book, price)
    others = await prices.list_dynamic_of_others(tx, price)
    call = Call(others, LowestDynamicPolicy(programme).compared)
    if refusals := price_refusals(book, price, policy, call):
        raise Refused(refusals)
    compared = compared_at_agreement(book, price, policy, call)
    recorded = await prices.add_price(tx, price, programme.version, compared, caller.subject, now)
    await say(tx, _agreed(price), now=now)
    await redraft(tx, price.programme_code, price.provider_id, now)
    return recorded


def offered(offer: PriceOffer, provider_id: str, pricing: Pricing = "hourly") -> PriceVersion:
    """The price that an offer would put into the book. Raises Invalid for a date that begins no month."""
    return PriceVersion(
        programme_code=offer.programme_code,
        provider_id=provider_id,
        product=offer.product,
        mode=offer.mode,
        pricing=pricing,
        unit_price_krw=offer.unit_price_krw,
        valid_from=_month(offer.valid_from),
        round_no=offer.round_no,
    )


async def set_wait_discount(tx: Tx, caller: Caller, offer: RateOffer, clock: Clock) -> WaitDiscount:
    """Record a provider's wait discount rate from a month on (BL-1); the same rate again changes nothing.

    Without `valid_from` it holds from the programme's first month of use. Months settled at another rate are stated
    anew, as differences, by the next settlement. Raises NotFound, Invalid, Conflict where the month has another rate.
    """
    now = await take_turn(tx, clock)
    code, provider_id = offer.programme_code, await registered_id(tx, offer.provider_id)
    programme = await programme_at(tx, code, now)
    starts_on = UsePolicy.of(programme).starts_on
    month = _month(offer.valid_from) if offer.valid_from else first_rate_month(starts_on, now)
    rate = WaitDiscount(code, provider_id, Fraction(offer.rate_pct), month)
    book = await prices.get_book(tx, code, provider_id)
    same_month = discount_from(book.discounts, month)
    if same_month is not None and same_month.rate_pct == rate.rate_pct:
        return same_month
    if same_month is not None:
        raise Conflict("wait_discount_taken", "BL-1", month=month, rate_pct=plain(same_month.rate_pct))
    rate = again_rate(book, rate)
    await prices.add_wait_discount(tx, rate, programme.version, caller.subject, now)
    await redraft(tx, code, provider_id, now)
    return rate


def _agreed(price: PriceVersion) -> PriceAgreed:
    return PriceAgreed(
        programme_code=price.programme_code,
        provider_id=price.provider_id,
        product=price.product,
        mode=price.mode,
        pricing=price.pricing,
        unit_price_krw=price.unit_price_krw,
        valid_from=price.valid_from,
        round_no=price.round_no,
    )


def _refuse_malformed(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Invalid(refusal.code, refusal.rule_id, **refusal.facts)


def _month(valid_from: dt.date) -> str:
    month = first_month(valid_from)
    if isinstance(month, Refusal):
        raise Invalid(month.code, month.rule_id, **month.facts)
    return month
