"""When the clock of an acceptance starts and ends, and what it means to be silent (RV-13, MS-2)."""

import datetime as dt

from libs.common.calendar import kst_day, period_of_days_end
from libs.common.errors import Refusal
from services.intake.model.acceptances import AcceptanceState, Delivery, StandingAcceptance
from services.intake.model.applications import ApplicationState
from services.intake.policy.acceptances import AcceptancePolicy

DELIVERED_IN: tuple[ApplicationState, ...] = ("selected", "agreed")
"""Where a delivery is recorded: announced as selected, and not signed yet."""
ACCEPTED_IN: tuple[ApplicationState, ...] = ("selected",)
"""Where a selection is accepted; whoever is asked to sign answers by that."""


def instant_refusal(delivered_at: dt.datetime, announced_at: dt.datetime, now: dt.datetime) -> Refusal | None:
    """Why a delivery cannot have been then: it is still to come, or the result was not there. None where it can.

    Now, and the instant of the announcement, are possible. Never raises.
    """
    at = delivered_at.isoformat()
    if delivered_at > now:
        return Refusal("RV-13", "delivery_in_future", {"delivered_at": at})
    if delivered_at < announced_at:
        told = {"delivered_at": at, "announced_at": announced_at.isoformat()}
        return Refusal("RV-13", "delivery_before_result", told)
    return None


def delivery_refusal(found: StandingAcceptance) -> Refusal | None:
    """Why no delivery is put on record: one counts already; the first one starts the clock. Never raises."""
    if found.delivery is None:
        return None
    return Refusal("RV-13", "delivery_known", {"delivery": found.delivery.delivery_id})


def withdrawal_refusal(found: Delivery) -> Refusal | None:
    """Why a recorded delivery cannot be withdrawn: it was already. Never raises."""
    if found.withdrawn_at is None:
        return None
    return Refusal("RV-13", "delivery_withdrawn", {"delivery": found.delivery_id})


def accept_until(delivered_at: dt.datetime, policy: AcceptancePolicy) -> dt.datetime | None:
    """The end of the acceptance's clock, exclusive, counted from the delivery (CV-7); None where the call sets no term.

    Example: delivered on Friday 26 September 2025, 5 days → Wednesday 1 October 24:00 KST.
    """
    return None if policy.days is None else period_of_days_end(delivered_at, policy.days, policy.changed)


def acceptance_refusal(found: StandingAcceptance, now: dt.datetime) -> Refusal | None:
    """Why a selection cannot be accepted: it is already, or its clock has run out. None where it can.

    Before a delivery is on record, and in a call without a term, no clock runs. Never raises.
    """
    if found.acceptance is not None:
        return Refusal("RV-13", "accepted_already", {"on": kst_day(found.acceptance.accepted_at).isoformat()})
    until = None if found.delivery is None else found.delivery.accept_until
    if until is not None and now >= until:
        return Refusal("RV-13", "acceptance_over", {"until": until.isoformat()})
    return None


def acceptance_state(
    delivered_at: dt.datetime | None, until: dt.datetime | None, accepted_at: dt.datetime | None, now: dt.datetime
) -> AcceptanceState:
    """Where an acceptance stands; whoever is silent past the end is overdue, which an officer acts on. Never raises."""
    if accepted_at is not None:
        return "accepted"
    if delivered_at is None:
        return "undelivered"
    return "overdue" if until is not None and now >= until else "open"


def revoking_call(application_id: str, state: AcceptanceState) -> str:
    """The officer's next call on an overdue acceptance; empty for any other. Never raises."""
    return f"POST /intake/v1/applications/{application_id}/revoke" if state == "overdue" else ""
