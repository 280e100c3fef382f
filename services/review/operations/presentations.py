"""An officer makes slots and invites applications into them; their applicants say whether they come (RV-8)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refused
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model.presentations import Invited, Presentation, PresentationAnswer, Slot
from services.review.model.stages import PRESENTATION
from services.review.operations.panels import check_stage
from services.review.policy.presentations import PresentationPolicy
from services.review.rules.presentations import coming_refusals, invited_refusals, same_answer, slot_refusals
from services.review.store import applications, presentations


async def make_slot(tx: Tx, caller: Caller, asked: Slot, reason: str, clock: Clock) -> Slot:
    """Make a slot of a track that presents. Raises NotFound, Invalid, Refused (RV-8)."""
    await presentations.hold_slots(tx, asked.programme_code)
    now = clock.now()
    programme = await programme_at(tx, asked.programme_code, now)
    check_stage(programme, asked.track, PRESENTATION)
    days = PresentationPolicy.of(programme, asked.track).days
    others = await presentations.list_slots(tx, asked.programme_code)
    refusals = slot_refusals(asked, others, days, reason, now)
    if refusals:
        raise Refused(refusals)
    made = replace(asked, slot_id=await presentations.next_slot_id(tx), made_by=caller.subject, made_at=now)
    await presentations.add_slot(tx, made)
    return made


async def invite(tx: Tx, caller: Caller, slot_id: str, application_id: str, reason: str, clock: Clock) -> Invited:
    """Invite an application into a slot, or move it there with a reason: then it is asked anew whether it comes.

    Raises NotFound, Refused (RV-8).
    """
    slot = await presentations.get_slot(tx, slot_id)
    await presentations.hold_slots(tx, slot.programme_code)
    now = clock.now()
    found = await applications.get_application(tx, application_id)
    if found.programme_code != slot.programme_code:
        raise NotFound("application", application_id)
    holding = await presentations.list_holding(tx, slot_id, application_id)
    refusals = invited_refusals(found, slot, holding, reason, now)
    if refusals:
        raise Refused(refusals)
    await presentations.add_presentation(tx, Presentation(0, slot_id, application_id, reason, caller.subject, now))
    (held,) = await presentations.list_holding(tx, slot_id)
    return held


async def answer(tx: Tx, caller: Caller, slot_id: str, *, attends: bool, reason: str, clock: Clock) -> Invited:
    """The applicant says whether it comes to its slot. The same again changes nothing.

    Raises NotFound for somebody else's slot, Refused for another answer than before, a past slot, a no without reason.
    """
    slot = await presentations.get_slot(tx, slot_id)
    await presentations.hold_slots(tx, slot.programme_code)
    held = next(iter(await presentations.list_holding(tx, slot_id)), None)
    if held is None or not caller.owns(held.organisation_id):
        raise NotFound("presentation slot", slot_id)
    now = clock.now()
    refusals = coming_refusals(held, attends=attends, reason=reason, now=now)
    if refusals:
        raise Refused(refusals)
    if same_answer(held.answer):
        return held
    told = PresentationAnswer(held.presentation.id, attends, reason, caller.subject, now)
    await presentations.add_answer(tx, told)
    return replace(held, answer=told)
