"""HTTP: facts on record as officers look through them, and the same lists as files."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
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
from services.intake.model.facts_on_record import AwardOnRecord, FactsWanted, Named, RestrictionOnRecord, Standing
from services.intake.routes.facts import AWARD, RESTRICTION, AwardOnRecordView, FactView, RestrictionView
from services.intake.routes.fields import Agency, InProgrammeIfAny, OfOrganisation
from services.intake.routes.readings import keep_readings
from services.intake.store import fact_lists as store

router = ServiceRouter(tags=["참여 제한·수혜 이력 · Facts on record"])
Restrictions = Annotated[
    ListRequest, Depends(list_of("restriction_id", {"recorded_at": "instant", "from_day": "day", "kind": "text"}))
]
Awards = Annotated[
    ListRequest, Depends(list_of("award_id", {"recorded_at": "instant", "year": "number", "programme_code": "text"}))
]
OfInvestigator = Annotated[
    Text | None, Query(max_length=100, description="연구책임자의 국가연구자번호 · national researcher number")
]
OfKind = Annotated[
    Text | None, Query(max_length=40, description="참여 제한 종류(예: tax_arrears) · kind of restriction")
]
StandsAs = Annotated[Standing | None, Query(description="유효, 종료, 철회 · where it stands")]


class ListedRestriction(RestrictionView):
    """A restriction in a list, with the name of the organisation that it is of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**RESTRICTION, "organisation_name": "한빛에이아이"}]})

    organisation_name: str | None

    @classmethod
    def named(cls, found: Named[RestrictionOnRecord]) -> "ListedRestriction":
        """Tell a restriction with names."""
        return cls(**RestrictionView.of(found.fact).model_dump(), organisation_name=found.organisation_name)


class ListedAward(AwardOnRecordView):
    """An award in a list, with the names of whose it is and, where it is one of ours, of the call."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**AWARD, "organisation_name": "한빛에이아이", "programme_name": None}]}
    )

    organisation_name: str | None
    programme_name: ProgrammeName | None

    @classmethod
    def named(cls, found: Named[AwardOnRecord], names: Mapping[str, ProgrammeName]) -> "ListedAward":
        """Tell an award with names."""
        return cls(
            **AwardOnRecordView.of(found.fact).model_dump(),
            organisation_name=found.organisation_name,
            programme_name=names.get(found.fact.fact.programme_code),
        )


async def _read_restrictions(
    organisation_id: OfOrganisation = None,
    principal_investigator_id: OfInvestigator = None,
    kind: OfKind = None,
    state: StandsAs = None,
    recorded_from: FromInstant = None,
    recorded_to: ToInstant = None,
) -> FactsWanted:
    return FactsWanted(
        organisation_id, principal_investigator_id, state, kind, recorded_from=recorded_from, recorded_to=recorded_to
    )


async def _read_awards(
    organisation_id: OfOrganisation = None,
    principal_investigator_id: OfInvestigator = None,
    programme: InProgrammeIfAny = None,
    state: StandsAs = None,
    recorded_from: FromInstant = None,
    recorded_to: ToInstant = None,
) -> FactsWanted:
    return FactsWanted(organisation_id, principal_investigator_id, state, None, programme, recorded_from, recorded_to)


OnlyRestrictions = Annotated[FactsWanted, Depends(_read_restrictions)]
OnlyAwards = Annotated[FactsWanted, Depends(_read_awards)]


@router.get("/restrictions", summary="참여 제한 목록 · Restrictions on record", responses=problems())
async def list_restrictions(
    caller: Agency, db: Db, listed: Restrictions, now: Now, only: OnlyRestrictions
) -> ListPage[ListedRestriction]:
    """Restrictions in the order of their record, with what was said against them; nothing is ever removed."""
    async with db.transaction() as tx:
        views = await _restrictions(tx, listed.wanted, only)
        counts = await store.count_restrictions(tx, listed.wanted, only) if listed.counts else None
        await _read_restriction(tx, caller, "list_restrictions", views[: listed.limit], now)
    return listed.page(views, counts)


@router.get(
    "/restrictions/export",
    summary="참여 제한 내려받기 · Restrictions as a file",
    responses=problems(),
    response_class=Response,
)
async def export_restrictions(
    caller: Agency, db: Db, listed: Restrictions, now: Now, only: OnlyRestrictions, file_format: FileFormat = "csv"
) -> Response:
    """The whole list, with its filters and order, as a file with Korean headers, at most 100,000 rows."""
    async with db.transaction() as tx:

        async def read(wanted: Wanted) -> Sequence[ListedRestriction]:
            views = await _restrictions(tx, wanted, only)
            await _read_restriction(tx, caller, "export_restrictions", views, now)
            return views

        return await export(listed.whole(read), RESTRICTION_COLUMNS, file_format, "참여 제한 목록")


@router.get("/awards", summary="수혜 이력 목록 · Awards on record", responses=problems())
async def list_awards(caller: Agency, db: Db, listed: Awards, now: Now, only: OnlyAwards) -> ListPage[ListedAward]:
    """Awards in the order of their record, with what was said against them; nothing is ever removed."""
    async with db.transaction() as tx:
        views = await _awards(tx, listed.wanted, only)
        counts = await store.count_awards(tx, listed.wanted, only) if listed.counts else None
        await _read_award(tx, caller, "list_awards", views[: listed.limit], now)
    return listed.page(views, counts)


@router.get(
    "/awards/export",
    summary="수혜 이력 내려받기 · Awards as a file",
    responses=problems(),
    response_class=Response,
)
async def export_awards(
    caller: Agency, db: Db, listed: Awards, now: Now, only: OnlyAwards, file_format: FileFormat = "csv"
) -> Response:
    """The whole list, with its filters and order, as a file with Korean headers, at most 100,000 rows."""
    async with db.transaction() as tx:

        async def read(wanted: Wanted) -> Sequence[ListedAward]:
            views = await _awards(tx, wanted, only)
            await _read_award(tx, caller, "export_awards", views, now)
            return views

        return await export(listed.whole(read), AWARD_COLUMNS, file_format, "수혜 이력 목록")


async def _restrictions(tx: Tx, wanted: Wanted, only: FactsWanted) -> list[ListedRestriction]:
    return [ListedRestriction.named(one) for one in await store.list_restrictions(tx, wanted, only)]


async def _awards(tx: Tx, wanted: Wanted, only: FactsWanted) -> list[ListedAward]:
    found = await store.list_awards(tx, wanted, only)
    names = await list_programme_names(tx, [one.fact.fact.programme_code for one in found])
    return [ListedAward.named(one, names) for one in found]


async def _read_restriction(
    tx: Tx, caller: Caller, did: str, views: Sequence[ListedRestriction], now: dt.datetime
) -> None:
    await keep_readings(tx, caller, did, "restriction", [one.restriction_id for one in views], now)


async def _read_award(tx: Tx, caller: Caller, did: str, views: Sequence[ListedAward], now: dt.datetime) -> None:
    await keep_readings(tx, caller, did, "award", [one.award_id for one in views], now)


_WHOSE: Mapping[str, Callable[[Any], Any]] = {
    "기관 번호": lambda one: one.organisation_id,
    "기관명": lambda one: one.organisation_name,
    "국가연구자번호": lambda one: one.principal_investigator_id,
}
_RECORD: Mapping[str, Callable[[FactView], Any]] = {
    "상태": lambda one: called("state.fact", one.state),
    "근거": lambda one: one.source,
    "기록한 사람": lambda one: one.recorded_by,
    "기록 시각": lambda one: one.recorded_at,
    "종료·철회 사유": lambda one: [said.reason for said in one.counter_facts],
}
RESTRICTION_COLUMNS: Mapping[str, Callable[[Any], Any]] = {
    "참여 제한 번호": lambda one: one.restriction_id,
    **_WHOSE,
    "종류": lambda one: called("kind", one.kind),
    "시작일": lambda one: one.from_day,
    "종료일": lambda one: one.until_day,
    "적용 종료일": lambda one: one.counts_until,
    "분납 승인": lambda one: one.instalments_approved,
    **_RECORD,
}
AWARD_COLUMNS: Mapping[str, Callable[[Any], Any]] = {
    "수혜 이력 번호": lambda one: one.award_id,
    **_WHOSE,
    "사업 코드": lambda one: one.programme_code,
    "사업명": lambda one: None if one.programme_name is None else one.programme_name.ko,
    "정부 지원": lambda one: one.government,
    "연도": lambda one: one.year,
    "지원 종료일": lambda one: one.running_until,
    "신청 번호": lambda one: one.application_id,
    **_RECORD,
}
