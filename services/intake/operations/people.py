"""Persons: what each is here, what he tells of himself, and how the agency calls them (MS-4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.lists import Wanted
from services.intake.model.members import Belonging, Claim, Invitation, Person
from services.intake.operations.belonging import own_ids, role_of
from services.intake.store import claims, members, organisations, people
from services.intake.store.claims import ClaimsWanted


@dataclass(frozen=True, slots=True)
class Me:
    """What the caller is here: what he told of himself, his organisations, the invitations and claims that wait."""

    person: Person | None
    belongings: tuple[Belonging, ...]
    invitations: tuple[Invitation, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the agency reads him: display name and roles where he told them, and his organisations."""

    subject: str
    person: Person | None
    belongings: tuple[Belonging, ...]


CLAIMS_SHOWN = 200


async def me(tx: Tx, caller: Caller, clock: Clock) -> Me:
    """What the caller is here; of an organisation that his token alone names, too."""
    subject = caller.subject
    belongings = list(await members.list_belongings(tx, [subject]))
    known = {one.organisation_id for one in belongings}
    own = await own_ids(tx, caller) or frozenset()
    for organisation_id in sorted(own.difference(known)):
        belongings += await _by_token(tx, caller, organisation_id)
    waiting = await claims.list_claims(tx, Wanted(CLAIMS_SHOWN), ClaimsWanted(claimant=subject, state="open"))
    return Me(
        person=await people.find_person(tx, subject),
        belongings=tuple(belongings),
        invitations=await members.list_invitations_for(tx, subject, clock.now()),
        claims=tuple(one.claim for one in waiting),
    )


async def _by_token(tx: Tx, caller: Caller, organisation_id: str) -> list[Belonging]:
    """An organisation that a token names; none where it is no organisation's id, as a provider's code."""
    named = await organisations.list_named(tx, [organisation_id])
    role = await role_of(tx, caller, organisation_id)
    return [Belonging(caller.subject, one.organisation_id, one.name, role) for one in named if role is not None]


async def tell(tx: Tx, caller: Caller, name: str, email: str, phone: str, clock: Clock) -> Person:
    """Keep what the caller tells of himself; returns it."""
    told = Person(caller.subject, name, email, phone, tuple(sorted(caller.roles)), clock.now())
    await people.keep_person(tx, told)
    return told


async def list_known(tx: Tx, subjects: Iterable[str]) -> tuple[Known, ...]:
    """These people in the order asked for, each once; nothing is told of one who told nothing and belongs nowhere."""
    asked = list(dict.fromkeys(subjects))
    told = {one.subject: one for one in await people.list_people(tx, asked)}
    belong: dict[str, list[Belonging]] = {one: [] for one in asked}
    for one in await members.list_belongings(tx, asked):
        belong[one.subject].append(one)
    return tuple(Known(one, told.get(one), tuple(belong[one])) for one in asked)
