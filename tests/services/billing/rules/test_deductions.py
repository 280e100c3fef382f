"""Deductions of monthly-priced grants (BL-8)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.lines import MonthSoFar
from services.billing.policy import DeductionPolicy
from services.billing.rules.charges import charge_and_discount_lines
from services.billing.rules.deductions import deduction_lines
from services.billing.rules.sums import month_so_far
from tests.services.billing.rules.uses import day, hourly, monthly, monthly_price, price

POLICY = DeductionPolicy(outage_hours_per_month=720, delay_days_per_month=30)
PRICE = monthly_price(3_000_000)


def deduct(use, charge_krw=3_000_000, earlier=MonthSoFar(), policy=POLICY):  # noqa: B008 - frozen
    return {line.kind: line for line in deduction_lines(use, PRICE, charge_krw, earlier, policy)}


def amounts(use, **given_values):
    return {kind: line.amount_krw for kind, line in deduct(use, **given_values).items()}


@pytest.mark.rule("BL-8")
def test_an_outage_takes_off_started_hours_times_units():
    """5 h 10 min on 2 units at 3,000,000 a month: 6 × 2 × 3,000,000 / 720 = 50,000."""
    assert amounts(monthly(units=2, outage=6 * 2), charge_krw=6_000_000) == {"outage_deduction": -50_000}


@pytest.mark.rule("BL-8")
def test_a_late_delivery_takes_off_started_days():
    """Agreed 1 October, delivered on the 6th at 00:00: five days, 500,000 off 3,000,000."""
    assert amounts(monthly(delivered=day("2025-10-06"))) == {"delay_deduction": -500_000}


@pytest.mark.rule("BL-8")
@pytest.mark.parametrize(
    ("starts", "delivered", "period", "days"),
    [
        pytest.param("2025-10-01", "2025-10-01", "2025-10", 0, id="delivered in time"),
        pytest.param("2025-10-30", "2025-11-03", "2025-10", 2, id="days that begin in October"),
        pytest.param("2025-10-30", "2025-11-03", "2025-11", 2, id="days that begin in November"),
        pytest.param("2025-10-30", "2025-11-03", "2025-12", 0, id="no day of December"),
    ],
)
def test_each_late_day_counts_in_the_month_in_which_it_begins(starts, delivered, period, days):
    """A delay over the end of a month is deducted once, split by the day's beginning."""
    use = monthly(starts=starts, delivered=day(delivered), period=period)
    assert amounts(use).get("delay_deduction", 0) == -100_000 * days


@pytest.mark.rule("BL-8")
def test_a_started_day_counts_whole():
    """One second into the sixth day costs the sixth day."""
    late = day("2025-10-06").replace(second=1)
    assert amounts(monthly(delivered=late)) == {"delay_deduction": -600_000}


@pytest.mark.rule("BL-8")
def test_deductions_never_exceed_the_charge_and_the_outage_gives_way():
    """25 late days and 240 outage hours: the delay stands at 2,500,000, the outage is shortened to 500,000."""
    lines = deduct(monthly(delivered=day("2025-10-26"), outage=240))
    assert {k: (line.amount_krw, line.shortened_krw) for k, line in lines.items()} == {
        "outage_deduction": (-500_000, Fraction(500_000)),
        "delay_deduction": (-2_500_000, Fraction(0)),
    }


@pytest.mark.rule("BL-8")
def test_a_whole_month_late_costs_the_whole_charge_and_no_more():
    """October has 31 days of 1/30 each; the delay ends at the month's charge."""
    assert amounts(monthly(delivered=day("2025-11-15"), outage=10)) == {
        "outage_deduction": 0,
        "delay_deduction": -3_000_000,
    }


@pytest.mark.rule("BL-8")
def test_hourly_grants_have_nothing_to_deduct():
    """An outage is no billable time for them already."""
    assert deduction_lines(hourly(billable=10), price(5_500), 55_000, MonthSoFar(), POLICY) == ()


@pytest.mark.rule("BL-8")
def test_a_programme_that_decided_on_no_deduction_deducts_nothing():
    """`none` is a decision: there is no line."""
    none = DeductionPolicy(None, None)
    assert amounts(monthly(outage=6, delivered=day("2025-10-06")), policy=none) == {}


@pytest.mark.rule("BL-8")
def test_an_adjustment_never_deducts_the_delay_again():
    """A late outage report for October brings only the outage, up to what October's charge still bears."""
    use = monthly(adjustment=True, before="1", after="1", outage=240, delivered=day("2025-10-26"))
    earlier = MonthSoFar(charge_krw=3_000_000, delay_krw=2_500_000, delay_exact=Fraction(2_500_000))
    assert amounts(use, charge_krw=0, earlier=earlier) == {"outage_deduction": -500_000}


@pytest.mark.rule("BL-8")
def test_a_shorter_outage_gives_back_what_was_deducted():
    """A correction from 12 to 6 hours returns half."""
    use = monthly(adjustment=True, before="1", after="1", outage=-6)
    earlier = MonthSoFar(3_000_000, 0, 50_000, outage_exact=Fraction(50_000))
    assert amounts(use, charge_krw=0, earlier=earlier) == {"outage_deduction": 25_000}


@pytest.mark.rule("BL-8")
def test_a_delay_is_deducted_once_even_where_the_charge_is_corrected():
    """October is charged late, as an adjustment: its five late days come off with it, and never again."""
    late = {"delivered": day("2025-10-06"), "adjustment": True}
    first = deduct(monthly(**late))
    assert first["delay_deduction"].amount_krw == -500_000
    so_far = month_so_far(first.values(), MonthSoFar(charge_krw=3_000_000))
    corrected = monthly(before="1", after="20/30", **late)
    assert amounts(corrected, charge_krw=-1_000_000, earlier=so_far) == {}


@pytest.mark.rule("BL-8")
def test_where_the_charge_comes_back_so_does_what_was_deducted_from_it():
    """A month that was charged by mistake gives back its charge and its deductions: nothing remains."""
    lines = deduct(monthly(delivered=day("2025-10-06"), outage=72))
    so_far = month_so_far(lines.values(), MonthSoFar(charge_krw=3_000_000))
    gone = monthly(before="1", after="0", adjustment=True, delivered=day("2025-10-06"), outage=-72)
    assert amounts(gone, charge_krw=-3_000_000, earlier=so_far) == {
        "outage_deduction": 300_000,
        "delay_deduction": 500_000,
    }


@pytest.mark.rule("BL-8")
@given(
    krw=st.integers(1, 10**7),
    units=st.integers(1, 16),
    late_h=st.integers(0, 1000),
    steps=st.lists(st.tuples(st.integers(0, 30), st.integers(-800, 800)), min_size=1, max_size=6),
)
def test_a_month_never_gives_back_more_than_it_charged(krw, units, late_h, steps):
    """Whatever is reported, corrected and late: 0 ≤ all deductions of a month ≤ its charge, and two ways agree."""
    cost = monthly_price(krw)
    delivered = day("2025-10-01") + (day("2025-10-02") - day("2025-10-01")) * late_h / 24
    so_far, months, hours = MonthSoFar(), Fraction(0), 0
    for index, (days, wanted) in enumerate(steps):
        change = max(wanted, -hours)
        after = Fraction(days, 30)
        use = monthly(
            units=units, outage=change, delivered=delivered, adjustment=index > 0, before=str(months), after=str(after)
        )
        charge = charge_and_discount_lines(use, cost, None)[0]
        lines = deduction_lines(use, cost, charge.amount_krw, so_far, POLICY)
        so_far = month_so_far((charge, *lines), so_far)
        months, hours = after, hours + change
        assert 0 <= so_far.delay_krw + so_far.outage_krw <= so_far.charge_krw
        assert min(so_far.delay_krw, so_far.outage_krw) >= 0
    at_once = monthly(units=units, outage=hours, delivered=delivered, before="0", after=str(months))
    charge = charge_and_discount_lines(at_once, cost, None)[0]
    lines = deduction_lines(at_once, cost, charge.amount_krw, MonthSoFar(), POLICY)
    assert month_so_far((charge, *lines)) == so_far
