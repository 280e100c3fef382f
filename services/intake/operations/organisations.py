"""Organisations, and the dated facts that screening compares."""

import datetime as dt
import unicodedata
from dataclasses import replace

from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.identity import Caller
from services.intake.model.organisations import Award, Organisation, Representative, Restriction
from services.intake.operations.screening import rescreen
from services.intake.rules.business_number import business_number_holds, compact_business_number
from services.intake.store import applications, organisations
from services.intake.store.organisations import investigator_subject


async def register(tx: Tx, caller: Caller, told: Organisation, now: dt.datetime) -> Organisation:
    """Register an organisation. Raises Invalid for a wrong business number, Conflict for one registered already."""
    for number in (told.business_no, *told.affiliates):
        if not business_number_holds(number):
            code = "business_number_wrong" if number == told.business_no else "affiliate_number_wrong"
            raise Invalid(code, "IN-11", business_no=number)
    new = replace(
        told,
        name=plain(told.name),
        business_no=compact_business_number(told.business_no),
        representatives=tuple(Representative(plain(r.name), r.born_on) for r in told.representatives),
        affiliates=tuple(compact_business_number(number) for number in told.affiliates),
    )
    added = await organisations.add(tx, new, by=caller.subject, now=now)
    if added is None:
        raise Conflict("business_number_taken", "IN-11", business_no=new.business_no)
    return added


async def show(tx: Tx, caller: Caller, organisation_id: str) -> Organisation:
    """One organisation. Raises NotFound, also where it is not the caller's."""
    if not caller.owns(organisation_id):
        raise NotFound("organisation", organisation_id)
    return await organisations.get(tx, organisation_id)


async def restrict_organisation(
    tx: Tx, caller: Caller, organisation_id: str, fact: Restriction, now: dt.datetime
) -> str:
    """Record a restriction of an organisation; applications under screening are looked at again."""
    await organisations.get(tx, organisation_id)
    return await _restrict(tx, caller, organisation_id, fact, now, organisation_id=organisation_id)


async def restrict_investigator(
    tx: Tx, caller: Caller, investigator_id: str, fact: Restriction, now: dt.datetime
) -> str:
    """Record a restriction of a principal investigator; applications under screening are looked at again."""
    subject = investigator_subject(investigator_id)
    return await _restrict(tx, caller, subject, fact, now, investigator_id=investigator_id)


async def _restrict(
    tx: Tx,
    caller: Caller,
    subject: str,
    fact: Restriction,
    now: dt.datetime,
    *,
    organisation_id: str | None = None,
    investigator_id: str | None = None,
) -> str:
    if fact.until_day is not None and fact.until_day < fact.from_day:
        raise Invalid(
            "period_backwards", "IN-8", **{"from": fact.from_day.isoformat(), "until": fact.until_day.isoformat()}
        )
    restriction_id = await organisations.add_restriction(tx, subject, fact, by=caller.subject, now=now)
    await _look_again(tx, organisation_id, investigator_id, now)
    return restriction_id


async def award_organisation(
    tx: Tx, caller: Caller, organisation_id: str, fact: Award, source: str, now: dt.datetime
) -> str:
    """Record an award of an organisation; applications under screening are looked at again."""
    await organisations.get(tx, organisation_id)
    award_id = await organisations.add_award(
        tx, organisation_id, fact, application_id=None, source=source, by=caller.subject, now=now
    )
    await _look_again(tx, organisation_id, None, now)
    return award_id


async def award_investigator(
    tx: Tx, caller: Caller, investigator_id: str, fact: Award, source: str, now: dt.datetime
) -> str:
    """Record an award of a principal investigator; applications under screening are looked at again."""
    subject = investigator_subject(investigator_id)
    award_id = await organisations.add_award(
        tx, subject, fact, application_id=None, source=source, by=caller.subject, now=now
    )
    await _look_again(tx, None, investigator_id, now)
    return award_id


async def _look_again(tx: Tx, organisation_id: str | None, investigator_id: str | None, now: dt.datetime) -> None:
    for row in await applications.submitted_of(tx, organisation_id=organisation_id, investigator_id=investigator_id):
        await rescreen(tx, row, now)


def plain(name: str) -> str:
    """A name in Unicode NFC with single spaces: the same Hangul typed on any machine is the same name."""
    return " ".join(unicodedata.normalize("NFC", name).split())
