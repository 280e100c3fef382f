"""Ways back out of the price book: what a price or rate that was wrong may be taken back for, and what counts then."""

from collections.abc import Iterable
from dataclasses import replace

from libs.common.errors import Refusal
from services.billing.model.prices import Book, PriceVersion, WaitDiscount
from services.billing.policy import PricePolicy
from services.billing.rules.prices import is_same_price, price_refusals


def again_price(book: Book, offered: PriceVersion) -> PriceVersion:
    """An offer with how often its round is recorded by it: a round that was withdrawn is free again (BL-1).

    Example: round 3 recorded and withdrawn → the next round 3 is the second one.
    """
    same = [price for price in book.former_prices if replace(price, nth=1) == _as_first(offered, price)]
    return replace(offered, nth=max((price.nth for price in same), default=0) + 1)


def _as_first(offered: PriceVersion, other: PriceVersion) -> PriceVersion:
    """The offer as if it were of the other's amount and for the first time: what is left is of which round it is."""
    return replace(offered, nth=1, unit_price_krw=other.unit_price_krw, pricing=other.pricing)


def again_rate(book: Book, rate: WaitDiscount) -> WaitDiscount:
    """A rate with how often its month is given one by it: a month whose rate was withdrawn is free again (BL-1)."""
    same = [former.nth for former in book.former_discounts if former.valid_from == rate.valid_from]
    return replace(rate, nth=max(same, default=0) + 1)


def without_price(book: Book, price: PriceVersion) -> Book:
    """The book once a price of it is taken back."""
    left = tuple(each for each in book.prices if each != price)
    return replace(book, prices=left, former_prices=(*book.former_prices, price))


def price_withdrawal_refusals(book: Book, price: PriceVersion, policy: PricePolicy) -> tuple[Refusal, ...]:
    """Why a price cannot be taken back (BL-13): it was before, or a fixed price of the product rests on it (BL-1).

    `book` is the provider's as it stands. A fixed hourly price rests on a dynamic one where without it BL-1 would
    refuse the fixed one; that is taken back first. Months settled at the price do not keep it: they are stated anew.
    Never raises.

    Example: dynamic 5,500, fixed 2,750 → the dynamic one stays until the fixed one is taken back.
    """
    if price not in book.prices:
        return (Refusal("BL-13", "price_withdrawn", {"price": price.version}),)
    if price.mode != "dynamic":
        return ()
    left = without_price(book, price)
    return tuple(
        Refusal("BL-1", "fixed_price_rests_on_it", {"price": price.version, "fixed": fixed.version})
        for fixed in left.prices
        if (fixed.product, fixed.mode) == (price.product, "fixed")
        and fixed == held_instead(left.prices, fixed)
        and _is_refused(left, fixed, policy)
        and not _is_refused(book, fixed, policy)
    )


def _is_refused(book: Book, fixed: PriceVersion, policy: PricePolicy) -> bool:
    """Whether the book would refuse a price that it holds, by the other prices that it holds."""
    others = replace(book, prices=tuple(each for each in book.prices if each != fixed and each.mode == "dynamic"))
    return bool(price_refusals(others, fixed, policy))


def rate_withdrawal_refusal(book: Book, rate: WaitDiscount) -> Refusal | None:
    """Why a wait discount rate cannot be taken back (BL-13): it was before. Never raises."""
    if rate in book.discounts:
        return None
    return Refusal("BL-13", "wait_discount_withdrawn", {"rate": rate.version})


def held_instead(prices: Iterable[PriceVersion], price: PriceVersion) -> PriceVersion | None:
    """What holds from a withdrawn price's first month of its own: the last round left of that month; None if none."""
    return max((one for one in prices if is_same_price(one, price)), key=lambda each: each.round_no, default=None)
