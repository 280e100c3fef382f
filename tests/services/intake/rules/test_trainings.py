"""What counts as attendance of a mandatory course (AL-7)."""

import datetime as dt
from dataclasses import replace

import pytest

from services.intake.model.trainings import Attended, TrainingAttendance
from services.intake.policy.trainings import CoursePolicy
from services.intake.rules.trainings import (
    attendance_refusal,
    facts_told,
    future_day_refusal,
    people_trained,
    withdrawal_refusal,
)

DAY = dt.date(2025, 9, 3)
THEN = dt.datetime(2025, 9, 4, 1, tzinfo=dt.UTC)
TOLD = Attended("이용자 사전 교육", DAY, 2, "명부 2025-09-03")
FIRST = TrainingAttendance("TA-000001", "A-1", TOLD.course, DAY, 2, TOLD.evidence, "officer-1", THEN)
SECOND = replace(FIRST, attendance_id="TA-000002", people=1, evidence="명부 2025-09-10")
GONE = replace(FIRST, withdrawn_by="officer-2", withdrawn_at=THEN, withdrawn_reason="잘못 기록")
MANDATORY = CoursePolicy(mandatory=True)


@pytest.mark.parametrize(
    ("on_record", "people", "facts"),
    [((), 0, 0), ((FIRST,), 2, 1), ((FIRST, SECOND), 3, 2), ((GONE, SECOND), 1, 3), ((GONE,), 0, 2)],
)
def test_people_add_up_and_the_withdrawn_count_no_more(on_record: tuple, people: int, facts: int) -> None:
    """Attendances add up; a withdrawal is one more fact, so that what is said later always rests on more."""
    assert (people_trained(on_record), facts_told(on_record)) == (people, facts)


@pytest.mark.parametrize(("day", "code"), [(DAY, None), (DAY + dt.timedelta(days=1), "attended_in_future")])
def test_a_day_to_come_is_no_attendance(day: dt.date, code: str | None) -> None:
    """Today counts, tomorrow does not."""
    refusal = future_day_refusal(replace(TOLD, attended_on=day), DAY)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize(
    ("told", "on_record", "code"),
    [
        (TOLD, (), None),
        (TOLD, (FIRST,), "attendance_known"),
        (replace(TOLD, people=5, course="이용자  사전교육"), (FIRST,), "attendance_known"),
        (replace(TOLD, evidence="명부 2025-09-10"), (FIRST,), None),
        (replace(TOLD, attended_on=DAY - dt.timedelta(days=1)), (FIRST,), None),
        (TOLD, (GONE,), None),
    ],
)
def test_the_same_attendance_counts_once(told: Attended, on_record: tuple, code: str | None) -> None:
    """The same course, day and evidence in another spelling is the same; a withdrawn one may be recorded anew."""
    refusal = attendance_refusal(MANDATORY, told, on_record, "regional-2025")
    assert (refusal and refusal.code) == code


def test_without_a_mandatory_course_nothing_is_recorded() -> None:
    """A programme that asks for no course has no gate that attendance could open."""
    refusal = attendance_refusal(CoursePolicy(mandatory=False), TOLD, (), "gpu-rental-2025s")
    assert refusal is not None
    assert (refusal.code, refusal.facts) == ("no_mandatory_course", {"programme": "gpu-rental-2025s"})


@pytest.mark.parametrize(
    ("found", "state", "code"),
    [
        (FIRST, "signed", None),
        (FIRST, "placed", None),
        (FIRST, "active", "attendance_used"),
        (FIRST, "ended", "attendance_used"),
        (GONE, "signed", "attendance_withdrawn"),
    ],
)
def test_an_attendance_is_withdrawn_once_and_before_use(found: TrainingAttendance, state: str, code: str) -> None:
    """Once use has begun the attendance has done what it was for."""
    refusal = withdrawal_refusal(found, state)
    assert (refusal and refusal.code) == code
