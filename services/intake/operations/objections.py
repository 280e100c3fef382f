"""An applicant objects to a decision; somebody who took no part decides on it; both stay on record (MS-7)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.model.applications import Application
from services.intake.model.objections import (
    Contested,
    DecidedObjection,
    MadeDecision,
    ObjectionOutcome,
    StandingObjection,
)
from services.intake.operations.applications import (
    own_application,
    own_with_organisation,
    written_application,
    wrong_state,
)
from services.intake.operations.belonging import stop
from services.intake.operations.screening import rescreen
from services.intake.policy.objections import ObjectionPolicy
from services.intake.rules.objections import (
    contested_selection,
    decision_against,
    decision_refusal,
    objection_refusal,
    objection_window,
    takes_back_screening,
)
from services.intake.store import agreements, applications, objections, screenings


async def _against(tx: Tx, found: Application) -> MadeDecision | None:
    """The decision that went against an application and stands now."""
    announced = (await agreements.list_announcements(tx, [found.application_id])).get(found.application_id)
    history = await applications.list_history(tx, found.application_id)
    decisions = await screenings.list_decisions(tx, found.application_id)
    deciders = () if announced is None else await objections.list_deciders(tx, announced.selection_id)
    return decision_against(found.state, history, decisions, announced, deciders)


async def file(
    tx: Tx, caller: Caller, application_id: str, decision_id: str, text: str, clock: Clock
) -> StandingObjection:
    """Object to a decision that stands, within the window of the version in force now; returns the objection.

    Raises NotFound for another's, Forbidden for the agency, PolicyMissing where the call is silent, Refused where
    MS-7 refuses.
    """
    found = await written_application(tx, caller, application_id)
    now = clock.now()
    made = await _against(tx, found)
    policy = None if made is None else ObjectionPolicy.of(await programme_at(tx, found.programme_code, now))
    stands = None if made is None or policy is None else objection_window(made, policy)
    stop(objection_refusal(decision_id, stands, await objections.list_objections(tx, application_id), now))
    assert stands is not None  # noqa: S101 - what does not stand was refused
    objection_id = await objections.add_objection(tx, application_id, stands, text, by=caller.subject, now=now)
    return await objections.get_objection(tx, application_id, objection_id)


async def contested(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> Contested:
    """What may be objected to now, and the objections filed. Raises NotFound.

    A call that is silent on its window tells the decision without one: filing then says what is missing.
    """
    found = await own_application(tx, caller, application_id)
    filed = await objections.list_objections(tx, application_id)
    made = await _against(tx, found)
    if made is None:
        return Contested(None, filed)
    policy = ObjectionPolicy.known(await programme_at(tx, found.programme_code, now))
    return Contested(objection_window(made, policy), filed)


async def decide(
    tx: Tx, caller: Caller, place: tuple[str, str], outcome: ObjectionOutcome, reason: str, clock: Clock
) -> StandingObjection:
    """Uphold or reject an objection; `place` is the application's id and the objection's. Returns it as it stands.

    Upheld on the screening the application is under screening again, as a fact of its history. Raises NotFound, Refused
    where it is decided or the caller took part, WrongState where the application is not ineligible any more.
    """
    application_id, objection_id = place
    found, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    standing = await objections.get_objection(tx, application_id, objection_id)
    selection_id = contested_selection(standing.filed)
    deciders = await objections.list_deciders(tx, selection_id) if selection_id else ()
    stop(decision_refusal(standing, caller.subject, deciders))
    now = clock.now()
    await objections.add_decision(tx, objection_id, DecidedObjection(outcome, reason, caller.subject, now))
    if takes_back_screening(standing.filed, outcome):
        if found.state != "ineligible":
            raise wrong_state(found, ["ineligible"])
        await applications.move(tx, application_id, "submitted", reason=objection_id, by=caller.subject, now=now)
        await applications.let_open(tx, application_id)
        reopened = await applications.get_application(tx, application_id)
        await rescreen(tx, reopened, organisation, now, step="objection")
    return await objections.get_objection(tx, application_id, objection_id)
