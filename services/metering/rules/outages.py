"""Outages: which units of a holding were without service, and when.

Everything here works unit by unit on the merged view: intervals of one scope or of several overlap without counting
twice, and what one unit lost is never added to what another lost.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from libs.common.errors import Refusal
from libs.common.keys import fold_key, is_one_person
from services.metering.model.grants import Holding, Outage, ScopeKind, UnitGroup
from services.metering.model.outages import KnownScopes, OutageRecord, ReportedOutage, Speaker
from services.metering.model.time import HOUR_US, Span, div_ceil, us_of


def lost_time(outages: Iterable[Outage], holding: Holding) -> tuple[UnitGroup, ...]:
    """MT-7: Outages of the provider whose scope holds units of ours are merged, touching ones too, unit by unit.

    `outages` may be open (they run to the holding's end), overlap and lie outside; `holding` is a session or a
    fixed grant, already cut to the span of the question. A scope of provider, data centre, pool or grant takes
    all units; a server takes each unit that has a card on it (`units_by_server`): outages of different servers are
    different units' outages. Returns the units in groups that lost the same intervals, the least affected first,
    adding up to the holding's units; a single group that lost nothing where no outage touches. Never raises.

    Example: 2 units, one a server; server 1 out 10:00–10:30, server 2 10:30–11:00 → one unit lost 10:00–10:30, the
    other 10:30–11:00, none the whole hour.
    Source: S1 §3.
    """
    touching = [(span, outage) for outage in outages if (span := _span_in(outage, holding)) is not None]
    if not (touching and holding.units):
        return (UnitGroup(holding.units, ()),)
    every = [span for span, outage in touching if outage.scope_kind != "server"]
    by_server = [(span, outage.scope_id) for span, outage in touching if outage.scope_kind == "server"]
    if not by_server:
        return (UnitGroup(holding.units, merged(every)),)
    units_of: defaultdict[tuple[Span, ...], int] = defaultdict(int)
    for units, servers in units_by_server(holding):
        hit = [span for span, name in by_server if any(is_same_name(name, server) for server in servers)]
        units_of[merged([*every, *hit])] += units
    return _held_units(sorted(units_of.items(), key=_least_first, reverse=True), holding.units)


def units_by_server(holding: Holding) -> list[tuple[int, frozenset[str]]]:
    """How many units of a holding stand on which servers: whole units on one server first, the rest side by side.

    What the allocator tells is cards on servers, not which cards make a unit: a unit is taken to stand on one server
    where its cards fit, and the cards left over make units over servers in order, most cards first. Cards that no
    server is told for stand on none that is named. Where the servers hold more cards than the holding (a grant that
    was lowered), there are more units here than the holding has. Exact: a unit of the holding is cards ÷ units cards.

    Example: 3 units of 2 cards, 3 cards on each of two servers → one unit on each, and one over both.
    """
    cards_each = Fraction(max(holding.cards, 1), holding.units)
    told = sorted(holding.servers.items())
    unnamed = holding.cards - sum(holding.servers.values())
    found: list[tuple[int, frozenset[str]]] = []
    rests: list[tuple[Fraction, str]] = []
    for server, cards in [*told, ("", max(0, unnamed))]:
        whole = cards // cards_each
        if whole:
            found.append((whole, frozenset({server})))
        if rest := cards - whole * cards_each:
            rests.append((rest, server))
    rests.sort(key=lambda each: (-each[0], each[1]))
    return found + [(1, servers) for servers in _side_by_side(rests, cards_each)]


def _side_by_side(rests: Sequence[tuple[Fraction, str]], cards_each: Fraction) -> Iterator[frozenset[str]]:
    """The servers of each unit that is made of what whole units left over, laid one after the other."""
    servers: set[str] = set()
    missing = cards_each
    for cards, server in rests:
        left = cards
        while left:
            taken = min(left, missing)
            servers.add(server)
            left, missing = left - taken, missing - taken
            if not missing:
                yield frozenset(servers)
                servers, missing = set(), cards_each
    if servers:
        yield frozenset(servers)


def _least_first(group: tuple[tuple[Span, ...], int]) -> tuple[int, tuple[Span, ...]]:
    return sum(end - start for start, end in group[0]), group[0]


def _held_units(most_first: Iterable[tuple[tuple[Span, ...], int]], units: int) -> tuple[UnitGroup, ...]:
    """As many units as are held, those that lost most where servers tell of more; the least affected first."""
    groups = []
    for lost, each in most_first:
        if kept := min(each, units):
            groups.append(UnitGroup(kept, lost))
            units -= kept
    if units:
        groups.append(UnitGroup(units, ()))
    return tuple(reversed(groups))


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
    if outage.provider_id != holding.provider_id or not _is_in_scope(outage, holding):
        return None
    start = max(us_of(outage.started_at), holding.span[0])
    end = holding.span[1] if outage.ended_at is None else min(us_of(outage.ended_at), holding.span[1])
    return (start, end) if start < end else None


def _is_in_scope(outage: Outage, holding: Holding) -> bool:
    if outage.scope_kind == "server":
        return any(cards and is_same_name(server, outage.scope_id) for server, cards in holding.servers.items())
    whole = {
        "provider": outage.provider_id,
        "data_centre": holding.data_centre,
        "pool": holding.pool_id,
        "grant": holding.grant_id,
    }
    return is_same_name(outage.scope_id, whole[outage.scope_kind] or "")


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


AGENCY = frozenset({"officer", "operator"})
SCOPES_TOLD_MAX = 10
"""So many known names are told to whoever named an unknown one."""


def scope_named(kind: ScopeKind, name: str, known: KnownScopes) -> str | Refusal:
    """The scope of a provider's outage as it is known there, however it was typed (CV-9); a refusal where none is.

    `known` is what metering has heard at the provider: a scope that names nothing known would take no unit of anybody,
    so it is refused, and the nearest names are told (MT-7). Never raises.

    Example: data centre `x-dc-1` where `x-dc1` exists → refused, `x-dc1` is told.
    """
    names = sorted(known.of(kind))
    for spelling in names:
        if is_same_name(spelling, name):
            return spelling
    near = get_close_matches(fold_key(name), names, n=SCOPES_TOLD_MAX) or names[:SCOPES_TOLD_MAX]
    return Refusal("MT-7", "outage_scope_unknown", {"scope_kind": kind, "scope_id": name, "known": ", ".join(near)})


def end_to_confirm(
    record: OutageRecord,
    ended_at: dt.datetime | None,
    reason: str | None,
    speaker: Speaker,
    by: str,
    now: dt.datetime,
) -> dt.datetime | Refusal:
    """AL-19: An outage's end is stated by the provider, questioned by the user, confirmed by the agency.

    `ended_at` is the instant to confirm, None for the stated one; `speaker` who confirms: the agency, or the user of
    the grant that the outage is of; never the provider, which is paid by it, nor in any role the person who stated the
    end (`by`: a token's subject). The agency may confirm another instant than the stated one with a reason (where none
    was stated it needs none); the user exactly the stated one, and only while nobody questioned it. Until an end is
    confirmed the outage is open for money; then the confirmed instant counts. Returns the instant, after the start and
    not after `now`, or a refusal. Never raises.

    Example: stated 12:00; the agency confirms 13:00 with a reason → 13:00; without → refused; the user → refused.
    Source: S1 §3.
    """
    stated = record.stated_end.ended_at if record.stated_end else None
    end = ended_at or stated
    if end is None:
        return Refusal("AL-19", "outage_end_not_stated", {"outage_id": record.reported.outage_id})
    if record.stated_end is not None and is_one_person(by, record.stated_end.by):
        return Refusal("AL-19", "outage_end_stated_by_you", {"outage_id": record.reported.outage_id})
    is_other = stated is not None and end != stated
    if speaker != "agency" and (speaker == "provider" or is_other or stated is None or record.questions):
        return Refusal("AL-19", "outage_end_for_the_agency", {"outage_id": record.reported.outage_id})
    if is_other and reason is None:
        stated_words = {"stated_at": stated.isoformat() if stated else "", "ended_at": end.isoformat()}
        return Refusal("AL-19", "outage_reason_missing", stated_words)
    return span_refusal(record.reported.started_at, end, now) or end


def speaks_as(roles: Set[str], organisation_id: str, reported: ReportedOutage, users: Container[str]) -> Speaker | None:
    """As whom a caller speaks of an outage; None where it is nothing of theirs.

    Whoever belongs to the provider speaks as the provider whatever else they are, since an outage decides what it is
    paid (AL-19). Officers and operators are the agency; `users` are the organisations of the grant that the outage is
    of, none for a wider scope. Never raises.
    """
    if "provider" in roles and organisation_id == reported.provider_id:
        return "provider"
    if roles & AGENCY:
        return "agency"
    return "user" if "applicant" in roles and organisation_id in users else None


def withdrawn_refusal(record: OutageRecord) -> Refusal | None:
    """Why nothing more can be said of an outage (MT-7): it was withdrawn, which is not taken back."""
    gone = record.withdrawal
    if gone is None:
        return None
    facts = {"outage_id": record.reported.outage_id, "by": gone.by, "at": gone.at.isoformat()}
    return Refusal("MT-7", "outage_is_withdrawn", facts)
