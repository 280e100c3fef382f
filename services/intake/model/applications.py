"""What an application asks for, and all that screening looks at."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.organisations import Award, Organisation, PrincipalInvestigator, Restriction

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
class Attachment:
    """An uploaded document as screening sees it: its kind, its file name and the format found in its content."""

    kind: str
    file_name: str
    found_format: str


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
