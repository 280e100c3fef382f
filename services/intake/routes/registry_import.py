"""HTTP: restrictions and awards imported from a table, with a report for each row (MS-4)."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import File, Query, UploadFile
from pydantic import ConfigDict

from libs.common.bounds import Expected
from libs.common.db import Tx
from libs.common.errors import Refusal
from libs.common.identity import Caller
from libs.common.incoming import IncomingFile
from libs.common.messages.words import words_of
from libs.common.web import Command, Db, ServiceRouter, Timepiece, View, problems
from services.intake.model.imports import Done, RowOutcome, ToldFact
from services.intake.operations.organisations import refuse
from services.intake.operations.registry_import import Registry, import_facts
from services.intake.routes.fields import Officer
from services.intake.routes.import_rows import facts_of
from services.intake.rules.csv_rows import Row, decoded, table_of
from services.intake.rules.registry_cells import COLUMNS
from services.intake.settings import SETTINGS

router = ServiceRouter(tags=["참여 제한·수혜 이력 · Facts on record"])
DryRun = Annotated[bool, Query(description="기록하지 않고 결과만 · what would be, without recording it")]
Csv = Annotated[
    UploadFile,
    File(description="CSV(UTF-8 또는 CP949), 첫 줄은 열 이름 · CSV in UTF-8 or CP949, columns in the first line"),
    Expected("CSV 파일", "a CSV file"),
]
RECORDED: dict[str, Any] = {
    "line": 2,
    "outcome": "recorded",
    "code": None,
    "ko": None,
    "en": None,
    "duplicate_of": None,
}
REPORT: dict[str, Any] = {"dry_run": False, "recorded": 1, "duplicate": 0, "rejected": 0}


class RowView(View):
    """What became of one row: `line` is its line in the file; the words say why, where it was not recorded."""

    line: int
    outcome: RowOutcome
    code: str | None
    ko: str | None
    en: str | None
    duplicate_of: str | None
    """The fact on record that says the same; null too where it stands further up in the file."""


class RestrictionRowView(RowView):
    """The same; `restriction_id` is the fact that was recorded."""

    restriction_id: str | None


class AwardRowView(RowView):
    """The same; `award_id` is the fact that was recorded."""

    award_id: str | None


class Report(View):
    """How many rows were (or would be) recorded, were there already, were refused."""

    dry_run: bool
    recorded: int
    duplicate: int
    rejected: int


class RestrictionsReport(Report):
    """The report of an import of restrictions, row by row."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**REPORT, "items": [{**RECORDED, "restriction_id": "X-000001"}]}]}
    )

    items: list[RestrictionRowView]


class AwardsReport(Report):
    """The report of an import of awards, row by row."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**REPORT, "items": [{**RECORDED, "award_id": "W-000001"}]}]}
    )

    items: list[AwardRowView]


async def _read(registry: Registry, file: UploadFile) -> tuple[list[ToldFact], list[Done]]:
    """The facts of an uploaded table, and the rows that hold none. Raises Invalid for what is no such table."""
    assert isinstance(file, IncomingFile)  # noqa: S101 - the gate reads every form so

    def read() -> tuple[list[ToldFact], list[Done]] | Refusal:
        with file.open_content() as content:
            text = decoded(content.read())
        rows: tuple[Row, ...] | Refusal = (
            text if isinstance(text, Refusal) else table_of(text, COLUMNS[registry], SETTINGS.import_rows_max)
        )
        return rows if isinstance(rows, Refusal) else facts_of(registry, rows)

    found = await asyncio.to_thread(read)
    if isinstance(found, Refusal):
        refuse(found)
        return [], []
    return found


async def _done(
    tx: Tx, caller: Caller, registry: Registry, read: tuple[list[ToldFact], list[Done]], clock: Timepiece, *, dry: bool
) -> list[Done]:
    told, wrong = read
    made = await import_facts(tx, caller, registry, told, dry_run=dry, clock=clock)
    return sorted([*wrong, *made], key=lambda one: one.line)


def _counts(done: Sequence[Done], *, dry: bool) -> dict[str, Any]:
    outcomes = [one.outcome for one in done]
    return {"dry_run": dry, **{name: outcomes.count(name) for name in ("recorded", "duplicate", "rejected")}}


def _row(one: Done) -> dict[str, Any]:
    words = {"ko": None, "en": None} if one.refusal is None else words_of(one.refusal.code, one.refusal.facts)
    code = None if one.refusal is None else one.refusal.code
    return {"line": one.line, "outcome": one.outcome, "code": code, **words, "duplicate_of": one.duplicate_of}


@router.post(
    "/restrictions/import",
    summary="참여 제한 올리기 · Import restrictions",
    responses=problems(400, 413, 507),
    max_body_size=SETTINGS.import_bytes_max,
)
async def import_restrictions(
    file: Csv, caller: Officer, db: Db, clock: Timepiece, command: Command, dry_run: DryRun = False
) -> RestrictionsReport:
    """Record the restrictions of a table, each row by itself; the same table again records nothing twice."""
    read = await _read("restrictions", file)

    async def act(tx: Tx) -> RestrictionsReport:
        done = await _done(tx, caller, "restrictions", read, clock, dry=dry_run)
        items = [RestrictionRowView(**_row(one), restriction_id=one.fact_id) for one in done]
        return RestrictionsReport(**_counts(done, dry=dry_run), items=items)

    return await command.once(db, act)


@router.post(
    "/awards/import",
    summary="수혜 이력 올리기 · Import awards",
    responses=problems(400, 413, 507),
    max_body_size=SETTINGS.import_bytes_max,
)
async def import_awards(
    file: Csv, caller: Officer, db: Db, clock: Timepiece, command: Command, dry_run: DryRun = False
) -> AwardsReport:
    """Record the awards of a table, each row by itself; the same table again records nothing twice."""
    read = await _read("awards", file)

    async def act(tx: Tx) -> AwardsReport:
        done = await _done(tx, caller, "awards", read, clock, dry=dry_run)
        items = [AwardRowView(**_row(one), award_id=one.fact_id) for one in done]
        return AwardsReport(**_counts(done, dry=dry_run), items=items)

    return await command.once(db, act)
