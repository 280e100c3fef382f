"""The states of an application: which step is open in which, and which call leads on (F-62)."""

from collections.abc import Sequence

from services.intake.model.applications import Application, ApplicationState

UNDER_AGREEMENT: tuple[ApplicationState, ...] = ("signed", "placed", "active")
"""A signed agreement that has not ended: giving up ends it."""
WITHDRAWABLE: tuple[ApplicationState, ...] = (
    "draft", "submitted", "eligible", "waiting", "selected", "agreed", *UNDER_AGREEMENT,
)  # fmt: skip
"""What may be taken back, declined or given up."""
SHOWS_EVIDENCE: tuple[ApplicationState, ...] = ("selected", "agreed", *UNDER_AGREEMENT)
"""Where files are added that show a fact after the selection (BL-14)."""
BEFORE_AGREEMENT: tuple[ApplicationState, ...] = ("eligible", "refused", "waiting", "selected")
"""Where an announced outcome moves an application; afterwards it is kept and changes nothing."""
BEFORE_SIGNATURE: tuple[ApplicationState, ...] = ("selected", "agreed")
"""Where IN-7 and IN-8 are open to an officer's decision again."""
AFTER_SIGNATURE: tuple[ApplicationState, ...] = ("signed", "placed", "active", "ended")
"""How far an award gets; it only moves forward."""
ORDER: tuple[ApplicationState, ...] = ("draft", "submitted", "eligible", "selected", "agreed", "signed")
"""The way from the draft to the signature; any other state leads nowhere from here."""


def next_call(application_id: str, state: ApplicationState, wanted: Sequence[ApplicationState]) -> str:
    """The call that leads from a state towards those that a step needs; empty where none does.

    An eligible application waits for others (review announces), and nothing leads back. Never raises.

    Example: signing what is `selected` → `POST /intake/v1/agreements`.
    """
    ahead = [ORDER.index(one) for one in wanted if one in ORDER]
    if state not in ORDER or not ahead or ORDER.index(state) >= max(ahead):
        return ""
    at = f"/intake/v1/applications/{application_id}"
    calls = {
        "draft": f"POST {at}/submit",
        "submitted": f"POST {at}/screening/conclude",
        "selected": "POST /intake/v1/agreements",
        "agreed": f"POST /intake/v1/agreements/{application_id}/sign",
    }
    return calls.get(state, "")


def documents_may_go(application: Application) -> bool:
    """Whether documents may be taken out: of whatever has no receipt, a draft or one that was withdrawn as a draft.

    What was received stays whole, also once it is withdrawn: its screening names its documents. Never raises.
    """
    return application.receipt is None


def earlier(state: ApplicationState) -> tuple[ApplicationState, ...]:
    """The states of an award from which it moves on to this one: facts that come late move nothing back."""
    return AFTER_SIGNATURE[: AFTER_SIGNATURE.index(state)]
