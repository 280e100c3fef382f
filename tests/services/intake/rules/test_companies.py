"""What is known of a company, and which code is a caller's own."""

import datetime as dt

import pytest

from services.intake.model.organisations import Organisation
from services.intake.rules.companies import is_own_code, kind_reserved


@pytest.mark.parametrize(("kind", "code"), [("provider", "organisation_kind_reserved"), ("sme", None)])
def test_the_providers_kind_is_reserved(kind: str, code: str | None) -> None:
    """Nobody registers under the kind that marks companies known as providers alone."""
    told = Organisation("", "가", "1248100998", kind, "corporation", (), dt.date(2015, 3, 2), ())
    refusal = kind_reserved(told)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    ("own", "provider_id", "is_own"),
    [
        pytest.param("alpha", "ＡＬＰＨＡ", True, id="in full width"),
        pytest.param("alpha", "beta", False, id="somebody else's"),
        pytest.param("", "\u3164", False, id="no organisation and an invisible code"),
        pytest.param("\u200b", "\u3164", False, id="two texts without a key"),
    ],
)
def test_is_own_code(own: str, provider_id: str, is_own: bool) -> None:
    """A code is the caller's where a key remains and both keys are the same."""
    assert is_own_code(own, provider_id) is is_own
