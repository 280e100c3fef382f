"""What operators of every service need: the outbox, the lag, the dead letters (`/v1/operations/…`)."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import ConfigDict, Field

from libs.common import dead_letters, inbox, outbox, streams
from libs.common.bounds import Expected, InDigits, Instant, Text
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.service import Runtime
from libs.common.web import Allowed, Body, Db, Now, ServiceRouter, View, problems

router = ServiceRouter(tags=["운영 · Operations"])
Operator = Annotated[Caller, Allowed("operator")]
_TOPIC = Expected("토픽 이름(예: dure.intake.events.v1)", "a topic's name, such as dure.intake.events.v1")
Watcher = Annotated[Caller, Allowed("operator", "officer", "auditor")]


DeadId = Annotated[int, Path(ge=1, le=2**63 - 1), InDigits]


class StandingView(View):
    """An event at which the consumer or the relay stands and tries again."""

    event_id: str = Field(examples=["/dure/intake#6f0c9d0e-4f0f-4b27-9d6f-0d5c2a0f7a10"])
    topic: str = Field(examples=["dure.intake.events.v1"])
    key: str = Field(examples=["A-000001"])
    error_code: str = Field(examples=["handler_failed"])
    error_detail: str = Field(examples=["RuntimeError('…')"])
    failures: int = Field(examples=[12])
    since: dt.datetime


class BusView(View):
    """Where this service's events stand."""

    service: str = Field(examples=["intake"])
    published: int = Field(examples=[120])
    outbox_rows: int = Field(examples=[0])
    """Events said and not yet published; of very many, 100,000."""
    oldest_said_at: dt.datetime | None = Field(examples=[None])
    lag: int | Literal["unknown"] = Field(examples=[0])
    """`unknown` in a process that does not hear, or has not joined its group."""
    dead_letters: int = Field(examples=[0])
    stopped_because: str = Field(examples=[""])
    """Why this process's consumer or publisher does not go on; empty while it does."""
    standing: list[StandingView]
    """The events at which consumers of this service stand, whichever process they are in."""


class DeadLetterView(View):
    """A message that could not be handled."""

    id: int = Field(examples=[1])
    topic: str = Field(examples=["dure.intake.events.v1"])
    key: str = Field(examples=["A-000001"])
    envelope: str
    """Empty where the list was asked for without envelopes."""
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

    from_at: Instant = Field(examples=["2025-09-01T00:00:00+09:00"])
    topic: Annotated[str | None, _TOPIC] = Field(default=None, max_length=200, pattern=r"^[\w.-]+$")


class FreeRequest(Body):
    """Why the event at which the consumer or the relay stands is put aside."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"reason": "오류 #123, 고친 뒤 다시 처리"}]},
    )

    reason: Text = Field(min_length=1, max_length=500)


class FreedView(View):
    """What an order to free the stream did."""

    buried: list[str] = Field(examples=[["/dure/intake#6f0c9d0e-4f0f-4b27-9d6f-0d5c2a0f7a10"]])
    """The events that are dead letters now."""
    dead_letters_max: int | None = Field(examples=[None])
    """How many dead letters may be open from now on, where the limit was what stood in the way."""


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
    lag = (await runtime.bus.lag()).get(runtime.service.name)
    async with db.transaction() as tx:
        waiting = await outbox.pending(tx)
        return BusView(
            service=runtime.service.name,
            published=await outbox.published(tx),
            outbox_rows=waiting["rows"],
            oldest_said_at=waiting["oldest_said_at"],
            lag="unknown" if lag is None else lag,
            dead_letters=await dead_letters.count_open(tx),
            stopped_because=runtime.in_the_way(),
            standing=[StandingView.model_validate(one) for one in await streams.list_standing(tx)],
        )


@router.get("/operations/dead-letters", summary="처리하지 못한 이벤트 · Dead letters", responses=problems())
async def list_dead_letters(
    _: Watcher, db: Db, limit: Annotated[int, Query(ge=1, le=200), InDigits] = 200, envelopes: bool = True
) -> list[DeadLetterView]:
    """The messages that wait for people, oldest first: no more than 16 MB of them at once, or without envelopes."""
    async with db.transaction() as tx:
        letters = await dead_letters.list_open(tx, limit, envelopes=envelopes)
        return [DeadLetterView.model_validate(letter) for letter in letters]


@router.post(
    "/operations/dead-letters/{dead_id}/redrive",
    summary="이벤트 다시 처리 · Put a dead letter back",
    responses=problems(404),
)
async def redrive_dead_letter(dead_id: DeadId, caller: Operator, db: Db, request: Request) -> Redriven:
    """Handle a dead letter again, once its cause is mended; it stays, counted, where it fails again.

    An event of this service that was put aside because the bus refused it is published again instead.
    """
    runtime: Runtime = request.app.state.runtime
    async with db.transaction() as tx:
        letter = await dead_letters.read_open(tx, dead_id)
        if letter is None:
            raise NotFound("dead letter", str(dead_id))
        event_id = inbox.event_id_of(letter.envelope)
        await streams.note_order(tx, "redrive", caller.subject, "", runtime.clock.now(), event_id=event_id)
        service = runtime.service
        handled = await inbox.redrive(tx, service.handlers, dead_id, runtime.clock, service.lock_first)
        return Redriven(handled=handled)


@router.post("/operations/replay", summary="이벤트 다시 보내기 · Publish again", responses=problems())
async def replay(body: ReplayRequest, caller: Operator, db: Db, now: Now) -> Count:
    """Publish everything said since an instant again; consumers that handled it already drop it."""
    async with db.transaction() as tx:
        said = f"from {body.from_at.isoformat()} on {body.topic or 'every topic'}"
        await streams.note_order(tx, "replay", caller.subject, said, now)
        return Count(count=await outbox.replay(tx, body.from_at, body.topic))


@router.post("/operations/bus/free", summary="멈춘 이벤트 풀기 · Free the stream", responses=problems(409))
async def free_stream(body: FreeRequest, caller: Operator, db: Db, request: Request) -> FreedView:
    """Put the events aside at which consumer and relay stand, as dead letters with the reason and who ordered it.

    Where the consumer stands because too many dead letters are open, as many again are allowed instead.
    """
    runtime: Runtime = request.app.state.runtime
    async with db.transaction() as tx:
        allowed = runtime.settings.dead_letters_max
        freed = await streams.free(tx, caller.subject, body.reason, runtime.clock, allowed)
        return FreedView(buried=list(freed.buried), dead_letters_max=freed.dead_letters_max)
