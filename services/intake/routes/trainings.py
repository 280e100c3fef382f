"""HTTP: attendances of a mandatory course, which open the gate `training` (AL-7)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Path
from pydantic import ConfigDict

from libs.common.bounds import Day, Positive, Text
from libs.common.db import Tx
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.intake.model.trainings import Attended
from services.intake.operations import trainings as operations
from services.intake.routes.fields import ApplicationPath, Name, Officer, Reader, Reason, Source
from services.intake.rules.trainings import people_trained

router = ServiceRouter(tags=["의무 교육 · Mandatory training"])
AttendancePath = Annotated[Text, Path(max_length=40, description="교육 참석 번호(예: TA-000001) · attendance")]
ATTENDED: dict[str, Any] = {
    "course": "이용자 사전 교육",
    "attended_on": "2025-09-03",
    "people": 2,
    "evidence": "교육 참석자 명부 2025-09-03",
}
RECORDED: dict[str, Any] = {
    "attendance_id": "TA-000001",
    "application_id": "A-000001",
    **ATTENDED,
    "recorded_by": "officer-1",
    "recorded_at": "2025-09-04T01:00:00Z",
    "withdrawn_by": None,
    "withdrawn_at": None,
    "withdrawn_reason": None,
}


class RecordAttendance(Body):
    """How many people of the application attended which course, when, and where it is known from."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [ATTENDED]})

    course: Name
    attended_on: Day
    people: Positive
    evidence: Source

    def told(self) -> Attended:
        """The fact."""
        return Attended(self.course, self.attended_on, self.people, self.evidence)


class WithdrawAttendance(Body):
    """Why an attendance never was."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"reason": "다른 기관의 참석자를 잘못 기록함"}]},
    )

    reason: Reason


class AttendanceView(View):
    """An attendance as it was recorded; once it is withdrawn, by whom, when and why."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [RECORDED]})

    attendance_id: str
    application_id: str
    course: str
    attended_on: dt.date
    people: int
    evidence: str
    recorded_by: str
    recorded_at: dt.datetime
    withdrawn_by: str | None
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None


class AttendancesView(View):
    """All attendances of an application, in the order of their record; the withdrawn do not count."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"people_trained": 2, "items": [RECORDED]}]})

    people_trained: int
    """How many people have attended by now."""
    items: list[AttendanceView]


@router.post(
    "/applications/{application_id}/training-attendances",
    status_code=201,
    summary="의무 교육 참석 기록 · Record attendance of a mandatory course",
    responses=problems(404, 409),
)
async def record_training_attendance(
    application_id: ApplicationPath,
    body: RecordAttendance,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> AttendanceView:
    """Record who attended, once the agreement is signed; with enough people the grant's gate `training` opens."""

    async def act(tx: Tx) -> AttendanceView:
        return AttendanceView.model_validate(await operations.record(tx, caller, application_id, body.told(), clock))

    return await command.once(db, act)


@router.get(
    "/applications/{application_id}/training-attendances",
    summary="의무 교육 참석 기록 조회 · Attendances of a mandatory course",
    responses=problems(404),
)
async def list_training_attendances(application_id: ApplicationPath, caller: Reader, db: Db) -> AttendancesView:
    """Who attended, and what was withdrawn; someone else's application is not found."""
    async with db.transaction() as tx:
        found = await operations.attendances_of(tx, caller, application_id)
    items = [AttendanceView.model_validate(one) for one in found]
    return AttendancesView(people_trained=people_trained(found), items=items)


@router.post(
    "/applications/{application_id}/training-attendances/{attendance_id}/withdraw",
    summary="의무 교육 참석 기록 철회 · Withdraw an attendance",
    responses=problems(404, 409),
)
async def withdraw_training_attendance(
    application_id: ApplicationPath,
    attendance_id: AttendancePath,
    body: WithdrawAttendance,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> AttendanceView:
    """Say that an attendance never was, before use begins; it stays on record, and what is right is recorded anew."""

    async def act(tx: Tx) -> AttendanceView:
        told = (application_id, attendance_id, body.reason)
        return AttendanceView.model_validate(await operations.withdraw(tx, caller, *told, clock))

    return await command.once(db, act)
