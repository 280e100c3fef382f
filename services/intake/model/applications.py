"""What an application asks for, where it stands, and all that screening looks at."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.organisations import (
    NOBODY,
    Award,
    Organisation,
    Person,
    PrincipalInvestigator,
    Restriction,
    Sector,
)

ApplicationState = Literal[
    "draft",
    "submitted",
    "ineligible",
    "eligible",
    "refused",
    "waiting",
    "selected",
    "agreed",
    "signed",
    "placed",
    "active",
    "ended",
    "withdrawn",
]


@dataclass(frozen=True, slots=True)
class Request:
    """What an application asks for."""

    track: str
    product: str
    units: int
    months: int
    wished_start: dt.date
    youth_claimed: bool
    principal_investigator: PrincipalInvestigator | None

    @property
    def person(self) -> Person:
        """By what whoever leads is told apart from others."""
        return NOBODY if self.principal_investigator is None else self.principal_investigator.person


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the final submit fixed: the number, the instant, and by which version of the programme it is judged."""

    receipt_no: str
    received_at: dt.datetime
    programme_version: int
    counting_unit: str
    sector: Sector
    youth: bool


@dataclass(frozen=True, slots=True)
class Application:
    """An application where it stands; `receipt` is None while it is a draft (or was withdrawn as one)."""

    application_id: str
    programme_code: str
    organisation_id: str
    state: ApplicationState
    version: int
    title: str
    request: Request
    created_at: dt.datetime
    receipt: Receipt | None
    eligible: bool | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted application of a call, as the limit sees it: its unit, its order, who leads it, whether it stands."""

    application_id: str
    receipt_no: str
    counting_unit: str
    person: Person
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """An uploaded document's row; its content lies in the store of files under its SHA-256."""

    document_id: str
    application_id: str
    kind: str
    file_name: str
    found_format: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: dt.datetime

    @property
    def attachment(self) -> "Attachment":
        """The document as screening sees it."""
        return Attachment(self.kind, self.file_name, self.found_format)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an application's history: who, when, why."""

    state: str
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded document as screening sees it: its kind, its file name and the format found in its content."""

    kind: str
    file_name: str
    found_format: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The dated facts on record of an applicant: what screening looks at again before the agreement."""

    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Case:
    """All that screening looks at."""

    organisation: Organisation
    request: Request
    attachments: tuple[Attachment, ...]
    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
    others_submitted: int
    """Other applications of the same counting unit in the same call that are submitted and not withdrawn."""
    received_at: dt.datetime

    @property
    def facts(self) -> Facts:
        """What of it is looked at again before the agreement."""
        return Facts(self.restrictions, self.awards, self.received_at)
