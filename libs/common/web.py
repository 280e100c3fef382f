"""What every route is made of: the caller, the clock, the database, the command and its idempotency key."""

import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, get_args

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from libs.common.acts import record_act
from libs.common.arrival import seconds_since_arrival
from libs.common.clock import Clock
from libs.common.db import Database, Tx
from libs.common.errors import DureError, Invalid
from libs.common.fingerprint import fingerprint_of, is_same
from libs.common.gate import GatedRoute, caller_of, form_of, opened_by
from libs.common.identity import ROLES, Caller, Role
from libs.common.paging import Page, read_paging
from libs.common.paging import Paging as _Paging
from libs.common.problems import problems
from libs.common.read_requests import ReadRoute
from libs.common.things import things_of

__all__ = [
    "Allowed",
    "AnyCaller",
    "Body",
    "Command",
    "Db",
    "IfMatch",
    "Now",
    "Page",
    "Paging",
    "ServiceRouter",
    "Timepiece",
    "View",
    "etag",
    "match",
    "problems",
]  # fmt: skip

R = TypeVar("R")
KEY_LENGTH_MAX = 200
NOT_KEPT = {
    "report_usage": "every batch is a row of its own, with its sender and its instant",
    "check_programme": "nothing changes",
    "check_application": "nothing changes",
    "try_limits": "nothing changes",
    "preview_cost": "nothing changes",
    "self_check_call": "nothing changes",
    "save_sheet_draft": "a working paper of one reviewer: its row tells when it was saved last",
}
"""Commands that leave no act, each with what is kept instead."""


class Body(BaseModel):
    """A request: unknown fields are refused, text is trimmed and holds no NUL."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(from_attributes=True)


class IfMatchMissing(DureError):
    """An edit without the version it edits (428)."""

    status = 428


class Stale(DureError):
    """The thing changed since the caller read it (412)."""

    status = 412

    def __init__(self, current: int) -> None:
        super().__init__("stale", current=current)


async def _db(request: Request) -> Database:
    db: Database = request.app.state.runtime.db
    return db


async def _now(request: Request) -> dt.datetime:
    clock: Clock = request.app.state.runtime.clock
    return clock.ago(seconds_since_arrival(request))


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.runtime.clock
    return clock


_bearer = HTTPBearer(auto_error=False, description="OIDC 접근 토큰 · access token (`./dure token --role officer`)")


async def _caller(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],  # tells the OpenAPI document
) -> Caller:
    return await caller_of(request)


opened_by(ROLES, _caller)


Db = Annotated[Database, Depends(_db)]
Now = Annotated[dt.datetime, Depends(_now)]
"""The instant at which the request came: for what waits for no lock."""
Timepiece = Annotated[Clock, Depends(_clock)]
"""The clock, for what judges a locked thing: it is read after the lock is had."""
AnyCaller = Annotated[Caller, Depends(_caller)]
Paging = Annotated[_Paging, Depends(read_paging)]


def Allowed(*roles: Role) -> Any:  # noqa: N802 - reads as an annotation: Annotated[Caller, Allowed("officer")]
    """Only callers with one of these roles; others get 403 with the roles it needs."""

    async def check(caller: AnyCaller) -> Caller:
        return caller

    return Depends(opened_by(roles, check))


async def _if_match(
    if_match: Annotated[str | None, Header(max_length=40, description='현재 판, 예 `"3"`')] = None,
) -> int:
    if if_match is None:
        raise IfMatchMissing("if_match_missing")
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit()):
        raise Stale(0)
    return int(digits)


IfMatch = Annotated[int, Depends(_if_match)]
"""The version that an edit is meant for: 428 where it is missing."""


def etag(response: Response, version: int) -> None:
    """Tell the version of the thing in the answer."""
    response.headers["ETag"] = f'"{version}"'


def match(expected: int, current: int) -> None:
    """Refuse an edit of an older version (412). Raises Stale."""
    if expected != current:
        raise Stale(current)


class Replayed(Exception):
    """The command was done before: its first answer goes out again."""

    def __init__(self, status: int, answer: str, headers: dict[str, str]) -> None:
        self.response = Response(answer, status, {**headers, "Idempotent-Replayed": "true"}, "application/json")


_CLAIM = text(
    "INSERT INTO idempotency_key (caller, key, fingerprint, at) VALUES (:caller, :key, :fingerprint, :now)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_FIRST = text("SELECT * FROM idempotency_key WHERE caller = :caller AND key = :key")
_REMEMBER = text(
    "UPDATE idempotency_key SET status = :status, answer = :answer, headers = cast(:headers AS jsonb)"
    " WHERE caller = :caller AND key = :key"
)


def _as_json(result: Any) -> str:
    if isinstance(result, BaseModel):
        return result.model_dump_json(by_alias=True)
    return json.dumps(jsonable_encoder(result), ensure_ascii=False, separators=(",", ":"))


class _Command:
    """A command, done once whatever is repeated: its Idempotency-Key is kept for ever, with the first answer."""

    def __init__(
        self, caller: Caller, key: str | None, because: str, request: Request, response: Response, fingerprint: str
    ) -> None:
        self._caller = caller
        self._key = key
        self._because = because
        self._request = request
        self._response = response
        self._fingerprint = fingerprint

    async def once(self, db: Database, action: Callable[[Tx], Awaitable[R]]) -> R:
        """Open the one transaction and do `action` in it, unless the key was used: then the first answer is given.

        Who did it, to what and why is kept in the same transaction.
        A key in use by a request still running waits for it. A key that came with another request is refused
        (`idempotency_key_reused`, 422). An action that raises leaves no trace of its key.
        """
        async with db.transaction() as tx:
            if self._key is None:
                return await self._done(tx, action)
            await self._claim(tx)
            result = await self._done(tx, action)
            await self._remember(tx, result)
            return result

    async def _done(self, tx: Tx, action: Callable[[Tx], Awaitable[R]]) -> R:
        """Do it, and keep who did what to which thing, when and why."""
        result = await action(tx)
        route = self._request.scope["route"]
        if route.name not in NOT_KEPT:
            things = things_of(route.path, self._request.path_params, result)
            reason = await _reason_of(self._request) or self._because
            await record_act(tx, self._caller, route.name, things, reason, await _now(self._request))
        return result

    async def _claim(self, tx: Tx) -> None:
        row = {"caller": self._caller.subject, "key": self._key, "fingerprint": self._fingerprint}
        claimed = await tx.execute(
            _CLAIM,
            {**row, "now": await _now(self._request)},
        )
        if claimed.scalar() is not None:
            return
        first = (await tx.execute(_FIRST, row)).one()
        if not await is_same(self._request, form_of(self._request), first.fingerprint, self._fingerprint):
            raise Invalid("idempotency_key_reused")
        raise Replayed(first.status, first.answer, first.headers)

    async def _remember(self, tx: Tx, result: Any) -> None:
        status = getattr(self._request.scope.get("route"), "status_code", None) or self._response.status_code or 200
        await tx.execute(
            _REMEMBER,
            {
                "status": status,
                "answer": _as_json(result),
                "headers": json.dumps({k: v for k, v in self._response.headers.items() if k == "etag"}),
                "caller": self._caller.subject,
                "key": self._key,
            },
        )


async def _reason_of(request: Request) -> str:
    """The reason that a request states in its body; empty where its body has no such field."""
    body = request.scope["route"].body_field
    kind = body.field_info.annotation if body else None
    if not any("reason" in getattr(one, "model_fields", {}) for one in (kind, *get_args(kind))):
        return ""
    told = json.loads(await request.body() or "{}") or {}
    return str(told.get("reason") or "").strip()


async def _command(
    request: Request,
    response: Response,
    caller: AnyCaller,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=KEY_LENGTH_MAX,
            description="같은 요청을 다시 보내도 한 번만 처리됩니다 · done once",
        ),
    ] = None,
    because: Annotated[
        str | None,
        Query(min_length=1, max_length=2000, description="왜 하는지, 이력에 남습니다 · why, kept in the history"),
    ] = None,
) -> _Command:
    fingerprint = await fingerprint_of(request, form_of(request))
    return _Command(caller, idempotency_key, because or "", request, response, fingerprint)


Command = Annotated[_Command, Depends(_command)]
"""A command with its Idempotency-Key: `return await command.once(db, lambda tx: operations.sign(tx, …))`."""


class ServiceRoute(GatedRoute, ReadRoute):
    """A route behind the gate, which then reads its request as every request is read."""


def ServiceRouter(tags: list[str], prefix: str = "/v1") -> APIRouter:  # noqa: N802 - stands for the class
    """A router under `/v1` whose operation ids are the functions' names."""
    return APIRouter(
        prefix=prefix,
        tags=list(tags),
        route_class=ServiceRoute,
        generate_unique_id_function=lambda route: route.name,
    )
