"""HTTP: cards are taken down and brought back."""

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from libs.common.bounds import Positive
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.allocator.model.supply import DowntimeAsk
from services.allocator.operations import downtimes as operations
from services.allocator.operations.supply import take_down as take_cards_down
from services.allocator.routes.fields import Code, CodePath, CodeQuery, Instant, Reason

router = ServiceRouter(tags=["공급 · Supply"])

Supplier = Annotated[Caller, Allowed("officer", "provider")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


class TakeDown(Body):
    """Cards of a server that nobody holds and that are down for a time (AL-3)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "cards": 2,
                    "from": "2025-10-01T00:00:00Z",
                    "until": "2025-10-05T00:00:00Z",
                    "reason": "메모리 교체",
                }
            ]
        },
        populate_by_name=True,
    )

    cards: Positive
    from_at: Annotated[Instant, Field(alias="from")]
    until: Instant
    reason: Reason


class BringUp(Body):
    """Cards that were down are up again, or never were down: a counter-fact, with a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"down_id": "D-000001", "reason": "부품 교체 완료"}]})

    reason: Reason
    down_id: Code | None = None
    """Which downtime; the only one of the server that lasts, where it is left out."""
    up_at: Instant | None = None
    """Since when they are up; now where it is left out. At or before the downtime's beginning: they never were down."""


class DownView(View):
    """Cards that are down: who took them down, and once they are back, who brought them up."""

    down_no: int
    down_id: str
    provider_id: str
    server_id: str
    cards: int
    from_at: dt.datetime
    until: dt.datetime
    reason: str
    taken_down_by: str | None
    taken_down_at: dt.datetime | None
    up_at: dt.datetime | None
    up_reason: str | None
    brought_up_by: str | None
    brought_up_at: dt.datetime | None


@router.post(
    "/servers/{server_id}/down", status_code=201, summary="카드 고장 · Take cards down", responses=problems(404, 409)
)
async def take_down(
    server_id: CodePath,
    body: TakeDown,
    caller: Supplier,
    command: Command,
    db: Db,
    clock: Timepiece,
    provider: CodeQuery = None,
) -> DownView:
    """Cards that nobody holds are down over an interval; nobody is placed on them.

    `provider`: whose server, where two chose one code.
    """
    ask = DowntimeAsk(server_id, body.cards, body.from_at, body.until, body.reason)

    async def act(tx: Tx) -> DownView:
        return DownView.model_validate(await take_cards_down(tx, caller, provider, ask, clock))

    return await command.once(db, act)


@router.post("/servers/{server_id}/up", summary="카드 복구 · Bring cards up", responses=problems(404, 409))
async def bring_up(
    server_id: CodePath,
    body: BringUp,
    caller: Supplier,
    command: Command,
    db: Db,
    clock: Timepiece,
    provider: CodeQuery = None,
) -> DownView:
    """Cards that were down can be given again; who took them down, when and why stays on record.

    `provider`: whose server, where two chose one code.
    """
    ask = operations.UpAsk(server_id, provider, body.down_id, body.up_at, body.reason)

    async def act(tx: Tx) -> DownView:
        return DownView.model_validate(await operations.bring_up(tx, caller, ask, clock))

    return await command.once(db, act)


@router.get("/servers/{server_id}/downtimes", summary="카드 고장 이력 · Downtimes", responses=problems(404, 409))
async def list_downtimes(
    server_id: CodePath, caller: Reader, db: Db, paging: Paging, provider: CodeQuery = None
) -> Page[DownView]:
    """The downtimes of a server by number, those that are over too."""
    (after,) = paging.after_numbers(1)
    async with db.transaction() as tx:
        found = await operations.list_downtimes(tx, caller, server_id, provider, after, paging.limit + 1)
    return paging.page([DownView.model_validate(one) for one in found], "down_no")
