"""Burn-down (BL-6) and the budget's draw (BL-9)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.budget import Demand
from services.billing.model.settlements import Drawn
from services.billing.rules.budget import draw_from_budget, levels_reached
from services.billing.rules.burn_down import UnwindingExceededError, burn_down

MORNING = dt.datetime(2025, 11, 10, tzinfo=dt.UTC)
NOON = MORNING + dt.timedelta(hours=3)


@pytest.mark.rule("BL-6")
@pytest.mark.parametrize(
    ("fee", "left", "own", "to_draw"),
    [
        pytest.param(540_100, 400_000, 400_000, 140_100, id="the worked example"),
        pytest.param(540_100, 540_100, 540_100, 0, id="exactly covered"),
        pytest.param(540_100, 0, 0, 540_100, id="nothing left, all by subsidy"),
        pytest.param(0, 400_000, 0, 0, id="no fee burns nothing"),
    ],
)
def test_self_payment_goes_first(fee, left, own, to_draw):
    """A month's fee takes the self-payment first, the rest is asked of the budget."""
    found = burn_down("A-000001", fee, left, Drawn())
    assert (found.share.self_payment_krw, found.to_draw_krw) == (own, to_draw)


@pytest.mark.rule("BL-6")
@pytest.mark.parametrize(
    ("back", "expected"),
    [
        pytest.param(50, (0, 0, -50), id="first what stayed uncovered"),
        pytest.param(150, (0, -50, -100), id="then subsidy"),
        pytest.param(350, (-50, -200, -100), id="then the self-payment"),
    ],
)
def test_what_comes_back_goes_the_recorded_way_in_reverse(back, expected):
    """A negative fee unwinds uncovered 100, subsidy 200, self-payment 300 from the last to the first."""
    share = burn_down("A-000001", -back, 0, Drawn(300, 200, 100)).share
    assert (share.self_payment_krw, share.subsidy_krw, share.uncovered_krw) == expected


@pytest.mark.rule("BL-6")
def test_more_back_than_was_paid_stops():
    """An invariant breach is never guessed over."""
    with pytest.raises(UnwindingExceededError):
        burn_down("A-000001", -601, 0, Drawn(300, 200, 100))


@pytest.mark.rule("BL-6")
@given(st.integers(0, 10**6), st.lists(st.integers(-(10**6), 10**6), max_size=8), st.integers(0, 10**6))
def test_the_split_always_adds_up(own, fees, budget):
    """fee = self-payment + subsidy + uncovered for each month, whatever is charged, corrected or short."""
    left, drawn, budget_left = own, Drawn(), budget
    for fee in fees:
        paid = drawn.self_payment_krw + drawn.subsidy_krw + drawn.uncovered_krw
        found = burn_down("A-000001", max(fee, -paid), left, drawn)
        draw = draw_from_budget(budget_left, [Demand(MORNING, "s", "A-000001", found.to_draw_krw)])[0]
        share = found.share
        subsidy, uncovered = share.subsidy_krw + draw.subsidy_krw, share.uncovered_krw + draw.uncovered_krw
        assert share.fee_krw == share.self_payment_krw + subsidy + uncovered
        left -= share.self_payment_krw
        budget_left -= subsidy
        drawn = Drawn(
            drawn.self_payment_krw + share.self_payment_krw,
            drawn.subsidy_krw + subsidy,
            drawn.uncovered_krw + uncovered,
        )
        assert 0 <= left <= own
        assert 0 <= budget_left <= budget
        assert min(drawn.self_payment_krw, drawn.subsidy_krw, drawn.uncovered_krw) >= 0


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        pytest.param(
            [Demand(MORNING, "b", "g", 700_000), Demand(NOON, "a", "g", 700_000)],
            [("b", 700_000, 0), ("a", 300_000, 400_000)],
            id="the worked example: earlier approval draws first",
        ),
        pytest.param(
            [Demand(NOON, "b", "g", 700_000), Demand(NOON, "a", "g", 700_000)],
            [("a", 700_000, 0), ("b", 300_000, 400_000)],
            id="approved at one instant: by id",
        ),
        pytest.param([Demand(NOON, "a", "g", 1_000_000)], [("a", 1_000_000, 0)], id="exactly the rest"),
    ],
)
def test_settlements_draw_in_order_of_approval_then_id(demands, expected):
    """1,000,000 is left; the rest of what is asked stays uncovered."""
    draws = draw_from_budget(1_000_000, demands)
    assert [(d.demand.settlement_id, d.subsidy_krw, d.uncovered_krw) for d in draws] == expected


@pytest.mark.rule("BL-9")
def test_a_programme_without_a_cap_covers_everything():
    """A cap decided to be none limits nothing."""
    assert draw_from_budget(None, [Demand(NOON, "a", "g", 10**12)])[0].uncovered_krw == 0


@pytest.mark.rule("BL-9")
@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=10))
def test_subsidy_never_exceeds_what_is_left(left, wanted):
    """The sum of subsidies is min(left, sum of demands)."""
    draws = draw_from_budget(left, [Demand(NOON, "s", f"g{i:02}", krw) for i, krw in enumerate(wanted)])
    assert sum(d.subsidy_krw for d in draws) == min(left, sum(wanted))
    assert all(d.subsidy_krw + d.uncovered_krw == d.demand.amount_krw for d in draws)


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("executed", "levels"),
    [
        pytest.param(799, (), id="one won under 80 %"),
        pytest.param(800, (80,), id="exactly 80 %"),
        pytest.param(1000, (80, 90, 100), id="all of it"),
    ],
)
def test_which_levels_are_reached(executed, levels):
    """A level is reached at exactly its share of the cap."""
    assert levels_reached((100, 80, 90), executed, 1000) == levels
