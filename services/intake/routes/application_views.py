"""How applications, documents and agreements are shown."""

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict

from libs.common.nouns import field_names
from libs.common.web import View
from services.intake.model.agreements import Standing
from services.intake.model.applications import Application, ApplicationState, Receipt, Request
from services.intake.model.organisations import Manager, ManagerStanding, PrincipalInvestigator, Sector
from services.intake.operations.applications import Shown

APPLICATION: dict[str, Any] = {
    "application_id": "A-000001",
    "programme": "gpu-rental-2025s",
    "organisation_id": "O-000001",
    "state": "selected",
    "version": 3,
    "title": "의료 영상 생성 모델 학습",
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
    "youth_claimed": True,
    "region_claimed": False,
    "youth_first": False,
    "principal_investigator": {"id": "P-1001", "name": "김하나", "is_professor": False, "born_on": None},
    "manager": {"id": "", "name": "박둘", "standing": "employee", "born_on": None},
    "form": {},
    "created_at": "2025-09-02T01:00:00Z",
    "programme_version": 1,
    "sector": "private",
    "receipt_no": "gpu-rental-2025s-00001",
    "received_at": "2025-09-15T06:00:00Z",
    "eligible": True,
    "youth": True,
    "filing_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "award": None,
    "agreement": None,
    "progress": None,
}
DOCUMENT: dict[str, Any] = {
    "document_id": "D-000001",
    "kind": "plan",
    "file_name": "[한빛에이아이] 1_사업수행계획서.pdf",
    "found_format": "pdf",
    "size_bytes": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2025-09-02T01:10:00Z",
    "pages": 18,
    "issued_on": None,
    "valid_until": None,
    "filing_version": 1,
}


class InvestigatorView(View):
    """Who leads the project; `id` is the national researcher number, empty where there is none."""

    id: str
    name: str
    is_professor: bool
    born_on: dt.date | None = None

    @classmethod
    def of(cls, leads: PrincipalInvestigator | None) -> "InvestigatorView | None":
        """Tell who leads; None where nobody does."""
        if leads is None:
            return None
        at = leads.principal_investigator_id
        return cls(id=at, name=leads.name, is_professor=leads.is_professor, born_on=leads.born_on)


class ManagerView(View):
    """Who works on the project from day to day."""

    id: str
    name: str
    standing: ManagerStanding
    born_on: dt.date | None

    @classmethod
    def of(cls, manager: Manager | None) -> "ManagerView | None":
        """Tell who manages; None where nobody does."""
        if manager is None:
            return None
        return cls(id=manager.researcher_id, name=manager.name, standing=manager.standing, born_on=manager.born_on)


class AwardView(View):
    """What was announced: beside what was asked, with the reason for each difference."""

    outcome: Literal["selected", "waiting", "refused"]
    refused_by: str
    promoted: bool
    units: int
    months: int
    reason: str
    score: str | None
    rank: int | None
    selection_id: str
    announced_at: dt.datetime


class AgreementView(View):
    """An agreement: drawn up, signed, ended before its time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "units": 1,
                    "months": 6,
                    "award_reason": "",
                    "drafted_at": "2025-09-29T01:00:00Z",
                    "signed_at": None,
                    "ended_at": None,
                }
            ]
        }
    )

    application_id: str
    units: int
    months: int
    award_reason: str
    drafted_at: dt.datetime
    signed_at: dt.datetime | None
    ended_at: dt.datetime | None


class ProgressView(View):
    """How far an award has got, as the other services said."""

    provider_id: str | None
    card_type: str | None
    cards: int | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    selfpay_due_krw: int | None
    selfpay_received_krw: int | None
    selfpay_covered: bool
    selfpay_overdue: bool


class ApplicationView(View):
    """An application as it stands: `units` and `months` are what was asked, `award` what was given."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [APPLICATION]})

    application_id: str
    programme: str
    organisation_id: str
    state: ApplicationState
    version: int
    title: str
    track: str | None
    product: str | None
    units: int | None
    months: int | None
    wished_start: dt.date | None
    """What a draft does not say yet is none."""
    youth_claimed: bool
    region_claimed: bool
    youth_first: bool
    principal_investigator: InvestigatorView | None
    manager: ManagerView | None
    form: dict[str, Any]
    created_at: dt.datetime
    programme_version: int | None
    sector: Sector | None
    receipt_no: str | None
    received_at: dt.datetime | None
    eligible: bool | None
    youth: bool | None
    filing_sha256: str | None
    award: AwardView | None
    agreement: AgreementView | None
    progress: ProgressView | None

    @classmethod
    def of(cls, standing: Standing) -> "ApplicationView":
        """Tell an application as it stands."""
        return cls.model_validate(told_of(standing))


class DocumentView(View):
    """An uploaded document; `found_format` is what its content is, whatever its name says; `pages` are a PDF's.

    `issued_on` and `valid_until` are what the applicant states; `filing_version` is the version with which it came.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [DOCUMENT]})

    document_id: str
    kind: str
    file_name: str
    found_format: str
    size_bytes: int
    sha256: str
    uploaded_at: dt.datetime
    pages: int | None
    issued_on: dt.date | None
    valid_until: dt.date | None
    filing_version: int


class HistoryView(View):
    """One step: who, when, why."""

    state: str
    reason: str
    by: str
    at: dt.datetime


class ApplicationDetail(ApplicationView):
    """An application with its documents and its history."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{**APPLICATION, "documents": [DOCUMENT], "history": []}]},
    )

    documents: list[DocumentView]
    history: list[HistoryView]

    @classmethod
    def whole(cls, shown: Shown) -> "ApplicationDetail":
        """Tell an application with all that belongs to it."""
        documents = [DocumentView.model_validate(document) for document in shown.documents]
        history = [HistoryView.model_validate(step) for step in shown.history]
        return cls.model_validate({**told_of(shown.standing), "documents": documents, "history": history})


def told_of(standing: Standing) -> dict[str, Any]:
    """What a view tells of an application as it stands."""
    application, receipt = standing.application, standing.application.receipt
    received = {name: None if receipt is None else getattr(receipt, name) for name in field_names(Receipt)}
    return {  # what the view does not have is passed over
        **{name: getattr(application, name) for name in field_names(Application)},
        **{name: getattr(application.asked, name) for name in field_names(Request)},
        **received,
        "programme": application.programme_code,
        "principal_investigator": InvestigatorView.of(application.asked.principal_investigator),
        "manager": ManagerView.of(application.asked.manager),
        "award": standing.announcement,
        "agreement": standing.agreement,
        "progress": standing.progress,
    }
