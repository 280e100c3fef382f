"""Who applies, and the dated facts on record of organisations and principal investigators."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from libs.common.keys import fold_key, person_key

Sector = Literal["private", "public"]
INVESTIGATOR = "investigator:"
"""What a fact of a principal investigator is kept under, before the researcher number; an organisation's is its id."""


@dataclass(frozen=True, slots=True)
class Representative:
    """One (joint) representative of an organisation."""

    name: str
    born_on: dt.date


@dataclass(frozen=True, slots=True)
class Place:
    """A place of business as the business registration names it, and since which day; `kind` such as `head_office`."""

    region: str
    kind: str
    since: dt.date


FROM_THE_START = dt.date(2000, 1, 1)
"""Since when the facts hold with which an organisation was registered."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who applies or supplies. `business_no` is ten digits without hyphens; `opened_on` None: nobody told yet.

    `version` counts the changes of its facts from 1, `valid_from` is the first day of those told here.
    """

    organisation_id: str
    name: str
    business_no: str
    kind: str
    legal_form: str
    representatives: tuple[Representative, ...]
    opened_on: dt.date | None
    affiliates: tuple[str, ...]
    places: tuple[Place, ...] = ()
    version: int = 1
    valid_from: dt.date = FROM_THE_START


@dataclass(frozen=True, slots=True)
class Person:
    """By what two records are told to be one person (IN-3): folded keys, each empty where it is not known."""

    number_key: str
    """The national researcher number, folded (CV-9)."""
    person_key: str
    """`libs.common.keys.person_key` of the name and the birth date."""


NOBODY = Person("", "")
"""Whoever leads an application that names nobody: the same as no one."""


@dataclass(frozen=True, slots=True)
class PrincipalInvestigator:
    """Who leads the project. `principal_investigator_id` is the national researcher number, empty without one."""

    principal_investigator_id: str
    name: str
    is_professor: bool
    born_on: dt.date | None = None

    @property
    def person(self) -> Person:
        """By what it is told apart from others."""
        by_birth = "" if self.born_on is None else person_key(self.name, self.born_on)
        return Person(fold_key(self.principal_investigator_id), by_birth)


ManagerStanding = Literal["employee", "student", "graduate"]


@dataclass(frozen=True, slots=True)
class Manager:
    """Who works on the project from day to day; `researcher_id`: the national researcher number, empty without one."""

    name: str
    standing: ManagerStanding
    researcher_id: str = ""
    born_on: dt.date | None = None

    @property
    def person(self) -> Person:
        """By what it is told apart from others."""
        by_birth = "" if self.born_on is None else person_key(self.name, self.born_on)
        return Person(fold_key(self.researcher_id), by_birth)


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
    person: Person | None = None
    """Whom it bars, where that is a principal investigator."""


@dataclass(frozen=True, slots=True)
class Award:
    """Support that an applicant got from a programme. `running_until` is its last day of use."""

    programme_code: str
    government: bool
    year: int
    running_until: dt.date | None
    person: Person | None = None
    """Whose it is, where that is a principal investigator."""


@dataclass(frozen=True, slots=True)
class KeyCollision:
    """Spellings that an upgrade found to be one key: two things may be one, and an officer looks at them."""

    id: int
    kind: str
    key: str
    spellings: tuple[str, ...]
    things: tuple[str, ...]
    found_by: str
