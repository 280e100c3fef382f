"""Attendances of a mandatory course, which open the gate `training` of a grant (AL-7)."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attended:
    """Who attended which course: so many people of an application's own, on a day, as a sheet or certificate shows."""

    course: str
    attended_on: dt.date
    people: int
    evidence: str


@dataclass(frozen=True, slots=True)
class TrainingAttendance:
    """An attendance on record; it counts until it is withdrawn, and stays on record then too."""

    attendance_id: str
    application_id: str
    course: str
    attended_on: dt.date
    people: int
    evidence: str
    recorded_by: str
    recorded_at: dt.datetime
    withdrawn_by: str | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_reason: str | None = None
