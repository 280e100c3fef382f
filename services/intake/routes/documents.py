"""HTTP: uploaded documents of a draft."""

from typing import Annotated

from fastapi import File, Form, Response, UploadFile
from pydantic import ConfigDict

from libs.common.acts import record_act
from libs.common.bounds import Day, Expected
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.incoming import IncomingFile
from libs.common.web import Allowed, Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.applications import StatedDays
from services.intake.operations import documents as operations
from services.intake.routes.application_views import DocumentView
from services.intake.routes.attachments import attachment
from services.intake.routes.fields import (
    AS_UPLOAD,
    Applicant,
    ApplicationPath,
    DocumentPath,
    IssuedOn,
    Reader,
    ValidUntil,
)
from services.intake.routes.folder import DocumentPlace
from services.intake.routes.readings import keep_readings
from services.intake.rules.file_names import kept_file_name
from services.intake.settings import SETTINGS

router = ServiceRouter(tags=["제출 서류 · Documents"])


@router.post(
    "/applications/{application_id}/documents",
    status_code=201,
    summary="서류 올리기 · Upload a document",
    dependencies=[AS_UPLOAD],
    responses=problems(400, 404, 409, 413, 507),
    max_body_size=SETTINGS.upload_bytes_max,
)
async def upload_document(
    application_id: ApplicationPath,
    kind: Annotated[str, Form(min_length=1, max_length=60, description="서류 종류, 예 plan", examples=["plan"])],
    file: Annotated[UploadFile, File(description="파일 이름은 `[기관명] 번호_제출서류명`"), Expected("파일", "a file")],
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
    place: DocumentPlace,
    issued_on: IssuedOn = None,
    valid_until: ValidUntil = None,
) -> DocumentView:
    """Upload a document to a draft. Its format is found in its content; a wrong one is told by the dry run (IN-9).

    A certificate's issue day and the last day of its validity are stated where the call asks for them.
    """
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so
    async with db.transaction() as tx:  # before the file costs anything
        await operations.may_upload(tx, caller, application_id)
    stated = StatedDays(issued_on, valid_until)
    upload = await operations.look_into(kind, kept_file_name(file.filename), file, place=place, stated=stated)

    async def act(tx: Tx) -> DocumentView:
        kept = await operations.attach(tx, caller, application_id, upload, place=place, clock=clock)
        return DocumentView.model_validate(kept)

    return await command.once(db, act)


class StateDays(Body):
    """When a certificate was issued and the last day of its validity; null where it states none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"issued_on": "2025-07-01", "valid_until": "2026-03-31"}]},
    )

    issued_on: Day | None
    valid_until: Day | None


@router.put(
    "/applications/{application_id}/documents/{document_id}/days",
    summary="서류의 발급일·유효기간 적기 · State a document's days",
    responses=problems(404, 409),
)
async def state_document_days(
    application_id: ApplicationPath,
    document_id: DocumentPath,
    body: StateDays,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> DocumentView:
    """State the days of a draft's document instead of those that were stated before."""

    async def act(tx: Tx) -> DocumentView:
        stated = StatedDays(body.issued_on, body.valid_until)
        kept = await operations.state_days(tx, caller, application_id, document_id, stated, clock)
        return DocumentView.model_validate(kept)

    return await command.once(db, act)


@router.delete(
    "/applications/{application_id}/documents/{document_id}",
    status_code=204,
    summary="서류 빼기 · Remove a document",
    responses=problems(404, 409),
)
async def remove_document(
    application_id: ApplicationPath,
    document_id: DocumentPath,
    caller: Applicant,
    db: Db,
    now: Now,
    place: DocumentPlace,
) -> None:
    """Take a document out of a draft. Its content leaves the store with it, unless another document has the same."""
    async with db.transaction() as tx:
        sha256 = await operations.detach(tx, caller, application_id, document_id)
        things = (("application", application_id), ("document", document_id))
        await record_act(tx, caller, "remove_document", things, "", now)
    async with db.transaction() as tx:  # after the commit: a content without a row is harmless, a row without is not
        await operations.collect(tx, sha256, place=place)


class Collected(View):
    """How many contents were removed that no document had."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"collected": 2}]})

    collected: int


@router.post(
    "/documents/collect",
    summary="남은 파일 정리 · Collect orphans",
    responses=problems(),
)
async def collect_documents(
    caller: Annotated[Caller, Allowed("operator")], db: Db, place: DocumentPlace, clock: Timepiece
) -> Collected:
    """Remove contents that no document has: what a crash between a removal and its end left behind."""
    async with db.transaction() as tx:
        await record_act(tx, caller, "collect_documents", [("document", "")], "", clock.now())
    collected, after = 0, ""
    while True:
        async with db.transaction() as tx:
            looked = await operations.look_for_orphans(tx, after, place=place, grace_s=0)
        for sha256 in looked.forgotten:
            async with db.transaction() as tx:
                collected += await operations.collect(tx, sha256, place=place)
        after = looked.after
        if not after:
            return Collected(collected=collected)


@router.get(
    "/applications/{application_id}/documents/{document_id}",
    summary="서류 내려받기 · Download a document",
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404)},
    response_class=Response,
)
async def download_document(
    application_id: ApplicationPath, document_id: DocumentPath, caller: Reader, db: Db, now: Now, place: DocumentPlace
) -> Response:
    """A document's content, as an attachment under its own name."""
    async with db.transaction() as tx:
        document = await operations.get_document(tx, caller, application_id, document_id)
        await keep_readings(tx, caller, "download_document", "document", [document_id], now)
        await keep_readings(tx, caller, "download_document", "application", [application_id], now)
    return await attachment(document, document.file_name, place)
