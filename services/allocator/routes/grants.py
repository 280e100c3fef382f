"""HTTP: grants are looked at, activated, lowered and ended."""

import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict

from libs.common.bounds import GrantMonths, Positive
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import (
    Allowed,
    AnyCaller,
    Body,
    Command,
    Db,
    Page,
    Paging,
    ServiceRouter,
    Timepiece,
    View,
    problems,
)
from services.allocator.model.cards import Mode
from services.allocator.model.grants import GrantState
from services.allocator.operations import grants as operations
from services.allocator.routes.fields import CodePath, CodeQuery, Instant, Reason, view_of

router = ServiceRouter(tags=["과제 · Grants"])

Officer = Annotated[Caller, Allowed("officer")]
Activator = Annotated[Caller, Allowed("officer", "operator")]


class ActivateGrant(Body):
    """From when on the grant counts as delivered: the confirmed instant, or the start where nothing was late.

    Left out: as confirmed, or at the start itself.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivered_at": "2025-10-05T15:00:00Z"}]})

    delivered_at: Instant | None = None


class ReduceGrant(Body):
    """Fewer units (before placement) or months, with a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"units": 1, "months": 5, "reason": "시작이 늦어 남은 기간에 맞춤"}]}
    )

    units: Positive
    months: GrantMonths
    reason: Reason


class EndGrant(Body):
    """Why a grant ends before its time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "이용자 포기"}]})

    reason: Reason


class GrantView(View):
    """A grant: asked and awarded side by side, its gates, its place."""

    grant_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    state: GrantState
    product: str
    units_asked: int
    months_asked: int
    units: int
    months: int
    reason: str
    wished_start: dt.date
    rank: int
    agreed_at: dt.datetime | None
    self_payment_due_krw: int | None
    self_payment_received_krw: int
    self_payment_covered: bool
    people_trained: int
    placement_id: str | None
    provider_id: str | None
    data_centre: str | None
    pool_id: str | None
    mode: Mode | None
    card_type: str | None
    asked_card_type: str | None
    cards: int | None
    servers: dict[str, int] | None
    payable: bool | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    activated_at: dt.datetime | None
    delivered_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str | None


class ChangeView(View):
    """What was lowered, by whom and why."""

    units_before: int
    months_before: int
    units: int
    months: int
    reason: str
    changed_by: str
    changed_at: dt.datetime


class GrantDetail(GrantView):
    """A grant with everything that was lowered, and what its cards are worth."""

    changes: list[ChangeView]
    h100_equivalents: str | None
    """Its cards in H100 cards (CV-5), an exact number such as `4` or `1/4`; none for a type without an equivalent."""
    fp32_tflops: str | None
    """FP32 TFLOPS of its cards (CV-6), exact; none where the programme states none."""


@router.get("/grants", summary="과제 목록 · Grants", responses=problems())
async def list_grants(
    caller: AnyCaller,
    db: Db,
    paging: Paging,
    programme: CodeQuery = None,
    state: Annotated[GrantState | None, Query()] = None,
) -> Page[GrantView]:
    """Grants by id: an applicant's own, a provider's, or all for the agency."""
    async with db.transaction() as tx:
        found = await operations.list_grants(tx, caller, programme, state, paging.after_id(), paging.limit + 1)
    return paging.page([GrantView.model_validate(grant) for grant in found], "grant_id")


@router.get("/grants/{grant_id}", summary="과제 조회 · A grant", responses=problems(404))
async def get_grant(grant_id: CodePath, caller: AnyCaller, db: Db) -> GrantDetail:
    """One grant with its gates, its place and what was lowered."""
    async with db.transaction() as tx:
        found = await operations.grant_with_changes(tx, caller, grant_id)
    return view_of(
        GrantDetail,
        found.grant,
        changes=[ChangeView.model_validate(c) for c in found.changes],
        h100_equivalents=None if found.h100_equivalents is None else str(found.h100_equivalents),
        fp32_tflops=None if found.fp32_tflops is None else str(found.fp32_tflops),
    )


@router.post("/grants/{grant_id}/activate", summary="이용 개시 · Activate a grant", responses=problems(404, 409))
async def activate_grant(
    grant_id: CodePath, caller: Activator, command: Command, db: Db, clock: Timepiece, body: ActivateGrant | None = None
) -> GrantView:
    """Let use begin, from its start on. Refused with every gate that is closed (AL-7), and while a delivery is stated
    that nobody confirmed; a late delivery does not move the end (AL-16).
    """
    delivered_at = body.delivered_at if body else None

    async def act(tx: Tx) -> GrantView:
        return GrantView.model_validate(await operations.activate_grant(tx, caller, grant_id, delivered_at, clock))

    return await command.once(db, act)


@router.post("/grants/{grant_id}/reduce", summary="수량·기간 축소 · Lower a grant", responses=problems(404, 409))
async def reduce_grant(
    grant_id: CodePath, body: ReduceGrant, caller: Officer, command: Command, db: Db, clock: Timepiece
) -> GrantView:
    """Lower units or months with a reason; what was awarded before stays on record."""
    wanted = operations.Reduction(body.units, body.months, body.reason)

    async def act(tx: Tx) -> GrantView:
        return GrantView.model_validate(await operations.reduce_grant(tx, caller, grant_id, wanted, clock))

    return await command.once(db, act)


@router.post("/grants/{grant_id}/end", summary="과제 종료 · End a grant", responses=problems(404, 409))
async def end_grant(
    grant_id: CodePath, body: EndGrant, caller: Officer, command: Command, db: Db, clock: Timepiece
) -> GrantView:
    """End a grant before its time: its sessions end and its cards go back."""

    async def act(tx: Tx) -> GrantView:
        return GrantView.model_validate(await operations.end_by_officer(tx, caller, grant_id, body.reason, clock))

    return await command.once(db, act)
