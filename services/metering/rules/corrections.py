"""Corrections: a later event counts in the place of an earlier one, and both are kept."""

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Set
from typing import NamedTuple

from libs.common.calendar import month_of
from libs.common.errors import Refusal
from services.metering.model.usage import KnownEvent, Usage


class Recorded(NamedTuple):
    """An event on record, as far as corrections look at it."""

    event_id: str
    grant_id: str
    is_dropped: bool
    """Whether it was held and dropped for good."""


def adjusted_month(hour: dt.datetime, programme_code: str, closed: Set[tuple[str, str]]) -> str | None:
    """The month of an event's hour where its statement is closed: then the event is an adjustment (MT-3), else None.

    `closed` are the provider's closed months by programme.
    """
    month = month_of(hour)
    return month if (programme_code, month) in closed else None


def judge_correction(usage: Usage, replaced: Recorded | None, corrected_by: str | None, ring: bool) -> Refusal | None:
    """MT-3: A correction names the event it replaces and counts in its place, after the closing as an adjustment.

    `usage.corrects` names an event of the same source; `replaced` is that event, None where it has not come yet
    (then the correction is held, `held_for`); `corrected_by` the id of another event that replaces it already, or
    will once it comes; `ring` whether following the corrections leads back to this one. One event is replaced by one
    other, of the same grant; a correction may itself be corrected, one that was dropped for good may not. History is
    never edited: both stay on record. Returns a refusal or None. Never raises.

    Example: 8 units, then a correction to 3 → 3 count, both are kept; a second correction of the first → refused,
    it must name the correction in force.
    Source: S1 §3.
    """
    facts = {"corrects": usage.corrects or ""}
    if ring or usage.corrects == usage.event_id:
        return Refusal("MT-3", "correction_of_itself", facts)
    if corrected_by is not None and corrected_by != usage.event_id:
        return Refusal("MT-3", "correction_repeated", {**facts, "corrected_by": corrected_by})
    if replaced is not None and replaced.grant_id != usage.grant_id:
        return Refusal("MT-3", "correction_of_other_grant", {**facts, "grant_id": replaced.grant_id})
    if replaced is not None and replaced.is_dropped:
        return Refusal("MT-3", "correction_of_dropped", facts)
    return None


def held_for(corrects: str | None, known: Container[str], held: Mapping[str, str]) -> str | None:
    """The unknown event for which a correction is held (counted nowhere, MT-3); None where it is not held.

    `corrects` is the event that it names, `known` the events on record, `held` the corrections that are held, each
    with the event that it waits for: what names a held one waits for the same. Never raises.

    Example: 1,800 s, then a correction of 900 s that names an unknown event → it is held, 1,800 s count.
    """
    if corrects is None:
        return None
    return held.get(corrects) or (None if corrects in known else corrects)


def stands_last(event_id: str, replaced_by: Mapping[str, tuple[str, str]]) -> str:
    """The event that counts in the place of this one: at the end of its corrections; itself where nothing corrects it.

    `replaced_by` gives for an event the (id, grant) of its correction; it holds no ring. Never raises.
    """
    while event_id in replaced_by:
        event_id = replaced_by[event_id][0]
    return event_id


def chain_from(awaits: str, waiting: Iterable[KnownEvent]) -> tuple[KnownEvent, ...]:
    """The corrections that are held for one unknown event, from the one that names it to the one that counts at last.

    Each names the one before it; `waiting` are all of them in any order. Never raises.
    """
    by_named = {each.corrects: each for each in waiting}
    found: list[KnownEvent] = []
    named = awaits
    while named in by_named:
        found.append(by_named[named])
        named = found[-1].event_id
    return tuple(found)


def leads_back(event_id: str, corrects: str | None, corrections: Mapping[str, str]) -> bool:
    """Whether following corrections from the event that is corrected comes back to the one that corrects it.

    `corrections` are the known ones, correction id → id that it corrects. Never raises.
    """
    step = corrects
    while step is not None and step != event_id:
        step = corrections.get(step)
    return step == event_id


def judge_corrected(usage: Usage, corrected_for: str | None) -> Refusal | None:
    """Why an event cannot take its place under a correction that came before it (MT-3): that one is of another grant.

    `corrected_for` is the correction's grant, None where nothing corrects the event. Never raises.
    """
    if corrected_for is None or corrected_for == usage.grant_id:
        return None
    return Refusal("MT-3", "correction_of_other_grant", {"corrects": usage.event_id, "grant_id": usage.grant_id})
