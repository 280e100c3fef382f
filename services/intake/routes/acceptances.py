"""HTTP: the delivery of a result, which starts the clock, and the acceptance of a selection (RV-13)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import ConfigDict

from libs.common.bounds import Instant, Text
from libs.common.db import Tx
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.acceptances import (
    AcceptanceState,
    DeliveryWay,
    ListedAcceptance,
    StandingAcceptance,
)
from services.intake.operations import acceptances as operations
from services.intake.routes.fields import Agency, Applicant, ApplicationPath, InProgrammeIfAny, Officer, Reader, Reason
from services.intake.routes.readings import keep_readings
from services.intake.rules.acceptances import acceptance_state, revoking_call
from services.intake.store import acceptances as store
from services.intake.store.acceptances import AcceptancesWanted

router = ServiceRouter(tags=["선정 수락 · Acceptance of a selection"])
DeliveryPath = Annotated[Text, Path(max_length=40, description="결과 전달 기록 번호(예: RD-000001) · delivery")]
DELIVERY: dict[str, Any] = {
    "delivery_id": "RD-000001",
    "delivered_at": "2025-09-26T01:00:00Z",
    "way": "email",
    "accept_until": "2025-10-01T15:00:00Z",
    "recorded_by": "officer-1",
    "recorded_at": "2025-09-26T02:00:00Z",
    "withdrawn_by": None,
    "withdrawn_at": None,
    "withdrawn_reason": None,
}
ACCEPTANCE: dict[str, Any] = {
    "application_id": "A-000001",
    "state": "open",
    "delivered_at": "2025-09-26T01:00:00Z",
    "accept_until": "2025-10-01T15:00:00Z",
    "accepted_by": None,
    "accepted_at": None,
    "deliveries": [DELIVERY],
}
Listed = Annotated[
    ListRequest, Depends(list_of("application_id", {"accept_until": "instant", "organisation_name": "text"}))
]
StandsAs = Annotated[AcceptanceState | None, Query(description="전달 전, 회신 전, 기한 지남, 수락함 · where it stands")]


class RecordDelivery(Body):
    """When the result reached the applicant, and how."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"delivered_at": "2025-09-26T01:00:00Z", "way": "email"}]},
    )

    delivered_at: Instant
    way: DeliveryWay


class WithdrawDelivery(Body):
    """Why a delivery never was."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"reason": "전자우편이 반송됨"}]},
    )

    reason: Reason


class DeliveryView(View):
    """A recorded delivery; once it is withdrawn it starts no clock."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [DELIVERY]})

    delivery_id: str
    delivered_at: dt.datetime
    way: DeliveryWay
    accept_until: dt.datetime | None
    recorded_by: str
    recorded_at: dt.datetime
    withdrawn_by: str | None
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None


class AcceptanceView(View):
    """Where the acceptance of a selection stands; `accept_until` is null where no clock runs.

    `overdue`: its end passed in silence; an officer revokes it, or does not.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [ACCEPTANCE]})

    application_id: str
    state: AcceptanceState
    delivered_at: dt.datetime | None
    accept_until: dt.datetime | None
    accepted_by: str | None
    accepted_at: dt.datetime | None
    deliveries: list[DeliveryView]

    @classmethod
    def of(cls, found: StandingAcceptance, now: dt.datetime) -> "AcceptanceView":
        """Tell it as it stands at an instant."""
        counts, accepted = found.delivery, found.acceptance
        delivered_at = None if counts is None else counts.delivered_at
        until = None if counts is None else counts.accept_until
        accepted_at = None if accepted is None else accepted.accepted_at
        return cls(
            application_id=found.application_id,
            state=acceptance_state(delivered_at, until, accepted_at, now),
            delivered_at=delivered_at,
            accept_until=until,
            accepted_by=None if accepted is None else accepted.accepted_by,
            accepted_at=accepted_at,
            deliveries=[DeliveryView.model_validate(one) for one in found.deliveries],
        )


class ListedAcceptanceView(View):
    """A selected application in a list; `next_call` of an overdue one is its revocation (ground `no_acceptance`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "programme": "gpu-rental-2025s",
                    "programme_name": {"ko": "추경 AI컴퓨팅 자원", "en": "2025 supplementary GPU rental support"},
                    "organisation_id": "O-000001",
                    "organisation_name": "한빛에이아이",
                    "receipt_no": "gpu-rental-2025s-00001",
                    "application_state": "selected",
                    "state": "overdue",
                    "delivered_at": "2025-09-26T01:00:00Z",
                    "accept_until": "2025-10-01T15:00:00Z",
                    "accepted_at": None,
                    "next_call": "POST /intake/v1/applications/A-000001/revoke",
                }
            ]
        }
    )

    application_id: str
    programme: str
    programme_name: ProgrammeName | None
    organisation_id: str
    organisation_name: str
    receipt_no: str
    application_state: str
    state: AcceptanceState
    delivered_at: dt.datetime | None
    accept_until: dt.datetime | None
    accepted_at: dt.datetime | None
    next_call: str | None

    @classmethod
    def of(cls, found: ListedAcceptance, names: dict[str, ProgrammeName], now: dt.datetime) -> "ListedAcceptanceView":
        """Tell it with names."""
        state = acceptance_state(found.delivered_at, found.accept_until, found.accepted_at, now)
        return cls(
            application_id=found.application_id,
            programme=found.programme_code,
            programme_name=names.get(found.programme_code),
            organisation_id=found.organisation_id,
            organisation_name=found.organisation_name,
            receipt_no=found.receipt_no,
            application_state=found.application_state,
            state=state,
            delivered_at=found.delivered_at,
            accept_until=found.accept_until,
            accepted_at=found.accepted_at,
            next_call=revoking_call(found.application_id, state) or None,
        )


@router.get("/acceptances", summary="선정 수락 목록 · List acceptances", responses=problems())
async def list_acceptances(
    caller: Agency, db: Db, listed: Listed, now: Now, programme: InProgrammeIfAny = None, state: StandsAs = None
) -> ListPage[ListedAcceptanceView]:
    """Selected applications without a signed agreement: who accepted, whose clock runs, who was silent past its end."""
    only = AcceptancesWanted(now, programme, state)
    async with db.transaction() as tx:
        found = await store.list_acceptances(tx, listed.wanted, only)
        counts = await store.count_acceptances(tx, listed.wanted, only) if listed.counts else None
        names = await list_programme_names(tx, [one.programme_code for one in found])
        shown = [one.application_id for one in found[: listed.limit]]
        await keep_readings(tx, caller, "list_acceptances", "application", shown, now)
    return listed.page([ListedAcceptanceView.of(one, names, now) for one in found], counts)


@router.get(
    "/applications/{application_id}/acceptance",
    summary="선정 수락 상태 · Where the acceptance stands",
    responses=problems(404),
)
async def get_acceptance(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> AcceptanceView:
    """Whether the result was delivered, until when it is to be accepted, and whether it was."""
    async with db.transaction() as tx:
        found = await operations.show(tx, caller, application_id)
    return AcceptanceView.of(found, now)


@router.post(
    "/applications/{application_id}/accept", summary="선정 수락 · Accept a selection", responses=problems(404, 409)
)
async def accept_selection(
    application_id: ApplicationPath, caller: Applicant, db: Db, clock: Timepiece, command: Command
) -> AcceptanceView:
    """Accept a selection before the clock has run out; declining is withdrawing (`/withdraw`)."""

    async def act(tx: Tx) -> AcceptanceView:
        return AcceptanceView.of(await operations.accept(tx, caller, application_id, clock), clock.now())

    return await command.once(db, act)


@router.post(
    "/applications/{application_id}/deliveries",
    status_code=201,
    summary="결과 전달 기록 · Record the delivery of a result",
    responses=problems(404, 409),
)
async def record_delivery(
    application_id: ApplicationPath, body: RecordDelivery, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> AcceptanceView:
    """Record when and how the result reached the applicant: it starts the clock of the acceptance (RV-13, MS-2)."""

    async def act(tx: Tx) -> AcceptanceView:
        told = (application_id, body.delivered_at, body.way)
        return AcceptanceView.of(await operations.deliver(tx, caller, *told, clock), clock.now())

    return await command.once(db, act)


@router.post(
    "/applications/{application_id}/deliveries/{delivery_id}/withdraw",
    summary="결과 전달 기록 철회 · Withdraw a delivery",
    responses=problems(404, 409),
)
async def withdraw_delivery(
    application_id: ApplicationPath,
    delivery_id: DeliveryPath,
    body: WithdrawDelivery,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> AcceptanceView:
    """Say that a delivery never was, such as a message that bounced; what is right is recorded anew."""

    async def act(tx: Tx) -> AcceptanceView:
        told = (application_id, delivery_id, body.reason)
        return AcceptanceView.of(await operations.withdraw_delivery(tx, caller, *told, clock), clock.now())

    return await command.once(db, act)
