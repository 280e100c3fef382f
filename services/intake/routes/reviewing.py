"""HTTP: a seated reviewer reads an application and the documents of its stage, until the stage closes (RV-16)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import ConfigDict

from libs.common.acts import record_readings
from libs.common.identity import Caller
from libs.common.problems import Words
from libs.common.web import Allowed, Db, Now, ServiceRouter, View, problems
from services.intake.model.reviewing import ShownDocument, Stage
from services.intake.operations import reviewing as operations
from services.intake.operations.reviewing import Reading
from services.intake.policy.reviewing import Asked
from services.intake.routes.attachments import attachment
from services.intake.routes.fields import ApplicationPath, DocumentPath
from services.intake.routes.folder import DocumentPlace
from services.intake.rules.reviewing import Answer

router = ServiceRouter(tags=["심사 열람 · Reading by reviewers"])
Reviewer = Annotated[Caller, Allowed("reviewer")]
InStage = Annotated[Stage, Query(description="평가 단계 · stage")]
DOCUMENT: dict[str, Any] = {
    "document_id": "D-000001",
    "kind": "plan",
    "name_ko": "사업수행계획서",
    "name_en": "project plan",
    "file_name": "[한빛에이아이] 1_사업수행계획서.pdf",
    "found_format": "pdf",
    "size_bytes": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
ANSWER: dict[str, Any] = {
    "key": "target_utilisation",
    "name": {"ko": "GPU 사용률 목표", "en": "target utilisation"},
    "kind": "percent",
    "value": 80,
    "choices": {},
    "columns": [],
}
TEXT: dict[str, Any] = {
    "sector": "private",
    "applicant_kind": "sme",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
    "youth_claimed": True,
    "leads": "김하나",
    "form": [ANSWER],
}
HEAD: dict[str, Any] = {
    "application_id": "A-000001",
    "stage": "document",
    "programme": "gpu-rental-2025s",
    "receipt_no": "gpu-rental-2025s-00001",
    "organisation": "한빛에이아이",
    "title": "의료 영상 생성 모델 학습",
    "track": "1",
    "product": "H100x2",
    "names_hidden": False,
}


class ReviewedDocument(View):
    """A document of the stage, under the name that the reviewer may see."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [DOCUMENT]})

    document_id: str
    kind: str
    name_ko: str
    name_en: str
    file_name: str
    found_format: str
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, shown: ShownDocument) -> "ReviewedDocument":
        """Tell a document."""
        kept = shown.document
        return cls(
            document_id=kept.document_id,
            kind=kept.kind,
            name_ko=shown.name_ko,
            name_en=shown.name_en,
            file_name=shown.file_name,
            found_format=kept.found_format,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
        )


class ReviewedColumn(View):
    """A column of a table."""

    key: str
    name: Words

    @classmethod
    def of(cls, asked: Asked) -> "ReviewedColumn":
        """Tell a column."""
        return cls(key=asked.key, name=Words(ko=asked.name_ko, en=asked.name_en))


class ReviewedAnswer(View):
    """What the form says in one field; `choices` and `columns` are the names of what stands in `value` as keys."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER]})

    key: str
    name: Words
    kind: str
    value: Any
    choices: dict[str, Words]
    columns: list[ReviewedColumn]

    @classmethod
    def of(cls, answer: Answer) -> "ReviewedAnswer":
        """Tell an answer."""
        asked = answer.asked
        chosen = {**asked.choices, **{key: name for one in asked.columns for key, name in one.choices.items()}}
        return cls(
            key=asked.key,
            name=Words(ko=asked.name_ko, en=asked.name_en),
            kind=asked.kind,
            value=answer.value,
            choices={key: Words(ko=ko, en=en) for key, (ko, en) in chosen.items()},
            columns=[ReviewedColumn.of(one) for one in asked.columns],
        )


class ReviewedText(View):
    """What the application asks for, and who leads it; no number, birth date or contact of anybody."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [TEXT]})

    sector: str | None
    applicant_kind: str
    units: int
    months: int
    wished_start: dt.date
    youth_claimed: bool
    leads: str | None
    form: list[ReviewedAnswer]
    """What was written into the form of the call; where names are hidden, without what tells who somebody is."""


class ReviewedApplication(View):
    """An application as its reviewer reads it. Until a conflict of interest is denied there is the head alone.

    `organisation` and `leads` are empty where the call hides names from reviewers; `cleared` says whether the conflict
    was denied (`POST /review/v1/panels/{panel_id}/clearances`).
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{**HEAD, "cleared": True, "text": TEXT, "documents": [DOCUMENT]}]},
    )

    application_id: str
    stage: Stage
    programme: str
    receipt_no: str | None
    organisation: str | None
    title: str
    track: str
    product: str
    names_hidden: bool
    cleared: bool
    text: ReviewedText | None
    documents: list[ReviewedDocument] | None

    @classmethod
    def of(cls, reading: Reading) -> "ReviewedApplication":
        """Tell the head and, where the conflict is denied, the rest."""
        opened = reading.opened
        found, request = opened.application, opened.application.request
        receipt = found.receipt
        return cls(
            application_id=found.application_id,
            stage=opened.stage,
            programme=found.programme_code,
            receipt_no=None if receipt is None else receipt.receipt_no,
            organisation=None if opened.names_hidden else opened.organisation.name,
            title=found.title,
            track=request.track,
            product=request.product,
            names_hidden=opened.names_hidden,
            cleared=opened.cleared,
            text=_text(reading) if opened.cleared else None,
            documents=[ReviewedDocument.of(one) for one in opened.documents] if opened.cleared else None,
        )


def _text(reading: Reading) -> ReviewedText:
    opened = reading.opened
    found, request = opened.application, opened.application.request
    leads = request.principal_investigator
    return ReviewedText(
        sector=None if found.receipt is None else found.receipt.sector,
        applicant_kind=opened.organisation.kind,
        units=request.units,
        months=request.months,
        wished_start=request.wished_start,
        youth_claimed=request.youth_claimed,
        leads=None if leads is None or opened.names_hidden else leads.name,
        form=[ReviewedAnswer.of(one) for one in reading.answers],
    )


@router.get(
    "/reviewing/{application_id}", summary="심사 대상 신청서 열람 · Read as its reviewer", responses=problems(404)
)
async def open_for_review(
    application_id: ApplicationPath, stage: InStage, caller: Reviewer, db: Db, now: Now
) -> ReviewedApplication:
    """An application that the caller is asked to score, from seating to the stage's close. Who read it is kept."""
    async with db.transaction() as tx:
        opened = await operations.open_application(tx, caller, application_id, stage, now)
        await record_readings(tx, caller, "open_for_review", [("application", application_id)], now)
    return ReviewedApplication.of(opened)


@router.get(
    "/reviewing/{application_id}/documents/{document_id}",
    summary="심사 대상 서류 열람 · Read a document as its reviewer",
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404)},
    response_class=Response,
)
async def open_document_for_review(
    application_id: ApplicationPath,
    document_id: DocumentPath,
    stage: InStage,
    caller: Reviewer,
    db: Db,
    now: Now,
    place: DocumentPlace,
) -> Response:
    """A document of the stage, once a conflict of interest is denied. Who read it is kept."""
    things = (("document", document_id), ("application", application_id))
    async with db.transaction() as tx:
        shown = await operations.open_document(tx, caller, (application_id, stage), document_id, now)
        await record_readings(tx, caller, "open_document_for_review", things, now)
    return await attachment(shown.document, shown.file_name, place)
