"""What is owed after the award: reports, surveys, checks, and what follows where one is missing (OB)."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import Day, Key, Months, Percent, PeriodDays, Positive
from libs.common.definition.forms import Form
from libs.common.definition.stated import Flag, Keys, Part, Sector, StatedOrNone, Text, none_for

DutyKind = Literal[
    "final_report", "performance_report", "survey", "performance_survey", "progress_report", "check", "other_report"
]
CountedFrom = Literal["use_end", "use_start", "agreement", "month_end", "calendar"]
"""`month_end`: again for every month; `calendar`: on the days that are listed."""
Consequence = Literal["clawback", "bar", "reclaim"]
Consequences = Annotated[list[Consequence], Field(max_length=10)]


class ProgressStages(Part):
    """OB-2: the stages of a project, and how long one may last without a reason."""

    stages: Annotated[list[Text], Field(min_length=1, max_length=20)]
    months_max: StatedOrNone[Months]
    """Months (CV-3) in one stage after which the next report needs a reason."""
    without_reason: StatedOrNone[Annotated[list[Positive], Field(max_length=20)]]
    """The stages, counted from 1, that need none."""


class Duty(Part):
    """One duty with its due date (OB-1): a number of months and days after a fact, or printed days."""

    name: Text
    kind: DutyKind
    owed_by: Literal["user", "provider"] = "user"
    counted_from: CountedFrom
    after_months: StatedOrNone[Months] = none_for("OB-1 (counted in days, or on printed days)")
    after_days: StatedOrNone[PeriodDays] = none_for("OB-1 (counted in months, or on printed days)")
    on_days: StatedOrNone[Annotated[list[Day], Field(min_length=1, max_length=60)]] = none_for(
        "OB-1 (counted from a fact)"
    )
    """The last days, for `calendar`."""
    times_max: StatedOrNone[Positive] = none_for("OB-1 (as often as it is due)")
    """How often it can be asked for at most."""
    tracks: Keys = Field(default_factory=list)
    sectors: Annotated[list[Sector], Field(max_length=10)] = Field(default_factory=list)
    evidence: Flag = False
    """Files that show it must be attached."""
    last_years_users: Flag = False
    """Those supported the year before are asked too (S1)."""
    target_response_pct: StatedOrNone[Percent] = none_for("OB-6 (S1 alone asks for a target)")
    questions: Form = Field(default_factory=dict)
    """What is asked, by sector where sectors differ (OB-6)."""
    stages: ProgressStages | None = None
    missing: StatedOrNone[Consequences] = none_for("OB-3, BL-12 (a notice names no consequence)")
    """What may follow where it is missing."""
    insufficient: StatedOrNone[Consequences] = none_for("OB-5 (a notice names no grade)")
    """What may follow where the result is graded insufficient."""


Obligations = Annotated[dict[Key, Duty], Field(max_length=100)]
