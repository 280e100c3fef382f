"""HTTP: a grant's delivery is stated by its provider, confirmed by user or agency, corrected by the agency."""

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.allocator.model.deliveries import Delivery, DeliveryTold, DeliveryWord
from services.allocator.operations import deliveries as operations
from services.allocator.operations.grants import delivery_of_own_grant
from services.allocator.routes.fields import CodePath, Instant, Reason, view_of

router = ServiceRouter(tags=["제공 · Delivery"])

Officer = Annotated[Caller, Allowed("officer")]
Provider = Annotated[Caller, Allowed("provider")]
Reader = Annotated[Caller, Allowed("applicant", "provider", "officer", "operator", "auditor")]
Confirmer = Annotated[Caller, Allowed("applicant", "officer", "operator")]


class StateDelivery(Body):
    """When the provider delivered, by its own word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivered_at": "2025-10-05T15:00:00Z"}]})

    delivered_at: Instant


class WithdrawDelivery(Body):
    """Why the provider takes its statement back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "다른 과제의 제공일을 잘못 적음"}]})

    reason: Reason


class ConfirmDelivery(Body):
    """From when on the cards could really be used; as the provider stated where it is left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivered_at": "2025-10-06T00:00:00Z"}]})

    delivered_at: Instant | None = None


class CorrectDelivery(Body):
    """From when on the cards could really be used, and why what counted was wrong."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"delivered_at": "2025-10-07T00:00:00Z", "reason": "접속 기록으로 확인함"}]}
    )

    delivered_at: Instant
    reason: Reason


class DeliveryToldView(View):
    """One thing said of a delivery: `stated`, `withdrawn`, `confirmed` or `corrected`."""

    word: DeliveryWord
    delivered_at: dt.datetime | None
    reason: str
    told_by: str
    told_at: dt.datetime


class DeliveryView(View):
    """How a grant's delivery stands: the provider's statement, what counts (AL-16), and all that was said."""

    grant_id: str
    stated: DeliveryToldView | None
    """The provider's statement that stands; by itself it takes nothing off."""
    confirmed: DeliveryToldView | None
    """The confirmation, or the agency's later correction: from its `delivered_at` on the grant counts as delivered."""
    history: list[DeliveryToldView]


def _told(one: DeliveryTold | None) -> DeliveryToldView | None:
    return None if one is None else view_of(DeliveryToldView, one)


def delivery_view(grant_id: str, delivery: Delivery) -> DeliveryView:
    """The answer that a delivery makes."""
    return DeliveryView(
        grant_id=grant_id,
        stated=_told(delivery.stated),
        confirmed=_told(delivery.confirmed),
        history=[view_of(DeliveryToldView, one) for one in delivery.told],
    )


@router.get("/grants/{grant_id}/delivery", summary="제공 조회 · A delivery", responses=problems(404))
async def get_delivery(grant_id: CodePath, caller: Reader, db: Db) -> DeliveryView:
    """Who stated, confirmed and corrected the delivery of a grant, and as of when."""
    async with db.transaction() as tx:
        return delivery_view(grant_id, await delivery_of_own_grant(tx, caller, grant_id))


@router.post(
    "/grants/{grant_id}/delivery", status_code=201, summary="제공 신고 · State a delivery", responses=problems(404, 409)
)
async def state_delivery(
    grant_id: CodePath, body: StateDelivery, caller: Provider, command: Command, db: Db, clock: Timepiece
) -> DeliveryView:
    """The provider states when it delivered; until user or agency confirms it, it may be stated again."""

    async def act(tx: Tx) -> DeliveryView:
        found = await operations.state_delivery(tx, caller, grant_id, body.delivered_at, clock)
        return delivery_view(grant_id, found)

    return await command.once(db, act)


@router.post(
    "/grants/{grant_id}/delivery/withdraw",
    summary="제공 신고 철회 · Take a stated delivery back",
    responses=problems(404, 409),
)
async def withdraw_delivery(
    grant_id: CodePath, body: WithdrawDelivery, caller: Provider, command: Command, db: Db, clock: Timepiece
) -> DeliveryView:
    """The provider takes its statement back before it is confirmed; it stays on record with the reason."""

    async def act(tx: Tx) -> DeliveryView:
        return delivery_view(grant_id, await operations.withdraw_delivery(tx, caller, grant_id, body.reason, clock))

    return await command.once(db, act)


@router.post(
    "/grants/{grant_id}/delivery/confirm", summary="제공 확인 · Confirm a delivery", responses=problems(404, 409)
)
async def confirm_delivery(
    grant_id: CodePath,
    caller: Confirmer,
    command: Command,
    db: Db,
    clock: Timepiece,
    body: ConfirmDelivery | None = None,
) -> DeliveryView:
    """User or agency confirms the delivery, as stated or as of a later instant; from then on it counts (AL-16)."""
    delivered_at = body.delivered_at if body else None

    async def act(tx: Tx) -> DeliveryView:
        return delivery_view(grant_id, await operations.confirm_delivery(tx, caller, grant_id, delivered_at, clock))

    return await command.once(db, act)


@router.post(
    "/grants/{grant_id}/delivery/correct", summary="제공 정정 · Correct a delivery", responses=problems(404, 409)
)
async def correct_delivery(
    grant_id: CodePath, body: CorrectDelivery, caller: Officer, command: Command, db: Db, clock: Timepiece
) -> DeliveryView:
    """The agency corrects a delivery that counts, with a reason; billing and metering hear the later word."""

    async def act(tx: Tx) -> DeliveryView:
        found = await operations.correct_delivery(tx, caller, grant_id, body.delivered_at, body.reason, clock)
        return delivery_view(grant_id, found)

    return await command.once(db, act)
