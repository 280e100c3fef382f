"""HTTP: supplements that the agency asks for, their answers, and the versions of a filing (IN-9)."""

from typing import Annotated, Any

from fastapi import File, Form, Path, UploadFile
from pydantic import ConfigDict, Field, StringConstraints

from libs.common.acts import record_act
from libs.common.bounds import Day, Expected, Key, Text
from libs.common.db import Tx
from libs.common.incoming import IncomingFile
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, problems
from services.intake.model.applications import StatedDays
from services.intake.model.supplements import Wanted
from services.intake.operations import documents
from services.intake.operations import supplements as operations
from services.intake.routes.application_views import DocumentView
from services.intake.routes.fields import (
    AS_UPLOAD,
    Applicant,
    ApplicationPath,
    DocumentPath,
    IssuedOn,
    Officer,
    Reader,
    Reason,
    ValidUntil,
)
from services.intake.routes.folder import DocumentPlace
from services.intake.routes.readings import keep_readings
from services.intake.routes.supplement_views import SupplementsView, SupplementView, VersionsView, VersionView
from services.intake.rules.file_names import kept_file_name
from services.intake.settings import SETTINGS

router = ServiceRouter(tags=["보완 요청 · Supplements"])
SupplementPath = Annotated[Text, Path(max_length=40, description="보완 요청 번호(예: SP-000001) · supplement")]
AT = "/applications/{application_id}/supplements"


class AskSupplement(Body):
    """What is asked for, and its last day: the request ends at 24:00 KST of it."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "documents": ["plan"],
                    "fields": [],
                    "text": "사업수행계획서의 3쪽이 빠져 있습니다.",
                    "due_on": "2025-09-24",
                }
            ]
        },
    )

    documents: Annotated[list[Key], Field(max_length=200)] = Field(default_factory=list)
    fields: Annotated[list[Key], Field(max_length=200)] = Field(default_factory=list)
    text: Reason
    due_on: Day

    def wanted(self) -> Wanted:
        """What is asked for, each once."""
        return Wanted(tuple(dict.fromkeys(self.documents)), tuple(dict.fromkeys(self.fields)), self.text)


class ExtendSupplement(Body):
    """A later last day, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"due_on": "2025-09-30", "reason": "발급기관의 전산 장애"}]},
    )

    due_on: Day
    reason: Reason


class AnswerSupplement(Body):
    """Values of the form that were asked for, and the applicant's words; the files were uploaded before."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"form": {}, "text": "3쪽을 넣어 다시 제출합니다."}]},
    )

    form: Annotated[dict[Key, Any], Field(max_length=200)] = Field(default_factory=dict)
    text: Annotated[Text, StringConstraints(max_length=2_000)] = ""


@router.post(AT, status_code=201, summary="보완 요청 · Ask for a supplement", responses=problems(404, 409))
async def ask_supplement(
    application_id: ApplicationPath, body: AskSupplement, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SupplementView:
    """Ask an applicant under screening for documents and answers; only where the call allows it (IN-9)."""

    async def act(tx: Tx) -> SupplementView:
        asked = await operations.ask(tx, caller, application_id, body.wanted(), body.due_on, clock)
        return SupplementView.of(asked, clock.now())

    return await command.once(db, act)


@router.get(AT, summary="신청의 보완 요청 · Supplements of an application", responses=problems(404))
async def list_application_supplements(
    application_id: ApplicationPath, caller: Reader, db: Db, now: Now
) -> SupplementsView:
    """What was asked for, until when, and what was answered; one that is overdue decides nothing by itself."""
    async with db.transaction() as tx:
        found = await operations.list_of(tx, caller, application_id)
        await keep_readings(tx, caller, "list_application_supplements", "application", [application_id], now)
    return SupplementsView(items=[SupplementView.of(one, now) for one in found])


@router.post(
    AT + "/{supplement_id}/extend", summary="보완 기한 연장 · Extend a supplement", responses=problems(404, 409)
)
async def extend_supplement(
    application_id: ApplicationPath,
    supplement_id: SupplementPath,
    body: ExtendSupplement,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> SupplementView:
    """Grant a later last day with a reason, also once the request is over."""

    async def act(tx: Tx) -> SupplementView:
        told = ((application_id, supplement_id), body.due_on, body.reason)
        return SupplementView.of(await operations.extend(tx, caller, *told, clock), clock.now())

    return await command.once(db, act)


@router.post(
    AT + "/{supplement_id}/files",
    status_code=201,
    summary="보완 서류 올리기 · Upload for a supplement",
    dependencies=[AS_UPLOAD],
    responses=problems(400, 404, 409, 413, 507),
    max_body_size=SETTINGS.upload_bytes_max,
)
async def upload_for_supplement(
    application_id: ApplicationPath,
    supplement_id: SupplementPath,
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
    """Upload a file that was asked for. It counts with the answer, in place of what there was of its kind."""
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so
    async with db.transaction() as tx:  # before the file costs anything
        await documents.may_upload(tx, caller, application_id)
    stated = StatedDays(issued_on, valid_until)
    upload = await documents.look_into(kind, kept_file_name(file.filename), file, place=place, stated=stated)

    async def act(tx: Tx) -> DocumentView:
        at = (application_id, supplement_id)
        return DocumentView.model_validate(await operations.add_file(tx, caller, at, upload, place=place, clock=clock))

    return await command.once(db, act)


@router.delete(
    AT + "/{supplement_id}/files/{document_id}",
    status_code=204,
    summary="보완 서류 빼기 · Remove a file of a supplement",
    responses=problems(404, 409),
)
async def remove_supplement_file(
    application_id: ApplicationPath,
    supplement_id: SupplementPath,
    document_id: DocumentPath,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    place: DocumentPlace,
) -> None:
    """Take a file out of an answer that is not given yet."""
    async with db.transaction() as tx:
        sha256 = await operations.drop_file(tx, caller, (application_id, supplement_id), document_id, clock)
        things = (("application", application_id), ("document", document_id))
        await record_act(tx, caller, "remove_supplement_file", things, "", clock.now())
    async with db.transaction() as tx:  # after the commit: a content without a row is harmless, a row without is not
        await documents.collect(tx, sha256, place=place)


@router.post(AT + "/{supplement_id}/answer", summary="보완 제출 · Answer a supplement", responses=problems(404, 409))
async def answer_supplement(
    application_id: ApplicationPath,
    supplement_id: SupplementPath,
    body: AnswerSupplement,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> SupplementView:
    """Answer with the files that were uploaded and values of the form: the next version of the filing.

    The receipt's number, instant and order stay; the application is screened once more.
    """

    async def act(tx: Tx) -> SupplementView:
        at = (application_id, supplement_id)
        return SupplementView.of(await operations.answer(tx, caller, at, body.form, body.text, clock), clock.now())

    return await command.once(db, act)


@router.get(
    "/applications/{application_id}/versions",
    summary="제출 내용의 판 · Versions of a filing",
    responses=problems(404, 409),
)
async def list_filing_versions(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> VersionsView:
    """What was filed first and with each answer, whole: its form, its documents, its SHA-256."""
    async with db.transaction() as tx:
        found = await operations.versions_of(tx, caller, application_id)
        await keep_readings(tx, caller, "list_filing_versions", "application", [application_id], now)
    return VersionsView(items=[VersionView.of(one) for one in found])
