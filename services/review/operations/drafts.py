"""A reviewer saves a sheet before handing it in, and finds it again (RV-16)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.reading import SheetDraft
from services.review.model.sheets import NewSheet
from services.review.model.stages import Place
from services.review.operations.sheets import check_open, refuse_malformed
from services.review.operations.stages import desks_of
from services.review.policy.scoring import RubricPolicy
from services.review.rules.panel import own_seat
from services.review.rules.reading import draft_refusals, next_saving, was_saved_since
from services.review.rules.scoring import in_hundredths
from services.review.store.assignments import find_assignment
from services.review.store.reading import find_draft, keep_draft


async def save(tx: Tx, caller: Caller, new: NewSheet, version: int | None, clock: Clock) -> SheetDraft:
    """Save the caller's sheet as far as it is; it counts nothing, and nobody else ever sees it.

    `version` is the one that was read before (0 where nothing was saved yet); None saves over whatever is there.
    Raises NotFound where the caller does not sit for the application; Refused for a closed stage, a conflict of
    interest, and (422) for values that RV-2 does not allow; Conflict once the sheet is handed in or where another
    window has saved since.
    """
    place = (new.application_id, new.stage)
    desk = (await desks_of(tx, [place])).get(place)
    seat = own_seat(desk.seats, caller.subject, new.application_id) if desk else None
    if desk is None or seat is None:
        raise NotFound("application", new.application_id)
    check_open(desk, seat)
    now = clock.now()
    programme = await programme_at(tx, desk.application.programme_code, now)
    refuse_malformed(draft_refusals(new.scores, RubricPolicy.of(programme)))
    before = await find_draft(tx, place, seat.seat)
    kept = None if before is None else before.version
    if was_saved_since(version, kept):
        raise Conflict("draft_saved_since", "RV-16", application_id=new.application_id, stage=new.stage)
    draft = SheetDraft(
        application_id=new.application_id,
        stage=new.stage,
        panel_id=desk.panel_id,
        seat=seat.seat,
        reviewer_id=caller.subject,
        scores=in_hundredths(new.scores),
        comment=new.comment,
        version=next_saving(kept),
        saved_at=now,
    )
    await keep_draft(tx, draft)
    return draft


async def saved(tx: Tx, caller: Caller, place: Place) -> SheetDraft | None:
    """What the caller has saved for an application's stage; None where nothing is saved yet.

    Raises NotFound where the caller does not sit for it.
    """
    seated = await find_assignment(tx, caller.subject, place)
    if seated is None:
        raise NotFound("application", place[0])
    _, seat = seated
    return await find_draft(tx, place, seat)
