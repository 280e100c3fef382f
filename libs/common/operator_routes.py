"""What operators of every service need: the outbox, the lag, the dead letters (`/v1/operations/…`)."""

import datetime as dt
from typing import Annotated

from fastapi import Query, Request
from pydantic import AwareDatetime, ConfigDict, Field

from libs.common import inbox, outbox
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.service import Runtime
from libs.common.web import Allowed, Body, Db, ServiceRouter, View, problems

router = ServiceRouter(tags=["운영 · Operations"])
Operator = Annotated[Caller, Allowed("operator")]
Watcher = Annotated[Caller, Allowed("operator", "officer", "auditor")]


class BusView(View):
    """Where this service's events stand."""

    service: str = Field(examples=["intake"])
    published: int = Field(examples=[120])
    outbox_rows: int = Field(examples=[0])
    oldest_said_at: dt.datetime | None = Field(examples=[None])
    lag: int = Field(examples=[0])
    dead_letters: int = Field(examples=[0])
    stopped_because: str = Field(examples=[""])


class DeadLetterView(View):
    """A message that could not be handled."""

    id: int = Field(examples=[1])
    topic: str = Field(examples=["dure.intake.events.v1"])
    key: str = Field(examples=["A-000001"])
    envelope: str
    error_code: str = Field(examples=["policy_missing"])
    error_detail: str
    failures: int
    first_failed_at: dt.datetime


class ReplayRequest(Body):
    """From which instant on everything said is to be published again."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"from_at": "2025-09-01T00:00:00+09:00", "topic": "dure.intake.events.v1"}]},
    )

    from_at: AwareDatetime = Field(examples=["2025-09-01T00:00:00+09:00"])
    topic: str | None = Field(default=None, max_length=200, pattern=r"^[\w.-]+$")


class Count(View):
    """How many."""

    count: int = Field(examples=[3])


class Redriven(View):
    """Whether the dead letter is handled now."""

    handled: bool = Field(examples=[True])


@router.get("/operations/bus", summary="이벤트 현황 · Where the events stand", responses=problems())
async def read_bus(_: Watcher, db: Db, request: Request) -> BusView:
    """Published events, those that wait, the lag and the dead letters of this service."""
    runtime: Runtime = request.app.state.runtime
    async with db.transaction() as tx:
        waiting = await outbox.pending(tx)
        return BusView(
            service=runtime.service.name,
            published=await outbox.published(tx),
            outbox_rows=waiting["rows"],
            oldest_said_at=waiting["oldest_said_at"],
            lag=(await runtime.bus.lag()).get(runtime.service.name, 0),
            dead_letters=await inbox.open_dead_letters(tx),
            stopped_because=runtime.stopped_because,
        )


@router.get("/operations/dead-letters", summary="처리하지 못한 이벤트 · Dead letters", responses=problems())
async def list_dead_letters(
    _: Watcher, db: Db, limit: Annotated[int, Query(ge=1, le=200)] = 200
) -> list[DeadLetterView]:
    """The messages that wait for people, oldest first."""
    async with db.transaction() as tx:
        return [DeadLetterView.model_validate(row) for row in await inbox.list_dead_letters(tx, limit)]


@router.post(
    "/operations/dead-letters/{dead_id}/redrive",
    summary="이벤트 다시 처리 · Put a dead letter back",
    responses=problems(404),
)
async def redrive_dead_letter(dead_id: int, _: Operator, db: Db, request: Request) -> Redriven:
    """Handle a dead letter again, once its cause is mended; it stays, counted, where it fails again."""
    runtime: Runtime = request.app.state.runtime
    if dead_id.bit_length() > 63:
        raise NotFound("dead letter", str(dead_id))
    async with db.transaction() as tx:
        known = {row["id"] for row in await inbox.list_dead_letters(tx, 10_000)}
        if dead_id not in known:
            raise NotFound("dead letter", str(dead_id))
        return Redriven(handled=await inbox.redrive(tx, runtime.service.handlers, dead_id, runtime.clock))


@router.post("/operations/replay", summary="이벤트 다시 보내기 · Publish again", responses=problems())
async def replay(body: ReplayRequest, _: Operator, db: Db) -> Count:
    """Publish everything said since an instant again; whoever knows it already drops it."""
    async with db.transaction() as tx:
        return Count(count=await outbox.replay(tx, body.from_at, body.topic))
