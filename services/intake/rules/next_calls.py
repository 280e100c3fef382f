"""Which call leads an application on from where it stands (F-62): a real one, or none."""

from collections.abc import Sequence

from services.intake.model.applications import ApplicationState

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
