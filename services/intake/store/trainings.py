"""Attendances of mandatory courses: appended, and what says that one never was beside them."""

import datetime as dt

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, by_number, values
from services.intake.model.trainings import Attended, TrainingAttendance
from services.intake.store.programmes import new_id
from services.intake.tables.trainings import training_attendance, training_withdrawal

_ATTENDANCES = select(
    *training_attendance.c,
    training_withdrawal.c.by,
    training_withdrawal.c.at,
    training_withdrawal.c.reason,
).outerjoin_from(training_attendance, training_withdrawal)


async def add_attendance(tx: Tx, application_id: str, told: Attended, *, by: str, now: dt.datetime) -> str:
    """Keep an attendance under a new id; returns the id."""
    row = insert(training_attendance).values(
        attendance_id=new_id("TA", "training_attendance_seq"),
        application_id=application_id,
        **values(told),
        recorded_by=by,
        recorded_at=now,
    )
    return str((await tx.execute(row.returning(training_attendance.c.attendance_id))).scalar_one())


async def add_withdrawal(tx: Tx, attendance_id: str, *, reason: str, by: str, now: dt.datetime) -> None:
    """Append that an attendance never was."""
    await tx.execute(insert(training_withdrawal).values(attendance_id=attendance_id, reason=reason, by=by, at=now))


async def list_attendances(tx: Tx, application_id: str) -> tuple[TrainingAttendance, ...]:
    """All attendances of an application, the withdrawn too, in the order of their record."""
    query = _ATTENDANCES.where(training_attendance.c.application_id == application_id)
    return all_of(TrainingAttendance, await tx.execute(query.order_by(*by_number(training_attendance.c.attendance_id))))
