"""Time in metering: aware datetimes at the edges and, so that sums are exact, whole microseconds since 1970 inside."""

import datetime as dt
from collections.abc import Iterable

Span = tuple[int, int]
"""A half-open interval `[start, end)` in microseconds since 1970."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
SECOND_US = 1_000_000
HOUR_S = 3600
HOUR_US = HOUR_S * SECOND_US


def us_of(instant: dt.datetime) -> int:
    """Microseconds since 1970 of an aware instant, exact."""
    return (instant - EPOCH) // MICROSECOND


def instant_of(us: int) -> dt.datetime:
    """The aware instant of microseconds since 1970."""
    return EPOCH + us * MICROSECOND


def div_ceil(amount: int, by: int) -> int:
    """Whole parts of size `by` that `amount` (≥ 0) begins: rounded up."""
    return -(-amount // by)


def earliest(ends: Iterable[dt.datetime | None]) -> dt.datetime:
    """The earliest of the ends that were told; at least one was: as placed, as lowered, or when a grant ended early."""
    return min(end for end in ends if end is not None)
