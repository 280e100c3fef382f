"""What a fact on record is once something was said against it: the fact stays, a counter-fact stands beside it (F-16).

A counter-fact is never taken back itself: an end is corrected by a further end, and whoever was withdrawn by mistake is
recorded anew.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from libs.common.calendar import kst_day
from libs.common.errors import Refusal
from services.intake.model.facts_on_record import AwardOnRecord, CounterFact, RestrictionOnRecord, Standing
from services.intake.model.organisations import Award, Restriction


def standing_of(counter_facts: Sequence[CounterFact]) -> Standing:
    """Where a fact stands: withdrawn once anything said that it never was, ended where only its end was said.

    Never raises.
    """
    if any(one.last_day is None for one in counter_facts):
        return "withdrawn"
    return "ended" if counter_facts else "standing"


def restriction_now(on_record: RestrictionOnRecord) -> Restriction | None:
    """A restriction as it counts (IN-8): with the last day that was said last; None once it was withdrawn.

    Never raises. Example: recorded until 31 December, ended on 10 September, corrected to the 12th → until the 12th.
    """
    state = standing_of(on_record.counter_facts)
    if state == "withdrawn":
        return None
    return on_record.fact if state == "standing" else replace(on_record.fact, until_day=_last_day(on_record))


def restrictions_now(on_record: Iterable[RestrictionOnRecord]) -> tuple[Restriction, ...]:
    """The restrictions that count, of all that are on record, in their order."""
    return tuple(now for now in map(restriction_now, on_record) if now is not None)


def awards_now(on_record: Iterable[AwardOnRecord]) -> tuple[Award, ...]:
    """The awards that count (IN-7), of all that are on record, in their order: those that were not withdrawn."""
    return tuple(one.fact for one in on_record if standing_of(one.counter_facts) == "standing")


def end_refusal(on_record: RestrictionOnRecord, last_day: dt.date) -> Refusal | None:
    """Why a restriction cannot end on this last day, which belongs to it; None where it can.

    Not once it was withdrawn, and not on the day on which it ends already. A last day in the future is one, as is a
    correction of an earlier end in either direction.
    """
    if withdrawn := withdrawal_refusal(on_record):
        return withdrawn
    if _last_day(on_record) == last_day:
        return Refusal("IN-8", "restriction_ends_then", {"fact": on_record.restriction_id, "last_day": _day(last_day)})
    return None


def last_day_refusal(fact: Restriction, last_day: dt.date) -> Refusal | None:
    """Why a day cannot be the last one of a restriction: it lies before its first, or after the last that was recorded.

    Whoever is barred for longer is so by a further fact. None where it can be: on the first day, and on the last.
    """
    if last_day < fact.from_day:
        return Refusal("IN-8", "period_backwards", {"from": _day(fact.from_day), "until": _day(last_day)})
    if fact.until_day is not None and last_day > fact.until_day:
        return Refusal("IN-8", "restriction_ends_before", {"last_day": _day(last_day), "until": _day(fact.until_day)})
    return None


def withdrawal_refusal(on_record: RestrictionOnRecord | AwardOnRecord) -> Refusal | None:
    """Why a fact cannot be withdrawn: it was already. None where it can, also after its end was said."""
    withdrawn = next((one for one in on_record.counter_facts if one.last_day is None), None)
    if withdrawn is None:
        return None
    on = _day(kst_day(withdrawn.at))
    if isinstance(on_record, AwardOnRecord):
        return Refusal("IN-7", "fact_withdrawn", {"fact": on_record.award_id, "on": on})
    return Refusal("IN-8", "fact_withdrawn", {"fact": on_record.restriction_id, "on": on})


def _last_day(on_record: RestrictionOnRecord) -> dt.date | None:
    said = on_record.counter_facts[-1:]
    return said[0].last_day if said else on_record.fact.until_day


def _day(day: dt.date) -> str:
    return day.isoformat()
