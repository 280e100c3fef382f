"""Order of approvals, what is committed and executed, and the parts of the cap (BL-9)."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from services.billing.model.budget import BudgetState, Commitment, Move
from services.billing.policy import BudgetPolicy, CommitmentPolicy
from services.billing.rules.accounts import appropriation_entries, commitment_entries
from services.billing.rules.budget import (
    appropriated_parts_krw,
    approval_instant,
    committed,
    estimate_krw,
    executed_from_commitment_krw,
    given_back,
    levels_reached,
    operating_part_krw,
    shift_refusal,
    subsidy_left_krw,
    subsidy_part_krw,
    uncommitted_krw,
)

NOW = dt.datetime(2025, 11, 4, 15, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
ASKED = Commitment("A-000001", "p", "1", "H100x1", 1, 3)


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("last", "at"),
    [
        pytest.param(None, NOW, id="the first"),
        pytest.param(NOW - TICK, NOW, id="a later one"),
        pytest.param(NOW, NOW + TICK, id="two at one instant"),
        pytest.param(NOW + dt.timedelta(hours=1), NOW + dt.timedelta(hours=1) + TICK, id="a clock that went back"),
    ],
)
def test_each_approval_has_an_instant_of_its_own(last, at):
    """Settlements draw in order of approval, so no two are approved at one instant, nor one before an earlier one."""
    assert approval_instant(NOW, last) == at


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("known", "amount", "left", "total"),
    [
        pytest.param(None, 1_200_000, 1_200_000, 1_200_000, id="the first time"),
        pytest.param((1_200_000, 650_000, False), 900_000, 350_000, 900_000, id="lowered after 550,000 were executed"),
        pytest.param((1_200_000, 650_000, False), 400_000, 0, 550_000, id="never below what was executed"),
        pytest.param((1_200_000, 650_000, True), 400_000, 400_000, 400_000, id="a released one counts from zero"),
    ],
)
def test_a_commitment_is_the_estimate_but_never_less_than_what_was_executed(known, amount, left, total):
    """What is left is the estimate less what settlements executed of it."""
    before = known and replace(ASKED, amount_krw=known[0], left_krw=known[1], released=known[2], changes=1)
    made = committed(ASKED, amount, before)
    assert (made.left_krw, made.amount_krw, made.released, made.changes) == (left, total, False, 2 if known else 1)


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("held", "subsidy", "taken"),
    [
        pytest.param(650_000, 550_000, 550_000, id="enough is committed"),
        pytest.param(400_000, 550_000, 400_000, id="the rest comes out of what is free"),
        pytest.param(400_000, -50_000, 0, id="what comes back goes to what is free"),
    ],
)
def test_execution_comes_out_of_the_commitment_first(held, subsidy, taken):
    """Of a drawn subsidy the committed part is used up first."""
    assert executed_from_commitment_krw(held, subsidy) == taken


@pytest.mark.rule("BL-9")
def test_the_part_for_subsidies():
    """19.8 bn less 0.8 bn for operation, 0.3 bn moved; no cap, no part."""
    assert subsidy_part_krw(BudgetPolicy(19_800_000_000, 800_000_000, ()), 300_000_000) == 19_300_000_000
    assert subsidy_part_krw(BudgetPolicy(None, 0, ()), 0) is None


@pytest.mark.rule("BL-9")
def test_the_parts_of_a_cap():
    """19.8 billion of which 0.8 are for operation; what is shifted goes from one to the other; no cap, nothing."""
    policy = BudgetPolicy(19_800, 800, ())
    assert appropriated_parts_krw(policy) == {"subsidy": 19_000, "operating": 800}
    assert appropriated_parts_krw(replace(policy, cap_krw=None)) == {"subsidy": 0, "operating": 0}
    assert [operating_part_krw(policy, 300), operating_part_krw(None, 0)] == [500, 0]
    assert [subsidy_left_krw(19_000, 4_000), subsidy_left_krw(None, 4_000)] == [15_000, None]


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("from_part", "krw", "refused"),
    [
        pytest.param("operating", 800, False, id="all of the operating part"),
        pytest.param("operating", 801, True, id="a won more"),
        pytest.param("subsidy", 12_000, False, id="all that is neither committed nor executed"),
        pytest.param("subsidy", 12_001, True, id="a won that is committed"),
    ],
)
def test_how_much_may_move_between_the_parts(from_part, krw, refused):
    """A part gives what it holds free, and not a won more."""
    state = BudgetState("p", 19_800, 800, 19_000, 3_000, 4_000, 0, 12_000, (), None)
    to_part = "subsidy" if from_part == "operating" else "operating"
    assert (shift_refusal(Move(from_part, to_part, krw, "r"), state) is not None) is refused


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("executed", "part", "levels"),
    [
        pytest.param(799, 1_000, (), id="a won short of 80 %"),
        pytest.param(800, 1_000, (80,), id="exactly 80 %"),
        pytest.param(1_000, 1_000, (80, 90, 100), id="all of it"),
        pytest.param(0, 0, (), id="nothing of nothing"),
        pytest.param(1, 0, (80, 90, 100), id="a part that was taken away"),
        pytest.param(-5, 1_000, (), id="more came back than was drawn"),
        pytest.param(1_000, None, (), id="no cap"),
    ],
)
def test_levels_are_of_the_part_that_subsidy_may_use(executed, part, levels):
    """F-15: 80, 90 and 100 per cent of the subsidy part, not of the cap."""
    assert levels_reached((100, 80, 90), executed, part) == levels


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("sector", "reduction", "flow", "krw"),
    [
        pytest.param("private", "none", "own_account", 62_400_000, id="F-15: less the self-payment"),
        pytest.param("private", "youth", "own_account", 67_200_000, id="less half of it for youth"),
        pytest.param("private", "regional", "own_account", 69_600_000, id="less a quarter of it for a region"),
        pytest.param("public", "none", "own_account", 72_000_000, id="public applicants pay nothing"),
        pytest.param("private", "none", "free", 72_000_000, id="nobody pays"),
        pytest.param(None, "none", "own_account", 72_000_000, id="a payer that is not known"),
    ],
)
def test_the_commitment_is_what_the_selection_planned(sector, reduction, flow, krw):
    """Four H100 for six months at 3,000,000 a card and month, 400,000 of it paid by the user."""
    rates = {"standard": 400_000, "youth": 200_000, "public": 0, "regional": 100_000}
    by_card = SimpleNamespace(of=lambda asked: (rates.__getitem__, asked.cards))
    policy = CommitmentPolicy(12_000_000, "H100", 4, flow, by_card)
    asked = replace(ASKED, months=6, sector=sector, reduction=reduction)
    assert estimate_krw(policy, asked) == krw
    assert estimate_krw(replace(policy, unit_month_krw=0), asked) == 0, "never below nothing"


@pytest.mark.rule("BL-9")
def test_what_is_left_counts_committed_money_once():
    """19,000 for subsidies, 4,000 executed, 3,000 committed: 12,000; over-committed it is below zero; no cap, none."""
    assert [uncommitted_krw(left, 3_000) for left in (15_000, 2_000, None)] == [12_000, -1_000, None]


def test_a_commitment_books_its_difference():
    """What is committed more comes out of what is free, what is given back returns there."""
    assert [entry.amount_krw for entry in commitment_entries("p", 100, 250)] == [150, -150]
    gone = given_back(replace(ASKED, left_krw=100))
    assert (gone.held_krw, [entry.amount_krw for entry in commitment_entries("p", 100, gone.held_krw)]) == (
        0,
        [-100, 100],
    )


def test_an_appropriation_books_what_is_missing_of_it():
    """800 booked as a credit, 1,000 appropriated: 200 more."""
    assert [entry.amount_krw for entry in appropriation_entries("p", "subsidy", 1_000, -800)] == [200, -200]
