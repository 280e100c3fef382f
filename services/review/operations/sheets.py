"""A reviewer hands in score sheets (RV-1, RV-2)."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, DureError, NotFound, Refusal, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.panels import Desk, Judged, Seat
from services.review.model.sheets import Given, NewSheet, ScoreSheet, Sheet
from services.review.operations.stages import check_there, close_complete, desks_of, judge_desk
from services.review.policy.scoring import RubricPolicy
from services.review.rules.panel import own_seat
from services.review.rules.scoring import in_hundredths, sheet_refusals
from services.review.store import sheets

MALFORMED = 422
Programmes = Mapping[str, Programme]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A sheet that is to be kept, and where it leaves its stage."""

    sheet: Sheet
    judged: Judged


async def give_sheet(tx: Tx, caller: Caller, new: NewSheet, clock: Clock) -> Given:
    """Keep one sheet of a reviewer, as `give_sheets` does; raises what refuses it."""
    (outcome,) = await give_sheets(tx, caller, [new], clock)
    if isinstance(outcome, DureError):
        raise outcome
    return outcome


async def give_sheets(tx: Tx, caller: Caller, new: Sequence[NewSheet], clock: Clock) -> list[Given | DureError]:
    """Keep a reviewer's sheets, in order; the last one of an application's stage closes it.

    Returns of each the kept sheet or what refuses it; nothing is kept of a refused sheet, and it costs no other.
    Those are NotFound where the caller does not sit for the application, Refused for a closed stage, a conflict
    of interest or values that RV-2 does not allow, Conflict for a second sheet of one seat.
    """
    return [outcome for some in _in_rounds(new) for outcome in await _give_round(tx, caller, some, clock)]


def _in_rounds(new: Sequence[NewSheet]) -> Iterator[list[NewSheet]]:
    """Begin anew where an application comes again: its second sheet meets what the first one left behind."""
    some: list[NewSheet] = []
    for sheet in new:
        if any(sheet.application_id == other.application_id for other in some):
            yield some
            some = []
        some.append(sheet)
    yield some


async def _give_round(tx: Tx, caller: Caller, new: Sequence[NewSheet], clock: Clock) -> list[Given | DureError]:
    """Keep sheets of different applications: none has a say in another, so all are judged before any is kept."""
    desks = await desks_of(tx, [(sheet.application_id, sheet.stage) for sheet in new])
    now = clock.now()
    codes = sorted({desk.application.programme_code for desk in desks.values()})
    programmes = {code: await programme_at(tx, code, now) for code in codes}
    judged = [_judge(caller, sheet, desks.get((sheet.application_id, sheet.stage)), programmes, now) for sheet in new]
    accepted = [one for one in judged if isinstance(one, Accepted)]
    kept = iter(await sheets.add_sheets(tx, [one.sheet for one in accepted]))
    closed: set[str] = set()
    for code, programme in programmes.items():
        ours = [one.judged for one in accepted if one.judged.desk.application.programme_code == code]
        closed |= await close_complete(tx, ours, programme, clock)
    return [
        Given(next(kept), one.sheet.application_id in closed) if isinstance(one, Accepted) else one for one in judged
    ]


def _judge(
    caller: Caller, new: NewSheet, desk: Desk | None, programmes: Programmes, now: dt.datetime
) -> Accepted | DureError:
    try:
        return _accept(caller, new, desk, programmes, now)
    except DureError as refused:
        return refused


def _accept(caller: Caller, new: NewSheet, desk: Desk | None, programmes: Programmes, now: dt.datetime) -> Accepted:
    seat = own_seat(desk.seats, caller.subject, new.application_id) if desk else None
    if desk is None or seat is None:
        raise NotFound("application", new.application_id)
    check_open(desk, seat)
    programme = programmes[desk.application.programme_code]
    refuse_malformed(sheet_refusals(new.scores, RubricPolicy.of(programme)))
    given = ScoreSheet(seat.seat, in_hundredths(new.scores))
    sheet = Sheet(
        sheet_id="",
        application_id=new.application_id,
        stage=desk.stage,
        panel_id=desk.panel_id,
        seat=seat.seat,
        reviewer_id=caller.subject,
        scores=given.scores,
        total=given.total,
        comment=new.comment,
        programme_version=programme.version,
        submitted_at=now,
    )
    return Accepted(sheet, judge_desk(replace(desk, given=(*desk.given, given)), programme))


def refuse_malformed(refusals: Sequence[Refusal]) -> None:
    """Raise Refused (422) where there is a refusal: what was sent is no sheet."""
    if refusals:
        refused = Refused(refusals)
        refused.status = MALFORMED
        raise refused


def check_open(desk: Desk, seat: Seat) -> None:
    """Raise what keeps a seat from scoring a desk: the stage, a conflict, a sheet that it gave already."""
    facts = {"application_id": desk.application.application_id, "stage": desk.stage}
    if desk.closed:
        raise Refused([Refusal("RV-1", "stage_closed", facts)])
    check_there(desk)
    if seat.seat in desk.conflicted:
        raise Refused([Refusal("RV-1", "conflict_of_interest", {**facts, "seat": seat.seat})])
    if seat.seat in desk.seats_given:
        raise Conflict("sheet_given_already", "RV-1", **facts, seat=seat.seat)
