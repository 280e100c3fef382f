"""What a request says of a draft, and why an application is taken back."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from libs.common.bounds import BirthDay, Day, GrantMonths, Positive, Text
from libs.common.nouns import field_names
from libs.common.web import Body
from services.intake.model.applications import Sketch
from services.intake.model.organisations import Manager, ManagerStanding, PrincipalInvestigator
from services.intake.routes.fields import Flag, Key, Name, ProgrammeCode, Reason, ResearcherNumber
from services.intake.rules.drafts import patched

Title = Annotated[Text, StringConstraints(max_length=500)]
ASKED_FIELDS = frozenset(field_names(Sketch))
ASKED: dict[str, Any] = {
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
    "youth_claimed": True,
    "principal_investigator": {"id": "P-1001", "name": "김하나", "is_professor": False},
    "title": "의료 영상 생성 모델 학습",
}


class Investigator(Body):
    """Who leads the project: told apart by the national researcher number (`id`), else by name and birth date."""

    id: ResearcherNumber = ""
    name: Name
    is_professor: Flag
    born_on: BirthDay | None = None

    def told(self) -> PrincipalInvestigator:
        """The person."""
        return PrincipalInvestigator(self.id, self.name, self.is_professor, self.born_on)


class ManagerBody(Body):
    """Who works on the project from day to day: an employee, a student or a graduate."""

    id: ResearcherNumber = ""
    name: Name
    standing: ManagerStanding
    born_on: BirthDay | None = None

    def told(self) -> Manager:
        """The person."""
        return Manager(self.name, self.standing, self.id, self.born_on)


class EditApplication(Body):
    """What a draft asks for so far; what is left out is not said yet."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [ASKED]})

    track: Key | None = None
    product: Key | None = None
    units: Positive | None = None
    months: GrantMonths | None = None
    wished_start: Day | None = None
    youth_claimed: Flag = False
    region_claimed: Flag = False
    youth_first: Flag = False
    principal_investigator: Investigator | None = None
    manager: ManagerBody | None = None
    form: Annotated[dict[Key, Any] | None, Field(max_length=200)] = None
    """Field → value, as the call's form asks; None takes a field back."""
    title: Title = ""

    def told(self) -> Sketch:
        """What is asked for."""
        return patched(Sketch(), self.changes(ASKED_FIELDS))

    def changes(self, names: Iterable[str]) -> dict[str, Any]:
        """What these fields of the request say, as a draft keeps it."""
        people = {"principal_investigator": self.principal_investigator, "manager": self.manager}
        said = {name: who and who.told() for name, who in people.items()}
        return {name: said[name] if name in said else getattr(self, name) for name in names}


class PatchApplication(EditApplication):
    """What changes in a draft (merge patch): what is not named stays, null takes an answer back."""

    title: Title | None = None  # type: ignore[assignment]

    def patch(self) -> dict[str, Any]:
        """The fields that the request names, but for the title."""
        return self.changes(self.model_fields_set & ASKED_FIELDS)


class CreateApplication(EditApplication):
    """A new draft for a call."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"programme": "gpu-rental-2025s", "organisation_id": "O-000001", **ASKED}]},
    )

    programme: ProgrammeCode
    organisation_id: Key


class Withdraw(Body):
    """Why an application is taken back."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [{"reason": "사업 계획 변경"}]}
    )

    reason: Reason
