"""What the agency asks for after a submission, what comes of it, and the versions of a filing (IN-9)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.applications import Document, Form

SupplementState = Literal["open", "answered", "overdue"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: kinds of documents, fields of the form, and the officer's words."""

    documents: tuple[str, ...]
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Extension:
    """A later end that an officer granted, and why."""

    due_at: dt.datetime
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class FilingVersion:
    """A version of what was filed: the first of all, or the answer to a supplement.

    `form` is all that the form says in it; `text` are the applicant's words.
    """

    application_id: str
    version: int
    supplement_id: str | None
    form: Form
    sha256: str
    text: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Supplement:
    """One request on record. It ends at `due_at`, exclusive: 24:00 KST of the day that the officer stated."""

    supplement_id: str
    application_id: str
    documents: tuple[str, ...]
    fields: tuple[str, ...]
    text: str
    due_at: dt.datetime
    asked_by: str
    asked_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StandingSupplement:
    """A request with its extensions, the files that were uploaded for it, and its answer."""

    request: Supplement
    extensions: tuple[Extension, ...]
    files: tuple[Document, ...]
    answer: FilingVersion | None

    @property
    def due_at(self) -> dt.datetime:
        """When it ends now: as the last extension says, else as it was asked."""
        return self.extensions[-1].due_at if self.extensions else self.request.due_at


@dataclass(frozen=True, slots=True)
class ListedSupplement:
    """A request as a list shows it: whose it is, when it ends now, and when it was answered."""

    request: Supplement
    programme_code: str
    organisation_id: str
    organisation_name: str
    receipt_no: str
    due_now: dt.datetime
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of a filing with the documents that stood in it."""

    version: FilingVersion
    documents: tuple[Document, ...]
