"""Restrictions and awards imported from a table: each row by itself, all new ones in one transaction (MS-4)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Refusal
from libs.common.identity import Caller
from libs.common.keys import fold_key
from services.intake.model.imports import Done, KnownFact, ToldFact
from services.intake.model.organisations import INVESTIGATOR, Restriction
from services.intake.operations.screening import look_again_at
from services.intake.rules.business_number import business_number_holds, compact_business_number
from services.intake.rules.people import is_of_a_person, told_apart
from services.intake.rules.registry_import import FactsKnown, what_it_says
from services.intake.rules.restrictions import period_backwards
from services.intake.store import imports
from services.intake.store.facts import Subject
from services.intake.store.imports import Kept, New

Registry = Literal["restrictions", "awards"]
LISTS: dict[Registry, Callable[..., Awaitable[tuple[Kept, ...]]]] = {
    "restrictions": imports.list_kept_restrictions,
    "awards": imports.list_kept_awards,
}
ADDS: dict[Registry, Callable[..., Awaitable[tuple[str, ...]]]] = {
    "restrictions": imports.add_restrictions,
    "awards": imports.add_awards,
}


@dataclass(frozen=True, slots=True)
class Whose:
    """A row with whom it concerns."""

    told: ToldFact
    subject: Subject
    known: KnownFact


async def import_facts(
    tx: Tx, caller: Caller, registry: Registry, told: Sequence[ToldFact], *, dry_run: bool, clock: Clock
) -> tuple[Done, ...]:
    """Record what is new of the rows; says of each, in their order, what became of it.

    One bad row refuses no other; a fact that is on record already, in this file or from before, is a duplicate. A dry
    run writes nothing. Applications under screening of whomever a new fact concerns are looked at again. So many
    statements whatever the rows: but for those applications.
    """
    await lock(tx, f"import:{registry}")
    houses = await imports.list_by_numbers(tx, {_number(one) for one in told if one.business_no is not None})
    settled = [_settled(one, houses) for one in told]
    found = [one for one in settled if isinstance(one, Whose)]
    people = {one.known.person_key for one in found if one.known.person_key}
    subjects = {fold_key(one.subject.name) for one in found if one.known.organisation_id or one.known.number_key}
    kept = await LISTS[registry](tx, subjects, people)
    known = FactsKnown(_known(one) for one in kept)
    done: dict[int, Done] = {}
    new: list[Whose] = []
    for one in settled:
        if isinstance(one, Done):
            done[one.line] = one
            continue
        same = known.same_as(one.known)
        if same is not None:
            said = Refusal("", "import_duplicate", {})
            done[one.told.line] = Done(one.told.line, "duplicate", None, said, same or None)
            continue
        known.add(one.known)
        new.append(one)
    ids: Sequence[str | None] = [None for _ in new]
    if new and not dry_run:
        ids = await _record(tx, caller, registry, new, clock)
    for one, fact_id in zip(new, ids, strict=True):
        done[one.told.line] = Done(one.told.line, "recorded", fact_id)
    return tuple(done[one.line] for one in told)


async def _record(
    tx: Tx, caller: Caller, registry: Registry, new: Sequence[Whose], clock: Clock
) -> Sequence[str | None]:
    rows = [New(one.subject, one.told.fact, one.told.source) for one in new]
    ids = await ADDS[registry](tx, rows, by=caller.subject, now=clock.now())
    organisations = {one.known.organisation_id for one in new if one.known.organisation_id is not None}
    people = [one.told.investigator.person for one in new if one.told.investigator is not None]
    await look_again_at(tx, clock, organisations, people)
    return ids


def _number(told: ToldFact) -> str:
    return compact_business_number(told.business_no or "")


def _settled(told: ToldFact, houses: dict[str, str]) -> Whose | Done:
    """Whom a row concerns, or why it cannot be recorded."""
    backwards = period_backwards(told.fact) if isinstance(told.fact, Restriction) else None
    refusal = backwards or _nobody(told, houses)
    if refusal is not None:
        return Done(told.line, "rejected", None, refusal)
    what = what_it_says(told.fact)
    if told.investigator is None:
        house = houses[_number(told)]
        return Whose(told, Subject(house), KnownFact("", house, "", "", what))
    person = told.investigator.person
    subject = Subject.investigator(told.investigator.principal_investigator_id, person.person_key)
    return Whose(told, subject, KnownFact("", None, person.number_key, person.person_key, what))


def _nobody(told: ToldFact, houses: dict[str, str]) -> Refusal | None:
    if (told.business_no is None) == (told.investigator is None):
        return Refusal("", "import_whose", {})
    if told.investigator is not None:
        if told_apart(told.investigator.person):
            return None
        name = told.investigator.name or told.investigator.principal_investigator_id
        return Refusal("IN-3", "investigator_not_told_apart", {"name": name})
    number = told.business_no or ""
    if not business_number_holds(number):
        return Refusal("IN-11", "business_number_wrong", {"business_no": number})
    if _number(told) not in houses:
        return Refusal("", "import_organisation_unknown", {"business_no": number})
    return None


def _known(kept: Kept) -> KnownFact:
    what = what_it_says(kept.fact)
    if not is_of_a_person(kept.subject_id):
        return KnownFact(kept.fact_id, kept.subject_id, "", "", what)
    number = kept.subject_key.removeprefix(INVESTIGATOR)
    return KnownFact(kept.fact_id, None, number, kept.person_key, what)
