"""When a grant ends."""

import datetime as dt


def end_of_grant(told: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When a grant ends that is ended at `now`: at the instant told, dated back to it (AL-9), and never after `now`.

    What ends gives its cards back at `now`, and the next holder has them from `now` on. An end that was told by a clock
    ahead of ours would leave them two holders until then (AL-10). Without an instant told: `now`. Never raises.

    Example: at 09:00, told 08:40 → 08:40; told 09:05 → 09:00.
    """
    return now if told is None else min(told, now)
