"""When presentations take place, and who is invited to one (RV-8)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.calendar import KST
from libs.common.errors import Fact, Refusal
from services.review.model.applications import Application
from services.review.model.presentations import Invited, PresentationAnswer, Slot
from services.review.model.stages import PRESENTATION


def slot_refusals(
    slot: Slot, others: Sequence[Slot], days: Sequence[dt.date] | None, reason: str, now: dt.datetime
) -> list[Refusal]:
    """Why a slot cannot be made: it ends before it begins, is past, takes a place twice, or leaves the printed days.

    `others` are those of the call; `days` those that the notice prints for this track, None where it prints none; an
    officer may leave them with a reason. A slot lasts at most a day. Never raises.
    """
    refusals = []
    if not slot.starts_at < slot.ends_at <= slot.starts_at + dt.timedelta(days=1) or slot.starts_at <= now:
        refusals.append(Refusal("RV-8", "slot_times", {}))
    taken = [one for one in others if one.place == slot.place and _overlap(one, slot)]
    if taken:
        refusals.append(Refusal("RV-8", "place_taken", {"slot_id": taken[0].slot_id, "place": slot.place}))
    day = slot.starts_at.astimezone(KST).date()
    if days is not None and day not in days and not reason:
        printed = ", ".join(one.isoformat() for one in days)
        refusals.append(Refusal("RV-8", "not_a_printed_day", {"day": day.isoformat(), "days": printed}))
    return refusals


def _overlap(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def invited_refusals(
    application: Application, slot: Slot, holding: Sequence[Invited], reason: str, now: dt.datetime
) -> list[Refusal]:
    """Why an application is not invited into a slot: it does not present, the slot is past or taken, no reason to move.

    Only those that pass the document stage present: the others are not in that stage. `holding` are the invitations
    that hold, of this slot and of this application. Never raises.
    """
    facts: dict[str, Fact] = {"application_id": application.application_id, "slot_id": slot.slot_id}
    if application.stage != PRESENTATION or not application.eligible or application.track != slot.track:
        return [Refusal("RV-8", "does_not_present", facts)]
    refusals = [Refusal("RV-8", "slot_times", {})] if slot.starts_at <= now else []
    if any(one.slot.slot_id == slot.slot_id for one in holding):
        refusals.append(Refusal("RV-8", "slot_taken", facts))
    if not reason and any(one.presentation.application_id == application.application_id for one in holding):
        refusals.append(Refusal("RV-8", "reason_missing"))
    return refusals


def coming_refusals(held: Invited, *, attends: bool, reason: str, now: dt.datetime) -> list[Refusal]:
    """Why an answer to an invitation is not taken: it has another one already, has begun, or a no has no reason."""
    facts: dict[str, Fact] = {"application_id": held.presentation.application_id, "slot_id": held.slot.slot_id}
    if held.answer is not None and held.answer.attends != attends:
        return [Refusal("RV-8", "presentation_answered_already", facts)]
    if held.answer is None and held.slot.starts_at <= now:
        return [Refusal("RV-8", "slot_times", {})]
    return [] if attends or reason else [Refusal("RV-8", "reason_missing")]


def same_answer(answer: PresentationAnswer | None) -> bool:
    """Whether there is an answer on record already, which the same one again does not change."""
    return answer is not None
