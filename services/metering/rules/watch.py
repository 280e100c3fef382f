"""What operators act on: how long a provider is silent, and which statements are overdue."""

import datetime as dt
from collections.abc import Iterable, Set

from libs.common.calendar import month_before, month_of, next_month
from services.metering.model.grants import Placed, ProgrammeUse
from services.metering.rules.placements import placement_in_force
from services.metering.rules.statement import due_at

HOUR = dt.timedelta(hours=1)
LOOK_BACK = dt.timedelta(days=2)


def silent_s(
    newest_hour: dt.datetime | None, first_held_at: dt.datetime | None, last_end: dt.datetime, now: dt.datetime
) -> int | None:
    """For how many seconds a provider has reported nothing; None while nothing is to be reported.

    From the end of the newest hour that it reported, or, where it never reported, from when it first held units
    (`first_held_at`, none before), to now, but no longer than its last grant runs (`last_end`): what is over is not
    counted for ever. Whole seconds, cut; never negative.
    """
    since = newest_hour + HOUR if newest_hour is not None else first_held_at
    if since is None:
        return None
    return max(0, (min(now, last_end) - since) // dt.timedelta(seconds=1))


def programme_uses(placed: Iterable[Placed]) -> tuple[ProgrammeUse, ...]:
    """From the first start to the last end in force of each provider's grants of each programme, in that order."""
    found: dict[tuple[str, str], ProgrammeUse] = {}
    for grant in map(placement_in_force, placed):
        key = grant.provider_id, grant.programme_code
        known = found.get(key, ProgrammeUse(*key, grant.starts_at, grant.ends_at))
        found[key] = ProgrammeUse(*key, min(known.starts_at, grant.starts_at), max(known.ends_at, grant.ends_at))
    return tuple(found[key] for key in sorted(found))


def last_ends(uses: Iterable[ProgrammeUse]) -> dict[str, dt.datetime]:
    """When each provider's last grant ends, over all programmes."""
    found: dict[str, dt.datetime] = {}
    for use in uses:
        found[use.provider_id] = max(found.get(use.provider_id, use.ends_at), use.ends_at)
    return found


def hours_looked_at(now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The hours `[from, until)` in which operators look for missing events: two days, to the last one over an hour ago.

    A provider has an hour to report; what is older than two days stands in the statement as a gap.
    """
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return this_hour - LOOK_BACK, this_hour - HOUR


def overdue_months(use: ProgrammeUse, closed: Set[tuple[str, str, str]], due_day: int | None, now: dt.datetime) -> int:
    """How many months of a provider's programme have a statement due and not closed at `now` (MT-10).

    Only months in which a grant runs: from the first start to the last end in force, so that nothing is counted for
    ever once the grants are over. `closed` are (provider, programme, month). None is due without a due day.
    """
    overdue, month = 0, month_of(use.starts_at)
    last = max(month_of(use.starts_at), month_before(use.ends_at))
    while month <= last and (due := due_at(month, due_day)) is not None and due <= now:
        overdue += (use.provider_id, use.programme_code, month) not in closed
        month = next_month(month)
    return overdue
