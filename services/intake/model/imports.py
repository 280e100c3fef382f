"""Imports of restrictions and awards: what a row tells, and what became of it (MS-4)."""

from dataclasses import dataclass
from typing import Literal

from libs.common.errors import Refusal
from services.intake.model.organisations import Award, PrincipalInvestigator, Restriction

RowOutcome = Literal["recorded", "duplicate", "rejected"]
What = tuple[object, ...]
"""All that two facts must share to be one, but for whose they are."""


@dataclass(frozen=True, slots=True)
class ToldFact:
    """What a row tells: of the organisation of a business number, or of an investigator, a restriction or an award."""

    line: int
    business_no: str | None
    investigator: PrincipalInvestigator | None
    fact: Restriction | Award
    source: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact on record, by what it is told to be the same as another; `organisation_id` None: an investigator's."""

    fact_id: str
    organisation_id: str | None
    number_key: str
    person_key: str
    what: What


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a row: on record under an id (none in a dry run), there already, or refused.

    `duplicate_of` is the fact that says the same; None where that stands further up in the file.
    """

    line: int
    outcome: RowOutcome
    fact_id: str | None = None
    refusal: Refusal | None = None
    duplicate_of: str | None = None
