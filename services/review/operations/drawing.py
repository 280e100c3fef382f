"""Draws a pool's selection from everything that is known now (RV-5, RV-9, RV-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Refused
from libs.common.reckoning import reckon
from services.review.model.applications import Application
from services.review.model.runs import SelectionRow, SelectionRun
from services.review.model.selections import Award, Lowering
from services.review.model.sheets import Composite
from services.review.operations.places import limits_of
from services.review.policy.panels import StagePolicy, StageWeights
from services.review.policy.scoring import TiePolicy
from services.review.rules.drawing import DrawnFrom, elsewhere_of
from services.review.rules.freezing import frozen_limits
from services.review.rules.outcomes import review_open_refusals
from services.review.rules.stages import final_composite
from services.review.store import applications, composites, outcomes
from services.review.store.stages import list_skipped_tracks


@dataclass(frozen=True, slots=True)
class Pool:
    """What a selection runs on."""

    programme: Programme
    track: str
    product: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn selection: the award over the passing ones, all rows, and the limits that held."""

    award: Award
    rows: tuple[SelectionRow, ...]
    limits: Mapping[str, Any]

    def onto(self, run: SelectionRun, programme: Programme) -> SelectionRun:
        """A draft as this drawing leaves it."""
        missing = self.award.choice.private_missing
        return replace(run, programme_version=programme.version, limits=self.limits, private_missing=missing)


async def draw(tx: Tx, pool: Pool, selection_id: str, lowerings: Sequence[Lowering], *, quota_relaxed: bool) -> Drawn:
    """Draw the selection of a pool from everything known now; what is computed is computed beside the event loop.

    Raises PolicyMissing where a limit is unset, and Refused while an application is still being screened or scored.
    """
    known = await gather(tx, pool, selection_id, lowerings, quota_relaxed=quota_relaxed)
    award, rows = await reckon(tx, known.award)
    return Drawn(award, rows, frozen_limits(known.policy, known.selected_elsewhere, known.share, known.held))


async def gather(
    tx: Tx, pool: Pool, selection_id: str, lowerings: Sequence[Lowering], *, quota_relaxed: bool
) -> DrawnFrom:
    """Everything that a selection of a pool is drawn from, as it is known now. Raises as `draw` does."""
    programme = pool.programme
    limits = await limits_of(tx, programme, pool.track, selection_id, quota_relaxed=quota_relaxed)
    known = await applications.list_pool(tx, programme.code, pool.track, pool.product)
    found = {one.application_id: one for one in known if not one.gone}
    refusals = review_open_refusals(found.values())
    if refusals:
        raise Refused(refusals)
    finals = await _finals(tx, pool, found)
    elsewhere = elsewhere_of(found, await outcomes.count_selected_elsewhere(tx, limits.calls, selection_id))
    ties = TiePolicy.of(programme)
    return DrawnFrom(found, finals, lowerings, limits.policy, ties, elsewhere, limits.share, limits.held)


async def _finals(tx: Tx, pool: Pool, found: Mapping[str, Application]) -> dict[str, Composite]:
    closed = await composites.list_by_stage(tx, list(found))
    skipped = pool.track in await list_skipped_tracks(tx, pool.programme.code)
    policies = {known: StagePolicy.of_application(pool.programme, one) for known, one in found.items()}
    weights = StageWeights.of(pool.programme)
    finals = {
        known: final_composite(policies[known], stages, weights, document_skipped=skipped)
        for known, stages in closed.items()
    }
    return {known: final for known, final in finals.items() if final is not None}
