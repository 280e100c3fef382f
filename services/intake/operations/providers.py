"""Providers: organisations that supply cards under a code, registered and changed by officers, always with a reason."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, DureError, Invalid, NotFound
from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.events.intake import ProviderMember as SaidMember
from libs.common.identity import Caller
from libs.common.outbox import say
from services.intake.model.organisations import Organisation, Representative
from services.intake.model.providers import Member, Provider, ProviderStep, ToldMember
from services.intake.model.versions import Change
from services.intake.operations.screening import look_again
from services.intake.rules.business_number import checked_business_number
from services.intake.rules.companies import founded, is_own_code, named_twice, plain_name, with_more_known
from services.intake.rules.people import representative_keys
from services.intake.store import organisations, providers, versions

LOCK = "providers"
"""Companies that supply cards change one at a time: they are few, and one may stand behind several codes."""


@dataclass(frozen=True, slots=True)
class NewProvider:
    """What is told at a registration: the code, its own company, the other members of a consortium.

    `organisation_id`, where given, must be the company's; `inherited_keys` are keys of representatives whose names
    nobody kept; `registered_at` None: now.
    """

    provider_id: str
    company: ToldMember
    others: tuple[ToldMember, ...]
    organisation_id: str | None = None
    inherited_keys: tuple[str, ...] = ()
    registered_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderEdit:
    """What an officer changes; None leaves it as it is. `others` are all members but the provider itself."""

    name: str | None
    representatives: tuple[Representative, ...] | None
    affiliates: tuple[str, ...] | None
    csap_certified: bool | None
    others: tuple[ToldMember, ...] | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one provider that another house knew: `outcome` is registered, known or refused with a code."""

    provider_id: str
    outcome: str
    code: str = ""


async def register(tx: Tx, caller: Caller, told: NewProvider, clock: Clock) -> Provider:
    """Register a provider: its company is the organisation of its business number, else it is founded.

    Raises Conflict where the code is taken in any spelling or the number is not the named organisation's, Invalid
    for a wrong business number and for a company that is named twice.
    """
    await lock(tx, LOCK)
    now = clock.now()
    members = await _settled(tx, caller, (told.company, *told.others), clock)
    if told.organisation_id not in {None, members[0].organisation.organisation_id}:
        raise Conflict("organisation_has_other_number", "CV-9", organisation=told.organisation_id)
    new = Provider(
        provider_id=told.provider_id,
        name=plain_name(told.company.name),
        version=1,
        inherited_keys=tuple(sorted(set(told.inherited_keys))),
        registered_at=told.registered_at or now,
        changed_at=now,
        members=members,
    )
    if not await providers.add_provider(tx, new, by=caller.subject):
        raise Conflict("provider_taken", "CV-9", provider=told.provider_id)
    await providers.add_history(tx, new, reason="registered", by=caller.subject)
    await say(tx, _registered(new), now=now)
    return new


async def move(tx: Tx, caller: Caller, told: Sequence[NewProvider], clock: Clock) -> tuple[Moved, ...]:
    """Register providers that only another service knew; those already here stay as they are. Never raises for one."""
    found = []
    for one in told:
        if await providers.find_provider(tx, one.provider_id) is not None:
            found.append(Moved(one.provider_id, "known"))
            continue
        try:
            async with tx.begin_nested():
                await register(tx, caller, one, clock)
        except DureError as error:
            found.append(Moved(one.provider_id, "refused", error.code))
        else:
            found.append(Moved(one.provider_id, "registered"))
    return tuple(found)


async def locked(tx: Tx, provider_id: str) -> Provider:
    """A provider that nobody else changes until the transaction ends. Raises NotFound."""
    await lock(tx, LOCK)
    return await providers.get_provider(tx, provider_id)


async def change(tx: Tx, caller: Caller, known: Provider, edit: ProviderEdit, reason: str, clock: Clock) -> Provider:
    """Change facts of a provider that `locked` locked; all who share its companies hear of it. Raises Invalid."""
    now = max(clock.now(), known.changed_at)
    own = known.organisation
    restated = replace(
        own,
        representatives=own.representatives if edit.representatives is None else _plain(edit.representatives),
        affiliates=own.affiliates if edit.affiliates is None else _checked(edit.affiliates),
    )
    if restated != own:
        restated = await versions.change_organisation(tx, restated, _corrected(own, reason, caller, now))
        await look_again(tx, clock, organisation_id=own.organisation_id)
    csap = known.members[0].csap_certified if edit.csap_certified is None else edit.csap_certified
    others = (
        known.members[1:]
        if edit.others is None
        else await _settled(tx, caller, edit.others, clock, but=known.provider_id)
    )
    members = (Member(restated, csap), *others)
    _refuse_twice([member.organisation.business_no for member in members])
    changed = replace(
        known,
        name=known.name if edit.name is None else plain_name(edit.name),
        # Whoever states the representatives anew replaces those that were known by their keys alone.
        inherited_keys=known.inherited_keys if edit.representatives is None else (),
        members=members,
    )
    kept = await _keep(tx, caller, changed, reason, now)
    if restated != own:
        await tell_of_company(tx, caller, restated, reason, now, but=kept.provider_id)
    return kept


async def _keep(tx: Tx, caller: Caller, changed: Provider, reason: str, now: dt.datetime) -> Provider:
    kept = replace(changed, version=changed.version + 1, changed_at=now)
    await providers.change_provider(tx, kept)
    await providers.add_history(tx, kept, reason=reason, by=caller.subject)
    await say(tx, ProviderChanged(**_registered(kept).model_dump(), changed_at=now, reason=reason), now=now)
    return kept


async def tell_of_company(
    tx: Tx, caller: Caller, changed: Organisation, reason: str, now: dt.datetime, *, but: str = ""
) -> None:
    """Say of every provider that a changed company is a member of how it is now; the caller holds `LOCK`."""
    for one in await providers.list_providers_with(tx, [changed.organisation_id]):
        if one.provider_id != but:
            await _keep(tx, caller, one, reason, max(now, one.changed_at))


async def show(tx: Tx, caller: Caller, provider_id: str) -> tuple[Provider, tuple[ProviderStep, ...]]:
    """A provider and its history; a provider sees itself alone. Raises NotFound."""
    if not (caller.sees_all() or is_own_code(caller.organisation_id, provider_id)):
        raise NotFound("provider", provider_id)
    found = await providers.get_provider(tx, provider_id)
    return found, await providers.list_history(tx, found.provider_id)


async def _settled(
    tx: Tx, caller: Caller, told: Sequence[ToldMember], clock: Clock, *, but: str = ""
) -> tuple[Member, ...]:
    """The members that companies are: each the organisation of its business number, else founded."""
    checked = [_plain_member(one) for one in told]
    _refuse_twice([one.business_no for one in checked])
    return tuple([Member(await _company(tx, caller, one, clock, but), one.csap_certified) for one in checked])


async def _company(tx: Tx, caller: Caller, told: ToldMember, clock: Clock, but: str) -> Organisation:
    known = await organisations.find_organisation_by_number(tx, told.business_no)
    if known is None:
        known = await organisations.add_organisation(tx, founded(told), by=caller.subject, now=clock.now())
    if known is None:  # somebody registered it at this very instant
        known = await organisations.find_organisation_by_number(tx, told.business_no)
    if known is None:
        raise NotFound("organisation", told.business_no)
    more = with_more_known(known, told)
    if more != known:
        more = await versions.change_organisation(tx, more, _corrected(known, "registered", caller, clock.now()))
        await look_again(tx, clock, organisation_id=more.organisation_id)
        await tell_of_company(tx, caller, more, "registered", clock.now(), but=but)
    return more


def _corrected(known: Organisation, reason: str, caller: Caller, now: dt.datetime) -> Change:
    """What an officer tells of a company is what was so all along: it holds from the day of what it corrects."""
    return Change(known.valid_from, reason, caller.subject, now)


def _plain_member(told: ToldMember) -> ToldMember:
    return replace(
        told,
        name=plain_name(told.name),
        business_no=checked_business_number(told.business_no, "business_number_wrong"),
        representatives=_plain(told.representatives),
        affiliates=_checked(told.affiliates),
    )


def _plain(people: Sequence[Representative]) -> tuple[Representative, ...]:
    return tuple(Representative(plain_name(person.name), person.born_on) for person in people)


def _checked(numbers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(checked_business_number(number, "affiliate_number_wrong") for number in numbers))


def _refuse_twice(numbers: Sequence[str]) -> None:
    number = named_twice(numbers)
    if number is not None:
        raise Invalid("member_twice", "IN-8", business_no=number)


def _registered(told: Provider) -> ProviderRegistered:
    people = [person for member in told.members for person in member.organisation.representatives]
    return ProviderRegistered(
        provider_id=told.provider_id,
        organisation_id=told.organisation.organisation_id,
        name=told.name,
        business_no=told.organisation.business_no,
        members=[_said(member) for member in told.members],
        representative_keys=sorted({*representative_keys(people), *told.inherited_keys}),
        affiliates=sorted({number for member in told.members for number in member.organisation.affiliates}),
        registered_at=told.registered_at,
    )


def _said(member: Member) -> SaidMember:
    of = member.organisation
    return SaidMember(
        organisation_id=of.organisation_id,
        name=of.name,
        business_no=of.business_no,
        csap_certified=member.csap_certified,
    )
