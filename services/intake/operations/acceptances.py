"""An officer records the delivery that starts the clock; the applicant accepts, or is silent and listed (RV-13)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.model.acceptances import DeliveryWay, StandingAcceptance
from services.intake.operations.applications import own_application, written_application, wrong_state
from services.intake.operations.belonging import stop
from services.intake.operations.organisations import refuse
from services.intake.policy.acceptances import AcceptancePolicy
from services.intake.rules.acceptances import (
    ACCEPTED_IN,
    DELIVERED_IN,
    accept_until,
    acceptance_refusal,
    delivery_refusal,
    instant_refusal,
    withdrawal_refusal,
)
from services.intake.store import acceptances


async def deliver(
    tx: Tx, caller: Caller, application_id: str, delivered_at: dt.datetime, way: DeliveryWay, clock: Clock
) -> StandingAcceptance:
    """Record when and how the result reached the applicant; the term is that of the version in force now.

    Raises NotFound, WrongState unless it is selected and not signed, PolicyMissing where the call is silent, Invalid
    for an instant that cannot be, Refused where a delivery counts already.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    if found.state not in DELIVERED_IN:
        raise wrong_state(found, DELIVERED_IN)
    now = clock.now()
    standing = await acceptances.get_standing(tx, application_id)
    announced_at = await acceptances.get_selected_at(tx, application_id)
    refuse(instant_refusal(delivered_at, announced_at, now))
    stop(delivery_refusal(standing))
    policy = AcceptancePolicy.of(await programme_at(tx, found.programme_code, now))
    told = (application_id, (delivered_at, way), accept_until(delivered_at, policy))
    await acceptances.add_delivery(tx, *told, by=caller.subject, now=now)
    return await acceptances.get_standing(tx, application_id)


async def withdraw_delivery(
    tx: Tx, caller: Caller, application_id: str, delivery_id: str, reason: str, clock: Clock
) -> StandingAcceptance:
    """Say that a delivery never was, so that its clock never ran; it stays on record.

    Raises NotFound, WrongState unless it is selected and not signed, Refused where it was withdrawn already.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    if found.state not in DELIVERED_IN:
        raise wrong_state(found, DELIVERED_IN)
    standing = await acceptances.get_standing(tx, application_id)
    known = next((one for one in standing.deliveries if one.delivery_id == delivery_id), None)
    if known is None:
        raise NotFound("delivery", delivery_id)
    stop(withdrawal_refusal(known))
    await acceptances.add_withdrawal(tx, delivery_id, reason, by=caller.subject, now=clock.now())
    return await acceptances.get_standing(tx, application_id)


async def accept(tx: Tx, caller: Caller, application_id: str, clock: Clock) -> StandingAcceptance:
    """Accept a selection in time. Declining is withdrawing.

    Raises NotFound for another's, Forbidden for the agency, WrongState unless it is selected, Refused where it is
    accepted already or its clock has run out.
    """
    found = await written_application(tx, caller, application_id)
    standing = await acceptances.get_standing(tx, application_id)
    now = clock.now()
    if found.state not in ACCEPTED_IN:
        raise wrong_state(found, ACCEPTED_IN)
    stop(acceptance_refusal(standing, now))
    await acceptances.add_acceptance(tx, application_id, by=caller.subject, now=now)
    return await acceptances.get_standing(tx, application_id)


async def show(tx: Tx, caller: Caller, application_id: str) -> StandingAcceptance:
    """Where the acceptance of an application stands that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await acceptances.get_standing(tx, application_id)
