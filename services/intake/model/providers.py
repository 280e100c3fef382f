"""Who supplies cards: an organisation under a code of its own, alone or at the head of a consortium."""

import datetime as dt
from dataclasses import dataclass

from services.intake.model.findings import Finding
from services.intake.model.organisations import Organisation, Representative, Restriction

FOUNDED_AS_PROVIDER = "provider"
"""The kind of an organisation of which nothing is known but that it supplies cards: it has not applied yet."""


@dataclass(frozen=True, slots=True)
class ToldMember:
    """What somebody tells of a member of a provider. `business_no` is ten digits; `opened_on` None: not told."""

    name: str
    business_no: str
    representatives: tuple[Representative, ...]
    affiliates: tuple[str, ...]
    opened_on: dt.date | None
    csap_certified: bool


@dataclass(frozen=True, slots=True)
class ToldAccounts:
    """What somebody tells of a member's accounts; `business_no` is as it was typed."""

    business_no: str
    fully_impaired: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a provider: an organisation, and whether it holds the cloud security certification (CSAP)."""

    organisation: Organisation
    csap_certified: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """Who supplies cards under a code. The first of `members` is the provider itself."""

    provider_id: str
    name: str
    version: int
    inherited_keys: tuple[str, ...]
    """Keys of representatives whose names nobody kept (`person_key`): from before organisations stood behind codes."""
    registered_at: dt.datetime
    changed_at: dt.datetime
    members: tuple[Member, ...]

    @property
    def organisation(self) -> Organisation:
        """The organisation that the provider is."""
        return self.members[0].organisation


@dataclass(frozen=True, slots=True)
class ProviderStep:
    """One version of a provider's facts in its history: who changed it when and why."""

    version: int
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ProviderMember:
    """One member of a provider as the check of the call looks at it (IN-8).

    `fully_impaired` is None while its accounts are unknown, `opened_on` where nobody told when it opened.
    """

    name: str
    business_no: str
    opened_on: dt.date | None
    fully_impaired: bool | None
    csap_certified: bool
    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True)
class ProviderCheck:
    """What a check of all members found; `provider_id` is empty where companies were checked before they registered."""

    check_id: str
    programme_code: str
    programme_version: int
    provider_id: str
    members: tuple[ProviderMember, ...]
    cards: tuple[str, ...]
    """The types of cards that the application offers, as they were told; empty where nobody told."""
    at_agreement: bool
    """Whether it is the check before the agreement, which looks at arrears too (S1 §8)."""
    findings: tuple[Finding, ...]
    checked_by: str
    checked_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """A check with the provider's name; None where companies were checked before they registered."""

    check: ProviderCheck
    provider_name: str | None
