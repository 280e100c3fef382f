"""Order of approvals, what is committed and executed, and the parts of the cap (BL-9)."""

import datetime as dt
from dataclasses import replace

import pytest

from services.billing.model.budget import Commitment
from services.billing.policy import BudgetPolicy
from services.billing.rules.budget import (
    approval_instant,
    committed,
    estimate_krw,
    executed_from_commitment_krw,
    subsidy_part_krw,
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
def test_the_parts_of_the_cap_and_an_estimate():
    """19.8 bn less 0.8 bn for operation, 0.3 bn moved; one unit for three months at 400,000; no cap, no part."""
    assert subsidy_part_krw(BudgetPolicy(19_800_000_000, 800_000_000, ()), 300_000_000) == 19_300_000_000
    assert subsidy_part_krw(BudgetPolicy(None, 0, ()), 0) is None
    assert estimate_krw(400_000, 1, 3) == 1_200_000
