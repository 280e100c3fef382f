"""What decisions make of a month of use (BL-13, CV-1): tables of the definition in docs/decisions/0055."""

from dataclasses import replace

import pytest

from services.billing.model.disputes import Upheld
from services.billing.model.lines import Stated
from services.billing.model.past import Past
from services.billing.rules.charges import charge_and_discount_lines
from services.billing.rules.decisions import Contested, decided_of, right_totals
from tests.services.billing.rules.uses import day, hourly, price

(LINE,) = charge_and_discount_lines(hourly(billable=10), price(5_500), None)
PLACE = ("alpha:p:2025-10", 1)


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize(
    ("known", "contested", "right"),
    [
        pytest.param(55_000, [(0, 55_000, 0)], 0, id="decided at 0"),
        pytest.param(0, [(0, 55_000, 0)], 0, id="F-12: decided at 0 and voided"),
        pytest.param(44_000, [(0, 55_000, 33_000)], 33_000, id="a void above the decision takes nothing more"),
        pytest.param(33_000, [(0, 55_000, 33_000)], 33_000, id="exactly at the decision"),
        pytest.param(22_000, [(0, 55_000, 33_000)], 22_000, id="a void below the decision counts"),
        pytest.param(66_000, [(0, 55_000, 33_000)], 44_000, id="late hours lie above and count"),
        pytest.param(66_000, [(0, 55_000, 33_000), (55_000, 66_000, 0)], 33_000, id="two lines of one month"),
        pytest.param(33_000, [(55_000, 33_000, 0)], 55_000, id="a take-back that was wrong"),
        pytest.param(55_000, [(55_000, 33_000, 0)], 55_000, id="…and reported again: not paid twice"),
        pytest.param(55_000, [(0, 55_000, 0), (33_000, 55_000, 0)], 0, id="a step over what is struck out already"),
        pytest.param(0, [(0, 55_000, 0), (55_000, 0, 0)], 0, id="the take-back of a line that stands at 0"),
    ],
)
def test_what_a_month_comes_to_after_its_decisions(known, contested, right):
    """Each step strikes out or lets stand its own won, and nothing counts twice or comes back twice."""
    assert right_totals(known, [Contested(*each) for each in contested])[-1] == right


def upheld(number, krw, *, line=LINE, place=PLACE, minute=0):
    return Upheld(f"DP-00000{number}", *place, krw, day("2025-11-10").replace(minute=minute), None, line)


@pytest.mark.rule("CV-1")
def test_of_two_decisions_about_a_line_the_last_one_stands():
    """Decided at 0, then at 33,000: 33,000, whichever was raised first."""
    past = Past(lines=(Stated(*PLACE, LINE),), upheld=(upheld(1, 33_000, minute=9), upheld(2, 0, minute=3)))
    (found,) = decided_of(past)
    assert (found.decided_krw, found.dispute_ids) == (33_000, ("DP-000002", "DP-000001"))


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize(
    ("carried", "decided", "stands"),
    [
        pytest.param(-55_000, -22_000, 33_000, id="−55,000 becomes −22,000: 33,000 stand"),
        pytest.param(-55_000, 0, 55_000, id="the decision is undone"),
        pytest.param(55_000, 0, 0, id="what a void gave back is no more than the line"),
    ],
)
def test_a_decision_is_changed_by_a_dispute_about_the_line_that_carries_it(carried, decided, stands):
    """The first decision took 55,000; a dispute about its line changes it within 0 and the contested line."""
    line = replace(LINE, amount_krw=carried, cause="DP-000001")
    second = upheld(2, decided, line=line, place=("alpha:p:2025-11", 4), minute=9)
    (found,) = decided_of(Past(lines=(Stated(*PLACE, LINE),), upheld=(upheld(1, 0), second)))
    assert (found.decided_krw, found.line.amount_krw) == (stands, 55_000)
