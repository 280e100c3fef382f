"""What counts as attendance of a mandatory course (AL-7): people add up, and what is withdrawn counts no more."""

import datetime as dt
from collections.abc import Iterable

from libs.common.calendar import kst_day
from libs.common.errors import Refusal
from libs.common.keys import fold_key
from services.intake.model.applications import ApplicationState
from services.intake.model.trainings import Attended, TrainingAttendance
from services.intake.policy.trainings import CoursePolicy

AFTER_ACTIVATION: tuple[ApplicationState, ...] = ("active", "ended")
"""Use has begun, and with it what the attendance was asked for."""


def people_trained(on_record: Iterable[TrainingAttendance]) -> int:
    """How many people have attended, as far as it was not withdrawn: attendances add up. 0 for none; never raises.

    Example: two people, then one, and the two withdrawn → 1.
    """
    return sum(one.people for one in on_record if one.withdrawn_at is None)


def facts_told(on_record: Iterable[TrainingAttendance]) -> int:
    """How many facts are on record: attendances and withdrawals. It only grows, so a later word has the larger one."""
    return sum(1 if one.withdrawn_at is None else 2 for one in on_record)


def future_day_refusal(told: Attended, today: dt.date) -> Refusal | None:
    """Why a course cannot have been attended on its day: it has not come yet in Seoul. Today it can."""
    if told.attended_on <= today:
        return None
    facts = {"attended_on": told.attended_on.isoformat(), "on": today.isoformat()}
    return Refusal("AL-7", "attended_in_future", facts)


def attendance_refusal(
    policy: CoursePolicy, told: Attended, on_record: Iterable[TrainingAttendance], programme_code: str
) -> Refusal | None:
    """Why an attendance is not put on record; None where it is.

    The programme has no mandatory course, or the same attendance counts already: the same course on the same day by
    the same evidence, in whatever spelling (CV-9). One that was withdrawn is recorded anew.
    """
    if not policy.mandatory:
        return Refusal("AL-7", "no_mandatory_course", {"programme": programme_code})
    same = next((one for one in on_record if one.withdrawn_at is None and _told_of(one) == _told_of(told)), None)
    if same is None:
        return None
    return Refusal("AL-7", "attendance_known", {"attendance": same.attendance_id, "people": same.people})


def withdrawal_refusal(found: TrainingAttendance, state: ApplicationState) -> Refusal | None:
    """Why an attendance cannot be withdrawn: it was already, or use has begun. None where it can be."""
    if found.withdrawn_at is not None:
        facts = {"attendance": found.attendance_id, "on": kst_day(found.withdrawn_at).isoformat()}
        return Refusal("AL-7", "attendance_withdrawn", facts)
    if state in AFTER_ACTIVATION:
        return Refusal("AL-7", "attendance_used", {"attendance": found.attendance_id, "state": state})
    return None


def _told_of(one: Attended | TrainingAttendance) -> tuple[str, dt.date, str]:
    return fold_key(one.course), one.attended_on, fold_key(one.evidence)
