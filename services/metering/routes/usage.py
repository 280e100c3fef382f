"""HTTP: providers report usage; everyone looks at their own hours."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query, Request

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.errors import Forbidden
from libs.common.identity import Caller
from libs.common.messages.words import words_of
from libs.common.web import Allowed, AnyCaller, Command, Db, Page, Paging, ServiceRouter, Timepiece, problems
from services.metering.metrics import METRICS
from services.metering.model.usage import (
    HeldDecision,
    HeldUsage,
    Outcome,
    ReadBatch,
    RecordedEvent,
    UsageConflict,
    UsageHour,
)
from services.metering.operations import held_usage, views
from services.metering.operations.record_usage import BatchOutcome, batch_id, record_usage
from services.metering.routes.fields import EARLIEST, LATEST, Instant
from services.metering.routes.usage_document import BODY_BYTES_MAX, ITEMS_MAX, read_batch, source_of
from services.metering.routes.usage_views import (
    USAGE_EXAMPLE,
    DecideHeld,
    HeldUsageView,
    ItemWords,
    UsageAnswer,
    UsageConflictView,
    UsageEventView,
    UsageHourView,
    UsageOutcomeView,
    item_schema,
)
from services.metering.rules.usage import mean_hundredths, per_cent

router = ServiceRouter(tags=["사용량 · Usage"])

Reporter = Annotated[Caller, Allowed("provider", "operator")]
Decider = Annotated[Caller, Allowed("operator", "officer")]
Inspector = Annotated[Caller, Allowed("provider", "officer", "operator", "auditor")]
GrantQuery = Annotated[Text | None, Query(max_length=100, description="협약(과제) 번호 · grant")]
From = Annotated[Instant, Query(alias="from", description="이 시각부터 · inclusive")]
To = Annotated[Instant, Query(alias="to", description="이 시각 앞까지 · exclusive")]


@router.post(
    "/usage",
    summary="사용량 제출 · Report usage",
    max_body_size=BODY_BYTES_MAX,
    responses=problems(413),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "array",
                        "maxItems": ITEMS_MAX,
                        "items": item_schema(),
                    },
                    "example": [USAGE_EXAMPLE],
                }
            },
        }
    },
)
async def report_usage(
    request: Request,
    caller: Reporter,
    command: Command,
    db: Db,
    clock: Timepiece,
    items: Annotated[Literal["told", "all"], Query(description="`all`: 모든 항목의 결과")] = "told",
) -> UsageAnswer:
    """Take a JSON array of usage events. Each item has its own outcome; one bad item never refuses its batch.

    A provider reports its own source `/providers/<code>`; an operator may report in a provider's place.
    """
    body = await request.body()
    provider_id = _provider(caller, body)
    batch = read_batch(body, provider_id)
    done: BatchOutcome | None = None

    async def record(tx: Tx) -> UsageAnswer:
        nonlocal done
        done = await record_usage(tx, provider_id, batch, clock)
        return _answer(done, _all_items(batch, done) if items == "all" else done.outcomes)

    answer = await command.once(db, record)
    if done is not None:
        METRICS.batch_items.observe(len(batch.places) + len(batch.unreadable))
    return answer


def _provider(caller: Caller, body: bytes) -> str:
    if "provider" in caller.roles:
        if not caller.organisation_id:
            raise Forbidden("forbidden", needs="provider_code")
        return caller.organisation_id
    return source_of(body)


def _all_items(batch: ReadBatch, done: BatchOutcome) -> list[Outcome]:
    told = {outcome.place for outcome in done.outcomes}
    named = zip(batch.places, batch.columns.event_ids, strict=True)
    plain = [Outcome(place, event_id, "accepted") for place, event_id in named if place not in told]
    return sorted([*done.outcomes, *plain])


def _answer(done: BatchOutcome, told: list[Outcome]) -> UsageAnswer:
    said = done.recorded
    return UsageAnswer(
        batch_id=said.batch_id,
        accepted=said.accepted,
        duplicates=said.duplicates,
        conflicts=said.conflicts,
        rejected=said.rejected,
        corrections=said.corrections,
        items=[_outcome(outcome) for outcome in told],
    )


def _outcome(outcome: Outcome) -> UsageOutcomeView:
    refusal = outcome.refusal
    return UsageOutcomeView(
        index=outcome.place,
        id=outcome.event_id,
        outcome=outcome.outcome,
        correction=outcome.correction,
        held=outcome.held,
        adjusts=outcome.adjusts,
        rule_id=refusal.rule_id if refusal else None,
        code=refusal.code if refusal else None,
        messages=ItemWords(**words_of(refusal.code, refusal.facts)) if refusal else None,
    )


@router.get("/usage/hours", summary="시간별 사용량 조회 · Hours of use", responses=problems(404))
async def list_usage_hours(
    caller: AnyCaller,
    db: Db,
    paging: Paging,
    grant: GrantQuery = None,
    since: From = EARLIEST,
    until: To = LATEST,
) -> Page[UsageHourView]:
    """The hours of one grant, or of all that the caller may see: users their own, providers theirs, the agency all."""
    after = _hour_key(paging)
    async with db.transaction() as tx:
        hours = await views.list_hours(tx, caller, grant, since, until, after, paging.limit + 1)
    return paging.page([_hour_view(hour) for hour in hours], "provider_id", "grant_id", "session_id", "hour")


def _hour_key(paging: Paging) -> tuple[str, str, str, dt.datetime] | None:
    after = paging.after_ids_and_instant(3)
    if after is None:
        return None
    (provider_id, grant_id, session_id), hour = after
    return provider_id, grant_id, session_id, hour


def _hour_view(hour: UsageHour) -> UsageHourView:
    mean = mean_hundredths(hour.utilisation_weight, hour.held_unit_s)
    return UsageHourView(
        provider_id=hour.provider_id,
        grant_id=hour.grant_id,
        session_id=hour.session_id,
        hour=hour.hour,
        held_s=hour.held_s,
        held_unit_s=hour.held_unit_s,
        utilisation_pct=None if mean is None else per_cent(mean),
        events=hour.events,
    )


def _event_view(event: RecordedEvent) -> UsageEventView:
    return UsageEventView(
        provider_id=event.provider_id,
        event_id=event.event_id,
        grant_id=event.grant_id,
        session_id=event.session_id,
        hour=event.hour,
        units=event.units,
        held_s=event.held_s,
        utilisation_pct=per_cent(event.utilisation_bp),
        evidence=event.evidence,
        corrects=event.corrects,
        corrected_by=event.corrected_by,
        awaits=event.awaits,
        decision=event.decision,
        recorded_at=event.recorded_at,
    )


def _conflict_view(conflict: UsageConflict) -> UsageConflictView:
    return UsageConflictView(
        conflict_no=conflict.conflict_no,
        provider_id=conflict.provider_id,
        event_id=conflict.event_id,
        batch_id=batch_id(conflict.batch_no),
        received_at=conflict.received_at,
        document=conflict.document,
    )


@router.get("/usage/events", summary="사용량 이벤트 조회 · Events behind the hours", responses=problems(404))
async def list_usage_events(
    caller: AnyCaller,
    db: Db,
    paging: Paging,
    grant: Annotated[Text, Query(min_length=1, max_length=100, description="협약(과제) 번호 · grant")],
    since: From = EARLIEST,
    until: To = LATEST,
) -> Page[UsageEventView]:
    """Every event behind a grant's hours, corrected ones too: nothing is overwritten."""
    async with db.transaction() as tx:
        events = await views.list_events(tx, caller, grant, since, until, paging.after_id(), paging.limit + 1)
    return paging.page([_event_view(event) for event in events], "event_id")


@router.get("/usage/conflicts", summary="충돌 항목 조회 · Conflicting items", responses=problems())
async def list_usage_conflicts(caller: Inspector, db: Db, paging: Paging) -> Page[UsageConflictView]:
    """Items that came under a used source and id with other data; kept for inspection, without effect."""
    (after,) = paging.after_numbers(1)
    async with db.transaction() as tx:
        conflicts = await views.list_conflicts(tx, caller, after, paging.limit + 1)
    return paging.page([_conflict_view(conflict) for conflict in conflicts], "conflict_no")


def _held_view(held: HeldUsage) -> HeldUsageView:
    told = held._asdict()
    utilisation_bp = told.pop("utilisation_bp")
    return HeldUsageView(**told, utilisation_pct=per_cent(utilisation_bp))


@router.get("/usage/held", summary="보류된 정정 조회 · Held corrections", responses=problems())
async def list_held_usage(
    caller: Inspector,
    db: Db,
    paging: Paging,
    state: Annotated[
        Literal["waiting", "own", "dropped"], Query(description="대기 중, 또는 결정된 대로 · waiting, or as decided")
    ] = "waiting",
) -> Page[HeldUsageView]:
    """Corrections that name an event that has not come: they count nowhere. A provider's own, or all."""
    decision: HeldDecision | None = None if state == "waiting" else state
    async with db.transaction() as tx:
        held = await held_usage.list_held(tx, caller, decision, paging.after_pair(), paging.limit + 1)
    return paging.page([_held_view(each) for each in held], "provider_id", "event_id")


@router.post(
    "/usage/held/decisions",
    status_code=201,
    summary="보류된 정정 결정 · Decide on a held correction",
    responses=problems(404, 409),
)
async def decide_held_usage(
    body: DecideHeld, caller: Decider, command: Command, db: Db, clock: Timepiece
) -> HeldUsageView:
    """An event of its own, or dropped for good, with a reason; into a closed month it counts as an adjustment."""

    async def decide(tx: Tx) -> HeldUsageView:
        decided = await held_usage.decide_held(
            tx, caller, body.provider_id, body.event_id, body.decision, body.reason, clock
        )
        return _held_view(decided)

    return await command.once(db, decide)
