"""What usage looks like over HTTP: an item as it is sent, and what the answers show."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from libs.common.web import Body, View
from services.metering.model.time import HOUR_S
from services.metering.model.usage import HeldDecision
from services.metering.routes.fields import Code, Count, EventId, Reason
from services.metering.rules.usage import UNITS_MAX, UTILISATION_PCT_MAX

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


def _whole(value: object) -> object:
    """JSON knows one kind of number: 8.0 is 8, as RFC 8785 writes it and as the decoder takes it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]


class UsageItemData(BaseModel):
    """What one session of a grant held in one clock hour (MT-1); no other fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    grant_id: Annotated[str, Field(min_length=1, max_length=100)]
    hour: Annotated[str, Field(max_length=40, description="UTC, 정시 · hour-aligned RFC 3339 instant")]
    units: Annotated[Whole, Field(json_schema_extra={"minimum": 0, "maximum": UNITS_MAX})]
    """No more than the session holds; judged by MT-1, as the next two are."""
    held_s: Annotated[Whole, Field(json_schema_extra={"minimum": 0, "maximum": HOUR_S})]
    """Seconds held in the hour."""
    utilisation_pct: Annotated[float, Field(json_schema_extra={"minimum": 0, "maximum": UTILISATION_PCT_MAX})]
    """Mean GPU utilisation."""
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


def item_schema() -> dict[str, Any]:
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
    held: bool = False
    """It names an event that has not come: counted nowhere until it comes, or an operator decides (MT-3)."""
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
    awaits: str | None
    """The unknown event for which it is held, counted nowhere; none where it is not held (MT-3)."""
    decision: HeldDecision | None
    """What was decided on it while it was held: an event of its own, or dropped for good."""
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


class HeldUsageView(View):
    """A correction that names an event that had not come, and what was decided on it."""

    provider_id: str
    event_id: str
    grant_id: str
    session_id: str
    """Empty for the grant's own fixed assignment."""
    hour: dt.datetime
    units: Count
    held_s: Count
    utilisation_pct: str
    evidence: str
    corrects: str
    """The event that it names."""
    awaits: str | None
    """The event for which it is held: the one it names, or one that the named event itself waits for."""
    recorded_at: dt.datetime
    decision: HeldDecision | None
    reason: str | None
    decided_by: str | None
    decided_at: dt.datetime | None


class DecideHeld(Body):
    """What becomes of a correction whose event does not come."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "alpha",
                    "event_id": "alpha-2025-10-01T10-S-000001-c1",
                    "decision": "dropped",
                    "reason": "공급사가 잘못 보낸 정정으로 확인함",
                }
            ]
        }
    )

    provider_id: Code
    event_id: EventId
    decision: HeldDecision
    """`own`: it counts for itself; `dropped`: it counts nothing, for good."""
    reason: Reason
