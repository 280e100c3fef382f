"""Which months of use are priced at zero; metering knows no amounts."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from services.metering.model.grants import AgreedPrice, Mode, ZeroPriced


def zero_priced_periods(agreed: Iterable[AgreedPrice]) -> tuple[ZeroPriced, ...]:
    """The months in which hours cost nothing: a price holds from its first month until the next one begins.

    `agreed` has one price, that of the last round, for each product, mode and first month, in any order. A month
    before the first price is not priced at zero. Returns the periods by product, mode and month; two that touch
    are one.
    """
    periods = []
    in_order = sorted(agreed, key=lambda price: (price.product, price.mode, price.valid_from))
    for (product, mode), prices in groupby(in_order, key=lambda price: (price.product, price.mode)):
        first_month: str | None = None
        for price in prices:
            if price.is_zero:
                first_month = first_month or price.valid_from
            elif first_month is not None:
                periods.append(ZeroPriced(product, mode, first_month, price.valid_from))
                first_month = None
        if first_month is not None:
            periods.append(ZeroPriced(product, mode, first_month, None))
    return tuple(periods)


def zero_priced_months(periods: Iterable[ZeroPriced], months: Sequence[str]) -> frozenset[tuple[str, Mode]]:
    """Which of `months`, in which mode, lie in one of `periods`, all of one product."""
    return frozenset(
        (month, period.mode)
        for period in periods
        for month in months
        if period.first_month <= month and (period.end_month is None or month < period.end_month)
    )
