"""When a provider's reports are due that its agreement starts (OB-4's beginning)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.calendar import kst_day, period_of_days_end
from services.intake.model.provider_agreements import DueReport
from services.intake.policy.provider_duties import AgreementDuty

A_MOMENT = dt.timedelta(microseconds=1)


def due_reports(agreed_on: dt.date, duties: Sequence[AgreementDuty]) -> tuple[DueReport, ...]:
    """The last day of each report: so many days after the agreement's day, which is not counted (CV-7).

    A last day that is no working day moves to the next one. Never raises.

    Example: agreement on 10 March 2025, kick-off within 14 days → 24 March.
    Source: S1 §3.
    """
    ends = [period_of_days_end(agreed_on, one.after_days, one.changed) for one in duties]
    return tuple(
        DueReport(one.key, one.name_ko, one.name_en, kst_day(end - A_MOMENT))
        for one, end in zip(duties, ends, strict=True)
    )
