"""Who may say what about a grant's use: its user, the agency in its own name, its provider."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from libs.common.keys import is_one_person
from services.allocator.model.deliveries import DeliveryTold

if TYPE_CHECKING:
    from libs.common.identity import Caller

AGENCY = frozenset({"officer", "operator"})
Decider = Literal["user", "agency", "agency_without_reason", "nobody"]


def is_user(caller: "Caller", organisation_id: str) -> bool:
    """Whether the caller is a member of the organisation that a grant was awarded to. Never raises."""
    return "applicant" in caller.roles and organisation_id != "" and caller.organisation_id == organisation_id


def is_agency(caller: "Caller") -> bool:
    """Whether the caller is one of the agency's own people. Never raises."""
    return bool(caller.roles & AGENCY)


def is_provider(caller: "Caller", provider_id: str | None) -> bool:
    """Whether the caller speaks for a grant's provider. Never raises."""
    return "provider" in caller.roles and provider_id is not None and caller.organisation_id == provider_id


def who_decides(caller: "Caller", organisation_id: str, reason: str | None) -> Decider:
    """In whose name the caller decides about a grant's sessions (AL-9): the user's, or the agency's with a reason.

    `organisation_id`: whom the grant was awarded to. A provider reports, it decides nothing for users: `nobody`.
    Never raises.
    Example: an officer without a reason → `agency_without_reason`.
    """
    if is_user(caller, organisation_id):
        return "user"
    if is_agency(caller):
        return "agency" if reason else "agency_without_reason"
    return "nobody"


def stated_it(told: Iterable[DeliveryTold], subject: str) -> bool:
    """Whether a person ever stated a delivery for the provider (AL-16): then he decides about it in no other role.

    `told`: all that was said of the delivery; also a statement that was taken back counts. Never raises.
    """
    return any(one.word == "stated" and is_one_person(one.told_by, subject) for one in told)


def may_confirm_delivery(caller: "Caller", organisation_id: str, provider_id: str, stated_by: str) -> bool:
    """Whether the caller may confirm a delivery (AL-16): the user or the agency, and never who stated it.

    `stated_by`: the person who stated it. Who speaks for the provider confirms nothing, whatever else he is.
    Never raises.
    """
    if is_one_person(caller.subject, stated_by) or is_provider(caller, provider_id):
        return False
    return is_user(caller, organisation_id) or is_agency(caller)
