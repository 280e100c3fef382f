"""MT-10 and MT-3: the lines of a month, and the adjustments of closed ones."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.calendar import KST
from services.metering.model.grants import GrantHistory, Outage, ZeroPriced
from services.metering.model.statements import Gap, Line
from services.metering.model.time import us_of
from services.metering.model.usage import HourTotal
from services.metering.rules.balance import balance_at
from services.metering.rules.shares import month_shares
from services.metering.rules.statement import (
    AMOUNTS,
    due_at,
    earlier_open_month,
    gaps_of,
    is_over,
    known_until,
    month_steps,
    statement_lines,
    sum_stated,
)
from tests.services.metering.rules.uses import history, kst, outage, placement, session, shares_until, total


def close(known: GrantHistory, month: str, earlier: Sequence[Line] = (), closed: set[str] | None = None) -> list[Line]:
    """The lines of a month, given what earlier statements said."""
    return statement_lines(known, shares_until(known, month), month, closed or set(), sum_stated(earlier))


@pytest.mark.rule("MT-10")
def test_a_grant_with_nothing_to_say_has_no_line() -> None:
    """A dynamic grant that held nothing in the month is not in the statement."""
    assert close(history(), "2025-10") == []


@pytest.mark.rule("MT-10")
def test_a_line_states_each_kind_of_hour() -> None:
    """Held, billable, discounted, lost, unmatched and missing hours stand in one line of the grant and mode."""
    running = session(kst(1, 20), kst(2, 2), requested_at=kst(1, 9))
    totals = {
        "S-000001": {us_of(kst(1, 20 + n)): total(utilisation_pct=40 + 20 * n) for n in range(3)},
        "S-unknown": {us_of(kst(5, 8)): total()},
    }
    known = history(running, totals=totals, outages=(outage(kst(1, 22), kst(1, 23)),))
    (line,) = close(known, "2025-10")
    assert line.key.mode == "dynamic"
    assert line.held_unit_s == 3 * 3600
    assert line.billable_unit_hours == 2
    assert line.discounted_unit_hours == 2
    assert line.outage_unit_hours == 1
    assert line.unmatched_unit_hours == 1
    assert line.gap_unit_hours == 3
    assert line.usage_events == 4
    assert line.utilisation_pct == "50.00"


@pytest.mark.rule("MT-10")
def test_gaps_are_listed_not_taken_as_zero() -> None:
    """An hour of a session without an event is a gap; an event that says zero seconds is none."""
    running = session(kst(1, 10), kst(1, 12))
    totals = {"S-000001": {us_of(kst(1, 10)): total(0)}}
    _, gaps = month_shares(history(running, totals=totals), "2025-10", us_of(kst(1, month=11)))
    assert [(gap.session_id, gap.hour_us, gap.units) for gap in gaps] == [("S-000001", us_of(kst(1, 11)), 1)]


@pytest.mark.rule("MT-10")
def test_a_monthly_grant_states_its_months() -> None:
    """A fixed, monthly-priced grant from 15 October states 17/30 in October and goes on from there."""
    grant = placement(mode="fixed", starts_at=kst(15), delivered_at=kst(15), ends_at=kst(15, month=12))
    known = history(grant=grant, pricing="monthly", totals={})
    (october,) = close(known, "2025-10")
    assert (october.months_before, october.months_after) == (Fraction(0), Fraction(17, 30))
    (november,) = [line for line in close(known, "2025-11", [october], {"2025-10"}) if not line.adjustment]
    assert (november.months_before, november.months_after) == (Fraction(17, 30), Fraction(1) + Fraction(16, 30))
    assert november.billable_unit_hours == 0


@pytest.mark.rule("MT-10")
def test_a_grant_not_yet_delivered_has_no_line() -> None:
    """What was not delivered by the statement's end says nothing; its delay follows with the delivery."""
    grant = placement(mode="fixed", delivered_at=None)
    assert close(history(grant=grant, pricing="monthly", totals={}), "2025-10") == []
    late = history(grant=replace(grant, delivered_at=kst(6, month=11)), pricing="monthly", totals={})
    lines = close(late, "2025-11", [], {"2025-10"})
    assert [(line.key.period, line.adjustment, line.months_after) for line in lines] == [
        ("2025-11", False, Fraction(2)),
        ("2025-10", True, Fraction(1)),
    ]


@pytest.mark.rule("MT-3")
def test_a_late_event_becomes_an_adjustment() -> None:
    """October closed with 2 hours; a late third hour is a line of period October with 1 in November's statement."""
    running = session(kst(1, 10), kst(1, 13))
    early = {us_of(kst(1, 10 + n)): total() for n in range(2)}
    october = close(history(running, totals={"S-000001": early}), "2025-10")
    assert october[0].billable_unit_hours == 2
    assert october[0].gap_unit_hours == 1
    late = history(running, totals={"S-000001": {**early, us_of(kst(1, 12)): total()}})
    (adjustment,) = close(late, "2025-11", october, {"2025-10"})
    assert adjustment.adjustment
    assert adjustment.key.period == "2025-10"
    assert (adjustment.billable_unit_hours, adjustment.gap_unit_hours, adjustment.usage_events) == (1, -1, 1)
    assert close(late, "2025-12", [*october, adjustment], {"2025-10", "2025-11"}) == []


@pytest.mark.rule("MT-3")
def test_a_correction_after_the_closing_is_a_negative_adjustment() -> None:
    """8 units corrected to 3 after the closing take 5 hours back, once."""
    running = session(kst(1, 10), kst(1, 11), units=8)
    october = close(history(running), "2025-10")
    corrected = history(running, totals={"S-000001": {us_of(kst(1, 10)): total(units=3)}})
    (adjustment,) = close(corrected, "2025-11", october, {"2025-10"})
    assert adjustment.billable_unit_hours == -5
    assert close(corrected, "2025-12", [*october, adjustment], {"2025-10", "2025-11"}) == []


@pytest.mark.rule("MT-3")
def test_a_closed_month_without_a_line_is_adjusted_too() -> None:
    """Use of a closed month in which the grant had no line at all becomes an adjustment."""
    late = history(session(kst(1, 10), kst(1, 13)))
    (adjustment,) = close(late, "2025-11", [], {"2025-10"})
    assert (adjustment.key.period, adjustment.adjustment, adjustment.billable_unit_hours) == ("2025-10", True, 3)


@pytest.mark.rule("MT-3")
def test_an_end_told_late_takes_months_back() -> None:
    """A monthly grant ended on 21 October, told in December: both closed months step back to 20/30."""
    grant = placement(mode="fixed", ends_at=kst(1, month=12))
    known = history(grant=grant, pricing="monthly", totals={})
    october = close(known, "2025-10")
    november = close(known, "2025-11", october, {"2025-10"})
    ended = history(grant=replace(grant, ends_at=kst(21)), pricing="monthly", totals={})
    lines = close(ended, "2025-12", [*october, *november], {"2025-10", "2025-11"})
    steps = [(line.key.period, line.months_before, line.months_after) for line in lines]
    assert steps == [("2025-10", Fraction(1), Fraction(2, 3)), ("2025-11", Fraction(2), Fraction(1))]


@pytest.mark.rule("MT-3")
@pytest.mark.parametrize(
    ("said", "now", "steps"),
    [
        pytest.param(None, (0, 1), [(0, 1)], id="nothing said yet"),
        pytest.param((0, 1), (0, 2), [(1, 2)], id="the end moved"),
        pytest.param((1, 2), (0, 0), [(2, 1)], id="nothing is left of it"),
        pytest.param((0, 1), None, [(1, 0)], id="the line is gone"),
        pytest.param((0, 1), (2, 3), [(1, 0), (2, 3)], id="both ends moved: back, then forth"),
        pytest.param((0, 1), (0, 1), [(1, 1)], id="nothing moved"),
    ],
)
def test_month_steps(said: tuple[int, int] | None, now: tuple[int, int] | None, steps: list[tuple[int, int]]) -> None:
    """The steps lead from what was said to what is right now, for any price."""
    as_fractions = [None if pair is None else (Fraction(pair[0]), Fraction(pair[1])) for pair in (said, now)]
    found = month_steps(*as_fractions)
    assert found == steps
    price = 7
    moved = sum(price * after - price * before for before, after in found)
    expected = [price * (pair[1] - pair[0]) if pair else 0 for pair in (said, now)]
    assert moved == expected[1] - expected[0]


@pytest.mark.rule("MT-10")
@pytest.mark.parametrize(
    ("now", "over"),
    [
        pytest.param(kst(31, 23, 59, 59), False, id="one second before midnight in Seoul"),
        pytest.param(kst(1, month=11), True, id="at midnight in Seoul"),
    ],
)
def test_closable_once_the_month_is_over(now: dt.datetime, over: bool) -> None:
    """The month ends at midnight in Seoul."""
    assert is_over("2025-10", now) is over


@pytest.mark.rule("MT-10")
def test_due_by_the_seventh() -> None:
    """October's statement is due on 7 November, 24:00 KST; without a due day there is none."""
    assert due_at("2025-10", 7) == dt.datetime(2025, 11, 8, tzinfo=KST)
    assert due_at("2025-12", 7) == dt.datetime(2026, 1, 8, tzinfo=KST)
    assert due_at("2025-10", None) is None


changes = st.tuples(
    st.dictionaries(st.integers(0, 40), st.integers(0, 3600), max_size=12),
    st.lists(st.tuples(st.integers(0, 2400), st.integers(1, 400), st.sampled_from(["alpha", "s1", "s2"])), max_size=4),
    st.sampled_from(
        [(), (ZeroPriced("2", "dynamic", "2025-10", "2025-11"),), (ZeroPriced("2", "dynamic", "2025-11", None),)]
    ),
)


def knowing(
    seconds: dict[int, int], minutes: list[tuple[int, int, str]], zero_priced: tuple[ZeroPriced, ...]
) -> GrantHistory:
    """A session of two units on two servers over the end of October, as far as it is known."""
    start = kst(31, 6)
    waited = start - dt.timedelta(hours=19)
    servers = {"s1": 1, "s2": 1}
    running = session(start, start + dt.timedelta(hours=40), units=2, requested_at=waited, servers=servers)
    totals: dict[int, HourTotal] = {
        us_of(start + dt.timedelta(hours=hour)): total(held_s, 2) for hour, held_s in seconds.items()
    }
    outages: tuple[Outage, ...] = tuple(
        outage(
            start + dt.timedelta(minutes=at),
            start + dt.timedelta(minutes=at + length),
            "provider" if scope == "alpha" else "server",
            scope,
        )
        for at, length, scope in minutes
    )
    return history(running, totals={"S-000001": totals}, outages=outages, zero_priced=zero_priced)


@pytest.mark.rule("MT-3")
@settings(max_examples=60, deadline=None)
@given(changes, changes, changes)
def test_statements_telescope(first: tuple, second: tuple, third: tuple) -> None:  # type: ignore[type-arg]
    """Whatever becomes known between the closings, all statements together say what is right at the last one."""
    lines: list[Line] = []
    closed: set[str] = set()
    for month, known in zip(("2025-10", "2025-11", "2025-12"), (first, second, third), strict=True):
        lines += close(knowing(*known), month, lines, closed)
        closed.add(month)
    today = shares_until(knowing(*third), "2025-12", kst(31, month=12))
    for name in AMOUNTS:
        assert sum(getattr(line, name) for line in lines) == sum(getattr(share, name) for share in today.values())


@pytest.mark.rule("MT-10")
def test_the_first_open_month_with_something_to_state() -> None:
    """October has use: it is closed before November; a month without anything to say stops nobody."""
    used, idle = history(session(kst(1, 10), kst(1, 12))), history()
    assert earlier_open_month([idle, used], "2025-12", set()) == "2025-10"
    assert earlier_open_month([idle, used], "2025-12", {"2025-10"}) is None
    assert earlier_open_month([idle], "2025-12", set()) is None


def test_until_when_a_month_is_known() -> None:
    """To now while it runs, to its end once it is over, to its start before it begins."""
    assert [known_until("2025-10", at) for at in (kst(15), kst(5, month=11), kst(1, month=9))] == [
        kst(15), kst(1, month=11), kst(1),
    ]  # fmt: skip


@pytest.mark.rule("MT-6")
def test_the_balance_of_a_grant_as_of_now() -> None:
    """Ten hours of wait leave two discounted hours; billable hours use them, the grant's end takes the rest."""
    waited = history(session(kst(1, 20), kst(1, 21), requested_at=kst(1, 10)))
    before, after, over = (balance_at(waited, at) for at in (kst(1, 20), kst(2), kst(1, month=12)))
    assert [(b.used_unit_hours, b.left_unit_hours) for b in (before, after, over)] == [(0, 2), (1, 1), (1, 0)]


def test_a_statement_lists_the_gaps_of_its_own_month() -> None:
    """Those of the months before stand in their own statements."""
    gaps = [Gap("A-000001", "S-000001", us_of(at), 1) for at in (kst(30, 23, month=9), kst(1))]
    assert gaps_of(gaps, "2025-10") == gaps[1:]
