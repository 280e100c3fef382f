"""Charge and discount lines (BL-2)."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.lines import MonthSoFar
from services.billing.rules.charges import charge_and_discount_lines
from services.billing.rules.sums import month_so_far
from tests.services.billing.rules.uses import discount, hourly, monthly, monthly_price, price


def amounts(lines):
    return [(line.kind, line.amount_krw) for line in lines]


@pytest.mark.rule("BL-2")
@pytest.mark.parametrize(
    ("use", "rate", "expected"),
    [
        pytest.param(
            hourly(billable=100, discounted=6),
            "30",
            [("charge", 550_000), ("discount", -9_900)],
            id="the worked example",
        ),
        pytest.param(
            hourly(billable=100), "30", [("charge", 550_000)], id="without discounted hours there is no discount line"
        ),
        pytest.param(hourly(), "30", [("charge", 0)], id="no use costs nothing and shows"),
        pytest.param(
            hourly(billable=100, discounted=6, payable=False),
            "30",
            [("charge", 0)],
            id="non-conforming use is shown at zero",
        ),
        pytest.param(
            hourly(billable=10, unmatched=4),
            "30",
            [("charge", 55_000), ("unmatched", 0)],
            id="unmatched use is shown at zero",
        ),
        pytest.param(
            hourly(billable=-3, discounted=-1, adjustment=True),
            "30",
            [("charge", -16_500), ("discount", 1_650)],
            id="a correction of an earlier month gives back charge and discount",
        ),
    ],
)
def test_what_hours_cost(use, rate, expected):
    """Hours × price of their mode, less discounted hours × price × rate."""
    assert amounts(charge_and_discount_lines(use, price(5_500), discount(rate))) == expected


def discounts(*hours, krw=5_501, rate="30"):
    """The discount lines' amounts, each written after those before it."""
    so_far, found = MonthSoFar(), []
    for number, count in enumerate(hours):
        use = hourly(billable=count, discounted=count, adjustment=number > 0)
        lines = charge_and_discount_lines(use, price(krw), discount(rate), so_far)
        so_far = month_so_far(lines, so_far)
        found.append(sum(line.amount_krw for line in lines if line.kind == "discount"))
    return found


@pytest.mark.rule("CV-1", "BL-2")
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        pytest.param((4, -2, -2), [-6_601, 3_301, 3_300], id="F-11: four hours, voided two and two"),
        pytest.param((1, 1), [-1_650, -1_650], id="1,650.3 twice is 3,300.6"),
        pytest.param((1, 1, 1, 1), [-1_650, -1_650, -1_650, -1_651], id="what the cuts left comes when it is a won"),
        pytest.param((4, -4, 4), [-6_601, 6_601, -6_601], id="taken back whole and stated again"),
        pytest.param((2, -3), [-3_300, 4_950], id="more is taken back than was stated: not below what is true now"),
    ],
)
def test_f_11_a_later_discount_is_the_difference_of_cut_totals(hours, expected):
    """What is taken back adds up to the won: each line is the month's cut total less what earlier lines state."""
    assert discounts(*hours) == expected


@pytest.mark.rule("CV-1", "BL-2")
@given(
    hours=st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=12),
    krw=st.integers(0, 10**7),
    rate=st.integers(0, 400),
)
def test_discounts_add_up_to_the_cut_of_what_is_true_now(hours, krw, rate):
    """However often a month is corrected, its lines sum to its cut total; nothing remains of what is taken back."""
    told = discounts(*hours, -sum(hours), krw=krw, rate=str(Fraction(rate, 4)))
    for end in range(1, len(hours) + 1):
        exact = -sum(hours[:end]) * krw * Fraction(rate, 400)
        assert sum(told[:end]) == (-1 if exact < 0 else 1) * (abs(exact).numerator // abs(exact).denominator)
    assert sum(told) == 0


@pytest.mark.rule("BL-2")
def test_a_discount_line_is_cut_once():
    """1 discounted hour × 5,501 × 30 % = 1,650.3 → −1,650 (CV-1's example on a settlement line)."""
    line = charge_and_discount_lines(hourly(billable=1, discounted=1), price(5_501), discount("30"))[1]
    assert (line.uncut_krw, line.amount_krw) == (Fraction("-1650.3"), -1_650)
    assert "1,650.3" in line.formula.ko
    assert line.price_version == (
        "hpc-2025-gpu/alpha/H100x1/dynamic/2025-10/r1 + hpc-2025-gpu/alpha/wait-discount/2025-10"
    )


@pytest.mark.rule("BL-2")
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("0", "17/30", 1_700_000, id="15 to 31 January is 17/30"),
        pytest.param("17/30", "44/30", 2_700_000, id="February adds 27/30"),
        pytest.param("44/30", "2", 1_600_000, id="March adds the rest"),
        pytest.param("2", "2", 0, id="a month without use costs nothing"),
    ],
)
def test_what_a_month_costs_at_a_monthly_price(before, after, expected):
    """The charge of a monthly price is the difference of the cut cumulated amounts (MT-11)."""
    line = charge_and_discount_lines(monthly(before=before, after=after), monthly_price(3_000_000), None)[0]
    assert line.amount_krw == expected


@pytest.mark.rule("BL-2")
@given(krw=st.integers(1, 10**8), units=st.integers(1, 64), days=st.lists(st.integers(1, 30), min_size=1, max_size=9))
def test_monthly_charges_add_up_to_the_won(krw, units, days):
    """Parts sum to the whole: months cut one by one cost what the whole span costs."""
    marks = [Fraction(0)]
    for count in days:
        marks.append(marks[-1] + Fraction(count, 30))
    cost = monthly_price(krw)
    parts = [
        charge_and_discount_lines(monthly(units=units, before=str(a), after=str(b)), cost, None)[0].amount_krw
        for a, b in itertools.pairwise(marks)
    ]
    whole = charge_and_discount_lines(monthly(units=units, before="0", after=str(marks[-1])), cost, None)[0]
    assert sum(parts) == whole.amount_krw
