"""Which months of use are stated at a price that is not the one in force any more."""

from collections.abc import Iterable

from services.billing.model.prices import Book, PriceStated
from services.billing.rules.lines import split_versions
from services.billing.rules.prices import discount_in_month, price_in_month


def stale_prices(stated: Iterable[PriceStated], book: Book) -> tuple[PriceStated, ...]:
    """Of the prices that lines state, those that the book does not hold for their month any more (BL-13, CV-1).

    Their lines are taken back and stated anew, at the price in force, by the next settlement that can still be
    written. Never raises.
    """
    return tuple(each for each in stated if set(split_versions(each.price_version)) - _in_force(each, book))


def _in_force(stated: PriceStated, book: Book) -> set[str]:
    price = price_in_month(book.prices, stated.priced_product, stated.mode, stated.period)
    discount = discount_in_month(book.discounts, stated.period)
    return {each.version for each in (price, discount) if each}
