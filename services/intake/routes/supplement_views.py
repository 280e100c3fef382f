"""How supplements and the versions of a filing are shown."""

import datetime as dt
from typing import Any

from pydantic import ConfigDict

from libs.common.web import View
from services.intake.model.supplements import ShownVersion, StandingSupplement, SupplementState
from services.intake.routes.application_views import DOCUMENT, DocumentView
from services.intake.rules.supplements import last_day, state_of

ASKED: dict[str, Any] = {
    "supplement_id": "SP-000001",
    "application_id": "A-000001",
    "documents": ["plan"],
    "fields": [],
    "text": "사업수행계획서의 3쪽이 빠져 있습니다.",
    "due_on": "2025-09-24",
    "due_at": "2025-09-24T15:00:00Z",
    "state": "open",
    "asked_by": "officer-1",
    "asked_at": "2025-09-17T01:00:00Z",
}
SUPPLEMENT: dict[str, Any] = {
    **ASKED,
    "extensions": [],
    "files": [DOCUMENT],
    "version": None,
    "answer": None,
    "answered_by": None,
    "answered_at": None,
}
VERSION: dict[str, Any] = {
    "application_id": "A-000001",
    "version": 1,
    "supplement_id": None,
    "form": {},
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "text": "",
    "by": "kim",
    "at": "2025-09-15T06:00:00Z",
    "documents": [DOCUMENT],
}


class ExtensionView(View):
    """A later last day that an officer granted."""

    model_config = ConfigDict(from_attributes=True)

    due_on: dt.date
    due_at: dt.datetime
    reason: str
    by: str
    at: dt.datetime


class SupplementView(View):
    """A request: what is asked for, until when (`due_on` 24:00 KST), and its answer, which is a version of the filing.

    `state` is `overdue` from its end on while it is not answered; that decides nothing by itself.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SUPPLEMENT]})

    supplement_id: str
    application_id: str
    documents: list[str]
    fields: list[str]
    text: str
    due_on: dt.date
    due_at: dt.datetime
    state: SupplementState
    asked_by: str
    asked_at: dt.datetime
    extensions: list[ExtensionView]
    files: list[DocumentView]
    version: int | None
    """The version of the filing that the answer is."""
    answer: str | None
    answered_by: str | None
    answered_at: dt.datetime | None

    @classmethod
    def of(cls, found: StandingSupplement, now: dt.datetime) -> "SupplementView":
        """Tell a request as it stands at an instant."""
        asked, answered = found.request, found.answer
        return cls(
            supplement_id=asked.supplement_id,
            application_id=asked.application_id,
            documents=list(asked.documents),
            fields=list(asked.fields),
            text=asked.text,
            due_on=last_day(found.due_at),
            due_at=found.due_at,
            state=state_of(found.due_at, now, answered=answered is not None),
            asked_by=asked.asked_by,
            asked_at=asked.asked_at,
            extensions=[
                ExtensionView(due_on=last_day(one.due_at), due_at=one.due_at, reason=one.reason, by=one.by, at=one.at)
                for one in found.extensions
            ],
            files=[DocumentView.model_validate(one) for one in found.files],
            version=None if answered is None else answered.version,
            answer=None if answered is None else answered.text,
            answered_by=None if answered is None else answered.by,
            answered_at=None if answered is None else answered.at,
        )


class SupplementsView(View):
    """All requests on one application, in the order in which they were asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [SUPPLEMENT]}]})

    items: list[SupplementView]


class VersionView(View):
    """A version of a filing: the first has the receipt's instant, each later one is the answer to a supplement."""

    model_config = ConfigDict(json_schema_extra={"examples": [VERSION]})

    application_id: str
    version: int
    supplement_id: str | None
    form: dict[str, Any]
    sha256: str
    text: str
    by: str
    at: dt.datetime
    documents: list[DocumentView]

    @classmethod
    def of(cls, shown: ShownVersion) -> "VersionView":
        """Tell a version."""
        told = shown.version
        return cls(
            application_id=told.application_id,
            version=told.version,
            supplement_id=told.supplement_id,
            form=dict(told.form),
            sha256=told.sha256,
            text=told.text,
            by=told.by,
            at=told.at,
            documents=[DocumentView.model_validate(one) for one in shown.documents],
        )


class VersionsView(View):
    """The versions of a filing, the first one first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [VERSION]}]})

    items: list[VersionView]
