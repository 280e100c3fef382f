"""HTTP: the files of a call, uploaded by officers and fetched without a token (MS-5)."""

from typing import Annotated, Any

from fastapi import File, Path, Request, Response, UploadFile
from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Expected, Text
from libs.common.db import Tx
from libs.common.incoming import IncomingFile
from libs.common.unchanged import tagged
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.call_files import NamedFile
from services.intake.operations import call_files as operations
from services.intake.operations.documents import look_into
from services.intake.operations.public_calls import get_call
from services.intake.routes.attachments import attachment
from services.intake.routes.fields import AS_UPLOAD, Officer, ProgrammePath, Reason
from services.intake.routes.folder import DocumentPlace
from services.intake.rules.file_names import kept_file_name
from services.intake.settings import SETTINGS

router = ServiceRouter(tags=["공개 · Public"])
FilePath = Annotated[Text, Path(max_length=40, description="파일 번호(예: CF-000001) · file")]
KIND = "call_file"
KEPT: dict[str, Any] = {
    "file_id": "CF-000001",
    "file_name": "공모안내서.pdf",
    "size_bytes": 482_133,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2025-08-14T01:10:00Z",
}


class CallFileView(View):
    """A file of a call as it was uploaded."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [KEPT]})

    file_id: str
    file_name: str
    size_bytes: int
    sha256: str
    uploaded_at: AwareDatetime


class NamedFileView(View):
    """A file that a call names; without `file` it cannot be fetched yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name_ko": "공모안내서", "name_en": "the notice", "file_name": KEPT["file_name"], "file": KEPT}
            ]
        }
    )

    name_ko: str
    name_en: str
    file_name: str
    file: CallFileView | None

    @classmethod
    def of(cls, one: NamedFile) -> "NamedFileView":
        """Tell a named file."""
        kept = None if one.file is None else CallFileView.model_validate(one.file)
        return cls(name_ko=one.name_ko, name_en=one.name_en, file_name=one.file_name, file=kept)


class WithdrawFile(Body):
    """Why a file is not to be fetched any more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "개인정보가 들어 있음"}]})

    reason: Reason


@router.post(
    "/programmes/{code}/files",
    status_code=201,
    summary="공고 파일 올리기 · Upload a file of a call",
    dependencies=[AS_UPLOAD],
    responses=problems(400, 404, 413, 507),
    max_body_size=SETTINGS.upload_bytes_max,
)
async def upload_call_file(
    code: ProgrammePath,
    file: Annotated[UploadFile, File(description="공고문에 적은 이름의 파일 · the file"), Expected("파일", "a file")],
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
    place: DocumentPlace,
) -> CallFileView:
    """Upload a file under a name that the newest definition gives; it stands for that name from now on."""
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so
    file_name = kept_file_name(file.filename)
    async with db.transaction() as tx:  # before the file costs anything
        await operations.may_add(tx, code, file_name)
    upload = await look_into(KIND, file_name, file, place=place)

    async def act(tx: Tx) -> CallFileView:
        kept = await operations.add(tx, caller, code, upload, place=place, clock=clock)
        return CallFileView.model_validate(kept)

    return await command.once(db, act)


@router.post(
    "/programmes/{code}/files/{file_id}/withdraw",
    summary="공고 파일 내리기 · Take a file of a call back",
    responses=problems(404),
)
async def withdraw_call_file(
    code: ProgrammePath,
    file_id: FilePath,
    body: WithdrawFile,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> CallFileView:
    """Nobody fetches the file any more; the upload before it stands again, where there is one."""

    async def act(tx: Tx) -> CallFileView:
        gone = await operations.withdraw(tx, caller, code, file_id, body.reason, clock)
        return CallFileView.model_validate(gone)

    return await command.once(db, act)


@router.get("/public/calls/{code}/files", summary="공고 파일 목록 · List a call's files", responses=problems(404))
async def list_call_files(code: ProgrammePath, db: Db, now: Now) -> list[NamedFileView]:
    """The files that a call names, in its order; no token is needed."""
    async with db.transaction() as tx:
        found = await operations.list_of(tx, await get_call(tx, code, now))
    return [NamedFileView.of(one) for one in found]


@router.get(
    "/public/calls/{code}/files/{file_id}",
    summary="공고 파일 내려받기 · Fetch a file of a call",
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404)},
    response_class=Response,
)
async def fetch_call_file(
    code: ProgrammePath, file_id: FilePath, db: Db, now: Now, request: Request, response: Response, place: DocumentPlace
) -> Response:
    """A file's content, as an attachment under its own name; its SHA-256 is its version, so that it is sent once."""
    async with db.transaction() as tx:
        found = await operations.get(tx, await get_call(tx, code, now), file_id)
    unchanged = tagged(response, request, found.sha256)
    if unchanged is not None:
        return unchanged
    answer = await attachment(found.content, found.file_name, place)
    answer.headers.update({name: response.headers[name] for name in ("ETag", "Cache-Control")})
    return answer
