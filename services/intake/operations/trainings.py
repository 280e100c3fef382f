"""An officer records who attended a mandatory course; the allocator hears of it and opens the gate (AL-7)."""

import datetime as dt

from libs.common.calendar import kst_day
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused
from libs.common.events.intake import TrainingAttended, TrainingWithdrawn
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.applications import Application
from services.intake.model.trainings import Attended, TrainingAttendance
from services.intake.operations.applications import own_application, wrong_state
from services.intake.operations.organisations import refuse
from services.intake.policy.trainings import CoursePolicy
from services.intake.rules.states import UNDER_AGREEMENT
from services.intake.rules.trainings import (
    attendance_refusal,
    facts_told,
    future_day_refusal,
    people_trained,
    withdrawal_refusal,
)
from services.intake.store import trainings


async def record(tx: Tx, caller: Caller, application_id: str, told: Attended, clock: Clock) -> TrainingAttendance:
    """Keep that people of an application attended a course, and say how many have by now; returns it.

    Raises NotFound, WrongState without a signed agreement, Invalid for a day to come, Refused where the programme has
    no mandatory course or the same attendance counts already.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    if found.state not in UNDER_AGREEMENT:
        raise wrong_state(found, UNDER_AGREEMENT)
    now = clock.now()
    refuse(future_day_refusal(told, kst_day(now)))
    policy = CoursePolicy.of(await programme_at(tx, found.programme_code, now))
    on_record = await trainings.list_attendances(tx, application_id)
    _stop(attendance_refusal(policy, told, on_record, found.programme_code))
    attendance_id = await trainings.add_attendance(tx, application_id, told, by=caller.subject, now=now)
    made = await _attendance(tx, found, attendance_id)
    await say(tx, await _as_told(tx, found, made, now), now=now)
    return made


async def withdraw(
    tx: Tx, caller: Caller, application_id: str, attendance_id: str, reason: str, clock: Clock
) -> TrainingAttendance:
    """Say that an attendance never was, while use has not begun; it stays on record. Returns it.

    Raises NotFound, Refused where it was withdrawn already or use has begun.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    _stop(withdrawal_refusal(await _attendance(tx, found, attendance_id), found.state))
    now = clock.now()
    await trainings.add_withdrawal(tx, attendance_id, reason=reason, by=caller.subject, now=now)
    made = await _attendance(tx, found, attendance_id)
    told = await _as_told(tx, found, made, now)
    await say(tx, TrainingWithdrawn(**told.model_dump(), reason=reason), now=now)
    return made


async def attendances_of(tx: Tx, caller: Caller, application_id: str) -> tuple[TrainingAttendance, ...]:
    """All attendances of an application that the caller may see, in the order of their record. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await trainings.list_attendances(tx, application_id)


async def _attendance(tx: Tx, found: Application, attendance_id: str) -> TrainingAttendance:
    """One attendance of an application as it stands. Raises NotFound."""
    on_record = await trainings.list_attendances(tx, found.application_id)
    one = next((one for one in on_record if one.attendance_id == attendance_id), None)
    if one is None:
        raise NotFound("training attendance", attendance_id)
    return one


async def _as_told(tx: Tx, found: Application, of: TrainingAttendance, now: dt.datetime) -> TrainingAttended:
    """What is said of an attendance, with all others of its application."""
    on_record = await trainings.list_attendances(tx, found.application_id)
    return TrainingAttended(
        application_id=found.application_id,
        programme_code=found.programme_code,
        attendance_id=of.attendance_id,
        attended_on=of.attended_on,
        people=of.people,
        people_trained=people_trained(on_record),
        facts=facts_told(on_record),
        told_at=now,
    )


def _stop(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused([refusal])
