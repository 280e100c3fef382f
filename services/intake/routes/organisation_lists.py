"""HTTP: organisations as people look through them, and the same list as a file."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.exports import export
from libs.common.identity import Caller
from libs.common.list_requests import FileFormat, FromInstant, ListRequest, ToInstant, list_of
from libs.common.lists import Wanted
from libs.common.messages.words import called
from libs.common.paging import ListPage
from libs.common.web import Db, Now, ServiceRouter, problems
from services.intake.operations.belonging import own_ids
from services.intake.routes.fields import Reader
from services.intake.routes.organisations import OrganisationView
from services.intake.routes.readings import keep_readings
from services.intake.store import organisations as store
from services.intake.store.organisations import OrganisationsWanted

router = ServiceRouter(tags=["기관 · Organisations"])
Listed = Annotated[
    ListRequest, Depends(list_of("organisation_id", {"name": "text", "business_no": "text", "kind": "text"}))
]
OfKind = Annotated[Text | None, Query(max_length=40, description="기관 유형(예: sme) · kind")]


async def _read_only(
    kind: OfKind = None, registered_from: FromInstant = None, registered_to: ToInstant = None
) -> OrganisationsWanted:
    return OrganisationsWanted(None, kind, registered_from, registered_to)


Only = Annotated[OrganisationsWanted, Depends(_read_only)]


@router.get("/organisations", summary="기관 목록 · List organisations", responses=problems())
async def list_organisations(
    caller: Reader, db: Db, listed: Listed, now: Now, asked: Only
) -> ListPage[OrganisationView]:
    """Organisations, found by part of a name, a business number or an id (`q`); applicants see their own."""
    async with db.transaction() as tx:
        only = replace(asked, own=await own_ids(tx, caller))
        found = await store.list_organisations(tx, listed.wanted, only)
        counts = await store.count_organisations(tx, listed.wanted, only) if listed.counts else None
        views = [OrganisationView.of(one) for one in found]
        await _read(tx, caller, "list_organisations", views[: listed.limit], now)
    return listed.page(views, counts)


@router.get(
    "/organisations/export",
    summary="기관 목록 내려받기 · Organisations as a file",
    responses=problems(),
    response_class=Response,
)
async def export_organisations(
    caller: Reader, db: Db, listed: Listed, now: Now, asked: Only, file_format: FileFormat = "csv"
) -> Response:
    """The whole list, with its filters and order, as a file with Korean headers, at most 100,000 rows."""
    async with db.transaction() as tx:
        only = replace(asked, own=await own_ids(tx, caller))

        async def read(wanted: Wanted) -> Sequence[OrganisationView]:
            views = [OrganisationView.of(one) for one in await store.list_organisations(tx, wanted, only)]
            await _read(tx, caller, "export_organisations", views, now)
            return views

        return await export(listed.whole(read), COLUMNS, file_format, "기관 목록")


async def _read(tx: Tx, caller: Caller, did: str, views: Sequence[OrganisationView], now: dt.datetime) -> None:
    await keep_readings(tx, caller, did, "organisation", [one.organisation_id for one in views], now)


COLUMNS: Mapping[str, Callable[[OrganisationView], Any]] = {
    "기관 번호": lambda one: one.organisation_id,
    "기관명": lambda one: one.name,
    "사업자등록번호": lambda one: one.business_no_printed,
    "기관 유형": lambda one: called("kind", one.kind),
    "법적 형태": lambda one: called("legal_form", one.legal_form),
    "대표자": lambda one: [person.name for person in one.representatives],
    "개업일": lambda one: one.opened_on,
    "정보 기준일": lambda one: one.valid_from,
}
