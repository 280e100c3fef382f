"""HTTP: keys that an upgrade found to be shared, for an officer to look at."""

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import ConfigDict

from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.intake.routes.fields import Agency
from services.intake.routes.readings import keep_readings
from services.intake.store import collisions as store

router = ServiceRouter(tags=["기관 · Organisations"])
Kind = Literal["investigator", "counting_unit"]
Listed = Annotated[ListRequest, Depends(list_of("id", {"key": "text"}, id_kind="number"))]
OfKind = Annotated[Kind | None, Query(description="연구책임자, 신청 단위 · kind")]


class KeyCollisionView(View):
    """Spellings that are one key now (CV-9), and the records that have them: nothing was merged."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "kind": "investigator",
                    "key": "investigator:ntis-99",
                    "spellings": ["investigator:NTIS-99", "investigator:ntis-99"],
                    "things": ["A-000001", "X-000001"],
                    "found_by": "intake_0004",
                }
            ]
        },
    )

    id: int
    kind: Kind
    key: str
    spellings: list[str]
    things: list[str]
    found_by: str


@router.get(
    "/key-collisions",
    summary="접수 키 충돌 목록 · Key collisions",
    responses=problems(),
)
async def list_key_collisions(
    caller: Agency, db: Db, listed: Listed, now: Now, kind: OfKind = None
) -> ListPage[KeyCollisionView]:
    """Spellings that an upgrade found to be one key, in the order of their finding: two records may be one person."""
    async with db.transaction() as tx:
        found = await store.list_collisions(tx, listed.wanted, kind)
        counts = await store.count_collisions(tx, listed.wanted, kind) if listed.counts else None
        read = [str(one.id) for one in found[: listed.limit]]
        await keep_readings(tx, caller, "list_key_collisions", "key_collision", read, now)
    return listed.page([KeyCollisionView.model_validate(one) for one in found], counts)
