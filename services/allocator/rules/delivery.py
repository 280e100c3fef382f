"""When a grant is really delivered."""

import datetime as dt


def delivery_of(
    starts_at: dt.datetime, ends_at: dt.datetime, delivered_at: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """AL-16: A provider that delivers after the start delays the delivery; the end does not move.

    `starts_at`, `ends_at`: the agreed `[start, end)`; `delivered_at`: when the cards could be used. Returns the
    instant from which the grant counts as delivered (never before the start) and the unmoved end. Never raises.

    Example: agreed 1 October – 1 November, delivered 6 October → (6 October, 1 November); delivered
    28 September → (1 October, 1 November).
    Source: S1 §3.
    """
    return max(starts_at, delivered_at), ends_at


def is_ahead(delivered_at: dt.datetime, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a delivery is told that cannot have happened (AL-16): later than now, and than the agreed start.

    Told before the start, the start itself may be told as the delivery. Never raises.
    Example: start 1 October, told on 25 September for 1 October → False; told on 5 October for 6 October → True.
    """
    return delivered_at > max(now, starts_at)


def is_after_end(delivered_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether a delivery comes when the grant's period `[start, end)` is over (AL-16): at its end it is.

    Never raises.
    """
    return delivered_at >= ends_at
