"""Record prices and wait discount rates; settlements that waited for one are completed."""

import datetime as dt
from fractions import Fraction

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, Refusal, Refused
from libs.common.events.billing import PriceAgreed
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.providers import registered_id
from services.billing.model.prices import Mode, PriceVersion, RecordedPrice, WaitDiscount
from services.billing.operations.drafts import redraft
from services.billing.operations.turns import take_turn
from services.billing.policy import PricePolicy, UsePolicy, price_keys
from services.billing.rules.lines import plain
from services.billing.rules.prices import book_refusal, discount_from, first_month, first_rate_month, price_refusals
from services.billing.store import prices


async def offer_price(
    tx: Tx,
    caller: Caller,
    *,
    programme_code: str,
    provider_id: str,
    product: str,
    mode: Mode,
    unit_price_krw: int,
    valid_from: dt.date,
    round_no: int,
    clock: Clock,
) -> RecordedPrice:
    """Record the price of one negotiation round, valid from a month on (BL-1), and complete what waited for it.

    Raises NotFound, Invalid for a product outside the book or a date that begins no month, PolicyMissing, and
    Refused with all refusals.
    """
    now = await take_turn(tx, clock)
    provider_id = await registered_id(tx, provider_id)
    programme = await programme_at(tx, programme_code, now)
    policy = PricePolicy.of(programme)
    _refuse_malformed(book_refusal(product, mode, policy.pricing, price_keys(programme)))
    month = _month(valid_from)
    offered = PriceVersion(programme_code, provider_id, product, mode, policy.pricing, unit_price_krw, month, round_no)
    refusals = list(price_refusals(await prices.get_book(tx, programme_code, provider_id), offered, policy))
    settled = await prices.find_month_priced(tx, offered)
    if settled is not None:
        refusals.append(Refusal("BL-11", "price_settled", {"month": settled, "valid_from": month}))
    if refusals:
        raise Refused(refusals)
    recorded = await prices.add_price(tx, offered, programme.version, caller.subject, now)
    await say(tx, _agreed(offered), now=now)
    await redraft(tx, programme_code, provider_id, now)
    return recorded


async def set_wait_discount(
    tx: Tx,
    caller: Caller,
    *,
    programme_code: str,
    provider_id: str,
    rate_pct: Fraction,
    valid_from: dt.date | None,
    clock: Clock,
) -> WaitDiscount:
    """Record a provider's wait discount rate from a month on (BL-1); the same rate again changes nothing.

    Without `valid_from` it holds from the programme's first month of use. Raises NotFound, Invalid, Conflict where
    the month has another rate, Refused where an issued settlement states a discount of the month.
    """
    now = await take_turn(tx, clock)
    provider_id = await registered_id(tx, provider_id)
    programme = await programme_at(tx, programme_code, now)
    month = _month(valid_from) if valid_from else first_rate_month(UsePolicy.of(programme).starts_on, now)
    rate = WaitDiscount(programme_code, provider_id, rate_pct, month)
    book = await prices.get_book(tx, programme_code, provider_id)
    same_month = discount_from(book.discounts, month)
    if same_month == rate:
        return rate
    if same_month is not None:
        raise Conflict("wait_discount_taken", "BL-1", month=month, rate_pct=plain(same_month.rate_pct))
    settled = await prices.find_month_discounted(tx, rate)
    if settled is not None:
        raise Refused([Refusal("BL-11", "price_settled", {"month": settled, "valid_from": month})])
    await prices.add_wait_discount(tx, rate, programme.version, caller.subject, now)
    await redraft(tx, programme_code, provider_id, now)
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
