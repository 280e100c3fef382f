"""HTTP: uploaded documents of a draft."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict

from libs.common.acts import record_act
from libs.common.bounds import Expected
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.incoming import IncomingFile
from libs.common.web import Allowed, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.operations import documents as operations
from services.intake.routes.application_views import DocumentView
from services.intake.routes.fields import Applicant, ApplicationPath, DocumentPath, Reader
from services.intake.routes.folder import DocumentsFolder
from services.intake.routes.readings import keep_readings
from services.intake.rules.documents import kept_file_name
from services.intake.settings import SETTINGS
from services.intake.store.files import pieces

router = ServiceRouter(tags=["제출 서류 · Documents"])


async def _folder(request: Request) -> Path:
    folder: DocumentsFolder = request.app.state.runtime.kept_outside
    return await folder.usable()


Folder = Annotated[Path, Depends(_folder)]


@router.post(
    "/applications/{application_id}/documents",
    status_code=201,
    summary="서류 올리기 · Upload a document",
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
    folder: Folder,
) -> DocumentView:
    """Upload a document to a draft. Its format is found in its content; a wrong one is told by the dry run (IN-9)."""
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so
    upload = await operations.look_into(kind, kept_file_name(file.filename), file, folder=folder)

    async def act(tx: Tx) -> DocumentView:
        kept = await operations.attach(tx, caller, application_id, upload, folder=folder, clock=clock)
        return DocumentView.model_validate(kept)

    return await command.once(db, act)


@router.delete(
    "/applications/{application_id}/documents/{document_id}",
    status_code=204,
    summary="서류 빼기 · Remove a document",
    responses=problems(404, 409),
)
async def remove_document(
    application_id: ApplicationPath, document_id: DocumentPath, caller: Applicant, db: Db, now: Now, folder: Folder
) -> None:
    """Take a document out of a draft. Its content leaves the store with it, unless another document has the same."""
    async with db.transaction() as tx:
        sha256 = await operations.detach(tx, caller, application_id, document_id)
        things = (("application", application_id), ("document", document_id))
        await record_act(tx, caller, "remove_document", things, "", now)
    async with db.transaction() as tx:  # after the commit: a content without a row is harmless, a row without is not
        await operations.collect(tx, sha256, folder=folder)


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
    caller: Annotated[Caller, Allowed("operator")], db: Db, folder: Folder, clock: Timepiece
) -> Collected:
    """Remove contents that no document has: what a crash between a removal and its end left behind."""
    async with db.transaction() as tx:
        orphans = await operations.list_orphans(tx, folder=folder)
        await record_act(tx, caller, "collect_documents", [("document", "")], "", clock.now())
    collected = 0
    for sha256 in orphans:
        async with db.transaction() as tx:
            collected += await operations.collect(tx, sha256, folder=folder)
    return Collected(collected=collected)


@router.get(
    "/applications/{application_id}/documents/{document_id}",
    summary="서류 내려받기 · Download a document",
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404)},
    response_class=Response,
)
async def download_document(
    application_id: ApplicationPath, document_id: DocumentPath, caller: Reader, db: Db, now: Now, folder: Folder
) -> Response:
    """A document's content, as an attachment under its own name."""
    async with db.transaction() as tx:
        document = await operations.get_document(tx, caller, application_id, document_id)
        await keep_readings(tx, caller, "download_document", "document", [document_id], now)
        await keep_readings(tx, caller, "download_document", "application", [application_id], now)
    content = await operations.open_document(document, folder=folder)
    headers = {
        "Content-Length": str(document.size_bytes),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.file_name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(pieces(content), media_type="application/octet-stream", headers=headers)
