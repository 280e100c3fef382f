"""Errors as RFC 9457 problem details: a stable code, the rule that speaks, words in Korean and English."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from asyncpg.exceptions import InterfaceError, PostgresError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY

from libs.common import log
from libs.common.errors import DureError, Fact, Invalid, InvalidRequest, PartOfRequest, Refused, WrongField
from libs.common.invalid_requests import invalid_request
from libs.common.messages.fields import FIELD_MESSAGES
from libs.common.messages.words import words_of
from libs.common.unavailable import BUSY_RETRY_S, retry_after_s, sqlstate
from libs.common.wrong_fields import wrong_field

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: ("잘못된 요청", "Bad request"),
    401: ("인증 필요", "Unauthorised"),
    403: ("권한 없음", "Forbidden"),
    404: ("찾을 수 없음", "Not found"),
    405: ("허용되지 않는 방식", "Method not allowed"),
    408: ("시간 초과", "Request timeout"),
    409: ("처리할 수 없음", "Conflict"),
    412: ("변경 충돌", "Precondition failed"),
    413: ("너무 큰 요청", "Content too large"),
    414: ("너무 긴 주소", "URI too long"),
    415: ("지원하지 않는 형식", "Unsupported media type"),
    422: ("올바르지 않은 내용", "Unprocessable content"),
    428: ("조건 필요", "Precondition required"),
    429: ("너무 잦은 요청", "Too many requests"),
    431: ("너무 긴 머리글", "Request header fields too large"),
    500: ("서버 오류", "Internal error"),
    503: ("일시적으로 이용 불가", "Unavailable"),
    507: ("저장 공간 부족", "Insufficient storage"),
}
HTTP_CODES = {404: "no_such_page", 405: "method_not_allowed", 413: "body_too_large", 401: "unauthorised"}
WRONG: dict[str, Any] = {
    "in": "body",
    "path": "months",
    "pointer": "/months",
    "code": "too_large",
    "messages": {
        "ko": "너무 큽니다. 적을 것: 1 이상 120 이하의 정수, 단위: 개월.",
        "en": "This is too large. Write a whole number from 1 to 120, in months.",
    },
}
BAD_TEXT = frozenset({"22021", "22P05"})
WEIGHT = re.compile(r"q=([01](?:\.\d{0,3})?)")
_log = log.get(__name__)


class Words(BaseModel):
    """The same sentence in both languages."""

    ko: str
    en: str


class RefusalView(BaseModel):
    """One rule's no."""

    rule_id: str
    code: str
    messages: Words
    facts: dict[str, Any]


class WrongFieldView(BaseModel):
    """One wrong place of what was sent: where it stands, what is wrong, and in both languages what to write."""

    part: PartOfRequest = Field(
        alias="in", description="고칠 곳이 있는 부분 · the part of the request in which the pointer points"
    )
    path: str = Field(
        description="점으로 이은 자리. 빈 글은 그 부분 전체 · the place with dots; empty for the whole part",
        examples=["seats.0.seat"],
    )
    pointer: str = Field(
        description="JSON 포인터(RFC 6901), 매개변수는 `/이름` · JSON pointer; `/name` of a parameter or a header",
        examples=["/seats/0/seat"],
    )
    code: str = Field(
        description="바뀌지 않는 코드 · a stable code",
        examples=["too_large"],
        json_schema_extra={"enum": [*sorted(FIELD_MESSAGES)]},
    )
    messages: Words = Field(description="무엇이 틀렸고 무엇을 적을지 · what is wrong and what to write")


class Problem(BaseModel):
    """RFC 9457 problem details: `code` is stable, `messages` are for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/not_found",
                    "title": "찾을 수 없음",
                    "status": 404,
                    "detail": "신청 'A-000001'을 찾을 수 없습니다.",
                    "code": "not_found",
                    "rule_id": "",
                    "messages": {"ko": "…", "en": "…"},
                    "facts": {"thing": "application", "id": "A-000001"},
                    "refusals": [],
                    "errors": [],
                    "correlation_id": "8f4c…",
                },
                {
                    "type": "/problems/invalid_request",
                    "title": "올바르지 않은 내용",
                    "status": 422,
                    "detail": "요청에 고칠 곳이 1곳 있습니다. months: 너무 큽니다. …",
                    "code": "invalid_request",
                    "rule_id": "",
                    "messages": {"ko": "…", "en": "…"},
                    "facts": {"count": 1, "places": "…", "places_ko": "…"},
                    "refusals": [],
                    "errors": [WRONG],
                    "correlation_id": "8f4c…",
                },
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    rule_id: str
    messages: Words
    facts: dict[str, Any]
    refusals: list[RefusalView]
    errors: list[WrongFieldView]
    correlation_id: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: the problems it may answer, beside those that every route may (400 … 403, 422)."""
    return {
        status: {"model": Problem, "description": TITLES[status][1], "content": {MEDIA_TYPE: {}}}
        for status in sorted({400, 401, 403, 422, *statuses})
    }


def problem_body(
    request: Request | None,
    status: int,
    code: str,
    facts: Mapping[str, Fact],
    *,
    rule_id: str = "",
    refusals: list[dict[str, Any]] | None = None,
    errors: Sequence[WrongField] = (),
) -> dict[str, Any]:
    """The fields of a problem, in the language that the request accepts (Korean unless English is asked for)."""
    words = words_of(code, facts)
    english = request is not None and _prefers_english(request.headers.get("accept-language", ""))
    return {
        "type": f"/problems/{code}",
        "title": TITLES.get(status, TITLES[500])[english],
        "status": status,
        "detail": words["en" if english else "ko"],
        "code": code,
        "rule_id": rule_id,
        "messages": words,
        "facts": dict(facts),
        "refusals": refusals or [],
        "errors": [_field_body(one) for one in errors],
        "correlation_id": log.correlation_id.get(),
    }


def _field_body(one: WrongField) -> dict[str, Any]:
    where = {"in": one.part, "path": one.path, "pointer": one.pointer}
    return {**where, "code": one.code, "messages": {"ko": one.ko, "en": one.en}}


def _prefers_english(accepted: str) -> bool:
    """Whether English weighs more than Korean; of equal weights the first named wins, and Korean where neither is."""
    weights = {"ko": 0.0, "en": 0.0}
    for choice in accepted.lower().split(","):
        language, _, weight = choice.partition(";")
        name = language.strip().split("-")[0]
        found = WEIGHT.fullmatch(weight.strip() or "q=1")
        if found and name in weights and not weights[name]:
            # What comes later weighs a hair less.
            weights[name] = float(found[1]) - 0.0001 * any(weights.values())
    return weights["en"] > weights["ko"]


def problem_answer(request: Request, status: int, code: str, facts: Mapping[str, Fact], **more: Any) -> JSONResponse:
    """A problem as an answer."""
    body = problem_body(request, status, code, facts, **more)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


async def _dure_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DureError)  # noqa: S101 - registered for this type only
    refusals = [
        {"rule_id": r.rule_id, "code": r.code, "messages": words_of(r.code, r.facts), "facts": dict(r.facts)}
        for r in (error.refusals if isinstance(error, Refused) else ())
    ]
    errors = error.fields if isinstance(error, Invalid) else ()
    answer = problem_answer(
        request, error.status, error.code, error.facts, rule_id=error.rule_id, refusals=refusals, errors=errors
    )
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    return await _dure_error(request, invalid_request(request.scope.get("route"), error.errors()))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    if isinstance(error.__cause__, DureError):  # how a problem gets through FastAPI's reading of a body
        return await _dure_error(request, error.__cause__)
    code = HTTP_CODES.get(error.status_code, "unreadable_body")
    facts = {"bytes_max": body_bytes_max(request)} if code == "body_too_large" else {}
    answer = problem_answer(request, error.status_code, code, facts)
    answer.headers.update(error.headers or {})
    return answer


def body_bytes_max(request: Request) -> int:
    """How large the body of this request may be, as its route or else its application says."""
    return int(request.scope.get(MAX_BODY_SIZE_SCOPE_KEY, 0))


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    if sqlstate(error) in BAD_TEXT:
        return await _dure_error(request, InvalidRequest([wrong_field("forbidden_character", [])]))
    wait_s = retry_after_s(error)
    if wait_s is None:
        return await _bug(request, error)
    _log.warning("unavailable", path=request.url.path, error=repr(error)[:500])
    answer = problem_answer(request, 503, "busy" if wait_s <= BUSY_RETRY_S else "unavailable", {})
    answer.headers["Retry-After"] = str(wait_s)
    return answer


async def _bug(request: Request, error: Exception) -> JSONResponse:
    _log.error("internal_error", path=request.url.path, exc_info=error)
    return problem_answer(request, 500, "internal_error", {})


def install(app: FastAPI) -> None:
    """Make every error of an app a problem."""
    app.add_exception_handler(DureError, _dure_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    for kind in (SQLAlchemyError, OSError, PostgresError, InterfaceError):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _bug)
