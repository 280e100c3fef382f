"""The price book: which price holds in a month of use, and which offer may enter it."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from libs.common.calendar import month_of
from libs.common.errors import Fact, Refusal
from services.billing.model.prices import Book, Compared, Mode, PriceVersion, Pricing, WaitDiscount
from services.billing.policy import PricePolicy

PER_CENT = 100


def price_in_month(prices: Iterable[PriceVersion], product: str, mode: Mode, month: str) -> PriceVersion | None:
    """The price of a product and mode for a month of use: the newest begun by then, of the last round; None if none."""
    begun = [p for p in prices if p.product == product and p.mode == mode and p.valid_from <= month]
    return max(begun, key=lambda p: (p.valid_from, p.round_no), default=None)


def discount_in_month(discounts: Iterable[WaitDiscount], month: str) -> WaitDiscount | None:
    """The provider's wait discount rate for a month of use: the newest begun by then; None if none."""
    return max((d for d in discounts if d.valid_from <= month), key=lambda d: d.valid_from, default=None)


def discount_from(discounts: Iterable[WaitDiscount], month: str) -> WaitDiscount | None:
    """The wait discount rate that begins with this very month; None if none does."""
    return next((known for known in discounts if known.valid_from == month), None)


def first_rate_month(use_starts_on: dt.date | None, now: dt.datetime) -> str:
    """The month from which a rate without one of its own holds (BL-1): the first of use; that of `now` while unset."""
    return month_of(now) if use_starts_on is None else use_starts_on.isoformat()[:7]


def first_month(valid_from: dt.date) -> str | Refusal:
    """The month `YYYY-MM` that a price or rate begins with (BL-1); a refusal for a day that begins no month."""
    if valid_from.day != 1:
        return Refusal("BL-1", "price_begins_with_month", {"valid_from": valid_from.isoformat()})
    return valid_from.isoformat()[:7]


def book_refusal(product: str, mode: Mode, pricing: Pricing, priced: Collection[str]) -> Refusal | None:
    """Why a price is none that the programme's book may hold (BL-1): another product, or a dynamic monthly price.

    `priced` are the products or card types that the programme prices.
    """
    if product not in priced:
        facts = {"product": product, "products": ", ".join(sorted(priced))}
        return Refusal("BL-1", "product_not_priced", facts)
    if pricing == "monthly" and mode != "fixed":
        return Refusal("BL-1", "monthly_price_is_fixed", {"mode": mode})
    return None


@dataclass(frozen=True, slots=True)
class Call:
    """The dynamic prices of the other providers of a call, and what counts where none of them has one of a product."""

    prices: tuple[PriceVersion, ...]
    else_: Callable[[str], Compared]
    """Of a product; raises PolicyMissing."""


def price_refusals(
    book: Book, offered: PriceVersion, policy: PricePolicy, call: Call | None = None
) -> tuple[Refusal, ...]:
    """BL-1: A price enters the book within three rounds, and a fixed hourly one at no more than half the dynamic one.

    `book` is what the provider has in the programme so far; `offered` the price of one negotiation round, in
    won per unit and hour or month, VAT included, from a month on. Rounds of one price only go up, to
    `policy.rounds_max`; the last round holds. In every month from `offered.valid_from` on in which a fixed hourly
    price holds it is compared with the dynamic one (`compared_with`): fixed × 100 ≤ dynamic × `policy.fixed_max_pct`;
    monthly prices know no such share. Without `call` there must be a dynamic price of the provider's own. What another
    provider agrees later changes nothing of it (decision 0085). Returns all refusals, none when the price may enter.
    Raises what `call` raises where the value is unset; rounds nothing.

    Example: dynamic 5,500 won, the provider's own or the lowest of the call; fixed 2,750 enters, 2,751 does not (50 %).
    Source: S1 §2–4.
    """
    refusals = [*_round_refusals(book.prices, offered, policy)]
    if offered.pricing == "hourly" and policy.fixed_max_pct is not None:
        refusals += _share_refusals((*book.prices, offered), offered, policy.fixed_max_pct, call)
    return tuple(refusals)


def compared_with(own: Sequence[PriceVersion], product: str, month: str, call: Call | None) -> Compared | None:
    """With which dynamic price a fixed one of a month is compared (BL-1); None where there is none and no `call`.

    The provider's own in that month; where it offers none, the lowest of the product that any other provider of the
    call has in that month; else the policy value. Raises what `call` raises where that is unset.
    """
    dynamic = price_in_month(own, product, "dynamic", month)
    if dynamic is not None:
        return Compared(dynamic.unit_price_krw, dynamic.version)
    if call is None:
        return None
    others = [
        price_in_month((p for p in call.prices if p.provider_id == provider), product, "dynamic", month)
        for provider in sorted({p.provider_id for p in call.prices})
    ]
    agreed = [price for price in others if price is not None]
    if not agreed:
        return call.else_(product)
    lowest = min(agreed, key=lambda price: (price.unit_price_krw, price.version))
    return Compared(lowest.unit_price_krw, lowest.version)


def compared_at_agreement(book: Book, offered: PriceVersion, policy: PricePolicy, call: Call | None) -> Compared | None:
    """What a fixed hourly price that enters the book is compared with in its first month; None for any other price."""
    if offered.mode != "fixed" or offered.pricing != "hourly" or policy.fixed_max_pct is None:
        return None
    return compared_with(book.prices, offered.product, offered.valid_from, call)


def _round_refusals(prices: Sequence[PriceVersion], offered: PriceVersion, policy: PricePolicy) -> list[Refusal]:
    if policy.rounds_max is not None and offered.round_no > policy.rounds_max:
        facts = {"round": offered.round_no, "rounds_max": policy.rounds_max}
        return [Refusal("BL-1", "price_round_over", facts)]
    last = max((p.round_no for p in prices if is_same_price(p, offered)), default=0)
    if offered.round_no <= last:
        return [Refusal("BL-1", "price_round_taken", {"round": offered.round_no, "last_round": last})]
    return []


def is_same_price(one: PriceVersion, other: PriceVersion) -> bool:
    """Whether two are rounds of one price of a provider's book: of one product and mode, from one month on."""
    return (one.product, one.mode, one.valid_from) == (other.product, other.mode, other.valid_from)


def _share_refusals(
    after: Sequence[PriceVersion], offered: PriceVersion, max_pct: int, call: Call | None
) -> list[Refusal]:
    product = offered.product
    seen = (*after, *(call.prices if call and offered.mode == "fixed" else ()))
    changes = {p.valid_from for p in seen if p.product == product and p.valid_from >= offered.valid_from}
    for month in sorted(changes):
        fixed = price_in_month(after, product, "fixed", month)
        if fixed is None:
            continue
        dynamic = compared_with(after, product, month, call)
        if dynamic is None:
            return [Refusal("BL-1", "dynamic_price_missing", {"product": product, "month": month})]
        if dynamic.krw is not None and fixed.unit_price_krw * PER_CENT > dynamic.krw * max_pct:
            facts: dict[str, Fact] = {
                "month": month,
                "fixed_krw": fixed.unit_price_krw,
                "dynamic_krw": dynamic.krw,
                "share_pct": max_pct,
            }
            return [Refusal("BL-1", "fixed_price_above_share", facts)]
    return []
