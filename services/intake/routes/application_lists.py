"""HTTP: applications as people look through them, and the same list as a file."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.exports import export
from libs.common.identity import Caller
from libs.common.list_requests import FileFormat, FromInstant, ListRequest, ToInstant, list_of
from libs.common.lists import Wanted
from libs.common.messages.words import called
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Db, Now, ServiceRouter, problems
from services.intake.model.agreements import Standing
from services.intake.model.applications import ApplicationState, NamedApplication
from services.intake.operations import applications as operations
from services.intake.operations.belonging import own_ids
from services.intake.routes.application_views import APPLICATION, ApplicationView, told_of
from services.intake.routes.fields import InProgrammeIfAny, OfOrganisation, Reader
from services.intake.routes.readings import keep_readings
from services.intake.rules.business_number import printed_business_number
from services.intake.store import application_lists as store
from services.intake.store.application_lists import ApplicationsWanted

router = ServiceRouter(tags=["신청 · Applications"])
Listed = Annotated[
    ListRequest,
    Depends(
        list_of(
            "application_id",
            {
                "title": "text",
                "organisation_name": "text",
                "state": "text",
                "units": "number",
                "created_at": "instant",
                "received_at": "instant",
            },
        )
    ),
]
InTrack = Annotated[Text | None, Query(max_length=40, description="트랙 · track")]


async def _read_only(
    programme: InProgrammeIfAny = None,
    state: ApplicationState | None = None,
    organisation_id: OfOrganisation = None,
    track: InTrack = None,
    received_from: FromInstant = None,
    received_to: ToInstant = None,
) -> ApplicationsWanted:
    return ApplicationsWanted(programme, state, organisation_id, track, received_from, received_to)


Only = Annotated[ApplicationsWanted, Depends(_read_only)]


class ListedApplication(ApplicationView):
    """An application in a list, with the names of whose it is and of its programme."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **APPLICATION,
                    "organisation_name": "한빛에이아이",
                    "business_no": "1248100998",
                    "programme_name": {"ko": "추경 AI컴퓨팅 자원", "en": "2025 supplementary GPU rental support"},
                }
            ]
        }
    )

    organisation_name: str
    business_no: str
    programme_name: ProgrammeName | None

    @classmethod
    def named(
        cls, found: NamedApplication, standing: Standing, names: Mapping[str, ProgrammeName]
    ) -> "ListedApplication":
        """Tell an application as it stands, with names."""
        named = {"organisation_name": found.organisation_name, "business_no": found.business_no}
        programme = names.get(found.application.programme_code)
        return cls.model_validate({**told_of(standing), **named, "programme_name": programme})


@router.get("/applications", summary="신청 목록 · List applications", responses=problems())
async def list_applications(
    caller: Reader, db: Db, listed: Listed, now: Now, only: Only
) -> ListPage[ListedApplication]:
    """Applications with their announced outcome, agreement and progress; applicants see their own.

    Found by part of a title, a receipt, an id, the organisation's name or its business number (`q`).
    """
    async with db.transaction() as tx:
        own = await own_ids(tx, caller)
        views = await _views(tx, listed.wanted, only, own)
        counts = await store.count_applications(tx, listed.wanted, only, own) if listed.counts else None
        await _read(tx, caller, "list_applications", views[: listed.limit], now)
    return listed.page(views, counts)


@router.get(
    "/applications/export",
    summary="신청 목록 내려받기 · Applications as a file",
    responses=problems(),
    response_class=Response,
)
async def export_applications(
    caller: Reader, db: Db, listed: Listed, now: Now, only: Only, file_format: FileFormat = "csv"
) -> Response:
    """The whole list, with its filters and order, as a file with Korean headers, at most 100,000 rows."""
    async with db.transaction() as tx:
        own = await own_ids(tx, caller)

        async def read(wanted: Wanted) -> Sequence[ListedApplication]:
            views = await _views(tx, wanted, only, own)
            await _read(tx, caller, "export_applications", views, now)
            return views

        return await export(listed.whole(read), COLUMNS, file_format, "신청 목록")


async def _views(
    tx: Tx, wanted: Wanted, only: ApplicationsWanted, own: Collection[str] | None
) -> list[ListedApplication]:
    found = await store.list_applications(tx, wanted, only, own)
    standing = await operations.standing(tx, [one.application for one in found])
    names = await list_programme_names(tx, [one.application.programme_code for one in found])
    return [ListedApplication.named(one, beside, names) for one, beside in zip(found, standing, strict=True)]


async def _read(tx: Tx, caller: Caller, did: str, views: Sequence[ListedApplication], now: dt.datetime) -> None:
    await keep_readings(tx, caller, did, "application", [one.application_id for one in views], now)


COLUMNS: Mapping[str, Callable[[ListedApplication], Any]] = {
    "신청 번호": lambda one: one.application_id,
    "접수번호": lambda one: one.receipt_no,
    "사업 코드": lambda one: one.programme,
    "사업명": lambda one: None if one.programme_name is None else one.programme_name.ko,
    "기관 번호": lambda one: one.organisation_id,
    "기관명": lambda one: one.organisation_name,
    "사업자등록번호": lambda one: printed_business_number(one.business_no),
    "과제명": lambda one: one.title,
    "상태": lambda one: called("state.application", one.state),
    "트랙": lambda one: one.track,
    "상품": lambda one: one.product,
    "신청 수량": lambda one: one.units,
    "신청 개월": lambda one: one.months,
    "희망 시작일": lambda one: one.wished_start,
    "연구책임자": lambda one: None if one.principal_investigator is None else one.principal_investigator.name,
    "실무담당자": lambda one: None if one.manager is None else one.manager.name,
    "작성 시각": lambda one: one.created_at,
    "접수 시각": lambda one: one.received_at,
    "적격": lambda one: one.eligible,
    "청년기업": lambda one: one.youth,
    "선정 결과": lambda one: None if one.award is None else called("announced_outcome", one.award.outcome),
    "선정 수량": lambda one: None if one.award is None else one.award.units,
    "선정 개월": lambda one: None if one.award is None else one.award.months,
    "평가 점수": lambda one: None if one.award is None else one.award.score,
    "순위": lambda one: None if one.award is None else one.award.rank,
    "공급사": lambda one: None if one.progress is None else one.progress.provider_id,
    "이용 시작": lambda one: None if one.progress is None else one.progress.starts_at,
    "이용 종료": lambda one: None if one.progress is None else one.progress.ends_at,
}
