"""What a check of a provider may name."""

import pytest

from services.intake.rules.provider_checks import accounts_refusal, whom_refusal


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("registered", "members", "accounts", "code"),
    [
        pytest.param(True, 0, 0, None, id="a registered provider"),
        pytest.param(True, 0, 3, None, id="a registered provider with accounts"),
        pytest.param(False, 2, 0, None, id="companies"),
        pytest.param(False, 0, 0, "check_names_nobody", id="nobody"),
        pytest.param(True, 1, 0, "check_names_nobody", id="both"),
        pytest.param(False, 2, 1, "accounts_without_provider", id="companies beside accounts"),
    ],
)
def test_whom_a_check_names(registered: bool, members: int, accounts: int, code: str | None) -> None:
    """A check is of a registered provider, with accounts, or of companies that tell theirs themselves."""
    refusal = whom_refusal(registered=registered, members=members, accounts=accounts)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("IN-8")
def test_accounts_are_told_once() -> None:
    """A number with two accounts is refused by name; different numbers are not."""
    twice = accounts_refusal(["1", "2", "1"])
    assert twice is not None
    assert (twice.code, twice.facts) == ("accounts_twice", {"business_no": "1"})
    assert accounts_refusal(["1", "2"]) is None
