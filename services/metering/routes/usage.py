"""HTTP: providers report usage; everyone looks at their own hours."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from libs.common.db import Tx
from libs.common.errors import Forbidden, Invalid
from libs.common.identity import Caller
from libs.common.messages.words import words_of
from libs.common.web import Allowed, AnyCaller, Command, Db, Now, Page, Paging, ServiceRouter, View, problems
from services.metering.metrics import METRICS
from services.metering.model import Outcome
from services.metering.operations import views
from services.metering.operations.record_usage import BatchOutcome, batch_id, record_usage
from services.metering.routes.fields import EARLIEST, LATEST, Count, Instant
from services.metering.routes.usage_document import BODY_BYTES_MAX, ITEMS_MAX, read_batch, source_of

router = ServiceRouter(tags=["사용량 · Usage"])

Reporter = Annotated[Caller, Allowed("provider", "operator")]
GrantQuery = Annotated[str | None, Query(max_length=100, description="협약(과제) 번호 · grant")]
From = Annotated[Instant, Query(alias="from", description="이 시각부터 · inclusive")]
To = Annotated[Instant, Query(alias="to", description="이 시각 앞까지 · exclusive")]
USAGE_EXAMPLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "alpha-2025-10-01T10-S-000001",
    "source": "/providers/alpha",
    "type": "kr.dure.usage.reported.v1",
    "subject": "A-000001",
    "time": "2025-10-01T11:02:11Z",
    "data": {
        "grant_id": "A-000001",
        "session_id": "S-000001",
        "hour": "2025-10-01T10:00:00Z",
        "units": 8,
        "held_s": 3600,
        "utilisation_pct": 87.5,
        "evidence": "meter/2025-10-01/S-000001.log",
        "corrects": None,
    },
}


class UsageItemData(BaseModel):
    """What one session of a grant held in one clock hour (MT-1); no other fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    grant_id: Annotated[str, Field(min_length=1, max_length=100)]
    hour: Annotated[str, Field(max_length=40, description="UTC, 정시 · hour-aligned RFC 3339 instant")]
    units: int
    """0 to 100,000; no more than the session holds."""
    held_s: int
    """Seconds held in the hour, 0 to 3,600."""
    utilisation_pct: float
    """Mean GPU utilisation, 0 to 100."""
    evidence: Annotated[str, Field(max_length=500)]
    session_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """None for the grant's own fixed assignment."""
    corrects: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The id of the event that this one replaces (MT-3)."""


class UsageItem(BaseModel):
    """A CloudEvents 1.0 object; `source` + `id` identify the event for ever (MT-2). Extensions are let pass."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [USAGE_EXAMPLE]})

    specversion: Literal["1.0"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(max_length=200)]
    type: Literal["kr.dure.usage.reported.v1"]
    subject: Annotated[str, Field(max_length=100)]
    data: UsageItemData
    time: Annotated[str, Field(max_length=40)] = ""
    datacontenttype: Literal["application/json"] = "application/json"


def _item_schema() -> dict[str, Any]:
    """The schema of one item, whole: an operation's own schema cannot refer to parts elsewhere."""
    schema = UsageItem.model_json_schema()
    schema["properties"]["data"] = schema.pop("$defs")["UsageItemData"]
    return schema


class ItemWords(View):
    """The reason in both languages."""

    ko: str
    en: str


class UsageOutcomeView(View):
    """What became of one item."""

    index: Count
    id: str | None
    outcome: Literal["accepted", "duplicate", "conflict", "rejected"]
    correction: bool = False
    """Accepted in the place of the event that it names."""
    adjusts: str | None = None
    """The closed month that it changes: an adjustment in the next statement."""
    rule_id: str | None = None
    code: str | None = None
    messages: ItemWords | None = None


class UsageAnswer(View):
    """What became of a batch; accepted items are durable with this answer."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "batch_id": "B-000042",
                    "accepted": 998,
                    "duplicates": 1,
                    "conflicts": 0,
                    "rejected": 1,
                    "corrections": 1,
                    "items": [
                        {"index": 3, "id": "e-3", "outcome": "accepted", "correction": True, "adjusts": None},
                        {"index": 7, "id": "e-1", "outcome": "duplicate"},
                    ],
                }
            ]
        },
    )

    batch_id: str
    accepted: Count
    duplicates: Count
    conflicts: Count
    rejected: Count
    corrections: Count
    items: list[UsageOutcomeView]
    """Items that were not plainly accepted; every item with `?items=all`."""


class UsageHourView(View):
    """What all events in force of one grant, session and hour add up to."""

    provider_id: str
    grant_id: str
    session_id: str
    """Empty for the grant's own fixed assignment."""
    hour: dt.datetime
    held_s: Count
    held_unit_s: Count
    utilisation_pct: str | None
    events: Count


class UsageEventView(View):
    """One event on record; one that was corrected names what replaced it."""

    provider_id: str
    event_id: str
    grant_id: str
    session_id: str
    hour: dt.datetime
    units: Count
    held_s: Count
    utilisation_pct: str
    evidence: str
    corrects: str | None
    corrected_by: str | None
    recorded_at: dt.datetime


class UsageConflictView(View):
    """An item that contradicts what is recorded under its source and id."""

    conflict_no: int
    provider_id: str
    event_id: str
    batch_id: str
    received_at: dt.datetime
    document: str
    """The item as it came."""


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
                        "items": _item_schema(),
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
    now: Now,
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
        done = await record_usage(tx, provider_id, batch, now)
        names = [usage.event_id for usage in batch.usages]
        told = _all_items(dict(zip(batch.places, names, strict=True)), done) if items == "all" else done.outcomes
        return _answer(done, told)

    answer = await command.once(db, record)
    if done is not None:
        METRICS.batch_items.observe(len(batch.usages) + len(batch.unreadable))
        for outcome in ("accepted", "duplicates", "conflicts", "rejected"):
            METRICS.items.labels(provider_id, outcome.removesuffix("s")).inc(getattr(done.recorded, outcome))
    return answer


def _provider(caller: Caller, body: bytes) -> str:
    if "provider" in caller.roles:
        if not caller.organisation_id:
            raise Forbidden("forbidden", needs="provider code")
        return caller.organisation_id
    return source_of(body)


def _all_items(places: dict[int, str], done: BatchOutcome) -> list[Outcome]:
    told = {outcome.place for outcome in done.outcomes}
    plain = [Outcome(place, event_id, "accepted") for place, event_id in places.items() if place not in told]
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
    after = _hour_key(paging.after)
    async with db.transaction() as tx:
        rows = await views.list_hours(tx, caller, grant, since, until, after, paging.limit + 1)
    shown = [UsageHourView(**row, utilisation_pct=_mean_pct(row)) for row in rows]
    return paging.page(shown, "provider_id", "grant_id", "session_id", "hour")


def _hour_key(after: list[Any] | None) -> tuple[str, str, str, dt.datetime] | None:
    if after is None:
        return None
    try:
        provider_id, grant_id, session_id, hour = (str(part) for part in after)
        return provider_id, grant_id, session_id, dt.datetime.fromisoformat(hour).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("bad_cursor") from error


def _mean_pct(row: dict[str, Any]) -> str | None:
    if not row["held_unit_s"]:
        return None
    return _pct((row["utilisation_weight"] * 2 + row["held_unit_s"]) // (row["held_unit_s"] * 2))


def _pct(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@router.get("/usage/events", summary="사용량 이벤트 조회 · Events behind the hours", responses=problems(404))
async def list_usage_events(
    caller: AnyCaller,
    db: Db,
    paging: Paging,
    grant: Annotated[str, Query(min_length=1, max_length=100, description="협약(과제) 번호 · grant")],
    since: From = EARLIEST,
    until: To = LATEST,
) -> Page[UsageEventView]:
    """Every event behind a grant's hours, corrected ones too: nothing is overwritten."""
    async with db.transaction() as tx:
        rows = await views.list_events(tx, caller, grant, since, until, paging.after_id(), paging.limit + 1)
    shown = [UsageEventView(**row, utilisation_pct=_pct(row["utilisation_bp"])) for row in rows]
    return paging.page(shown, "event_id")


@router.get("/usage/conflicts", summary="충돌 항목 조회 · Conflicting items", responses=problems())
async def list_usage_conflicts(
    caller: Annotated[Caller, Allowed("provider", "officer", "operator", "auditor")], db: Db, paging: Paging
) -> Page[UsageConflictView]:
    """Items that came under a used source and id with other data; kept for inspection, without effect."""
    after = paging.after[0] if paging.after else 0
    if not isinstance(after, int):
        raise Invalid("bad_cursor")
    async with db.transaction() as tx:
        rows = await views.list_conflicts(tx, caller, after, paging.limit + 1)
    return paging.page([UsageConflictView(**row, batch_id=batch_id(row["batch_no"])) for row in rows], "conflict_no")
