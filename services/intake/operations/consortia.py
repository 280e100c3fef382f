"""Gathers what is on record of a declared consortium, and tells review what it offers (IN-8, RV-15)."""

import datetime as dt
from dataclasses import replace

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.events.intake import OfferStated
from services.intake.model.applications import Application, Request
from services.intake.model.consortia import Consortium
from services.intake.model.organisations import NOBODY
from services.intake.model.providers import ProviderMember
from services.intake.policy.provider_offers import OfferPolicy, ProviderRequestPolicy
from services.intake.rules.business_number import compact_business_number
from services.intake.rules.counter_facts import restrictions_now
from services.intake.rules.provider_offers import (
    declared_members,
    declared_resources,
    known_accounts,
    offered_by,
    offered_cards,
    offered_products,
)
from services.intake.rules.provider_requests import whole_request
from services.intake.store import applications, facts, organisations, provider_checks


async def consortium_of(tx: Tx, request: Request, policy: OfferPolicy) -> Consortium:
    """The consortium that a form declares: each member with its restrictions, its opening day, and its accounts.

    Accounts are what an officer told last of a company in this call (`POST /provider-checks`).
    """
    declared = declared_members(request.form)
    accounts = known_accounts(await provider_checks.list_accounts(tx, policy.programme_code))
    members = [
        await with_record(
            tx,
            ProviderMember(
                name=one.name,
                business_no=one.business_no,
                opened_on=None,
                fully_impaired=accounts.get(one.business_no),
                csap_certified=one.csap_certified,
                restrictions=(),
            ),
        )
        for one in declared
    ]
    return Consortium(declared, tuple(members), declared_resources(request.form))


async def with_record(tx: Tx, member: ProviderMember) -> ProviderMember:
    """A member with what is on record of the company of its business number, beside what was told of it."""
    known = await organisations.find_organisation_by_number(tx, compact_business_number(member.business_no))
    if known is None:
        return member
    recorded = restrictions_now(await facts.list_restrictions(tx, known.organisation_id, NOBODY))
    restrictions = tuple(dict.fromkeys((*member.restrictions, *recorded)))
    return replace(member, restrictions=restrictions, opened_on=member.opened_on or known.opened_on)


def whole(draft: Application, programme: Programme) -> Application:
    """A draft of a providers' call with what stands for its request; any other as it is."""
    policy = ProviderRequestPolicy.of(programme)
    return draft if policy is None else replace(draft, asked=whole_request(draft.asked, policy))


async def keep_whole(tx: Tx, draft: Application, programme: Programme) -> Application:
    """The same, kept: what is filed names a request (IN-3, IN-4)."""
    made = whole(draft, programme)
    if made.asked == draft.asked:
        return draft
    return await applications.change_draft(tx, draft.application_id, made.asked, draft.title)


def offer_stated(found: Application, programme: Programme, now: dt.datetime) -> OfferStated | None:
    """What review hears of an eligible application's offer; None in a users' call."""
    policy = OfferPolicy.of(programme)
    if policy is None:
        return None
    offered = offered_by(declared_resources(found.request.form), policy)
    return OfferStated(
        application_id=found.application_id,
        programme_code=programme.code,
        programme_version=programme.version,
        products=list(offered_products(offered, policy)),
        cards=list(offered_cards(offered, policy)),
        stated_at=now,
    )
