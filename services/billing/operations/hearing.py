"""What a closed statement says, checked as its reader must: months that are months, instants within the calendar."""

import datetime as dt
import re
from fractions import Fraction

from libs.common.bounds import FIRST_INSTANT, LAST_INSTANT
from libs.common.errors import InvalidEvent
from libs.common.events.metering import StatementClosed, StatementLine
from services.billing.model.statements import Statement, Use

MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])|2100-(0[1-9]|1[0-2])")


def statement_heard(event: StatementClosed) -> Statement:
    """The statement of an event. Raises InvalidEvent where it cannot be one, whatever is done later."""
    _check_month(event.month)
    _check_instants(event.closed_at)
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
    _check_month(line.period)
    _check_instants(line.starts_at, line.delivered_at, line.ends_at)
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
        months_before=_months(line.months_before),
        months_after=_months(line.months_after),
        starts_at=line.starts_at,
        delivered_at=line.delivered_at,
        ends_at=line.ends_at,
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
    )


def _check_month(month: str) -> None:
    if not MONTH.fullmatch(month):
        raise InvalidEvent(f"{month!r} is no month YYYY-MM")


def _check_instants(*instants: dt.datetime) -> None:
    for instant in instants:
        if not FIRST_INSTANT <= instant <= LAST_INSTANT:
            raise InvalidEvent(f"{instant} lies outside 2000…2100")


def _months(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidEvent(f"{text!r} is no number of months") from error
