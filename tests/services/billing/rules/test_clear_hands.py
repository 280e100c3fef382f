"""Nobody decides in his own cause: three persons for a settlement, a decision within its line (BL-13)."""

import datetime as dt
from dataclasses import replace

import pytest

from services.billing.model.disputes import Dispute
from services.billing.model.settlements import Settlement
from services.billing.rules.clear_hands import approval_refusals, decision_refusals, payment_refusal
from tests.services.billing.rules.uses import day

UNTIL = day("2025-11-14")
ISSUED = Settlement(
    settlement_id="alpha:p:2025-10", provider_id="alpha", programme_code="p", programme_version=1, month="2025-10",
    statement_sha256="a", statement_closed_at=day("2025-11-05"), state="issued", missing=(),
    charge_krw=0, discount_krw=0, deduction_krw=0, fee_krw=0, self_payment_krw=None, subsidy_krw=None,
    uncovered_krw=None, sha256="b", issued_sha256="b", issued_by="kim", issued_at=day("2025-11-06"),
    dispute_until=UNTIL, approved_by=None, approved_at=None, paid_by=None, paid_at=None, payment_reference=None,
)  # fmt: skip
OPEN = Dispute("DP-1", "alpha:p:2025-10", 1, "reason", "alpha-1", day("2025-11-07"), "open", 550_000)
JUST_BEFORE = UNTIL - dt.timedelta(microseconds=1)


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("by", "now", "disputes", "codes"),
    [
        pytest.param("lee", UNTIL, (), [], id="another person, exactly at the window's end"),
        pytest.param("lee", JUST_BEFORE, (), ["dispute_window_runs"], id="a microsecond before"),
        pytest.param("kim", UNTIL, (), ["issuer_approves"], id="whoever issued it"),
        pytest.param("lee", UNTIL, (OPEN,), ["dispute_open"], id="with an open dispute"),
        pytest.param("lee", UNTIL, (replace(OPEN, state="rejected"),), [], id="a rejected dispute holds nothing up"),
        pytest.param("lee", UNTIL, (replace(OPEN, state="upheld"),), [], id="an upheld one neither"),
        pytest.param(
            "kim", JUST_BEFORE, (OPEN,), ["issuer_approves", "dispute_open", "dispute_window_runs"], id="all at once"
        ),
    ],
)
def test_who_approves_and_when(by, now, disputes, codes):
    """Another than the issuer, after the window, with nothing open; every reason is told at once."""
    assert [refusal.code for refusal in approval_refusals(ISSUED, disputes, by, now)] == codes


@pytest.mark.rule("BL-13")
def test_without_a_window_approval_waits_for_nothing():
    """A programme without a dispute window has none to run."""
    assert approval_refusals(replace(ISSUED, dispute_until=None), (), "lee", day("2025-11-06")) == ()


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(("by", "refused"), [("kim", True), ("lee", True), ("park", False)])
def test_a_third_person_pays(by, refused):
    """Neither the issuer nor the approver pays."""
    approved = replace(ISSUED, state="approved", approved_by="lee")
    assert (payment_refusal(approved, by) is not None) is refused


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("line_krw", "decided_krw", "stands"),
    [
        pytest.param(550_000, 0, True, id="nothing of it"),
        pytest.param(550_000, 550_000, True, id="all of it"),
        pytest.param(550_000, 550_001, False, id="a won more"),
        pytest.param(550_000, -1, False, id="the other sign"),
        pytest.param(-9_900, -9_900, True, id="all of a discount"),
        pytest.param(-9_900, -9_901, False, id="a won more of a discount"),
        pytest.param(-9_900, 1, False, id="a discount that turns into a charge"),
        pytest.param(0, 0, True, id="a line of zero"),
        pytest.param(0, 1, False, id="more than a line of zero"),
        pytest.param(550_000, 10**15, False, id="F-10: ten to the fifteenth"),
        pytest.param(550_000, None, True, id="rejected"),
    ],
)
def test_a_decision_lies_within_the_line(line_krw, decided_krw, stands):
    """Between 0 and the contested line, whatever its sign."""
    assert (decision_refusals(replace(OPEN, line_krw=line_krw), decided_krw, "lee") == ()) is stands


@pytest.mark.rule("BL-13")
def test_whoever_raised_a_dispute_takes_no_part_in_its_decision():
    """However his name is spelt; anybody else can reject it."""
    assert [refusal.code for refusal in decision_refusals(OPEN, None, OPEN.raised_by.upper())] == ["raiser_decides"]
    assert decision_refusals(OPEN, None, f"not-{OPEN.raised_by}") == ()
