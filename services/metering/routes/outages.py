"""HTTP: outages are reported and closed."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.metering.model.grants import ScopeKind
from services.metering.model.outages import ReportedOutage
from services.metering.operations import outages as operations
from services.metering.routes.fields import Code, CodePath, Instant, Reason

router = ServiceRouter(tags=["장애 · Outages"])

Reporter = Annotated[Caller, Allowed("provider", "operator", "officer")]
Reader = Annotated[Caller, Allowed("provider", "operator", "officer", "auditor")]


class ReportOutage(Body):
    """An interval without service, still open where `ended_at` is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "alpha",
                    "scope_kind": "server",
                    "scope_id": "alpha-dc1-s01",
                    "started_at": "2025-10-01T01:00:00Z",
                    "ended_at": None,
                    "reason": "전원 공급 장치 고장",
                }
            ]
        }
    )

    provider_id: Code
    scope_kind: ScopeKind
    scope_id: Code
    """The provider's own code, a data centre, a pool, a server, or a grant."""
    started_at: Instant
    ended_at: Instant | None = None
    reason: Reason


class CloseOutage(Body):
    """Service is back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ended_at": "2025-10-01T06:10:00Z"}]})

    ended_at: Instant


class OutageView(View):
    """An outage on record."""

    outage_id: str
    provider_id: str
    scope_kind: ScopeKind
    scope_id: str
    state: Literal["open", "closed"]
    started_at: dt.datetime
    ended_at: dt.datetime | None
    reason: str
    reported_by: str
    reported_at: dt.datetime
    closed_by: str | None
    closed_at: dt.datetime | None


def _view(reported: ReportedOutage) -> OutageView:
    return OutageView.model_validate(reported)


@router.post("/outages", status_code=201, summary="장애 등록 · Report an outage", responses=problems(404, 409))
async def report_outage(body: ReportOutage, caller: Reporter, command: Command, db: Db, clock: Timepiece) -> OutageView:
    """Put an outage on record. Its time is not billable, and monthly prices are reduced by its started hours."""

    async def report(tx: Tx) -> OutageView:
        reported = await operations.report_outage(
            tx,
            caller,
            provider_id=body.provider_id,
            scope_kind=body.scope_kind,
            scope_id=body.scope_id,
            started_at=body.started_at,
            ended_at=body.ended_at,
            reason=body.reason,
            clock=clock,
        )
        return _view(reported)

    return await command.once(db, report)


@router.post("/outages/{outage_id}/close", summary="장애 복구 등록 · Close an outage", responses=problems(404, 409))
async def close_outage(
    outage_id: CodePath, body: CloseOutage, caller: Reporter, command: Command, db: Db, clock: Timepiece
) -> OutageView:
    """State when service was back."""

    async def close(tx: Tx) -> OutageView:
        return _view(await operations.close_outage(tx, caller, outage_id, body.ended_at, clock))

    return await command.once(db, close)


@router.get("/outages/{outage_id}", summary="장애 조회 · One outage", responses=problems(404))
async def read_outage(outage_id: CodePath, caller: Reader, db: Db) -> OutageView:
    """One outage with who reported and closed it."""
    async with db.transaction() as tx:
        return _view(await operations.find_outage(tx, caller, outage_id))


@router.get("/outages", summary="장애 목록 · Outages", responses=problems())
async def list_outages(
    caller: Reader,
    db: Db,
    paging: Paging,
    provider: Annotated[Text | None, Query(max_length=100, description="공급사 · provider")] = None,
    state: Annotated[Literal["open", "closed"] | None, Query(description="상태 · state")] = None,
) -> Page[OutageView]:
    """Outages by id: a provider's own, or all."""
    async with db.transaction() as tx:
        rows = await operations.list_outages(tx, caller, provider, state, paging.after_id(), paging.limit + 1)
    return paging.page([_view(row) for row in rows], "outage_id")
