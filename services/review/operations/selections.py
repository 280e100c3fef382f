"""Runs a selection, lets the committee and an officer decide on it, and announces it (RV-9 … RV-12, RV-14)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, Refused, WrongState
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.review.model.runs import FIRST_VERSION, AskedPool, Deliberation, Selection, SelectionRun
from services.review.model.selections import Candidate, Lowering
from services.review.operations.announcing import announced, decided, tell
from services.review.operations.drawing import Drawn, Pool, draw
from services.review.operations.turns import take_selection_turn
from services.review.policy.selection import DeliberationPolicy, QuotaPolicy
from services.review.rules.deliberation import counting_cuts, lowered, sitting_refusals
from services.review.rules.freezing import not_before
from services.review.rules.outcomes import overlaps
from services.review.rules.quota import relaxation_refusals
from services.review.store import applications, selections

RUN_AGAIN = "POST /review/v1/selections"


async def run_selection(tx: Tx, caller: Caller, asked: AskedPool, clock: Clock) -> Selection:
    """Draw a pool's selection as a draft; an earlier draft of the pool is discarded.

    Raises NotFound for an unknown track or product, Conflict where the pool is announced and for a providers' call
    (RV-15), PolicyMissing for an unset limit, and Refused while screening or scoring is not over.
    """
    now = await take_selection_turn(tx, asked.programme_code, clock)
    programme = await programme_at(tx, asked.programme_code, now)
    if programme.audience == "providers":
        raise Conflict("providers_are_negotiated", "RV-15", programme=programme.code)
    if asked.track not in programme.tracks:
        raise NotFound("track", f"{programme.code}:{asked.track}")
    if asked.product is not None and asked.product not in programme.tracks[asked.track].products:
        raise NotFound("product", asked.product)
    await _make_room(tx, asked)
    selection_id = await selections.next_selection_id(tx)
    drawn = await draw(tx, Pool(programme, asked.track, asked.product), selection_id, (), quota_relaxed=False)
    await selections.add_run(tx, _first_draft(selection_id, asked, programme, drawn, caller, now), drawn.rows)
    return await describe(tx, selection_id)


def _first_draft(
    selection_id: str, asked: AskedPool, programme: Programme, drawn: Drawn, caller: Caller, now: dt.datetime
) -> SelectionRun:
    return SelectionRun(
        selection_id=selection_id,
        run_version=FIRST_VERSION,
        programme_code=programme.code,
        programme_version=programme.version,
        track=asked.track,
        product=asked.product,
        state="draft",
        cause="first",
        limits=drawn.limits,
        quota_relaxed_reason=None,
        private_missing=drawn.award.choice.private_missing,
        supersedes_sha256=None,
        sha256=None,
        run_by=caller.subject,
        run_at=now,
        announced_at=None,
    )


async def _make_room(tx: Tx, asked: AskedPool) -> None:
    for run in await selections.list_in_states(tx, asked.programme_code, "draft", "announced"):
        if not overlaps(run, asked):
            continue
        if run.state == "announced":
            raise Conflict("pool_announced_already", "RV-14", track=asked.track, selection_id=run.selection_id)
        await selections.change_run(tx, replace(run, state="discarded"))


async def describe(tx: Tx, selection_id: str, run_version: int | None = None) -> Selection:
    """A version of a selection with all its rows and the deliberations on it. Raises NotFound."""
    run = await selections.get_run(tx, selection_id, run_version)
    rows = await selections.list_rows(tx, run)
    found = await applications.list_known(tx, [row.application_id for row in rows])
    return Selection(run, rows, found, await selections.list_deliberations(tx, selection_id))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft whose turn it is, under the programme in force at the instant at which the turn was had."""

    run: SelectionRun
    programme: Programme
    now: dt.datetime


async def _take_draft(tx: Tx, selection_id: str, clock: Clock) -> Draft:
    known = await selections.get_run(tx, selection_id)
    now = await take_selection_turn(tx, known.programme_code, clock)
    run = await selections.get_run(tx, selection_id)
    if run.state != "draft":
        raise WrongState("selection", selection_id, run.state, ["draft"], await _next_call(tx, run))
    return Draft(run, await programme_at(tx, run.programme_code, now), not_before(run, now))


async def _next_call(tx: Tx, run: SelectionRun) -> str:
    """What leads on from a selection that is no draft: another draft of its pool, unless the pool is announced."""
    pool = AskedPool(run.programme_code, run.track, run.product)
    announced_ones = await selections.list_in_states(tx, run.programme_code, "announced")
    return "" if any(overlaps(one, pool) for one in announced_ones) else RUN_AGAIN


async def _draw_again(tx: Tx, draft: Draft, *, quota_relaxed: bool = False) -> Drawn:
    """Draw a draft from what is known now, with its deliberations and, if it has one, its relaxation."""
    decided = await selections.list_deliberations(tx, draft.run.selection_id)
    return await _draw_with(tx, draft, [one.lowering for one in decided], quota_relaxed=quota_relaxed)


async def _draw_with(tx: Tx, draft: Draft, cuts: Sequence[Lowering], *, quota_relaxed: bool = False) -> Drawn:
    run = draft.run
    pool = Pool(draft.programme, run.track, run.product)
    return await draw(tx, pool, run.selection_id, cuts, quota_relaxed=quota_relaxed or run.quota_relaxed)


async def _keep(tx: Tx, draft: Draft, drawn: Drawn) -> Selection:
    await selections.change_draft(tx, drawn.onto(draft.run, draft.programme), drawn.rows)
    return await describe(tx, draft.run.selection_id)


async def recompute(tx: Tx, selection_id: str, clock: Clock) -> Selection:
    """Draw a draft again from what is known now; its deliberations and its relaxation stay."""
    draft = await _take_draft(tx, selection_id, clock)
    return await _keep(tx, draft, await _draw_again(tx, draft))


async def deliberate(tx: Tx, caller: Caller, selection_id: str, cuts: Sequence[Lowering], clock: Clock) -> Selection:
    """Record a sitting of the committee, which lowers units or months of passing applications (RV-12).

    The draft is drawn again from what was asked, with all cuts of all its sittings together, so that it changes nothing
    in which order or in how many sittings they were typed. Raises Refused for a sitting in which one cut is none, and
    NotFound for one that names who did not pass: then nothing of it is kept.
    """
    draft = await _take_draft(tx, selection_id, clock)
    as_asked = await _draw_with(tx, draft, ())
    asked = {candidate.application_id: candidate for candidate in as_asked.award.candidates}
    _check_passing(asked, cuts)
    refusals = sitting_refusals(asked, cuts, DeliberationPolicy.of(draft.programme, draft.run.track))
    if refusals:
        raise Refused(refusals)
    earlier = counting_cuts(one.lowering for one in await selections.list_deliberations(tx, selection_id))
    before = {known: lowered(candidate, earlier) for known, candidate in asked.items()}
    decided = [_decided(draft, caller, before[cut.application_id], cut) for cut in cuts]
    await selections.add_deliberations(tx, decided)
    return await _keep(tx, draft, await _draw_again(tx, draft))


def _decided(draft: Draft, caller: Caller, before: Candidate, cut: Lowering) -> Deliberation:
    return Deliberation(
        selection_id=draft.run.selection_id,
        application_id=cut.application_id,
        units_before=before.units,
        months_before=before.months,
        units=cut.units,
        months=cut.months,
        reason=cut.reason,
        decided_by=caller.subject,
        decided_at=draft.now,
    )


def _check_passing(asked: Mapping[str, Candidate], cuts: Sequence[Lowering]) -> None:
    for cut in cuts:
        if cut.application_id not in asked:
            raise NotFound("application", cut.application_id)


async def relax_quota(tx: Tx, selection_id: str, reason: str, clock: Clock) -> Selection:
    """Relax the sector quota of a draft with a reason, where too few private ones pass (RV-10)."""
    draft = await _take_draft(tx, selection_id, clock)
    drawn = await _draw_again(tx, draft, quota_relaxed=True)
    sectors = [candidate.sector for candidate in drawn.award.candidates]
    refusals = relaxation_refusals(sectors, QuotaPolicy.of(draft.programme, draft.run.track))
    if refusals:
        raise Refused(refusals)
    return await _keep(tx, replace(draft, run=replace(draft.run, quota_relaxed_reason=reason)), drawn)


async def announce(tx: Tx, selection_id: str, signed: Collection[str], clock: Clock) -> Selection:
    """Freeze a draft and say every outcome (RV-14), and who took part in it (MS-7): `signed` are who announce it.

    Raises Conflict where the draft no longer is what would be drawn now: somebody withdrew, another pool was
    announced, or a limit was changed since.
    """
    draft = await _take_draft(tx, selection_id, clock)
    drawn = await _draw_again(tx, draft)
    if drawn.limits != draft.run.limits or drawn.rows != await selections.list_rows(tx, draft.run):
        raise Conflict("selection_stale", "RV-14", selection_id=selection_id)
    run = replace(draft.run, programme_version=draft.programme.version)
    run, canonical = await announced(tx, run, drawn.rows, draft.now)
    await selections.change_run(tx, run, canonical)
    await tell(tx, draft.programme, run, drawn.rows, draft.now)
    cuts = await selections.list_deliberations(tx, selection_id)
    took_part = {*signed, run.run_by, *(cut.decided_by for cut in cuts)}
    await say(tx, decided(run, took_part, draft.now), now=draft.now)
    return await describe(tx, selection_id)
