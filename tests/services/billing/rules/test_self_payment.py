"""Self-payments: amount, coverage, refund (BL-4, BL-5, BL-7)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.definition.files import load_definition
from libs.common.errors import PolicyMissing
from services.billing.model.self_payments import Contribution, Payer, SelfPaymentDue
from services.billing.policy import SelfPaymentRates
from services.billing.rules.self_payment import (
    coverage,
    deposit_due_at,
    left_to_burn_krw,
    refund_krw,
    self_payment_due,
)
from tests.services.billing.office import P1, PROGRAMMES

H100_S0 = {"standard": 400_000, "youth": 200_000, "public": 0}
A100_S0 = {"standard": 100_000, "youth": 50_000, "public": 0}
H100X8_S2 = {"standard": 3_200_000, "youth": 1_600_000, "regional": 1_600_000}
H200_SERVER_S4 = {"standard": 3_200_000}
FIRM, YOUNG, PUBLIC = Payer("private", False), Payer("private", True), Payer("public", False)


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("payer", "rates", "quantity", "months", "expected"),
    [
        pytest.param(FIRM, H100_S0, 4, 6, 9_600_000, id="S0: four H100 for six months"),
        pytest.param(FIRM, A100_S0, 16, 6, 9_600_000, id="S0: given as sixteen A100"),
        pytest.param(YOUNG, H100_S0, 4, 6, 4_800_000, id="S0: youth pays half"),
        pytest.param(YOUNG, A100_S0, 16, 6, 4_800_000, id="S0: youth on A100 pays half"),
        pytest.param(PUBLIC, H100_S0, 4, 6, 0, id="S0: public applicants are free"),
        pytest.param(
            Payer("public", True), H100_S0, 4, 6, 0, id="S0: a public applicant pays the public rate whoever leads it"
        ),
        pytest.param(
            Payer("private", True, True), H100X8_S2, 1, 4, 6_400_000, id="S2: youth and in Gwangju, one reduction"
        ),
        pytest.param(
            Payer("private", True, True, True),
            H100X8_S2,
            1,
            4,
            6_400_000,
            id="S2: youth asked for instead of the regional one",
        ),
        pytest.param(
            Payer("public", False, True), H100X8_S2, 1, 4, 6_400_000, id="F-14: S2: a public institution in Gwangju"
        ),
        pytest.param(
            Payer("public", False), {**H100X8_S2, "public": 3_200_000}, 1, 4, 12_800_000, id="S2: one elsewhere"
        ),
        pytest.param(FIRM, H200_SERVER_S4, 2, 6, 38_400_000, id="S4: two H200 servers for six months"),
        pytest.param(FIRM, H100_S0, 4, 5, 8_000_000, id="months lowered to five"),
    ],
)
def test_what_a_grant_owes(payer, rates, quantity, months, expected):
    """Rate × quantity × months of the one rate that applies."""
    assert self_payment_due(payer, "deposit", rates.__getitem__, quantity, months).amount_krw == expected


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("payer", "kind"),
    [
        pytest.param(Payer("private", True, True), "regional", id="the regional one goes first"),
        pytest.param(Payer("private", True, True, True), "youth", id="unless the youth one is asked for"),
        pytest.param(
            Payer("private", False, True, True), "regional", id="asking for youth without being it changes nothing"
        ),
        pytest.param(
            Payer("public", True, True, True), "regional", id="a public applicant has no youth reduction to ask for"
        ),
        pytest.param(YOUNG, "youth", id="youth alone"),
        pytest.param(FIRM, "standard", id="none"),
    ],
)
def test_one_reduction_applies(payer, kind):
    """Reductions never add up."""
    rates = {"standard": 8, "youth": 5, "regional": 4, "public": 0}
    assert self_payment_due(payer, "deposit", rates.__getitem__, 1, 1).rate_kind == kind


@pytest.mark.rule("BL-4")
def test_everyone_is_free_where_the_programme_says_so():
    """S3: no rate is even read."""

    def unset(kind):
        raise PolicyMissing("hpc-2025-npu", kind)

    assert self_payment_due(FIRM, "free", unset, 4, 6).amount_krw == 0


@pytest.mark.rule("BL-4")
def test_an_unset_rate_stops_and_is_never_guessed():
    """The rule passes on that the policy is missing."""

    def unset(kind):
        raise PolicyMissing("hpc-2025-gpu", f"billing.self_payment.rates.H100.{kind}_krw")

    with pytest.raises(PolicyMissing):
        self_payment_due(FIRM, "deposit", unset, 4, 6)


@pytest.mark.rule("BL-4")
def test_F_14_a_region_without_a_rate_is_missing_and_named():  # noqa: N802 - the fault's id
    """A claimed region for which a definition has no rate stops with the value's path, not with an unknown thing."""
    programme = load_definition(PROGRAMMES / f"{P1}.yaml")
    with pytest.raises(PolicyMissing) as missing:
        SelfPaymentRates(programme, "H100").krw("regional")
    assert missing.value.facts["path"] == "billing.self_payment.rates.H100.regional_krw"


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
    assert left_to_burn_krw(Contribution("A-1", "p", 1, "O-1", FIRM, *basis, flow=flow, due=due, **sums)) == left
