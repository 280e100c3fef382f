"""Self-payments: amount, coverage, refund (BL-4, BL-5, BL-7)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.definition.files import load_definition
from libs.common.definition.reading import with_value
from libs.common.errors import PolicyMissing
from libs.common.self_payment import Payer, SelfPaymentDue
from services.billing.model.self_payments import Contribution
from services.billing.policy import SelfPaymentRates
from services.billing.rules.self_payment import (
    coverage,
    deposit_due_at,
    left_to_burn_krw,
    refund_krw,
)
from tests.services.billing.office import P1, PROGRAMMES


@pytest.mark.rule("BL-4")
def test_F_14_a_region_without_a_rate_is_missing_and_named():  # noqa: N802 - the fault's id
    """A region's rate that is unset stops with the value's path, not with an unknown thing; `none` is no rate."""
    programme = load_definition(PROGRAMMES / f"{P1}.yaml")
    path = "billing.self_payment.rates.H100.regional_krw"
    assert SelfPaymentRates(programme).krw("H100", "regional") is None
    with pytest.raises(PolicyMissing) as missing:
        SelfPaymentRates(with_value(programme, path, "unset", "test")).krw("H100", "regional")
    assert missing.value.facts["path"] == path


@pytest.mark.rule("BL-5")
@pytest.mark.parametrize(
    ("flow", "due", "deposited", "evidenced", "expected"),
    [
        pytest.param(
            "own_account", 9_600_000, 0, 9_600_000, (9_600_000, True), id="evidence of the full balance opens"
        ),
        pytest.param("own_account", 9_600_000, 0, 9_599_999, (9_599_999, False), id="a won short does not"),
        pytest.param(
            "own_account", 9_600_000, 9_600_000, 0, (0, False), id="no deposit counts where an own account is asked"
        ),
        pytest.param("deposit", 9_600_000, 9_599_999, 0, (9_599_999, False), id="parts are held and do not open"),
        pytest.param("deposit", 9_600_000, 9_600_000, 0, (9_600_000, True), id="the full deposit opens"),
        pytest.param(
            "deposit", 9_600_000, 0, 9_600_000, (0, False), id="evidence counts for nothing where a deposit is asked"
        ),
        pytest.param("free", 0, 0, 0, (0, True), id="free is covered at once"),
        pytest.param("own_account", 0, 0, 0, (0, True), id="nothing due is covered at once"),
    ],
)
def test_when_the_gate_opens(flow, due, deposited, evidenced, expected):
    """The gate opens on the full amount by the programme's flow, and on nothing else."""
    found = coverage(flow, due, deposited, evidenced)
    assert (found.received_krw, found.covered) == expected


@pytest.mark.rule("BL-5")
def test_a_deposit_is_due_fifteen_days_after_the_agreement():
    """S2: agreement on 27 August 2025 → 11 September 24:00 KST; other flows run no term."""
    signed = dt.datetime(2025, 8, 27, 5, tzinfo=dt.UTC)
    assert deposit_due_at("deposit", signed, 15) == dt.datetime(2025, 9, 11, 15, tzinfo=dt.UTC)
    assert deposit_due_at("own_account", signed, 15) is None
    assert deposit_due_at("deposit", signed, None) is None


@pytest.mark.rule("BL-7")
@pytest.mark.parametrize(
    ("received", "burnt", "refunded", "expected"),
    [
        pytest.param(12_800_000, 12_800_000, 0, 0, id="all of it burnt in the first month"),
        pytest.param(12_800_000, 0, 0, 12_800_000, id="withdrawn before any use"),
        pytest.param(12_800_000, 2_800_000, 0, 10_000_000, id="the unburnt rest"),
        pytest.param(12_800_000, 2_800_000, 10_000_000, 0, id="given back once"),
        pytest.param(0, 0, 0, 0, id="nothing paid, nothing back"),
    ],
)
def test_what_a_refund_gives_back(received, burnt, refunded, expected):
    """The rest not yet burnt down, and nothing else."""
    assert refund_krw(received, burnt, refunded) == expected


@pytest.mark.rule("BL-7")
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_second_refund_gives_nothing(received, burnt):
    """After a refund nothing is left to refund, and never more than was received goes back."""
    first = refund_krw(received, burnt, 0)
    assert 0 <= first <= received
    assert refund_krw(received, burnt, first) == 0


@pytest.mark.rule("BL-6")
@pytest.mark.parametrize(
    ("flow", "deposited", "refunded", "burnt", "left"),
    [
        pytest.param("deposit", 300_000, 0, 0, 300_000, id="a whole deposit"),
        pytest.param("deposit", 100_000, 0, 0, 100_000, id="only what came in"),
        pytest.param("deposit", 350_000, 0, 0, 300_000, id="never more than is owed"),
        pytest.param("deposit", 300_000, 190_000, 110_000, 0, id="what was given back is gone"),
        pytest.param("deposit", 300_000, 290_000, 110_000, 0, id="never less than nothing"),
        pytest.param("own_account", 0, 0, 110_000, 190_000, id="an own account counts whole"),
    ],
)
def test_what_is_left_to_burn_down(flow, deposited, refunded, burnt, left):
    """300,000 won owed: a deposit counts as far as it is held, what is paid to the provider counts from the start."""
    signed = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
    basis = ("1", "H100x1", 1, 3, 1, "H100", "asked", signed)
    sums = {"deposited_krw": deposited, "refunded_krw": refunded, "burnt_krw": burnt}
    due = SelfPaymentDue(300_000, "standard", 100_000)
    assert (
        left_to_burn_krw(Contribution("A-1", "p", 1, "O-1", Payer("private"), *basis, flow=flow, due=due, **sums))
        == left
    )
