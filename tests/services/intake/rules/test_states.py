"""Which call leads an application on, and where an award moves from."""

import pytest

from services.intake.model.applications import ApplicationState
from services.intake.rules.states import earlier, next_call


@pytest.mark.parametrize(
    ("state", "wanted", "call"),
    [
        pytest.param("draft", "submitted", "POST /intake/v1/applications/A/submit", id="a draft is submitted"),
        pytest.param("draft", "agreed", "POST /intake/v1/applications/A/submit", id="a draft, long before the end"),
        pytest.param("submitted", "agreed", "POST /intake/v1/applications/A/screening/conclude", id="concluded"),
        pytest.param("eligible", "agreed", "", id="an eligible one waits for others"),
        pytest.param("selected", "agreed", "POST /intake/v1/agreements", id="drawn up"),
        pytest.param("agreed", "signed", "POST /intake/v1/agreements/A/sign", id="signed"),
        pytest.param("agreed", "submitted", "", id="nothing leads back"),
        pytest.param("withdrawn", "agreed", "", id="nothing leads on from the end"),
    ],
)
def test_next_call(state: ApplicationState, wanted: ApplicationState, call: str) -> None:
    """F-62: A real call towards what the step needs, or none."""
    assert next_call("A", state, [wanted]) == call


def test_an_award_moves_forward() -> None:
    """What is heard late moves nothing back."""
    assert earlier("active") == ("signed", "placed")
    assert earlier("placed") == ("signed",)
