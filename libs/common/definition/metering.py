"""How hours are counted: what a definition says about metering (MT)."""

from libs.common.bounds import DayOfMonth, DaysPerMonth, PeriodSeconds
from libs.common.definition.stated import Part, Stated, StatedOrNone


class MeteringPolicy(Part):
    """How hours are counted (MT)."""

    wait_limit_s: StatedOrNone[PeriodSeconds]
    statement_due_day: StatedOrNone[DayOfMonth]
    """The day of the next month at whose end a month's statement is due."""
    days_per_month: Stated[DaysPerMonth]
