"""What a closed usage statement says, as billing settles it."""

from fractions import Fraction

from libs.common.events.metering import StatementClosed, StatementLine
from services.billing.model.statements import Statement, Use


def statement_heard(event: StatementClosed) -> Statement:
    """The statement of an event, whose months and fractions its reader has checked (`libs.common.events.bounds`)."""
    return Statement(
        statement_id=event.statement_id,
        provider_id=event.provider_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        month=event.month,
        closed_at=event.closed_at,
        sha256=event.sha256,
        uses=tuple(_use(line) for line in event.lines),
    )


def _use(line: StatementLine) -> Use:
    return Use(
        grant_id=line.grant_id,
        period=line.period,
        adjustment=line.adjustment,
        pricing=line.pricing,
        mode=line.mode,
        priced_product=line.priced_product,
        priced_units=line.priced_units,
        payable=line.payable,
        billable_unit_hours=line.billable_unit_hours,
        discounted_unit_hours=line.discounted_unit_hours,
        outage_unit_hours=line.outage_unit_hours,
        unmatched_unit_hours=line.unmatched_unit_hours,
        months_before=None if line.months_before is None else Fraction(line.months_before),
        months_after=None if line.months_after is None else Fraction(line.months_after),
        starts_at=line.starts_at,
        delivered_at=line.delivered_at,
        ends_at=line.ends_at,
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
    )
