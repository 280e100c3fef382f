"""When a selection or an agreement may be cancelled (IN-16)."""

from collections.abc import Callable

from libs.common.errors import Refusal
from services.intake.model.applications import ApplicationState
from services.intake.model.proposals import Ground
from services.intake.rules.states import UNDER_AGREEMENT

FOR_SELECTED: tuple[ApplicationState, ...] = ("waiting", "selected", "agreed")
"""Announced, and not signed yet."""
REVOCABLE: tuple[ApplicationState, ...] = (*FOR_SELECTED, *UNDER_AGREEMENT)
BEFORE_SIGNING: dict[Ground, tuple[ApplicationState, ...]] = {
    "impairment": FOR_SELECTED,
    "no_acceptance": ("selected", "agreed"),
}
"""Grounds that belong to a part of the way: accounts are filed, and an award accepted, before the agreement."""


def revocation_refusal(
    state: ApplicationState,
    ground: Ground,
    *,
    intent_shown: bool,
    intent_needed: Callable[[], bool],
    accounts_year: Callable[[], int | None],
) -> Refusal | None:
    """IN-16: Why an application cannot be revoked on a ground; None where it can.

    From its announcement (a waiting one too) to the end of its use; before, screening decides. A false statement
    counts where the call asks for intent only once that is shown. Impairment is what the accounts show that the call
    has filed before the agreement (S1): it cancels whatever the score, and no later. A place that was not accepted
    is cancelled before the agreement. `intent_needed` and `accounts_year` read the policy, each only where its ground
    is given. Never raises but what they raise.

    Example: S0 (intent is needed), false statement without intent → refused; with intent → may be revoked.
    Source: S0 §7, S1 §8, S4.
    """
    allowed = BEFORE_SIGNING.get(ground, REVOCABLE)
    if state not in allowed:
        return Refusal("IN-16", "not_revocable_now", {"state": state, "ground": ground})
    if ground == "false_statement" and intent_needed() and not intent_shown:
        return Refusal("IN-16", "intent_not_shown", {})
    if ground == "impairment" and accounts_year() is None:
        return Refusal("IN-16", "no_accounts_asked", {})
    return None
