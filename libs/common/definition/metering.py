"""How hours are counted: what a definition says about metering (MT)."""

from libs.common.definition.stated import Part, Stated, StatedOrNone


class MeteringPolicy(Part):
    """How hours are counted (MT)."""

    wait_limit_s: StatedOrNone[int]
    statement_due_day: StatedOrNone[int]
    """The day of the next month at whose end a month's statement is due."""
    days_per_month: Stated[int]
