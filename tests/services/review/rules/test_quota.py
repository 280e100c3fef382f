"""RV-10: the sector quota."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.policy.selection import QuotaPolicy
from services.review.rules.quota import private_missing, relaxation_refusals

HALF = QuotaPolicy(private_min_pct=50, public_below_pct=50, relaxable=True)


@pytest.mark.rule("RV-10")
@pytest.mark.parametrize(
    ("private", "public", "policy", "missing"),
    [
        pytest.param(1, 1, HALF, 1, id="public must be fewer than private"),
        pytest.param(2, 1, HALF, 0, id="one public beside two private ones holds"),
        pytest.param(0, 3, HALF, 4, id="three public ones need four private ones"),
        pytest.param(1, 1, QuotaPolicy(50, None, True), 0, id="without the second part half is enough"),
        pytest.param(1, 1, QuotaPolicy(100, None, True), None, id="a public one beside a share of 100 per cent"),
        pytest.param(1, 1, QuotaPolicy(0, 0, True), None, id="public below nothing"),
        pytest.param(1, 0, QuotaPolicy(0, 0, True), 0, id="public below nothing, and none there"),
        pytest.param(0, 5, None, 0, id="no quota"),
    ],
)
def test_private_missing(private, public, policy, missing) -> None:
    """The number of further private projects that a selection needs."""
    assert private_missing(private, public, policy) == missing


@pytest.mark.rule("RV-10")
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 99), st.integers(1, 100))
def test_missing_is_the_smallest_number(private, public, private_min, public_below) -> None:
    """With that many more the quota holds, with one fewer it does not."""

    def holds(count: int) -> bool:
        chosen = count + public
        return 100 * count >= private_min * chosen and 100 * public < public_below * chosen

    missing = private_missing(private, public, QuotaPolicy(private_min, public_below, True))
    assert missing is not None
    assert holds(private + missing)
    assert missing == 0 or not holds(private + missing - 1)


@pytest.mark.rule("RV-10")
@pytest.mark.parametrize(
    ("passing", "policy", "codes"),
    [
        pytest.param(["private", "public", "public"], HALF, [], id="too few private ones pass"),
        pytest.param(["private", "private", "public"], HALF, ["private_ones_suffice"], id="enough private ones pass"),
        pytest.param(["public"], QuotaPolicy(50, 50, False), ["quota_not_relaxable"], id="the notice allows none"),
        pytest.param(["public"], None, ["quota_not_relaxable"], id="no quota to relax"),
    ],
)
def test_relaxation(passing, policy, codes) -> None:
    """An officer may relax the quota only where too few private ones pass."""
    assert [refusal.code for refusal in relaxation_refusals(passing, policy)] == codes
