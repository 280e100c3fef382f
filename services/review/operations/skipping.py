"""The agency skips a track's document stage, or takes that back while nothing rests on it (RV-8)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.stages import DOCUMENT, PRESENTATION, StageSkip, Withdrawal
from services.review.operations.panels import check_stage
from services.review.operations.stages import send_on
from services.review.operations.turns import take_seating_turn
from services.review.policy.panels import StagePolicy
from services.review.rules.stages import skip_refusals
from services.review.store import applications, assignments
from services.review.store.stages import add_skip, add_skip_withdrawal, find_skip, list_skipped_tracks


async def skip_document_stage(
    tx: Tx, caller: Caller, *, programme_code: str, track: str, reason: str, clock: Clock
) -> None:
    """The agency skips a track's document stage, where the notice allows it and no panel has begun it (RV-8)."""
    now = await take_seating_turn(tx, programme_code, clock)
    programme = await programme_at(tx, programme_code, now)
    check_stage(programme, track, DOCUMENT)
    refusals = skip_refusals(track, StagePolicy.of(programme, track, for_skipping=True))
    if refusals:
        raise Refused(refusals)
    if track in await list_skipped_tracks(tx, programme.code):
        raise Conflict("stage_skipped_already", "RV-8", track=track)
    if await assignments.has_begun(tx, programme.code, track, DOCUMENT):
        raise WrongState("stage", f"{programme.code}:{track}:{DOCUMENT}", "begun", ["not begun"])
    await add_skip(tx, StageSkip(programme.code, track, reason, programme.version, caller.subject, now))
    await send_on(tx, await applications.list_in_stage(tx, programme.code, track, DOCUMENT), programme, now)


async def restore_document_stage(
    tx: Tx, caller: Caller, *, programme_code: str, track: str, reason: str, clock: Clock
) -> None:
    """Take back that a track's document stage is skipped: its applications go to the document stage after all.

    Both stay on record. Raises Conflict where it is not skipped, WrongState once a panel has begun the presentation:
    what it scored or may score rests on the skip. It may be skipped again afterwards.
    """
    now = await take_seating_turn(tx, programme_code, clock)
    programme = await programme_at(tx, programme_code, now)
    check_stage(programme, track, DOCUMENT)
    skip_id = await find_skip(tx, programme.code, track)
    if skip_id is None:
        raise Conflict("stage_not_skipped", "RV-8", track=track)
    if await assignments.has_begun(tx, programme.code, track, PRESENTATION):
        raise WrongState("stage", f"{programme.code}:{track}:{PRESENTATION}", "begun", ["not begun"])
    await add_skip_withdrawal(tx, skip_id, Withdrawal(reason, caller.subject, now))
    await send_on(tx, await applications.list_in_stage(tx, programme.code, track, PRESENTATION), programme, now)
