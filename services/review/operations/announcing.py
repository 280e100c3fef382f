"""Freezes a version of a selection and says it to everybody (RV-14)."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.events.review import SelectionAnnounced, SelectionDecided
from libs.common.outbox import say
from libs.common.reckoning import reckon
from services.review.model.applications import Application
from services.review.model.runs import Selection, SelectionRow, SelectionRun
from services.review.model.selections import Contender
from services.review.model.sheets import points
from services.review.policy.panels import StageWeights
from services.review.policy.scoring import TiePolicy
from services.review.rules.freezing import evidence, freeze
from services.review.rules.ranking import rank
from services.review.rules.stages import last_composite
from services.review.store import applications, composites, selections, sheets


async def announced(
    tx: Tx, run: SelectionRun, rows: Sequence[SelectionRow], now: dt.datetime
) -> tuple[SelectionRun, str]:
    """A version as it is announced at `now`, under the SHA-256 of its canonical text; and that text."""
    known = [row.application_id for row in rows]
    selection = Selection(
        run,
        tuple(rows),
        await applications.list_known(tx, known),
        await selections.list_deliberations(tx, run.selection_id),
    )
    stages, given = await composites.list_newest_by_stage(tx, known), await sheets.list_given(tx, known)
    canonical, digest = await reckon(tx, lambda: freeze(evidence(selection, stages, given)))
    return replace(run, state="announced", sha256=digest, announced_at=now), canonical.decode()


async def rank_over_call(tx: Tx, programme: Programme) -> dict[str, int]:
    """The rank of every passing application over all tracks of its call, as far as review is over now (RV-5).

    Pools are announced one by one: at each announcement the ranking holds everything that is known then.
    """
    passing = await applications.list_passing(tx, programme.code)
    stages = await composites.list_by_stage(tx, applications.ids(passing))
    ties, weights = TiePolicy.of(programme), StageWeights.of(programme)

    def ranked() -> dict[str, int]:
        contenders = [Contender.of(one, last_composite(stages[one.application_id], weights)) for one in passing]
        return {place.application_id: place.rank for place in rank(contenders, ties)}

    return await reckon(tx, ranked)


async def tell(tx: Tx, programme: Programme, run: SelectionRun, rows: Sequence[SelectionRow], now: dt.datetime) -> None:
    """Say the outcome of these rows of an announced version, one event an application; the call is ranked for them."""
    if not rows:
        return
    found = await applications.list_known(tx, [row.application_id for row in rows])
    overall = await rank_over_call(tx, programme)
    events = [_event(run, row, found[row.application_id], overall.get(row.application_id), now) for row in rows]
    await say(tx, *events, now=now)


def _event(
    run: SelectionRun, row: SelectionRow, application: Application, rank_all: int | None, now: dt.datetime
) -> SelectionAnnounced:
    return SelectionAnnounced(
        application_id=row.application_id,
        programme_code=run.programme_code,
        programme_version=run.programme_version,
        selection_id=run.selection_id,
        run_version=run.run_version,
        run_sha256=run.sha256 or "",
        announced_at=now,
        outcome=row.outcome,
        refused_by=row.refused_by,
        promoted=row.promoted,
        organisation_id=application.organisation_id,
        sector=application.sector,
        track=application.track,
        product=application.product,
        units_asked=row.units_asked,
        months_asked=row.months_asked,
        units=row.units,
        months=row.months,
        reason=row.reason,
        score=None if row.score is None else points(row.score),
        rank=row.rank,
        rank_all=rank_all,
        receipt_no=application.receipt_no,
        wished_start=application.wished_start,
    )


def decided(run: SelectionRun, took_part: Collection[str], now: dt.datetime) -> SelectionDecided:
    """Who took part in an announced selection."""
    return SelectionDecided(
        selection_id=run.selection_id,
        programme_code=run.programme_code,
        run_version=run.run_version,
        took_part=sorted(took_part),
        at=now,
    )
