"""Which lines of which months are stated at a price or rate that is not the one in force any more."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from services.billing.model.prices import Book, PriceVersion, StaleSpan, WaitDiscount
from services.billing.rules.lines import joined_versions

BEFORE_ALL, AFTER_ALL = "0000-00", "9999-99"
Months = tuple[str, str]
"""Months of use `[since, until)`."""
NEVER: Months = (BEFORE_ALL, BEFORE_ALL)


def stale_spans(book: Book) -> tuple[StaleSpan, ...]:
    """For every version that lines of a provider can carry, the months in which it does not hold (BL-13, CV-1).

    Lines in them are taken back and stated anew, at the price in force, by the next settlement that can still be
    written. A price or rate holds from its first month until the next one begins, the last round of a month alone, and
    one that was withdrawn never; a line of a price and a rate, where both hold. Never raises.

    Example: r1 from October, r2 from October, r1 from December → r1 of October: all months; r2: before October and
    from December on.
    """
    prices = _price_months(book)
    rates = _rate_months(book)
    joined = {
        joined_versions(price, rate): (max(at[0], other[0]), min(at[1], other[1]))
        for price, at in prices.items()
        for rate, other in rates.items()
    }
    return tuple(span for version, months in {**prices, **joined}.items() for span in _outside(version, months))


def _outside(version: str, months: Months) -> Iterator[StaleSpan]:
    since, until = months
    if since >= until:
        yield StaleSpan(version, BEFORE_ALL, AFTER_ALL)
        return
    yield StaleSpan(version, BEFORE_ALL, since)
    if until != AFTER_ALL:
        yield StaleSpan(version, until, AFTER_ALL)


def _price_months(book: Book) -> dict[str, Months]:
    found = {price.version: NEVER for price in (*book.prices, *book.former_prices)}
    for _, prices in groupby(sorted(book.prices, key=_key), key=_key):
        last_rounds: dict[str, PriceVersion] = {}
        for price in sorted(prices, key=lambda each: each.round_no):
            last_rounds[price.valid_from] = price
        found |= _held({month: price.version for month, price in last_rounds.items()})
    return found


def _key(price: PriceVersion) -> tuple[str, str]:
    return price.product, price.mode


def _rate_months(book: Book) -> dict[str, Months]:
    found = {rate.version: NEVER for rate in (*book.discounts, *book.former_discounts)}
    return found | _held({rate.valid_from: rate.version for rate in _in_order(book.discounts)})


def _in_order(rates: Iterable[WaitDiscount]) -> list[WaitDiscount]:
    return sorted(rates, key=lambda rate: rate.valid_from)


def _held(begins: dict[str, str]) -> dict[str, Months]:
    """From when until when each version holds, of those that begin with these months: until the next one does."""
    months = (*sorted(begins), AFTER_ALL)
    return {begins[month]: (month, end) for month, end in pairwise(months)}
