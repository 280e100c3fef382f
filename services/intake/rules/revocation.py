"""When a selection or an agreement may be cancelled (IN-16)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from libs.common.errors import Refusal
from services.intake.model.acceptances import AcceptanceState, StandingAcceptance
from services.intake.model.agreements import Progress
from services.intake.model.applications import ApplicationState
from services.intake.model.proposals import Ground
from services.intake.rules.acceptances import acceptance_state
from services.intake.rules.states import UNDER_AGREEMENT

REVOCABLE: tuple[ApplicationState, ...] = ("waiting", "selected", "agreed", *UNDER_AGREEMENT)
"""From the announcement to the end of use."""
OF_PART: dict[Ground, tuple[ApplicationState, ...]] = {
    "no_acceptance": ("selected", "agreed"),
    "no_deposit": UNDER_AGREEMENT,
}
"""Grounds that belong to a part of the way: a place is accepted before the agreement, a deposit follows it."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of an award when somebody would revoke it."""

    state: ApplicationState
    acceptance: AcceptanceState = "undelivered"
    deposit_missed: bool = False


def on_record(
    state: ApplicationState, accepted: StandingAcceptance, progress: Progress | None, now: dt.datetime
) -> OnRecord:
    """What is on record of an award: whether its acceptance, and its self-payment, is past its end. Never raises.

    A self-payment that came in late, but before the decision, was not missed.
    """
    told, sent = accepted.acceptance, accepted.delivery
    standing = acceptance_state(
        None if sent is None else sent.delivered_at,
        None if sent is None else sent.accept_until,
        None if told is None else told.accepted_at,
        now,
    )
    missed = progress is not None and progress.selfpay_overdue and not progress.selfpay_covered
    return OnRecord(state, standing, missed)


def revocation_refusal(
    found: OnRecord,
    ground: Ground,
    *,
    intent_shown: bool,
    intent_needed: Callable[[], bool],
    accounts_year: Callable[[], int | None],
) -> Refusal | None:
    """IN-16: Why an application cannot be revoked on a ground; None where it can.

    From its announcement (a waiting one too) to the end of its use; before, screening decides. A false statement
    counts where the call asks for intent only once that is shown. Impairment is what the accounts show that the call
    has filed before the agreement (S1): it cancels the selection or the agreement, whatever the score. A place that
    was not accepted is cancelled once its clock has run out, or where the agreement was drawn up and is not signed; a
    missed self-payment counts while its term is over and it is not covered. `intent_needed` and `accounts_year` read
    the policy, each only where its ground is given. Never raises but what they raise.

    Example: S0 (intent is needed), false statement without intent → refused; with intent → may be revoked.
    Source: S0 §7, S1 §8, S4.
    """
    if found.state not in OF_PART.get(ground, REVOCABLE):
        return Refusal("IN-16", "not_revocable_now", {"state": found.state, "ground": ground})
    match ground:
        case "false_statement":
            stands = intent_shown or not intent_needed()
            return None if stands else Refusal("IN-16", "intent_not_shown", {})
        case "impairment":
            return Refusal("IN-16", "no_accounts_asked", {}) if accounts_year() is None else None
        case "no_acceptance":
            stands = found.state == "agreed" or found.acceptance == "overdue"
            return None if stands else Refusal("IN-16", "acceptance_not_overdue", {})
        case "no_deposit":
            return None if found.deposit_missed else Refusal("IN-16", "deposit_not_overdue", {})
        case "conflict_found":
            return None
