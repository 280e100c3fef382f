"""HTTP: organisations and the dated facts about them and about principal investigators."""

import datetime as dt
from typing import Any

from fastapi import Response
from pydantic import ConfigDict, Field

from libs.common.bounds import BirthDay
from libs.common.db import Tx
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, etag, problems
from services.intake.model.organisations import Organisation
from services.intake.operations import organisations as operations
from services.intake.routes.fact_bodies import AwardInvestigator, RecordAward, RecordRestriction, RestrictInvestigator
from services.intake.routes.fields import (
    Applicant,
    BusinessNumber,
    Code,
    Name,
    Officer,
    OrganisationPath,
    Reader,
    ResearcherPath,
)
from services.intake.routes.provider_bodies import Person
from services.intake.routes.readings import keep_readings
from services.intake.rules.business_number import printed_business_number

router = ServiceRouter(tags=["기관 · Organisations"])
COMPANY: dict[str, Any] = {
    "name": "한빛에이아이",
    "business_no": "124-81-00998",
    "kind": "sme",
    "legal_form": "corporation",
    "representatives": [{"name": "김하나", "born_on": "1990-01-01"}],
    "opened_on": "2015-03-02",
    "affiliates": [],
}
PLACE: dict[str, Any] = {"region": "gwangju", "kind": "branch", "since": "2024-03-02"}


class RegisterOrganisation(Body):
    """An organisation that applies."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [COMPANY]})

    name: Name
    business_no: BusinessNumber
    kind: Code
    """A kind that programmes list, such as `sme` or `university`."""
    legal_form: Code
    """`corporation`, `sole_proprietor`, or another for public bodies."""
    representatives: list[Person] = Field(min_length=1, max_length=50)
    opened_on: BirthDay
    affiliates: list[BusinessNumber] = Field([], max_length=1_000)

    def told(self) -> Organisation:
        """The organisation, not yet under an id."""
        people = tuple(person.told() for person in self.representatives)
        facts = (self.name, self.business_no, self.kind, self.legal_form, people, self.opened_on)
        return Organisation("", *facts, tuple(self.affiliates))


class PersonView(View):
    """One (joint) representative."""

    name: str
    born_on: dt.date


class PlaceView(View):
    """A place of business: where, what it is there, and since when."""

    region: str
    kind: str
    since: dt.date


class OrganisationView(View):
    """A registered organisation."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "organisation_id": "O-000001",
                    **COMPANY,
                    "business_no_printed": "124-81-00998",
                    "places": [PLACE],
                    "version": 1,
                    "valid_from": "2000-01-01",
                }
            ]
        },
    )

    organisation_id: str
    name: str
    business_no: str
    business_no_printed: str
    kind: str
    legal_form: str
    representatives: list[PersonView]
    opened_on: dt.date | None
    affiliates: list[str]
    places: list[PlaceView]
    version: int
    """Counts the changes of these facts; what `If-Match` of a change names."""
    valid_from: dt.date
    """Since when these facts hold."""

    @classmethod
    def of(cls, found: Organisation) -> "OrganisationView":
        """Tell a stored organisation."""
        people = [PersonView(name=person.name, born_on=person.born_on) for person in found.representatives]
        return cls(
            organisation_id=found.organisation_id,
            name=found.name,
            business_no=found.business_no,
            business_no_printed=printed_business_number(found.business_no),
            kind=found.kind,
            legal_form=found.legal_form,
            representatives=people,
            opened_on=found.opened_on,
            affiliates=list(found.affiliates),
            places=[PlaceView.model_validate(place) for place in found.places],
            version=found.version,
            valid_from=found.valid_from,
        )


class Recorded(View):
    """Under which id a fact is on record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "X-000001"}]})

    id: str


@router.post("/organisations", status_code=201, summary="기관 등록 · Register an organisation", responses=problems(409))
async def register_organisation(
    body: RegisterOrganisation,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> OrganisationView:
    """Register an organisation under its business number, which must hold (IN-11) and may be registered once.

    Whoever registers it as an applicant is its first member and uses it at once with the same token (MS-4). A number
    that somebody else registered is claimed at `POST /organisation-claims`.
    """

    async def act(tx: Tx) -> OrganisationView:
        return OrganisationView.of(await operations.register(tx, caller, body.told(), clock))

    return await command.once(db, act)


@router.get("/organisations/{organisation_id}", summary="기관 조회 · Read an organisation", responses=problems(404))
async def get_organisation(
    organisation_id: OrganisationPath, caller: Reader, db: Db, now: Now, response: Response
) -> OrganisationView:
    """One organisation as it is now; someone else's is not found."""
    async with db.transaction() as tx:
        found = await operations.show(tx, caller, organisation_id)
        await keep_readings(tx, caller, "get_organisation", "organisation", [organisation_id], now)
    etag(response, found.version)
    return OrganisationView.of(found)


@router.post(
    "/organisations/{organisation_id}/restrictions",
    status_code=201,
    summary="기관 참여 제한 기록 · Record a restriction",
    responses=problems(404, 409),
)
async def restrict_organisation(
    organisation_id: OrganisationPath,
    body: RecordRestriction,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> Recorded:
    """Record a dated fact that bars an organisation (IN-8); its applications under screening are looked at again."""

    async def act(tx: Tx) -> Recorded:
        return Recorded(id=await operations.restrict_organisation(tx, caller, organisation_id, body.told(), clock))

    return await command.once(db, act)


@router.post(
    "/organisations/{organisation_id}/awards",
    status_code=201,
    summary="기관 수혜 이력 기록 · Record an award",
    responses=problems(404, 409),
)
async def award_organisation(
    organisation_id: OrganisationPath, body: RecordAward, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> Recorded:
    """Record support that an organisation got (IN-7); its applications under screening are looked at again."""

    async def act(tx: Tx) -> Recorded:
        fact, source = body.told(), body.source
        return Recorded(id=await operations.award_organisation(tx, caller, organisation_id, fact, source, clock))

    return await command.once(db, act)


@router.post(
    "/principal-investigators/{principal_investigator_id}/restrictions",
    status_code=201,
    summary="연구책임자 참여 제한 기록 · Record an investigator's restriction",
    responses=problems(409),
)
async def restrict_investigator(
    principal_investigator_id: ResearcherPath,
    body: RestrictInvestigator,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> Recorded:
    """Record a dated fact that bars a principal investigator (IN-8)."""

    async def act(tx: Tx) -> Recorded:
        who = body.whose(principal_investigator_id)
        return Recorded(id=await operations.restrict_investigator(tx, caller, who, body.told(), clock))

    return await command.once(db, act)


@router.post(
    "/principal-investigators/{principal_investigator_id}/awards",
    status_code=201,
    summary="연구책임자 수혜 이력 기록 · Record an investigator's award",
    responses=problems(409),
)
async def award_investigator(
    principal_investigator_id: ResearcherPath,
    body: AwardInvestigator,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> Recorded:
    """Record support that a principal investigator got (IN-7): where a professor counts it is the professor's."""

    async def act(tx: Tx) -> Recorded:
        who = body.whose(principal_investigator_id)
        return Recorded(id=await operations.award_investigator(tx, caller, who, body.told(), body.source, clock))

    return await command.once(db, act)
