"""Facts on record are taken back: a counter-fact with its reason stands beside each; screening looks again (F-16)."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import DureError, Refusal, Refused
from libs.common.identity import Caller
from services.intake.model.facts_on_record import AwardOnRecord, CounterFact, RestrictionOnRecord
from services.intake.model.organisations import Person
from services.intake.operations.organisations import refuse
from services.intake.operations.screening import look_again
from services.intake.rules.counter_facts import end_refusal, last_day_refusal, withdrawal_refusal
from services.intake.store import facts


class FactUnknown(DureError):
    """No such restriction or award is on record (404)."""

    status = 404

    def __init__(self, fact_id: str) -> None:
        super().__init__("fact_unknown", fact=fact_id)


async def end_restriction(
    tx: Tx, caller: Caller, restriction_id: str, last_day: dt.date, reason: str, clock: Clock
) -> RestrictionOnRecord:
    """Say on which last day a restriction ends, which still belongs to it; said again it corrects the day.

    Raises FactUnknown, Invalid for a day outside the recorded period, Refused once it was withdrawn or where it ends on
    that day already.
    """
    found = await restriction_on_record(tx, restriction_id)
    _stop(end_refusal(found, last_day))
    refuse(last_day_refusal(found.fact, last_day))
    return await _say(tx, found, CounterFact(last_day, reason, caller.subject, clock.now()), clock)


async def withdraw_restriction(
    tx: Tx, caller: Caller, restriction_id: str, reason: str, clock: Clock
) -> RestrictionOnRecord:
    """Say that a restriction never was. Raises FactUnknown, Refused where it was withdrawn already."""
    found = await restriction_on_record(tx, restriction_id)
    _stop(withdrawal_refusal(found))
    return await _say(tx, found, CounterFact(None, reason, caller.subject, clock.now()), clock)


async def withdraw_award(tx: Tx, caller: Caller, award_id: str, reason: str, clock: Clock) -> AwardOnRecord:
    """Say that an award never was. Raises FactUnknown, Refused where it was withdrawn already."""
    found = await facts.find_award(tx, award_id)
    if found is None:
        raise FactUnknown(award_id)
    _stop(withdrawal_refusal(found))
    said = CounterFact(None, reason, caller.subject, clock.now())
    await facts.add_award_counter_fact(tx, award_id, said)
    await _look_again(tx, found.subject, found.fact.person, clock)
    return replace(found, counter_facts=(*found.counter_facts, said))


async def restriction_on_record(tx: Tx, restriction_id: str) -> RestrictionOnRecord:
    """A restriction with everything that was said against it. Raises FactUnknown."""
    found = await facts.find_restriction(tx, restriction_id)
    if found is None:
        raise FactUnknown(restriction_id)
    return found


async def _say(tx: Tx, found: RestrictionOnRecord, said: CounterFact, clock: Clock) -> RestrictionOnRecord:
    await facts.add_restriction_counter_fact(tx, found.restriction_id, said)
    await _look_again(tx, found.subject, found.fact.person, clock)
    return replace(found, counter_facts=(*found.counter_facts, said))


async def _look_again(tx: Tx, subject: str, person: Person | None, clock: Clock) -> None:
    if person is None:
        await look_again(tx, clock, organisation_id=subject)
    else:
        await look_again(tx, clock, person=person)


def _stop(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused([refusal])
