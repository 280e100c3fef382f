"""What statements, discount balances and the summary look like in an answer."""

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.providers import list_names
from libs.common.web import View
from services.metering.model.grants import Mode, Pricing
from services.metering.model.statements import Balance, Statement, StatementHead
from services.metering.model.time import instant_of
from services.metering.operations.views import Summary
from services.metering.rules.evidence import line_document


class StatementLineView(View):
    """What one grant used under one price key and mode in one month of use; time only, no money."""

    line_no: int
    grant_id: str
    period: str
    """The month of use; an adjustment's is a closed month, and its amounts are differences."""
    adjustment: bool
    pricing: Pricing
    mode: Mode
    priced_product: str
    priced_units: int
    payable: bool
    held_unit_s: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int
    usage_events: int
    utilisation_pct: str | None
    months_before: str | None
    months_after: str | None
    starts_at: dt.datetime
    delivered_at: dt.datetime
    ends_at: dt.datetime
    evidence_sha256: str


class GapView(View):
    """An hour in which the allocator knows units and no event came: never taken as zero."""

    grant_id: str
    session_id: str | None
    hour: dt.datetime
    units: int


class HeadView(View):
    """A closed statement without its lines."""

    statement_id: str
    provider_id: str
    provider_name: str | None
    programme_code: str
    month: str
    programme_version: int
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    sha256: str | None


class StatementView(HeadView):
    """A provider's usage statement of one programme and month: a draft with today's knowledge, or closed."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "statement_id": "alpha:hpc-2025-gpu:2025-10",
                    "provider_id": "alpha",
                    "programme_code": "hpc-2025-gpu",
                    "month": "2025-10",
                    "state": "draft",
                    "programme_version": 1,
                    "due_at": "2025-11-07T15:00:00Z",
                    "closed_at": None,
                    "sha256": None,
                    "lines": [],
                    "gaps": [],
                }
            ]
        },
    )

    state: Literal["draft", "closed"]
    lines: list[StatementLineView]
    gaps: list[GapView]
    """Of a draft; a closed statement's stand in its evidence."""


class WaitView(View):
    """A wait over the limit."""

    session_id: str
    requested_at: dt.datetime
    ended_at: dt.datetime
    unit_hours: int


class DiscountView(View):
    """A grant's balance of discounted hours at one provider (MT-6)."""

    grant_id: str
    provider_id: str
    rule_id: str
    earned_unit_hours: int
    used_unit_hours: int
    left_unit_hours: int
    waits: list[WaitView]


class SummaryView(View):
    """Items by outcome over all batches, and hours over all closed statements, of one programme."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "programme": "hpc-2025-gpu",
                    "events": 9000,
                    "duplicates": 12,
                    "corrections": 2,
                    "conflicts": 0,
                    "rejected": 1,
                    "billable_unit_hours": 8950,
                    "discounted_unit_hours": 140,
                    "outage_unit_hours": 31,
                    "unmatched_unit_hours": 0,
                    "gap_unit_hours": 4,
                }
            ]
        },
    )

    programme: str | None
    events: int
    duplicates: int
    corrections: int
    conflicts: int
    rejected: int
    billable_unit_hours: int
    discounted_unit_hours: int
    outage_unit_hours: int
    unmatched_unit_hours: int
    gap_unit_hours: int


def _head(head: StatementHead, provider_name: str | None) -> dict[str, Any]:
    return {
        "statement_id": head.statement_id,
        "provider_id": head.provider_id,
        "provider_name": provider_name,
        "programme_code": head.programme_code,
        "month": head.month,
        "programme_version": head.programme_version,
        "due_at": head.due_at,
        "closed_at": head.closed_at,
        "sha256": head.sha256,
    }


async def shown(tx: Tx, statement: Statement) -> StatementView:
    """A statement with its lines, and with its provider's name."""
    head = statement.head
    names = await list_names(tx, [head.provider_id])
    return StatementView(
        **_head(head, names.get(head.provider_id)),
        state=head.state,
        lines=[
            StatementLineView(line_no=no, **line_document(line)) for no, line in enumerate(statement.lines, start=1)
        ],
        gaps=[
            GapView(
                grant_id=gap.grant_id,
                session_id=gap.session_id or None,
                hour=instant_of(gap.hour_us),
                units=gap.units,
            )
            for gap in statement.gaps
        ],
    )


def discount_view(balance: Balance) -> DiscountView:
    """A balance of discounted hours."""
    return DiscountView(
        grant_id=balance.grant_id,
        provider_id=balance.provider_id,
        rule_id="MT-6",
        earned_unit_hours=balance.earned_unit_hours,
        used_unit_hours=balance.used_unit_hours,
        left_unit_hours=balance.left_unit_hours,
        waits=[
            WaitView(
                session_id=wait.session_id,
                requested_at=instant_of(wait.requested_us),
                ended_at=instant_of(wait.ended_us),
                unit_hours=wait.unit_hours,
            )
            for wait in balance.waits
        ],
    )


def summary_view(summary: Summary) -> SummaryView:
    """A summary, all providers together."""
    items, hours = summary.items, summary.hours
    return SummaryView(
        programme=summary.programme,
        events=sum(counts.accepted for counts in items),
        duplicates=sum(counts.duplicates for counts in items),
        corrections=sum(counts.corrections for counts in items),
        conflicts=sum(counts.conflicts for counts in items),
        rejected=sum(counts.rejected for counts in items),
        billable_unit_hours=hours.billable_unit_hours,
        discounted_unit_hours=hours.discounted_unit_hours,
        outage_unit_hours=hours.outage_unit_hours,
        unmatched_unit_hours=hours.unmatched_unit_hours,
        gap_unit_hours=hours.gap_unit_hours,
    )


def head_view(head: StatementHead, provider_name: str | None) -> HeadView:
    """A closed statement without its lines."""
    return HeadView(**_head(head, provider_name))
