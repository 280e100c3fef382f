"""What is known of a company, told by several parties at several times; names as they are kept."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from libs.common.errors import Refusal
from libs.common.keys import fold_key, person_key
from services.intake.model.organisations import Organisation, Representative
from services.intake.model.providers import FOUNDED_AS_PROVIDER, ToldMember


def plain_name(name: str) -> str:
    """A name as it is kept and shown: Unicode NFC, single spaces, none at its ends. Never raises."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_own_code(organisation_id: str, provider_id: str) -> bool:
    """Whether a provider's code is the one that a caller's token names, however both are spelled (CV-9).

    A token without an organisation, or with one of which no key remains, names no provider. Never raises.
    """
    own = fold_key(organisation_id)
    return own != "" and own == fold_key(provider_id)


def with_more_known(known: Organisation, told: ToldMember) -> Organisation:
    """A company with what a further registration tells of it: nothing that was known is lost by it.

    Representatives are one where `person_key` says so (CV-9), affiliates where their ten digits are the same; the
    opening day is kept where it was known. Never raises.
    """
    return replace(
        known,
        representatives=_joined(known.representatives, told.representatives),
        affiliates=tuple(dict.fromkeys((*known.affiliates, *told.affiliates))),
        opened_on=known.opened_on or told.opened_on,
    )


def kind_reserved(told: Organisation) -> Refusal | None:
    """Why nobody registers under this kind: it marks companies of which only the provider route has told.

    Whoever could send it would leave a company that the next to name its number overwrites. None for any other kind.
    """
    if told.kind != FOUNDED_AS_PROVIDER:
        return None
    return Refusal("", "organisation_kind_reserved", {"organisation_kind": told.kind})


def completed(known: Organisation, told: Organisation) -> Organisation | None:
    """A company that was known as a provider alone, with its own registration; None where it has one already.

    Its name, kind, legal form and opening day are those it tells now; representatives and affiliates that were known
    stay, so that nobody escapes AL-5 by registering again.
    """
    if known.kind != FOUNDED_AS_PROVIDER:
        return None
    return replace(
        told,
        organisation_id=known.organisation_id,
        representatives=_joined(told.representatives, known.representatives),
        affiliates=tuple(dict.fromkeys((*told.affiliates, *known.affiliates))),
    )


def founded(told: ToldMember) -> Organisation:
    """The organisation of a company of which nothing is known but that it supplies cards; not yet under an id."""
    return Organisation(
        organisation_id="",
        name=told.name,
        business_no=told.business_no,
        kind=FOUNDED_AS_PROVIDER,
        legal_form="corporation",
        representatives=told.representatives,
        opened_on=told.opened_on,
        affiliates=told.affiliates,
    )


def _joined(first: Iterable[Representative], more: Iterable[Representative]) -> tuple[Representative, ...]:
    known: dict[str, Representative] = {}
    for person in (*first, *more):
        known.setdefault(person_key(person.name, person.born_on), person)
    return tuple(known.values())


def named_twice(business_numbers: Sequence[str]) -> str | None:
    """The first business number under which a consortium names two members; None where each has its own (IN-8)."""
    return next((number for number in business_numbers if business_numbers.count(number) > 1), None)
