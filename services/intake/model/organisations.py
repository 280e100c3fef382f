"""Who applies, and the dated facts on record of organisations and principal investigators."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Sector = Literal["private", "public"]


@dataclass(frozen=True, slots=True)
class Representative:
    """One (joint) representative of an organisation."""

    name: str
    born_on: dt.date


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who applies or supplies. `business_no` is ten digits without hyphens; `opened_on` None: nobody told yet."""

    organisation_id: str
    name: str
    business_no: str
    kind: str
    legal_form: str
    representatives: tuple[Representative, ...]
    opened_on: dt.date | None
    affiliates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrincipalInvestigator:
    """Who leads the project."""

    principal_investigator_id: str
    name: str
    is_professor: bool


@dataclass(frozen=True, slots=True)
class Restriction:
    """A dated fact that may bar an applicant. Both days belong to it; without a last day it still runs."""

    kind: str
    from_day: dt.date
    until_day: dt.date | None
    instalments_approved: bool
    source: str
    of: str = ""
    """Whom it bars: an organisation's id or a principal investigator's."""


@dataclass(frozen=True, slots=True)
class Award:
    """Support that an applicant got from a programme. `running_until` is its last day of use."""

    programme_code: str
    government: bool
    year: int
    running_until: dt.date | None
