"""HTTP: files that show a fact after the selection (BL-14)."""

import datetime as dt
from typing import Annotated

from fastapi import File, Form, Path, Response, UploadFile
from pydantic import ConfigDict

from libs.common.bounds import Expected, Text
from libs.common.db import Tx
from libs.common.incoming import IncomingFile
from libs.common.web import Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.evidence import EvidenceKind
from services.intake.operations import documents
from services.intake.operations import evidence as operations
from services.intake.routes.attachments import attachment
from services.intake.routes.fields import AS_UPLOAD, Applicant, ApplicationPath, Reader
from services.intake.routes.folder import DocumentPlace
from services.intake.routes.readings import keep_readings
from services.intake.rules.file_names import kept_file_name
from services.intake.settings import SETTINGS

router = ServiceRouter(tags=["제출 서류 · Documents"])
EvidencePath = Annotated[Text, Path(max_length=40)]


class EvidenceView(View):
    """An uploaded file; its SHA-256 is what a claim in billing names."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "evidence_id": "E-000001",
                    "application_id": "A-000001",
                    "kind": "self_payment_balance",
                    "file_name": "잔액증명서.pdf",
                    "found_format": "pdf",
                    "size_bytes": 48213,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "uploaded_at": "2025-09-29T01:10:00Z",
                }
            ]
        },
    )

    evidence_id: str
    application_id: str
    kind: str
    file_name: str
    found_format: str
    size_bytes: int
    sha256: str
    uploaded_at: dt.datetime


@router.post(
    "/applications/{application_id}/evidence",
    status_code=201,
    summary="증빙 올리기 · Upload evidence",
    dependencies=[AS_UPLOAD],
    responses=problems(400, 404, 409, 413, 507),
    max_body_size=SETTINGS.upload_bytes_max,
)
async def upload_evidence(
    application_id: ApplicationPath,
    kind: Annotated[EvidenceKind, Form(description="증빙 종류 · kind", examples=["self_payment_balance"])],
    file: Annotated[UploadFile, File(description="증빙 파일 · the file"), Expected("파일", "a file")],
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
    place: DocumentPlace,
) -> EvidenceView:
    """Upload a file after the selection, such as the certificate of a balance; it is added and never changed."""
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so
    async with db.transaction() as tx:  # before the file costs anything
        await documents.may_upload(tx, caller, application_id)
    upload = await documents.look_into(kind, kept_file_name(file.filename), file, place=place)

    async def act(tx: Tx) -> EvidenceView:
        kept = await operations.add(tx, caller, application_id, upload, place=place, clock=clock)
        return EvidenceView.model_validate(kept)

    return await command.once(db, act)


@router.get("/applications/{application_id}/evidence", summary="증빙 목록 · List evidence", responses=problems(404))
async def list_evidence(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> list[EvidenceView]:
    """An application's evidence files, in the order of their upload."""
    async with db.transaction() as tx:
        found = await operations.list_of(tx, caller, application_id)
        await keep_readings(tx, caller, "list_evidence", "application", [application_id], now)
    return [EvidenceView.model_validate(one) for one in found]


@router.get(
    "/applications/{application_id}/evidence/{evidence_id}",
    summary="증빙 내려받기 · Download evidence",
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404)},
    response_class=Response,
)
async def download_evidence(
    application_id: ApplicationPath, evidence_id: EvidencePath, caller: Reader, db: Db, now: Now, place: DocumentPlace
) -> Response:
    """An evidence file's content, as an attachment under its own name."""
    async with db.transaction() as tx:
        found = await operations.get(tx, caller, application_id, evidence_id)
        await keep_readings(tx, caller, "download_evidence", "application", [application_id], now)
    return await attachment(found.content, found.file_name, place)
