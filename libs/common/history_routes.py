"""HTTP: the history of one thing, as every service tells it: who did what, when and why."""

from typing import Annotated

from fastapi import Path, Request
from pydantic import AwareDatetime, ConfigDict

from libs.common.acts import Act, list_acts
from libs.common.bounds import Text
from libs.common.identity import Caller
from libs.common.proposals.routes import router as proposal_router
from libs.common.web import Allowed, Db, Page, Paging, ServiceRouter, View, problems

router = ServiceRouter(tags=["이력 · History"])
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor")]
ThingName = Annotated[
    str,
    Path(
        max_length=40, pattern=r"^[a-z0-9_]+$", description="종류 · kind, such as settlement", examples=["settlement"]
    ),
]
ThingId = Annotated[Text, Path(max_length=300, description="번호 · its id", examples=["A-000001"])]


class ActView(View):
    """One act: what was done, by whom in which role and for which organisation, when and why."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": 12,
                    "thing": "settlement",
                    "thing_id": "alpha:hpc-2025-gpu:2025-10",
                    "did": "approve_settlement",
                    "did_ko": "정산 승인",
                    "did_en": "Approve",
                    "actor": "officer-2",
                    "roles": ["officer"],
                    "party": "",
                    "reason": "",
                    "at": "2025-11-17T01:00:00Z",
                }
            ]
        },
    )

    id: int
    thing: str
    thing_id: str
    did: str
    did_ko: str
    did_en: str
    actor: str
    roles: list[str]
    party: str
    """The organisation for which the actor's token spoke; empty for the agency's own people."""
    reason: str
    at: AwareDatetime


@router.get("/history/{thing}/{thing_id:path}", summary="이력 조회 · Read a history", responses=problems(404))
async def get_history(
    thing: ThingName, thing_id: ThingId, _: Reader, db: Db, paging: Paging, request: Request
) -> Page[ActView]:
    """Every command on one thing, and every reading of its personal data, oldest first."""
    (after,) = paging.after_numbers(1)
    async with db.transaction() as tx:
        acts = await list_acts(tx, (thing, thing_id), after, paging.limit)
    named = _summaries(request)
    return paging.page([_view(act, named.get(act.did) or act.did) for act in acts], "id")


def _summaries(request: Request) -> dict[str, str]:
    """What each of the service's operations is called, in Korean and English."""
    routers = (*request.app.state.runtime.service.routers, proposal_router)
    routes = (route for router in routers for route in router.routes)
    return {route.name: route.summary for route in routes if route.summary}


def _view(act: Act, summary: str) -> ActView:
    ko, _, en = summary.partition(" · ")
    return ActView(
        id=act.id,
        thing=act.thing,
        thing_id=act.thing_id,
        did=act.did,
        did_ko=ko,
        did_en=en or ko,
        actor=act.actor,
        roles=list(act.roles),
        party=act.party,
        reason=act.reason,
        at=act.at,
    )
