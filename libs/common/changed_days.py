"""Which public holidays a programme's definition changes, as a counted period asks for them (CV-7)."""

from typing import TYPE_CHECKING

from libs.common.calendar import ChangedDays

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


def changed_days(programme: "Programme") -> ChangedDays:
    """The days that a definition adds to the calendar, and those that it takes back. Never raises."""
    holidays = programme.holidays
    return ChangedDays(frozenset(one.day for one in holidays.added), frozenset(one.day for one in holidays.removed))
