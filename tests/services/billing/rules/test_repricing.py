"""In which months the lines of a version are stale, and what may be taken back out of the price book."""

from dataclasses import replace

import pytest

from services.billing.model.prices import Book
from services.billing.policy import PricePolicy
from services.billing.rules.repricing import AFTER_ALL, BEFORE_ALL, stale_spans
from services.billing.rules.ways_back import again_price, again_rate, held_instead, price_withdrawal_refusals
from tests.services.billing.rules.uses import discount, monthly_price, price

POLICY = PricePolicy("hourly", 3, 50)
FIRST, SECOND, DECEMBER = price(5_500), price(5_000, round_no=2), price(6_000, valid_from="2025-12")
RATE, LATER_RATE = discount("30"), discount("20", "2025-11")


def in_force(book, month):
    """The versions whose lines of a month are not stale."""
    stale = {span.price_version for span in stale_spans(book) if span.since <= month < span.until}
    return {span.price_version for span in stale_spans(book)} - stale


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize(
    ("book", "month", "right"),
    [
        pytest.param(Book((FIRST,)), "2025-09", set(), id="before it begins"),
        pytest.param(Book((FIRST,)), "2025-10", {FIRST.version}, id="from its first month"),
        pytest.param(Book((FIRST,)), "2099-12", {FIRST.version}, id="and on"),
        pytest.param(Book((FIRST, SECOND)), "2025-10", {SECOND.version}, id="the last round of a month alone"),
        pytest.param(Book((FIRST, DECEMBER)), "2025-11", {FIRST.version}, id="until the next one"),
        pytest.param(Book((FIRST, DECEMBER)), "2025-12", {DECEMBER.version}, id="from when the next one begins"),
        pytest.param(Book((FIRST,), (), (SECOND,)), "2025-10", {FIRST.version}, id="one taken back never"),
        pytest.param(Book((), (), (FIRST,)), "2025-10", set(), id="all taken back"),
        pytest.param(
            Book((FIRST,), (RATE, LATER_RATE)),
            "2025-11",
            {FIRST.version, f"{FIRST.version} + {LATER_RATE.version}"},
            id="a line of both, where both hold",
        ),
        pytest.param(Book((DECEMBER,), (RATE, LATER_RATE)), "2025-10", set(), id="a rate before the first price"),
    ],
)
def test_in_which_months_a_version_holds(book, month, right):
    """Everything else that lines of those months state is taken back and stated anew."""
    assert in_force(book, month) == right


@pytest.mark.rule("CV-1")
def test_spans_of_a_version_do_not_overlap_and_leave_out_what_holds():
    """October's price until December: stale before October and from December on."""
    spans = [
        (span.since, span.until) for span in stale_spans(Book((FIRST, DECEMBER))) if "2025-10" in span.price_version
    ]
    assert spans == [(BEFORE_ALL, "2025-10"), ("2025-12", AFTER_ALL)]
    assert stale_spans(Book()) == ()


@pytest.mark.rule("BL-1")
def test_a_round_or_a_month_is_free_again_once_it_is_taken_back():
    """Of another product, month, mode or round nothing is freed."""
    former = price(50, round_no=2)
    book = Book((FIRST,), (), (former, replace(former, nth=2, unit_price_krw=60)), (RATE,))
    assert again_price(book, SECOND).version == f"{SECOND.version}.3"
    others = (DECEMBER, price(1, "fixed", round_no=2), price(1, round_no=3), monthly_price(1))
    assert [again_price(book, other).nth for other in others] == [1, 1, 1, 1]
    assert [again_rate(book, rate).nth for rate in (discount("5"), LATER_RATE)] == [2, 1]


@pytest.mark.rule("BL-1", "BL-13")
@pytest.mark.parametrize(
    ("prices", "gone", "codes"),
    [
        pytest.param((FIRST,), FIRST, [], id="nothing rests on it"),
        pytest.param((FIRST,), SECOND, ["price_withdrawn"], id="taken back before"),
        pytest.param((FIRST, price(2_750, "fixed")), FIRST, ["fixed_price_rests_on_it"], id="a fixed one does"),
        pytest.param((FIRST, price(2_750, "fixed")), price(2_750, "fixed"), [], id="the fixed one itself"),
        pytest.param((price(6_000), SECOND, price(2_500, "fixed")), SECOND, [], id="round 1 is dear enough for it"),
        pytest.param(
            (price(4_000), SECOND, price(2_500, "fixed")), SECOND, ["fixed_price_rests_on_it"], id="round 1 is not"
        ),
    ],
)
def test_what_keeps_a_price_from_being_taken_back(prices, gone, codes):
    """BL-1's share holds in the book whatever is taken back."""
    assert [refusal.code for refusal in price_withdrawal_refusals(Book(prices), gone, POLICY)] == codes


@pytest.mark.rule("BL-13")
def test_what_holds_instead_of_a_price_is_the_last_round_left_of_its_month():
    """Rounds 1 and 2 left → 2; only another month's left → none."""
    third = price(50, round_no=3)
    assert held_instead((FIRST, SECOND, DECEMBER), third) == SECOND
    assert held_instead((DECEMBER,), third) is None
