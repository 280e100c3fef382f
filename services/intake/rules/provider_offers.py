"""What the form of a providers' call declares: the consortium, its cards, the products they make (IN-8, RV-15)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from libs.common.keys import fold_key
from services.intake.model.applications import Form
from services.intake.model.consortia import Consortium, DeclaredMember, Offered, Resource
from services.intake.model.findings import Finding
from services.intake.model.organisations import Organisation
from services.intake.model.providers import ToldAccounts, ToldMember
from services.intake.policy.provider_offers import OfferPolicy, ProductOffer
from services.intake.policy.restrictions import ProviderPolicy
from services.intake.rules.business_number import business_number_holds, compact_business_number
from services.intake.rules.companies import named_twice
from services.intake.rules.form_values import number_of
from services.intake.rules.restrictions import provider_findings

MEMBERS = "members"
RESOURCES = "resources"
"""The fields of a form that declare them."""
LEAD = "lead"


def declared_members(form: Form) -> tuple[DeclaredMember, ...]:
    """The members that a form declares, in its order; rows that name nobody yet are left out. Never raises."""
    return tuple(
        DeclaredMember(
            name=str(row.get("name") or ""),
            business_no=compact_business_number(str(row.get("business_no") or "")),
            leads=row.get("role") == LEAD,
            csap_certified=row.get("csap") is True,
        )
        for row in _rows(form, MEMBERS)
        if row.get("business_no")
    )


def known_accounts(told: Sequence[ToldAccounts]) -> dict[str, bool]:
    """By business number, whether a company is fully impaired, by what was told of its accounts last. Never raises."""
    return {compact_business_number(one.business_no): one.fully_impaired for one in told}


def strangers(accounts: Collection[str], consortium: Consortium) -> tuple[str, ...]:
    """The business numbers, ten digits each, that are of no declared member; sorted. Never raises."""
    return tuple(sorted(set(accounts) - {one.business_no for one in consortium.declared}))


def told_members(form: Form, applicant: Organisation) -> tuple[ToldMember, tuple[ToldMember, ...]]:
    """The consortium as providers are registered: the applicant itself, and the other members. Never raises.

    Of the applicant all is on record; of the others, the form tells name, number and certification.
    """
    declared = declared_members(form)
    own = compact_business_number(applicant.business_no)
    csap = any(one.csap_certified for one in declared if one.business_no == own)
    company = ToldMember(applicant.name, own, applicant.representatives, applicant.affiliates, None, csap)
    others = [one for one in declared if one.business_no != own]
    return company, tuple(ToldMember(one.name, one.business_no, (), (), None, one.csap_certified) for one in others)


def declared_resources(form: Form) -> tuple[Resource, ...]:
    """What a form puts into the programme, row by row; part of a card is none. Never raises."""
    return tuple(
        Resource(fold_key(str(row.get("data_centre") or "")), str(row.get("card") or ""), int(offered))
        for row in _rows(form, RESOURCES)
        if (offered := number_of(row.get("offered"))) is not None
    )


def _rows(form: Form, field: str) -> Sequence[Mapping[str, Any]]:
    rows = form.get(field)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def offered_by(resources: Sequence[Resource], policy: OfferPolicy) -> Offered:
    """The cards that are offered, by data centre and type of the call; a type is compared by its key (CV-9).

    Rows that offer nothing say nothing: cards that are merely held are not offered. A type that the call does not
    have is told as it was typed. Never raises.

    Example: 8 `h100` and 8 `H100` in one data centre → 16 H100; `A100 80GB` → unknown.
    """
    types = {fold_key(card): card for card in policy.cards}
    by_centre: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    unknown = []
    for one in resources:
        if one.offered < 1:
            continue
        known = types.get(fold_key(one.card))
        if known is None:
            unknown.append(one.card)
        else:
            by_centre[one.data_centre][known] += one.offered
    return Offered({centre: dict(cards) for centre, cards in by_centre.items()}, tuple(dict.fromkeys(unknown)))


def offered_products(offered: Offered, policy: OfferPolicy) -> tuple[str, ...]:
    """The products of the call of which a consortium can give at least one unit, in the call's order.

    The cards of a unit lie in one data centre (AL-1) and are of one type: the product's own, one at least as good
    (AL-21), or, for who offers no other type, the one that the notice takes alone (BL-3). Each product is looked at by
    itself: nobody offers all of them at once. Never raises.

    Example: 16 H100 in one data centre make all four products of S1 ①, 8 in each of two make three.
    Source: S1 §3.
    """
    return tuple(key for key, product in policy.products.items() if _suffices(offered, product))


def _suffices(offered: Offered, product: ProductOffer) -> bool:
    enough = dict(product.cards)
    if len(offered.cards) == 1:
        enough |= {card: count for card, count in product.alone.items() if card in offered.cards}
    return any(cards.get(card, 0) >= count for cards in offered.by_centre.values() for card, count in enough.items())


def offered_cards(offered: Offered, policy: OfferPolicy) -> tuple[str, ...]:
    """The call's types of cards that are offered, in the call's order. Never raises."""
    return tuple(card for card in policy.cards if card in offered.cards)


def consortium_findings(
    consortium: Consortium, applicant_no: str, received_at: Any, providers: ProviderPolicy, offers: OfferPolicy
) -> tuple[Finding, ...]:
    """What screening says of a declared consortium: who leads it, its business numbers, and IN-8 of every member.

    The applicant is its one lead, every business number holds and stands there once. Cards that the call does not
    know are for an officer where some types alone do not suffice: they do not count as anything. Never raises.
    """
    offered = offered_by(consortium.resources, offers)
    found = [*_declared(consortium.declared, applicant_no)]
    if offered.unknown and providers.cards_not_alone:
        facts = {"cards": ", ".join(offered.unknown), "known": ", ".join(offers.cards)}
        found.append(Finding("IN-8", "officer", "card_type_unknown", facts))
    cards = offered_cards(offered, offers)
    return (*found, *provider_findings(consortium.members, cards, received_at, providers, at_agreement=False))


def _declared(members: Sequence[DeclaredMember], applicant_no: str) -> tuple[Finding, ...]:
    found = []
    if [one.business_no for one in members if one.leads] != [compact_business_number(applicant_no)]:
        found.append(Finding("IN-8", "fail", "applicant_leads_not", {"business_no": applicant_no}))
    twice = named_twice([one.business_no for one in members])
    if twice is not None:
        found.append(Finding("IN-8", "fail", "member_twice", {"business_no": twice}))
    wrong = [one.business_no for one in members if not business_number_holds(one.business_no)]
    found += [Finding("IN-8", "fail", "business_number_wrong", {"business_no": number}) for number in wrong]
    return tuple(found)
