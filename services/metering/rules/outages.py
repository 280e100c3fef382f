"""Outages: which units of a holding were without service, and when.

Everything here works on the merged view: intervals of one scope or of several overlap without counting twice.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from libs.common.errors import Refusal
from libs.common.keys import fold_key
from services.metering.model.grants import Holding, Outage, Placed, ScopeKind, UnitGroup
from services.metering.model.time import HOUR_US, Span, div_ceil, us_of


def lost_time(outages: Iterable[Outage], holding: Holding) -> tuple[UnitGroup, ...]:
    """MT-7: Outages of the provider whose scope holds units of ours are merged, touching ones too, unit by unit.

    `outages` may be open (they run to the holding's end), overlap and lie outside; `holding` is a session or a
    fixed grant, already cut to the span of the question. A scope of provider, data centre, pool or grant takes
    all units; servers take as many units as their cards begin (3 cards of 2-card units are 2 units), several
    servers at once by their cards together. Returns the units in groups that lost the same intervals, the
    least affected first, adding up to the holding's units; a single group that lost nothing where no outage
    touches. Never raises.

    Example: 2 units, 10:00–12:00 of the provider and 11:00–13:00 of one server with 1 unit → one unit lost
    10:00–12:00, the other 10:00–13:00.
    Source: S1 §3.
    """
    touching = [(span, outage) for outage in outages if (span := _span_in(outage, holding)) is not None]
    if not touching:
        return (UnitGroup(holding.units, ()),)
    levels = [
        (piece, _units_out([outage for span, outage in touching if span[0] <= piece[0] < span[1]], holding))
        for piece in _pieces(touching)
    ]
    groups: list[UnitGroup] = []
    for level in range(holding.units, 0, -1):
        lost = merged(piece for piece, units in levels if units >= level)
        if groups and groups[-1].lost == lost:
            groups[-1] = UnitGroup(groups[-1].units + 1, lost)
        else:
            groups.append(UnitGroup(1, lost))
    return tuple(groups)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The union of half-open intervals, in order; overlapping and touching ones become one."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        elif start < end:
            union.append((start, end))
    return tuple(union)


def overlap_us(spans: Sequence[Span], start: int, end: int) -> int:
    """How much of `[start, end)` lies in merged intervals, in microseconds."""
    return sum(max(0, min(end, right) - max(start, left)) for left, right in spans)


def started_unit_hours(groups: Iterable[UnitGroup], start: int, end: int) -> int:
    """Outage hours × units of a monthly-priced grant that fall to the month `[start, end)`.

    Each merged interval counts its started hours once over its whole length; a month takes the increment.
    Example: 30 Sep 23:30 – 1 Oct 00:30 → 1 hour in September, 0 in October.
    """
    return sum(
        group.units * (_started_until(lost, end) - _started_until(lost, start))
        for group in groups
        for lost in group.lost
    )


def _started_until(lost: Span, until: int) -> int:
    return div_ceil(max(0, min(lost[1], until) - lost[0]), HOUR_US)


def _span_in(outage: Outage, holding: Holding) -> Span | None:
    if outage.provider_id != holding.provider_id or not _cards_out(outage, holding):
        return None
    start = max(us_of(outage.started_at), holding.span[0])
    end = holding.span[1] if outage.ended_at is None else min(us_of(outage.ended_at), holding.span[1])
    return (start, end) if start < end else None


def _pieces(touching: Sequence[tuple[Span, Outage]]) -> list[Span]:
    bounds = sorted({bound for span, _ in touching for bound in span})
    return list(pairwise(bounds))


def _cards_out(outage: Outage, holding: Holding) -> int:
    whole = {
        "provider": outage.provider_id,
        "data_centre": holding.data_centre,
        "pool": holding.pool_id,
        "grant": holding.grant_id,
    }
    if outage.scope_kind == "server":
        return _cards_on(holding.servers, [outage.scope_id])
    return holding.cards if is_same_name(outage.scope_id, whole[outage.scope_kind] or "") else 0


def _cards_on(servers: Mapping[str, int], out: Collection[str]) -> int:
    return sum(cards for server, cards in servers.items() if any(is_same_name(server, name) for name in out))


_key = lru_cache(maxsize=4096)(fold_key)


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings name one data centre, pool, server or provider (CV-9)."""
    return one == other or _key(one) == _key(other)


def span_refusal(started_at: dt.datetime, ended_at: dt.datetime | None, now: dt.datetime) -> Refusal | None:
    """Why an outage cannot have been (MT-7): it has not begun, or not ended, at `now`, or it ends before it begins."""
    if started_at > now or (ended_at is not None and ended_at > now):
        return Refusal("MT-7", "outage_in_the_future", {"now": now.isoformat()})
    if ended_at is not None and ended_at <= started_at:
        return Refusal("MT-7", "outage_ends_before_start", {"started_at": started_at.isoformat()})
    return None


def scope_named(kind: ScopeKind, name: str, provider_id: str, placed: Iterable[Placed]) -> str | Refusal:
    """The scope of a provider's outage as it is known there, however it was typed (CV-9); a refusal where none can be.

    A provider's own scope is the provider; a grant must be placed with it (`placed` are the provider's grants). Data
    centre, pool and server stand as typed where no grant names them.
    """
    known: set[str] = {provider_id} if kind == "provider" else set()
    for grant in placed:
        of_grant = {"grant": {grant.grant_id}, "data_centre": {grant.data_centre}, "server": set(grant.servers)}
        known |= of_grant.get(kind, {grant.pool_id} if kind == "pool" and grant.pool_id else set())
    for spelling in sorted(known):
        if is_same_name(spelling, name):
            return spelling
    if kind in ("provider", "grant"):
        return Refusal("MT-7", "outage_scope_unknown", {"scope_kind": kind, "scope_id": name})
    return name


def _units_out(outages: Sequence[Outage], holding: Holding) -> int:
    if not outages:
        return 0
    if any(o.scope_kind != "server" for o in outages):
        return holding.units
    cards = _cards_on(holding.servers, {o.scope_id for o in outages})
    return min(holding.units, div_ceil(cards * holding.units, holding.cards))
