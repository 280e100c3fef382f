"""Waits as the allocator counts them for operators."""

import datetime as dt

MOMENT = dt.timedelta(microseconds=1)
"""The finest difference between two instants that are kept."""


def shortest_over_limit(limit_s: int | None) -> dt.timedelta | None:
    """The shortest wait that is over the programme's limit; exactly the limit is within (MT-6 counts its hours).

    This is the one home of what is over the limit: the store counts the waits that last at least so long and knows no
    limit. `limit_s`: seconds; none where the programme has no limit, so that no wait is over it. Never raises.
    Example: limit 28,800 s → 8:00:00.000001.
    """
    return None if limit_s is None else dt.timedelta(seconds=limit_s) + MOMENT


def waited_s(requested_at: dt.datetime | None, now: dt.datetime) -> int:
    """For how many whole seconds the oldest request of a queue waits at `now`, cut; 0 for an empty queue."""
    return 0 if requested_at is None else max(0, (now - requested_at) // dt.timedelta(seconds=1))
