"""HTTP: the grants that settlements leave out or approve without a split, with the reason and its owner (BL-11)."""

from typing import Annotated

from fastapi import Query

from libs.common.web import Db, Page, Paging, ServiceRouter, problems
from services.billing.routes.fields import Filter, ProviderReader, own_provider
from services.billing.routes.parked_views import ParkedView, parked_view
from services.billing.store import parked as store

router = ServiceRouter(tags=["정산 · Settlements"])


@router.get("/parked-grants", summary="보류된 과제 목록 · List parked grants", responses=problems())
async def list_parked_grants(
    caller: ProviderReader,
    db: Db,
    paging: Paging,
    programme: Filter = None,
    provider: Filter = None,
    grant: Filter = None,
    ended: Annotated[bool, Query(description="해소된 것도 함께 · also those that are over")] = False,
) -> Page[ParkedView]:
    """Grants parked in settlements, each with its reason in words and whose task it is. A provider sees its own."""
    async with db.transaction() as tx:
        found = await store.list_parked(
            tx,
            programme_code=programme,
            provider_id=own_provider(caller, provider),
            grant_id=grant,
            only_open=not ended,
            after=paging.after_id(),
            limit=paging.limit,
        )
    return paging.page([parked_view(each) for each in found], "id")
