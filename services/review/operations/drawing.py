"""Draws a pool's selection: ranking, limits, deliberations, and one row for every application (RV-5, RV-9, RV-12)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Refused
from services.review.model.runs import SelectionRow, SelectionRun
from services.review.model.selections import Award, Candidate, Contender, Lowering
from services.review.model.sheets import Composite
from services.review.policy.panels import StagePolicy
from services.review.policy.scoring import TiePolicy
from services.review.policy.selection import SelectionPolicy
from services.review.rules.deliberation import deliberate
from services.review.rules.freezing import plain
from services.review.rules.outcomes import drawn_rows, review_open_refusals
from services.review.rules.ranking import rank
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
    """Draw the selection of a pool from everything known now.

    Raises PolicyMissing where a limit is unset, and Refused while an application is still being screened or scored.
    """
    programme = pool.programme
    policy = SelectionPolicy.of(programme, pool.track, quota_relaxed=quota_relaxed)
    known = await applications.list_pool(tx, programme.code, pool.track, pool.product)
    found = {one.application_id: one for one in known if not one.gone}
    refusals = review_open_refusals(found.values())
    if refusals:
        raise Refused(refusals)
    finals = await _finals(tx, pool, list(found))
    passing = [Contender.of(found[known], final) for known, final in finals.items() if final.passed]
    ranked = rank(passing, TiePolicy.of(programme))
    candidates = [Candidate.of(found[place.application_id]) for place in ranked]
    elsewhere = await outcomes.count_selected_elsewhere(tx, programme.code, selection_id)
    award = await asyncio.to_thread(deliberate, candidates, lowerings, policy, elsewhere)
    return Drawn(award, drawn_rows(found, ranked, finals, award, lowerings), plain(policy))


async def _finals(tx: Tx, pool: Pool, application_ids: Sequence[str]) -> dict[str, Composite]:
    closed = await composites.list_by_stage(tx, application_ids)
    skipped = pool.track in await list_skipped_tracks(tx, pool.programme.code)
    policy = StagePolicy.of(pool.programme, pool.track)
    found = {known: final_composite(policy, stages, document_skipped=skipped) for known, stages in closed.items()}
    return {known: final for known, final in found.items() if final is not None}
