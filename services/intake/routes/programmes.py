"""HTTP: programme definitions and calls."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Body as JsonBody
from fastapi import Depends, Query, Request, Response
from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import COUNT_MAX, InDigits, Text
from libs.common.db import Tx
from libs.common.definition.confidential import is_confidential, published
from libs.common.definition.json_text import names_twice
from libs.common.definition.mistakes import DefinitionInvalid
from libs.common.definition.reading import check_definition, read_definition
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.web import (
    Allowed,
    AnyCaller,
    Body,
    Command,
    Db,
    IfMatch,
    ServiceRouter,
    Timepiece,
    View,
    etag,
    match,
    problems,
)
from services.intake.model.programmes import KnownProgramme, NamedProgramme
from services.intake.operations import programmes as operations
from services.intake.operations.programmes import ProgrammeStanding
from services.intake.routes.fields import Officer, ProgrammePath, Reason
from services.intake.store import programmes as store

router = ServiceRouter(tags=["사업 · Programmes"])
Listed = Annotated[ListRequest, Depends(list_of("code", {"name_ko": "text"}))]
DefinitionBody = Annotated[
    dict[str, Any],
    JsonBody(
        description="사업 정의 전체(JSON) · the whole definition, as `programmes/*.yaml` states it",
        examples=[{"code": "gpu-rental-2025s", "version": 1, "…": "…"}],
    ),
]


async def _each_name_once(request: Request, body: DefinitionBody) -> dict[str, Any]:
    """The definition of a request. Raises DefinitionInvalid, with all other mistakes, where a name stands twice."""
    if twice := names_twice(await request.body()):
        raise DefinitionInvalid([*twice, *check_definition(body)[1]])
    return body


Definition = Annotated[dict[str, Any], Depends(_each_name_once)]
STANDING: dict[str, Any] = {"code": "gpu-rental-2025s", "state": "open", "version": 2, "in_force_version": 2}


class ProgrammeSummary(View):
    """Where a programme stands: its newest version and the one in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [STANDING]})

    code: str
    state: Literal["draft", "open"]
    version: int
    in_force_version: int | None

    @classmethod
    def of(cls, row: KnownProgramme) -> "ProgrammeSummary":
        """Tell a stored programme."""
        state: Literal["draft", "open"] = "draft" if row.in_force_version is None else "open"
        return cls(code=row.code, state=state, version=row.latest_version, in_force_version=row.in_force_version)


class ListedProgramme(ProgrammeSummary):
    """A programme in a list, with its name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**STANDING, "name_ko": "GPU 임차", "name_en": "GPUs"}]})

    name_ko: str
    name_en: str

    @classmethod
    def named(cls, found: NamedProgramme) -> "ListedProgramme":
        """Tell a programme with its name."""
        told = ProgrammeSummary.of(found.known).model_dump()
        return cls(**told, name_ko=found.name_ko, name_en=found.name_en)


class ProgrammeView(ProgrammeSummary):
    """A programme with one version of its definition and the values that version leaves unset."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **STANDING,
                    "definition_version": 2,
                    "unset_paths": ["notice_date"],
                    "definition": {"code": "gpu-rental-2025s"},
                }
            ]
        }
    )

    definition_version: int
    unset_paths: list[str]
    definition: dict[str, Any]

    @classmethod
    def standing(cls, found: ProgrammeStanding) -> "ProgrammeView":
        """Tell a programme as it stands."""
        unset = found.programme.unset_paths()
        return cls(
            **ProgrammeSummary.of(found.known).model_dump(),
            definition_version=found.programme.version,
            unset_paths=[path for path in unset if not (found.public and is_confidential(path))],
            definition=published(found.definition) if found.public else found.definition,
        )


class ProgrammeVersion(View):
    """Who wrote a version when and why."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "version": 2,
                    "reason": "notice_date: 공고일 확정",
                    "written_by": "officer-1",
                    "written_at": "2025-08-20T01:00:00Z",
                }
            ]
        },
    )

    version: int
    reason: str
    written_by: str
    written_at: dt.datetime


class ProgrammeCheck(View):
    """What a definition leaves unset; a broken one is refused with every place that is wrong."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "gpu-rental-2025s", "version": 1, "unset_paths": []}]}
    )

    code: str
    version: int
    unset_paths: list[str]


class OpenProgramme(Body):
    """Why the newest version comes into force."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "사업 공고"}]})

    reason: Reason = "opened"


class SetValue(Body):
    """An officer's value for one path; `none` decides that there is no such limit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"path": "notice_date", "value": "2025-03-04", "reason": "공고일 확정"}]},
    )

    path: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    value: Any
    reason: Reason


@router.post("/programmes", status_code=201, summary="사업 정의 등록 · Upload a definition", responses=problems(409))
async def upload_programme(
    body: Definition, caller: Officer, db: Db, clock: Timepiece, command: Command, response: Response
) -> ProgrammeView:
    """Keep a whole definition as the programme's newest version; every version is kept. Opening puts it in force."""

    async def act(tx: Tx) -> ProgrammeView:
        found = await operations.upload(tx, caller, body, clock)
        etag(response, found.known.latest_version)
        return ProgrammeView.standing(found)

    return await command.once(db, act)


@router.post(
    "/programmes/check",
    summary="사업 정의 점검 · Check a definition",
    responses=problems(),
    dependencies=[Allowed("officer", "operator")],
)
async def check_programme(body: Definition) -> ProgrammeCheck:
    """Check a definition without keeping it: every wrong place at once, and the values it leaves unset."""
    programme = read_definition(body)
    return ProgrammeCheck(code=programme.code, version=programme.version, unset_paths=programme.unset_paths())


@router.get("/programmes", summary="사업 목록 · List programmes", responses=problems())
async def list_programmes(caller: AnyCaller, db: Db, listed: Listed) -> ListPage[ListedProgramme]:
    """Programmes by code; those never opened are shown to the agency alone."""
    async with db.transaction() as tx:
        public = not caller.sees_all()
        found = await store.list_programmes(tx, listed.wanted, open_only=public)
        counts = await store.count_programmes(tx, listed.wanted, open_only=public) if listed.counts else None
    return listed.page([ListedProgramme.named(one) for one in found], counts)


@router.get("/programmes/{code}", summary="사업 정의 조회 · Read a definition", responses=problems(404))
async def get_programme(
    code: ProgrammePath,
    caller: AnyCaller,
    db: Db,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=COUNT_MAX, description="판 · version; newest without"), InDigits
    ] = None,
) -> ProgrammeView:
    """The definition with its unset values.

    Outside the agency the version in force is shown, without the values that the agency keeps to itself.
    """
    async with db.transaction() as tx:
        found = await operations.show_to(tx, caller, code, version)
    etag(response, found.known.latest_version)
    return ProgrammeView.standing(found)


@router.get(
    "/programmes/{code}/versions",
    summary="사업 정의 이력 · List versions",
    responses=problems(404),
    dependencies=[Allowed("officer", "operator", "auditor")],
)
async def list_programme_versions(code: ProgrammePath, db: Db) -> list[ProgrammeVersion]:
    """Who wrote which version when and why, oldest first."""
    async with db.transaction() as tx:
        await store.get_programme(tx, code)
        return [ProgrammeVersion.model_validate(one) for one in await store.list_versions(tx, code)]


@router.post(
    "/programmes/{code}/open",
    summary="사업 개시 · Open a programme",
    responses=problems(404, 409),
    dependencies=[Allowed("officer")],
)
async def open_programme(
    code: ProgrammePath,
    db: Db,
    clock: Timepiece,
    command: Command,
    response: Response,
    body: OpenProgramme | None = None,
) -> ProgrammeView:
    """Put the newest version in force; every service hears the whole definition."""
    reason = (body or OpenProgramme()).reason

    async def act(tx: Tx) -> ProgrammeView:
        found = await operations.open_newest(tx, code, reason, clock)
        etag(response, found.known.latest_version)
        return ProgrammeView.standing(found)

    return await command.once(db, act)


@router.put(
    "/programmes/{code}/values", summary="정해지지 않은 값 입력 · Set a value", responses=problems(404, 409, 412, 428)
)
async def set_programme_value(
    code: ProgrammePath,
    body: SetValue,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    version: IfMatch,
    command: Command,
    response: Response,
) -> ProgrammeView:
    """An officer's value with its reason makes a new version; of an open programme it is in force at once."""

    async def act(tx: Tx) -> ProgrammeView:
        row = await store.get_programme(tx, code, for_update=True)
        match(version, row.latest_version)
        found = await operations.set_value(tx, caller, row, body.path, body.value, body.reason, clock=clock)
        etag(response, found.known.latest_version)
        return ProgrammeView.standing(found)

    return await command.once(db, act)
