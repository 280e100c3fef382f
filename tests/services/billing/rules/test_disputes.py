"""Until when a line can be contested, and the line that carries a decision out (BL-11)."""

import datetime as dt
from dataclasses import replace

import pytest

from services.billing.model.disputes import Decided, Dispute
from services.billing.model.settlements import Settlement
from services.billing.rules.charges import charge_and_discount_lines
from services.billing.rules.disputes import contest_refusal, decided_line, dispute_window_end
from tests.services.billing.office import day
from tests.services.billing.rules.uses import hourly, price

ISSUED_AT = dt.datetime(2025, 11, 4, 15, tzinfo=dt.UTC)
UNTIL = day("2025-11-12")


def issued(until=UNTIL):
    """A settlement that was issued."""
    sums = {"charge_krw": 0, "discount_krw": 0, "deduction_krw": 0, "fee_krw": 0}
    none = dict.fromkeys(
        ("self_payment_krw", "subsidy_krw", "uncovered_krw", "approved_by", "approved_at", "paid_by", "paid_at")
    )
    return Settlement(
        settlement_id="alpha:p:2025-10",
        provider_id="alpha",
        programme_code="p",
        programme_version=1,
        month="2025-10",
        statement_sha256="a",
        statement_closed_at=ISSUED_AT,
        state="issued",
        missing=(),
        sha256="b",
        issued_sha256="b",
        issued_by="officer-1",
        issued_at=ISSUED_AT,
        dispute_until=until,
        payment_reference=None,
        **sums,
        **none,
    )


def contested(state):
    """A dispute about line 1."""
    return Dispute("DP-000001", "alpha:p:2025-10", 1, "why", "provider-1", ISSUED_AT, state, 550_000)


@pytest.mark.rule("BL-11")
@pytest.mark.parametrize(
    ("days", "until"),
    [
        pytest.param(7, day("2025-11-12"), id="seven days from an issue at 00:00 KST count that day"),
        pytest.param(None, None, id="no window"),
    ],
)
def test_the_window_is_a_counted_period(days, until):
    """The window ends at 24:00 KST of its last day (CV-7)."""
    assert dispute_window_end(ISSUED_AT, days) == until


@pytest.mark.rule("BL-11")
@pytest.mark.parametrize(
    ("now", "known", "code"),
    [
        pytest.param(UNTIL - dt.timedelta(microseconds=1), (), None, id="the last instant"),
        pytest.param(UNTIL, (), "dispute_window_closed", id="exactly at the end"),
        pytest.param(ISSUED_AT, ("open",), "line_contested", id="contested already"),
        pytest.param(ISSUED_AT, ("rejected",), None, id="contested once, and rejected"),
    ],
)
def test_when_a_line_can_be_contested(now, known, code):
    """Within the half-open window, one open dispute a line."""
    refusal = contest_refusal(issued(), 1, tuple(map(contested, known)), now)
    assert (refusal and refusal.code) == code


@pytest.mark.rule("BL-11")
def test_without_a_window_nothing_is_contested():
    """A programme that has no window has no disputes, and the refusal speaks of no instant."""
    refusal = contest_refusal(issued(until=None), 1, (), ISSUED_AT)
    assert refusal is not None
    assert (refusal.code, dict(refusal.facts)) == ("no_dispute_window", {"settlement": "alpha:p:2025-10"})


@pytest.mark.rule("BL-11")
def test_a_decision_is_carried_out_by_its_difference():
    """550,000 contested and decided at 561,000: a line of 11,000 under the same kind, naming the dispute."""
    (line,) = charge_and_discount_lines(hourly(billable=100), price(5_500), None)
    decided = Decided("alpha:p:2025-10", 1, line, 561_000, ("DP-000001",), frozenset())
    carried = decided_line(decided, 11_000)
    assert (carried.amount_krw, carried.kind, carried.cause) == (11_000, line.kind, "DP-000001")
    assert carried.adjustment
    assert carried.rule_ids == ("BL-11", *line.rule_ids)
    assert "550,000원 → 561,000원" in carried.formula.ko
    assert replace(carried, amount_krw=0) != line
