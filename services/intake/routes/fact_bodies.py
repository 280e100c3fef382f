"""Requests that put dated facts on record: what bars, what was given, and whom it concerns."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from libs.common.bounds import BirthDay, Day, Text
from libs.common.web import Body
from services.intake.model.organisations import Award, PrincipalInvestigator, Restriction
from services.intake.routes.fields import Code, Flag, ProgrammeCode, Source


class RecordRestriction(Body):
    """A dated fact that bars: both days belong to it; without `until` it still runs."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "tax_arrears",
                    "from": "2025-03-01",
                    "until": None,
                    "instalments_approved": True,
                    "source": "국세청 체납 조회 2025-09-16",
                }
            ]
        },
    )

    kind: Code
    from_: Day = Field(alias="from")
    until: Day | None = None
    instalments_approved: Flag = False
    source: Source

    def told(self) -> Restriction:
        """The fact."""
        return Restriction(self.kind, self.from_, self.until, self.instalments_approved, self.source)


class RecordAward(Body):
    """Support that was given. `running_until` is its last day of use: without one it counts as still running (IN-7)."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025, "running_until": "2025-12-31"}
            ]
        },
    )

    programme_code: ProgrammeCode
    government: Flag
    year: Annotated[int, Field(ge=1990, le=2100, strict=True)]
    running_until: Day | None = None
    source: Annotated[Text, StringConstraints(max_length=1_000)] = ""

    def told(self) -> Award:
        """The fact."""
        return Award(self.programme_code, self.government, self.year, self.running_until)


class OfInvestigator(Body):
    """Name and birth date by which a record is told to be the same person's that has no researcher number (IN-3)."""

    name: Annotated[Text, StringConstraints(max_length=200)] = ""
    born_on: BirthDay | None = None

    def whose(self, number: str) -> PrincipalInvestigator:
        """The person."""
        return PrincipalInvestigator(number, self.name, is_professor=True, born_on=self.born_on if self.name else None)


class RestrictInvestigator(RecordRestriction, OfInvestigator):
    """A dated fact that bars a principal investigator."""


class AwardInvestigator(RecordAward, OfInvestigator):
    """Support that a principal investigator got."""
