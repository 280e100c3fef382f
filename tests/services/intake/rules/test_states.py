"""Which call leads an application on, and where an award moves from."""

import datetime as dt

import pytest

from services.intake.model.applications import Application, ApplicationState, Receipt, Request
from services.intake.rules.states import documents_may_go, earlier, next_call


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


RECEIPT = Receipt("p-00001", dt.datetime(2025, 9, 2, tzinfo=dt.UTC), 1, "1248100998", "private", youth=False)


@pytest.mark.parametrize(
    ("state", "receipt", "may_go"),
    [
        pytest.param("draft", None, True, id="a draft"),
        pytest.param("withdrawn", None, True, id="withdrawn as a draft"),
        pytest.param("submitted", RECEIPT, False, id="submitted"),
        pytest.param("withdrawn", RECEIPT, False, id="withdrawn after its receipt"),
    ],
)
def test_documents_may_go(state: ApplicationState, receipt: Receipt | None, may_go: bool) -> None:
    """Documents may be taken out of whatever has no receipt."""
    asked = Request("1", "H100x2", 1, 6, dt.date(2025, 10, 1), youth_claimed=False, principal_investigator=None)
    told = Application("A", "p", "O", state, 1, "", asked, dt.datetime(2025, 9, 1, tzinfo=dt.UTC), receipt, None)
    assert documents_may_go(told) is may_go


def test_an_award_moves_forward() -> None:
    """What is heard late moves nothing back."""
    assert earlier("active") == ("signed", "placed")
    assert earlier("placed") == ("signed",)
