"""Waits as the allocator counts them for operators."""

import datetime as dt


def is_over_wait_limit(wait: dt.timedelta, limit_s: int | None) -> bool:
    """Whether a wait lasted longer than the programme's limit; exactly the limit is within (MT-6 counts its hours).

    `limit_s`: seconds; none where the programme has no limit, so that nothing is over it. Never raises.
    Example: limit 28,800 s; 8:00:00 → False, 8:00:00.000001 → True.
    """
    return limit_s is not None and wait > dt.timedelta(seconds=limit_s)


def waited_s(requested_at: dt.datetime | None, now: dt.datetime) -> int:
    """For how many whole seconds the oldest request of a queue waits at `now`, cut; 0 for an empty queue."""
    return 0 if requested_at is None else max(0, (now - requested_at) // dt.timedelta(seconds=1))
