"""Who applies together in a providers' call, and what they put into the programme, as the form declares it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.model.providers import ProviderMember


@dataclass(frozen=True, slots=True)
class DeclaredMember:
    """One row of the form's `members`; `business_no` is compared by its digits."""

    name: str
    business_no: str
    leads: bool
    csap_certified: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """What one row of the form's `resources` puts in: so many cards of a type, as typed, in one data centre."""

    data_centre: str
    """Its folded name (CV-9)."""
    card: str
    offered: int


@dataclass(frozen=True, slots=True)
class Offered:
    """The cards that a consortium puts in: by data centre and the call's own types; what is no type of the call."""

    by_centre: Mapping[str, Mapping[str, int]]
    unknown: tuple[str, ...]

    @property
    def cards(self) -> frozenset[str]:
        """The call's types of which anything is offered."""
        return frozenset(card for cards in self.by_centre.values() for card in cards)


@dataclass(frozen=True, slots=True)
class Consortium:
    """A declared consortium as screening sees it: each member with what is on record of its company."""

    declared: tuple[DeclaredMember, ...]
    members: tuple[ProviderMember, ...]
    resources: tuple[Resource, ...]
