"""Whom and what a check of a provider may name (IN-8): facts that contradict each other are no request."""

from collections.abc import Sequence

from libs.common.errors import Refusal
from services.intake.model.providers import ProviderMember
from services.intake.rules.companies import named_twice
from services.intake.rules.restrictions import period_backwards


def whom_refusal(*, registered: bool, members: int, accounts: int) -> Refusal | None:
    """Why a check names nobody, or two things at once: it is of a registered provider or of companies, never of both.

    `members` and `accounts` count what was sent. Accounts tell of a registered provider's members; companies tell of
    theirs in their own entry. None where the check can be made.
    """
    if registered == (members > 0):
        return Refusal("IN-8", "check_names_nobody")
    if accounts > 0 and not registered:
        return Refusal("IN-8", "accounts_without_provider")
    return None


def accounts_refusal(business_numbers: Sequence[str]) -> Refusal | None:
    """Why accounts cannot be read: two of them are of one number, folded before (CV-9). None where each has its own."""
    number = named_twice(business_numbers)
    return None if number is None else Refusal("IN-8", "accounts_twice", {"business_no": number})


def members_refusal(members: Sequence[ProviderMember]) -> Refusal | None:
    """The first restriction of a member that ends before it begins; None where there is none."""
    restrictions = (restriction for member in members for restriction in member.restrictions)
    return next((refusal for refusal in map(period_backwards, restrictions) if refusal is not None), None)
