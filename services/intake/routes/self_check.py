"""HTTP without a token: what screening would find of what somebody says of themselves (IN-12, MS-5)."""

from pydantic import ConfigDict, Field

from libs.common.bounds import BirthDay
from libs.common.web import Body, Db, Now, ServiceRouter, View, problems
from services.intake.model.findings import Outcome
from services.intake.model.organisations import Place
from services.intake.model.self_checks import SelfCheck
from services.intake.operations import self_check as operations
from services.intake.routes.application_bodies import EditApplication
from services.intake.routes.fact_bodies import RecordAward, RecordRestriction
from services.intake.routes.fields import Code, Key, Name, ProgrammePath
from services.intake.routes.screening import FindingView
from services.intake.rules.screening import worst

router = ServiceRouter(tags=["공개 · Public"])


class PlaceBody(Body):
    """A place of business, as the business registration names it."""

    region: Name
    kind: Code = "branch"
    since: BirthDay


class SelfCheckBody(EditApplication):
    """Who would apply for what. No name of an organisation and no business number is asked: nobody is looked up."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "sme",
                    "legal_form": "corporation",
                    "representatives_born_on": ["1990-01-01"],
                    "opened_on": "2015-03-02",
                    "track": "1",
                    "product": "H100x2",
                    "units": 1,
                    "months": 6,
                    "wished_start": "2025-10-01",
                    "youth_claimed": True,
                    "documents": ["plan", "application_sheet"],
                }
            ]
        },
    )

    kind: Code
    legal_form: Code
    representatives_born_on: list[BirthDay] = Field([], max_length=50)
    opened_on: BirthDay | None = None
    places: list[PlaceBody] = Field([], max_length=100)
    documents: list[Key] = Field([], max_length=200)
    """Kinds of the documents at hand, each in order."""
    restrictions: list[RecordRestriction] = Field([], max_length=100)
    awards: list[RecordAward] = Field([], max_length=100)

    def facts(self) -> SelfCheck:
        """What is told."""
        return SelfCheck(
            kind=self.kind,
            legal_form=self.legal_form,
            births=tuple(self.representatives_born_on),
            opened_on=self.opened_on,
            places=tuple(Place(place.region, place.kind, place.since) for place in self.places),
            sketch=self.told(),
            documents=tuple(dict.fromkeys(self.documents)),
            restrictions=tuple(fact.told() for fact in self.restrictions),
            awards=tuple(fact.told() for fact in self.awards),
        )


class SelfCheckView(View):
    """What every rule would find, and the worst of it."""

    outcome: Outcome
    findings: list[FindingView]


@router.post("/public/calls/{code}/self-check", summary="자격 자가 점검 · Check oneself", responses=problems(404, 409))
async def self_check_call(code: ProgrammePath, body: SelfCheckBody, db: Db, now: Now) -> SelfCheckView:
    """What screening would find now: the rules of a submission over typed facts. Nothing is stored or looked up."""
    async with db.transaction() as tx:
        found = await operations.check(tx, code, body.facts(), now)
    findings = [FindingView.of(finding) for verdict in found for finding in verdict.findings]
    return SelfCheckView(outcome=worst(verdict.found for verdict in found), findings=findings)
