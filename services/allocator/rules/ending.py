"""When a grant ends, and why."""

import datetime as dt

from services.allocator.model.grants import Grant

PERIOD_OVER = "period_over"


def end_of_grant(told: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When a grant ends that is ended at `now`: at the instant told, dated back to it (AL-9), and never after `now`.

    What ends gives its cards back at `now`, and the next holder has them from `now` on. An end that was told by a clock
    ahead of ours would leave them two holders until then (AL-10). Without an instant told: `now`. Never raises.

    Example: at 09:00, told 08:40 → 08:40; told 09:05 → 09:00.
    """
    return now if told is None else min(told, now)


def is_period_over(ends_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether a grant's period `[start, end)` is over at an instant: at its end it is, also where nobody noticed yet.

    Without a known end it is not. Never raises.
    """
    return ends_at is not None and ends_at <= at


def ending_of(grant: Grant, told: dt.datetime | None, reason: str, now: dt.datetime) -> tuple[dt.datetime, str]:
    """When and why a grant ends that is ended at `now`: the earliest reason counts (AL-9).

    One in use whose period was over before the instant told ended then, although nobody noticed. Never raises.
    Example: period until 09:00, ended by an officer at 09:20 → (09:00, `period_over`).
    """
    at = end_of_grant(told, now)
    if grant.state == "active" and grant.ends_at is not None and is_period_over(grant.ends_at, at):
        return grant.ends_at, PERIOD_OVER
    return at, reason
