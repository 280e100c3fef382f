"""From the rows of an imported table to facts, by the very bodies that record them one by one."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, ValidationError

from libs.common.errors import Refusal
from libs.common.expected import annotations_along, expected
from libs.common.wrong_fields import code_of, wrong_field
from services.intake.model.imports import Done, ToldFact
from services.intake.operations.registry_import import Registry
from services.intake.routes.fact_bodies import AwardInvestigator, OfInvestigator, RestrictInvestigator
from services.intake.routes.fields import BusinessNumber, ResearcherNumber
from services.intake.rules.csv_rows import Row
from services.intake.rules.registry_cells import as_written


class _Whose(OfInvestigator):
    """By which columns a row names whom it concerns."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    business_no: BusinessNumber | None = None
    principal_investigator_id: ResearcherNumber = ""


class RestrictionRow(_Whose, RestrictInvestigator):
    """A row of a table of restrictions."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class AwardRow(_Whose, AwardInvestigator):
    """A row of a table of awards."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


ROWS: dict[Registry, type[RestrictionRow] | type[AwardRow]] = {"restrictions": RestrictionRow, "awards": AwardRow}


def facts_of(registry: Registry, rows: Sequence[Row]) -> tuple[list[ToldFact], list[Done]]:
    """What the rows tell, and those that tell nothing with the first reason why."""
    told: list[ToldFact] = []
    wrong: list[Done] = []
    for row in rows:
        found = row.refusal or _fact(registry, row)
        if isinstance(found, ToldFact):
            told.append(found)
        else:
            wrong.append(Done(row.line, "rejected", None, found))
    return told, wrong


def _fact(registry: Registry, row: Row) -> ToldFact | Refusal:
    cells = {field: as_written(field, text) for field, text in row.cells.items() if text}
    try:
        read = ROWS[registry].model_validate(cells)
    except ValidationError as error:
        return _refusal(registry, error.errors(include_url=False, include_input=False)[0])
    names_somebody = bool(read.principal_investigator_id or read.name)
    who = read.whose(read.principal_investigator_id) if names_somebody else None
    return ToldFact(row.line, read.business_no, who, read.told(), read.source)


def _refusal(registry: Registry, error: Any) -> Refusal:
    steps = error["loc"]
    (*_, here) = annotations_along(ROWS[registry], steps)
    found = wrong_field(code_of(error["type"]), steps, write=expected(here, str(steps[-1])))
    return Refusal("", "import_cell", {"column": found.path, "why_ko": found.ko, "why_en": found.en})
