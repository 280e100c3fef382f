"""One usage event: what it must state, and when it cannot be."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from libs.common.errors import Refusal
from services.metering.model.time import HOUR_S
from services.metering.model.usage import (
    Entitlement,
    HourColumns,
    HourTotal,
    Key,
    KnownEvent,
    ReadBatch,
    Usage,
    UsageColumns,
    hour_columns,
)

HOUR = dt.timedelta(hours=1)
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
UTILISATION_PCT_MAX = 100
HUNDREDTHS = 100
NEAR_ONE_IN = 1_000_000
"""How near to a half a float may lie and still be meant for it: far more than it can be off."""
UNITS_MAX = 100_000
"""No grant is larger: a figure beyond it is a typing error, not a use."""


def is_rfc_3339(text: str) -> bool:
    """Whether a text is written as an instant of RFC 3339: day, time with seconds, and an offset. Never raises."""
    return RFC_3339.fullmatch(text) is not None


def usage_hour(hour: str) -> dt.datetime | None:
    """The instant that an event's `hour` names, in UTC; None where it is no RFC 3339 instant with an offset.

    `20251001T010000Z` and `2025-10-01T01Z` are ISO 8601, but no RFC 3339 (F-31).
    """
    if not is_rfc_3339(hour):
        return None
    try:
        return (dt.datetime.fromisoformat(hour.upper()).astimezone(dt.UTC) + HOUR) - HOUR
    except (ValueError, OverflowError):
        return None


def judge_statement(units: int, held_s: int, utilisation_pct: float) -> Refusal | None:
    """MT-1: A usage event states units held (0 or more), seconds held in its hour (0–3,600) and utilisation (0–100 %).

    `units` are units of the grant's product, `held_s` whole seconds, `utilisation_pct` the mean over the time
    held. Grant, session, hour and evidence are checked by form where the event is read. Returns the refusal of
    the first figure that cannot be, or None. Never raises.

    Example: −5 units → refused; 8 units, 3,600 s, 87.5 % → stated.
    Source: S1 §3.
    """
    if not 0 <= units <= UNITS_MAX:
        return Refusal("MT-1", "usage_units_impossible", {"units": units, "units_max": UNITS_MAX})
    if not 0 <= held_s <= HOUR_S:
        return Refusal("MT-1", "usage_seconds_impossible", {"held_s": held_s})
    if not 0 <= utilisation_pct <= UTILISATION_PCT_MAX:
        return Refusal("MT-1", "usage_utilisation_impossible", {"utilisation_pct": utilisation_pct})
    return None


def hundredths_of_float(utilisation_pct: float) -> int | None:
    """A utilisation in hundredths of a per cent, half up; None where it lies so near a half that a float cannot tell.

    Then `hundredths` must be given the decimal number as it was written. Never raises for 0 … 100.
    """
    halves = utilisation_pct * (2 * HUNDREDTHS)
    nearest = round(halves)
    if nearest % 2 and abs(halves - nearest) * NEAR_ONE_IN < 1:
        return None
    return int((halves + 1) // 2)


def hundredths(utilisation_pct: float, written: Decimal | None = None) -> int:
    """A utilisation in hundredths of a per cent, half up, exactly: 0.145 is 15, though a float holds less than it.

    Near a half the number as it was `written` decides, however many digits it has; where that is not given, the
    shortest digits that make the float. Everything else is rounded as it stands: that takes a tenth of the time.
    Returns 0 … 10,000. Never raises for 0 … 100.

    Example: 0.145 → 15; 0.14499999999999999999999, whose float is that of 0.145 → 14.
    """
    plainly = hundredths_of_float(utilisation_pct)
    if plainly is not None:
        return plainly
    nearest = round(utilisation_pct * (2 * HUNDREDTHS))
    exact = Decimal(str(utilisation_pct)) if written is None else written
    return (nearest + 1) // 2 if exact >= Decimal(nearest) / (2 * HUNDREDTHS) else nearest // 2


def mean_hundredths(utilisation_weight: int, held_unit_s: int) -> int | None:
    """The mean of an hour in hundredths of a per cent, half up: Σ unit-seconds × utilisation over Σ unit-seconds.

    None where nothing was held.
    """
    return (utilisation_weight * 2 + held_unit_s) // (held_unit_s * 2) if held_unit_s else None


def per_cent(hundredths_of_it: int) -> str:
    """Hundredths of a per cent as a decimal number with two places: 8750 is 87.50."""
    return f"{hundredths_of_it // HUNDREDTHS}.{hundredths_of_it % HUNDREDTHS:02d}"


def add_usage(total: HourTotal, usage: Usage, sign: int = 1) -> None:
    """Add an event to its hour's total, or take it away (`sign` −1)."""
    unit_s = usage.units * usage.held_s
    total.held_s += sign * usage.held_s
    total.held_unit_s += sign * unit_s
    total.utilisation_weight += sign * unit_s * usage.utilisation_bp
    total.events += sign


def usage_of(known: KnownEvent) -> Usage:
    """An event on record, as far as totals need it."""
    return Usage(
        known.event_id,
        known.digest,
        known.grant_id,
        known.session_id,
        known.hour,
        known.units,
        known.held_s,
        known.utilisation_bp,
        "",
        None,
    )


def held_s_before(held_s: int, key: Key, replaced: Usage | None) -> int:
    """The seconds that other events already hold in an event's session and hour: not those of the one it replaces.

    `held_s` is the total of `key` (grant, session, hour) with the replaced event in it. Never raises.
    """
    of_replaced = replaced is not None and (replaced.grant_id, replaced.session_id, replaced.hour) == key
    return held_s - replaced.held_s if replaced is not None and of_replaced else held_s


def hour_totals(batch: ReadBatch) -> HourColumns:
    """The hours that a batch adds up to, as `add_usage` adds. Nearly always each event is an hour of its own.

    Then its columns stand: this takes a third of the time on the path that `tests/bench/bench_ingest.py` measures.
    """
    usages = batch.columns
    if len(set(zip(usages.grant_ids, usages.session_ids, usages.hours, strict=True))) < len(usages.hours):
        totals: defaultdict[Key, HourTotal] = defaultdict(HourTotal)
        for usage in batch.usages:
            add_usage(totals[usage.grant_id, usage.session_id, usage.hour], usage)
        return hour_columns(totals)
    unit_s = [units * held_s for units, held_s in zip(usages.units, usages.held_s, strict=True)]
    weight = [each * utilisation_bp for each, utilisation_bp in zip(unit_s, usages.utilisation_bp, strict=True)]
    once = [1] * len(unit_s)
    return HourColumns(usages.grant_ids, usages.session_ids, usages.hours, usages.held_s, unit_s, weight, once)


def judge_usage(
    usage: Usage, grant: Entitlement | None, session_units: int | None, held_s_before: int, now: dt.datetime
) -> Refusal | None:
    """MT-4: Rejected: an hour not aligned or not over, too many seconds or units, a grant unknown or not placed there.

    `grant` is what the provider holds for it, None where it was never placed with them; `session_units` what
    the allocator assigned the session, None where it does not know the session (such use is kept and shows as
    unmatched); `held_s_before` the seconds that other events of the same session and hour already hold; `now`
    the clock's. Returns the first refusal, or None. Never raises.

    Example: 1,800 s after 1,801 s of the same session and hour → refused; the hour 10:00 at 10:59:59 → refused.
    Source: S1 §3.
    """
    hour = usage.hour
    if not _is_aligned(hour):
        return Refusal("MT-4", "usage_hour_not_aligned", {"hour": hour.isoformat()})
    if not _is_over(hour, now):
        return Refusal("MT-4", "usage_hour_not_over", {"hour": hour.isoformat(), "now": now.isoformat()})
    if grant is None:
        return Refusal("MT-4", "usage_grant_unknown", {"grant_id": usage.grant_id})
    if not _is_placed(grant, hour):
        return Refusal("MT-4", "usage_not_placed", {"grant_id": usage.grant_id, "hour": hour.isoformat()})
    units_max = _units_max(grant, session_units)
    if usage.units > units_max:
        return Refusal("MT-4", "usage_units_over", {"units": usage.units, "units_max": units_max})
    return seconds_refusal(usage.held_s, held_s_before)


def seconds_refusal(held_s: int, held_s_before: int) -> Refusal | None:
    """Why an event's seconds do not fit into its session's hour (MT-4); None where they do, exactly 3,600 s too."""
    if held_s + held_s_before > HOUR_S:
        return Refusal("MT-4", "usage_seconds_over", {"held_s": held_s, "held_s_before": held_s_before})
    return None


class Statement(Protocol):
    """What an event states, in the units of `judge_statement`."""

    units: int
    held_s: int
    utilisation_pct: float


def every_statement_stands(statements: Sequence[Statement]) -> bool:
    """Whether `judge_statement` refuses none of these statements.

    Each figure is judged apart and by a span, so all of them stand where the least and the greatest do.
    """
    units = [statement.units for statement in statements]
    held_s = [statement.held_s for statement in statements]
    utilisation_pct = [statement.utilisation_pct for statement in statements]
    return not statements or (
        judge_statement(min(units), min(held_s), min(utilisation_pct)) is None
        and judge_statement(max(units), max(held_s), max(utilisation_pct)) is None
    )


def every_usage_stands(
    usages: UsageColumns,
    hours_held_s: Sequence[int],
    grants: Mapping[str, Entitlement],
    session_units: Mapping[tuple[str, str], int],
    now: dt.datetime,
) -> bool:
    """Whether `judge_usage` refuses none of these events, one after the other, where nothing was held before.

    `hours_held_s` are their sums of seconds by grant, session and hour: events come with 0 seconds or more, so
    none is refused where the sum stands. A batch names few grants, sessions and hours, so what differs is looked
    at once: this takes a fifth of the time.
    """
    uses = set(zip(usages.grant_ids, usages.session_ids, usages.units, strict=True))
    hours = set(zip(usages.grant_ids, usages.hours, strict=True))
    return (
        all(grant_id in grants for grant_id, _ in hours)
        and max(hours_held_s, default=0) <= HOUR_S
        and all(_is_aligned(hour) and _is_over(hour, now) for hour in {hour for _, hour in hours})
        and all(_is_placed(grants[grant_id], hour) for grant_id, hour in hours)
        and all(
            units <= _units_max(grants[grant_id], session_units.get((grant_id, session_id)))
            for grant_id, session_id, units in uses
        )
    )


def _is_aligned(hour: dt.datetime) -> bool:
    return not (hour.minute or hour.second or hour.microsecond)


def _is_over(hour: dt.datetime, now: dt.datetime) -> bool:
    return hour + HOUR <= now


def _is_placed(grant: Entitlement, hour: dt.datetime) -> bool:
    return hour < grant.ends_at and hour + HOUR > grant.starts_at


def _units_max(grant: Entitlement, session_units: int | None) -> int:
    return grant.units if session_units is None else session_units
