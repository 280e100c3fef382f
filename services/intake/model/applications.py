"""What an application asks for, where it stands, and all that screening looks at."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from libs.common.errors import Refusal, Refused
from services.intake.model.consortia import Consortium
from services.intake.model.organisations import (
    NOBODY,
    Award,
    Manager,
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
    "revoked",
]


Form = Mapping[str, Any]
"""What was written into the form of a call, as JSON: field → value."""
NEEDED = ("track", "product", "units", "months", "wished_start")
"""What a draft may leave open and a filed application says."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a draft says so far; None is not said yet."""

    track: str | None = None
    product: str | None = None
    units: int | None = None
    months: int | None = None
    wished_start: dt.date | None = None
    youth_claimed: bool = False
    principal_investigator: PrincipalInvestigator | None = None
    manager: Manager | None = None
    region_claimed: bool = False
    youth_first: bool = False
    form: Form = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """By what whoever leads is told apart from others."""
        return NOBODY if self.principal_investigator is None else self.principal_investigator.person

    @property
    def unstated(self) -> tuple[str, ...]:
        """What it does not say yet and has to."""
        return tuple(name for name in NEEDED if getattr(self, name) is None)


@dataclass(frozen=True, slots=True)
class Request:
    """What an application asks for, whole."""

    track: str
    product: str
    units: int
    months: int
    wished_start: dt.date
    youth_claimed: bool
    principal_investigator: PrincipalInvestigator | None
    manager: Manager | None = None
    region_claimed: bool = False
    """Whether the reduction for the call's region is claimed (IN-15)."""
    youth_first: bool = False
    """Who may claim both reductions asks for the youth one (BL-4)."""
    form: Form = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """By what whoever leads is told apart from others."""
        return NOBODY if self.principal_investigator is None else self.principal_investigator.person


Asked = Sketch | Request


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the final submit fixed: the number, the instant, and by which version of the programme it is judged."""

    receipt_no: str
    received_at: dt.datetime
    programme_version: int
    counting_unit: str
    sector: Sector
    youth: bool
    filing_sha256: str | None = None
    """The fingerprint of what was filed; None for what was received before there was one."""


@dataclass(frozen=True, slots=True)
class Application:
    """An application where it stands; `receipt` is None while it is a draft (or was withdrawn as one)."""

    application_id: str
    programme_code: str
    organisation_id: str
    state: ApplicationState
    version: int
    title: str
    asked: Asked
    created_at: dt.datetime
    receipt: Receipt | None
    eligible: bool | None

    @property
    def request(self) -> Request:
        """What is asked for, whole. Raises Refused, with all that is missing, while a draft does not say it."""
        if isinstance(self.asked, Request):
            return self.asked
        raise Refused([Refusal("IN-4", "not_stated", {"asked_field": name}) for name in self.asked.unstated])


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted application of a call, as the limit sees it: its unit, its order, who leads it, where it stands."""

    application_id: str
    receipt_no: str
    counting_unit: str
    person: Person
    state: ApplicationState
    received_at: dt.datetime
    of_another_round: bool = False


@dataclass(frozen=True, slots=True)
class StatedDays:
    """What an applicant states of a certificate: when it was issued, and the last day of its validity (IN-9)."""

    issued_on: dt.date | None = None
    valid_until: dt.date | None = None


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
    pages: int | None = None
    """Of a PDF; None for any other format, and for what came before pages were counted."""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    """What the applicant states of a certificate (IN-9)."""
    filing_version: int = 1
    """With which version of the filing it came; those of an answer to a supplement have a later one."""

    @property
    def attachment(self) -> "Attachment":
        """The document as screening sees it."""
        dates = (self.issued_on, self.valid_until)
        return Attachment(self.kind, self.file_name, self.found_format, self.pages, *dates)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an application's history: who, when, why."""

    state: str
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class NamedApplication:
    """An application with whose it is, as a list shows it."""

    application: Application
    organisation_name: str
    business_no: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded document as screening sees it: kind, file name, the format found in its content, a PDF's pages."""

    kind: str
    file_name: str
    found_format: str
    pages: int | None = None
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    """The last day of its validity, included."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The dated facts on record of an applicant: what screening looks at again before the agreement."""

    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
    received_at: dt.datetime
    consortium: Consortium | None = None
    """In a providers' call: the declared members with what is on record of each (IN-8)."""
    business_no: str = ""


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
    consortium: Consortium | None = None

    @property
    def facts(self) -> Facts:
        """What of it is looked at again before the agreement."""
        number = self.organisation.business_no
        return Facts(self.restrictions, self.awards, self.received_at, self.consortium, number)
