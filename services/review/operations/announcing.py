"""Freezes a version of a selection and says it to everybody (RV-14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.events.review import SelectionAnnounced
from libs.common.outbox import say
from services.review.model import Composite, ScoreSheet, points
from services.review.operations.drawing import contenders, plain
from services.review.policy import TiePolicy
from services.review.rules.freezing import freeze
from services.review.rules.ranking import rank
from services.review.store import applications, selections, sheets

FROZEN_RUN = (
    "selection_id",
    "run_version",
    "programme_code",
    "programme_version",
    "track",
    "product",
    "cause",
    "limits",
    "quota_relaxed_reason",
    "private_missing",
    "supersedes_sha256",
)
FROZEN_INPUT = ("receipt_no", "sector", "counting_unit", "youth", "product", "organisation_id")


async def freeze_run(tx: Tx, run: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The canonical text of a version with everything it rests on, and its SHA-256; no reviewer is named in it."""
    known = applications.ids(rows)
    facts = await applications.find(tx, known)
    composites, given = await sheets.composites_of(tx, known), await sheets.sheets_of(tx, known)
    decisions = await selections.deliberations(tx, run["selection_id"])
    canonical, digest = freeze(
        {
            **{name: run[name] for name in FROZEN_RUN},
            "deliberations": [_decision(decision) for decision in decisions],
            "rows": [_row(row, facts[row["application_id"]], composites, given) for row in rows],
        }
    )
    return canonical.decode(), digest


def _decision(row: Mapping[str, Any]) -> dict[str, Any]:
    told = ("application_id", "units_before", "months_before", "units", "months", "reason")
    return {name: row[name] for name in told}


def _row(
    row: Mapping[str, Any],
    facts: Mapping[str, Any],
    composites: Mapping[str, Mapping[Any, Composite]],
    given: Mapping[tuple[str, str], Sequence[ScoreSheet]],
) -> dict[str, Any]:
    known = row["application_id"]
    return {
        **{name: value for name, value in row.items() if name not in ("selection_id", "run_version")},
        **{name: facts[name] for name in FROZEN_INPUT},
        "received_at": facts["received_at"].isoformat(),
        "stages": [
            {**plain(composite), "sheets": [_sheet(sheet) for sheet in given.get((known, stage), ())]}
            for stage, composite in sorted(composites.get(known, {}).items())
        ],
    }


def _sheet(sheet: ScoreSheet) -> dict[str, Any]:
    return {"seat": sheet.seat, "scores": dict(sheet.scores), "total": sheet.total}


async def rank_over_call(tx: Tx, programme: Programme) -> dict[str, int]:
    """The rank of every passing application over all tracks of its call, as far as review is over now (RV-5).

    Pools are announced one by one: at each announcement the ranking holds everything that is known then.
    """
    rows = await applications.reviewed(tx, programme.code)
    composites = await sheets.composites_of(tx, applications.ids(rows))
    finals: dict[str, Composite] = defaultdict()
    for row in rows:
        stages = composites[row["application_id"]]
        finals[row["application_id"]] = stages["presentation" if "presentation" in stages else "document"]
    ranked = rank(contenders(rows, finals), TiePolicy.of(programme))
    return {place.application_id: place.rank for place in ranked}


async def tell(
    tx: Tx, programme: Programme, run: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], now: dt.datetime
) -> None:
    """Say the outcome of these rows of an announced version, one event an application."""
    facts = await applications.find(tx, applications.ids(rows))
    overall = await rank_over_call(tx, programme)
    events = [_event(run, row, facts[row["application_id"]], overall.get(row["application_id"]), now) for row in rows]
    await say(tx, *events, now=now)


def _event(
    run: Mapping[str, Any], row: Mapping[str, Any], facts: Mapping[str, Any], rank_all: int | None, now: dt.datetime
) -> SelectionAnnounced:
    return SelectionAnnounced(
        application_id=row["application_id"],
        programme_code=run["programme_code"],
        programme_version=run["programme_version"],
        selection_id=run["selection_id"],
        run_version=run["run_version"],
        run_sha256=run["sha256"],
        announced_at=now,
        outcome=row["outcome"],
        refused_by=row["refused_by"],
        promoted=row["promoted"],
        organisation_id=facts["organisation_id"],
        sector=facts["sector"],
        track=facts["track"],
        product=facts["product"],
        units_asked=row["units_asked"],
        months_asked=row["months_asked"],
        units=row["units"],
        months=row["months"],
        reason=row["reason"],
        score=None if row["score"] is None else points(row["score"]),
        rank=row["rank"],
        rank_all=rank_all,
        receipt_no=facts["receipt_no"],
        wished_start=facts["wished_start"],
    )
