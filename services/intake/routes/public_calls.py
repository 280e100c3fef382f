"""HTTP without a token: the calls that were opened, with all that their definitions tell the public (MS-5)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, ConfigDict

from libs.common.unchanged import tagged
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.intake.operations import public_calls as operations
from services.intake.operations.public_calls import PublicCall
from services.intake.routes.fields import ProgrammePath
from services.intake.rules.calls import CALL_STATES, CallState

router = ServiceRouter(tags=["공개 · Public"])
LINE: dict[str, Any] = {
    "code": "gpu-rental-2025s",
    "version": 1,
    "name_ko": "추경 AI컴퓨팅 자원 활용 기반 강화(GPU 임차 지원)",
    "name_en": "2025 supplementary GPU rental support",
    "audience": "users",
    "state": "open",
    "summary_ko": "",
    "summary_en": "",
    "notice_date": "2025-08-14",
    "opens_at": "2025-08-31T15:00:00Z",
    "closes_at": "2025-09-15T06:00:00Z",
    "use_starts_on": "2025-10-01",
    "use_ends_on": "2026-06-30",
}


class CallLine(View):
    """A call at a glance; what the notice leaves open is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [LINE]})

    code: str
    version: int
    name_ko: str
    name_en: str
    audience: str
    state: CallState
    summary_ko: str
    summary_en: str
    notice_date: dt.date | None
    opens_at: AwareDatetime | None
    closes_at: AwareDatetime | None
    use_starts_on: dt.date | None
    use_ends_on: dt.date | None

    @classmethod
    def of(cls, call: PublicCall) -> "CallLine":
        """Tell a call."""
        return cls(**_line(call))


class CallView(CallLine):
    """A call with its whole definition, less what the agency keeps to itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**LINE, "definition": {"code": "gpu-rental-2025s"}}]})

    definition: dict[str, Any]
    """Each value states itself, its source, `none` or `unset`, as `docs/programme.schema.json` says."""


class OpenCalls(View):
    """The calls that are open or coming, for other systems to read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"as_of": "2025-09-01T00:00:00Z", "calls": [LINE]}]})

    as_of: AwareDatetime
    calls: list[CallLine]


OfState = Annotated[CallState | None, Query(description="open, coming, closed 중 하나 · one of them")]


@router.get("/public/calls", summary="공고 목록 · List calls", responses=problems())
async def list_public_calls(db: Db, now: Now, state: OfState = None) -> list[CallLine]:
    """The calls that were opened, by code; no token is needed."""
    async with db.transaction() as tx:
        found = await operations.list_calls(tx, [state] if state else CALL_STATES, now)
    return [CallLine.of(call) for call in found]


@router.get("/public/open-calls.json", summary="열린 공고(JSON) · Open calls", responses=problems())
async def open_calls(db: Db, now: Now) -> OpenCalls:
    """The calls that are open or coming, in one document that does not change its form."""
    async with db.transaction() as tx:
        found = await operations.list_calls(tx, operations.NOT_OVER, now)
    return OpenCalls(as_of=now, calls=[CallLine.of(call) for call in found])


@router.get("/public/calls/{code}", summary="공고 조회 · Read a call", response_model=CallView, responses=problems(404))
async def get_public_call(
    code: ProgrammePath, db: Db, now: Now, request: Request, response: Response
) -> CallView | Response:
    """One call with all that its definition tells the public: amounts, dates, documents, forms, contact, questions."""
    async with db.transaction() as tx:
        call = await operations.get_call(tx, code, now)
    unchanged = tagged(response, request, f"{call.programme.version}-{call.state}")
    return unchanged or CallView(**_line(call), definition=call.definition)


def _line(call: PublicCall) -> dict[str, Any]:
    programme, summary = call.programme, call.programme.summary
    return {
        "code": programme.code,
        "version": programme.version,
        "name_ko": programme.name.ko,
        "name_en": programme.name.en,
        "audience": programme.audience,
        "state": call.state,
        "summary_ko": summary.ko if summary else "",
        "summary_en": summary.en if summary else "",
        "notice_date": call.stated("notice_date"),
        "opens_at": _utc(call.stated("submissions_open_at")),
        "closes_at": _utc(call.stated("submissions_close_at")),
        "use_starts_on": call.stated("use_starts_on"),
        "use_ends_on": call.stated("use_ends_on"),
    }


def _utc(instant: str | None) -> dt.datetime | None:
    """As instants are sent (CV-2); a definition writes them in Seoul's time."""
    return None if instant is None else dt.datetime.fromisoformat(instant).astimezone(dt.UTC)
