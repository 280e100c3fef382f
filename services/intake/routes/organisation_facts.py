"""HTTP: an organisation's facts change by dated versions; all of them are told (MS-4)."""

import datetime as dt
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from libs.common.bounds import BirthDay, Day
from libs.common.db import Tx
from libs.common.web import Body, Command, Db, IfMatch, Now, ServiceRouter, Timepiece, View, etag, match, problems
from services.intake.model.organisations import Place
from services.intake.model.versions import FactsEdit
from services.intake.operations import organisation_facts as operations
from services.intake.routes.fields import Applicant, BusinessNumber, Code, Name, OrganisationPath, Reader, Reason
from services.intake.routes.organisations import COMPANY, PLACE, OrganisationView, PersonView, PlaceView
from services.intake.routes.provider_bodies import Person
from services.intake.routes.readings import keep_readings

router = ServiceRouter(tags=["기관 · Organisations"])


class PlaceOfBusiness(Body):
    """A place of business as the business registration names it: where, what it is there, and since when."""

    region: Code
    """광역시·도의 코드(예: gwangju, seoul) · the region's code."""
    kind: Code
    """`head_office`, `branch`, `institute` …"""
    since: BirthDay

    def told(self) -> Place:
        """The place."""
        return Place(self.region, self.kind, self.since)


class ChangeFacts(Body):
    """Which facts change, from which day on, and why. What is left out stays; a list replaces the whole list."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [{"places": [PLACE], "valid_from": "2025-09-01", "reason": "광주 지사 설치(사업자등록 정정)"}]
        },
    )

    name: Name | None = None
    kind: Code | None = None
    legal_form: Code | None = None
    representatives: Annotated[list[Person], Field(min_length=1, max_length=50)] | None = None
    opened_on: BirthDay | None = None
    affiliates: Annotated[list[BusinessNumber], Field(max_length=1_000)] | None = None
    places: Annotated[list[PlaceOfBusiness], Field(max_length=200)] | None = None
    valid_from: Day | None = None
    """첫날, 없으면 오늘 · the first day of these facts, today where it is left out."""
    reason: Reason

    def told(self) -> FactsEdit:
        """What changes."""
        people, places = self.representatives, self.places
        return FactsEdit(
            name=self.name,
            kind=self.kind,
            legal_form=self.legal_form,
            representatives=None if people is None else tuple(person.told() for person in people),
            affiliates=None if self.affiliates is None else tuple(self.affiliates),
            opened_on=self.opened_on,
            places=None if places is None else tuple(place.told() for place in places),
            valid_from=self.valid_from,
        )


class FactsVersionView(View):
    """One version of an organisation's facts: what held from a day on, who said so, when and why."""

    version: int
    valid_from: dt.date
    name: str
    kind: str
    legal_form: str
    representatives: list[PersonView]
    opened_on: dt.date | None
    affiliates: list[str]
    places: list[PlaceView]
    reason: str
    by: str
    at: dt.datetime


class FactsVersionsView(View):
    """All versions of an organisation's facts, oldest first: the newest 1,000."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "version": 1,
                            "valid_from": "2000-01-01",
                            **{name: told for name, told in COMPANY.items() if name != "business_no"},
                            "places": [],
                            "reason": "registered",
                            "by": "kim",
                            "at": "2025-09-02T01:00:00Z",
                        }
                    ]
                }
            ]
        }
    )

    items: list[FactsVersionView]


@router.patch(
    "/organisations/{organisation_id}",
    summary="기관 정보 변경 · Change an organisation's facts",
    responses=problems(404, 409, 412, 428),
)
async def change_organisation(
    organisation_id: OrganisationPath,
    body: ChangeFacts,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    version: IfMatch,
    command: Command,
    response: Response,
) -> OrganisationView:
    """Change facts from a day on; the business number stays. Screening reads again, earlier versions are kept (MS-4).

    A representative or manager of the organisation changes them, or an officer.
    """

    async def act(tx: Tx) -> OrganisationView:
        known = await operations.locked(tx, caller, organisation_id)
        match(version, known.version)
        kept = await operations.change(tx, caller, known, body.told(), body.reason, clock)
        etag(response, kept.version)
        return OrganisationView.of(kept)

    return await command.once(db, act)


@router.get(
    "/organisations/{organisation_id}/versions",
    summary="기관 정보의 판 · Versions of an organisation's facts",
    responses=problems(404),
)
async def list_organisation_versions(
    organisation_id: OrganisationPath, caller: Reader, db: Db, now: Now
) -> FactsVersionsView:
    """Which facts held since when, to the organisation's members and the agency."""
    async with db.transaction() as tx:
        found = await operations.list_versions(tx, caller, organisation_id)
        await keep_readings(tx, caller, "list_organisation_versions", "organisation", [organisation_id], now)
    return FactsVersionsView(items=[FactsVersionView.model_validate(one) for one in found])
