"""HTTP: a programme's allocation in figures."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict

from libs.common.identity import Caller
from libs.common.web import Allowed, Db, Now, ServiceRouter, View, problems
from services.allocator.operations.figures import summary as read_summary
from services.allocator.routes.fields import CODE, view_of

router = ServiceRouter(tags=["현황 · Summary"])

Reader = Annotated[Caller, Allowed("officer", "operator", "auditor")]


class SessionCounts(View):
    """Requests by what became of them, and the waits of all that were assigned."""

    requested: int
    refused: int
    assigned: int
    withdrawn: int
    over_wait_limit: int
    wait_p50_s: int
    """Exact lower median."""
    wait_max_s: int


class SummaryView(View):
    """Grants and sessions of a programme."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "grants": 60,
                    "placed": 60,
                    "active": 60,
                    "sessions": {
                        "requested": 8760,
                        "refused": 120,
                        "assigned": 8600,
                        "withdrawn": 40,
                        "over_wait_limit": 35,
                        "wait_p50_s": 0,
                        "wait_max_s": 40210,
                    },
                }
            ]
        },
    )

    grants: int
    placed: int
    active: int
    sessions: SessionCounts


@router.get("/summary", summary="배정 현황 · Allocation in figures", responses=problems(404, 409))
async def summary(
    _: Reader, db: Db, now: Now, programme: Annotated[str, Query(max_length=100, pattern=CODE)]
) -> SummaryView:
    """How many grants are placed and active, and what became of the requests for sessions."""
    async with db.transaction() as tx:
        found = await read_summary(tx, programme, now)
    sessions = view_of(SessionCounts, found.sessions, over_wait_limit=found.over_wait_limit)
    return view_of(SummaryView, found.grants, sessions=sessions)
