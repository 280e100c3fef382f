"""Cards, units and what a card is worth (CV-4, CV-5, CV-6)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.cards import cards_of, fp32_tflops, h100_equivalents, in_proportion

EQUIVALENTS = {"H100": Fraction(1), "H200": Fraction(1), "A100": Fraction(1, 4)}
TFLOPS = {"A100": Fraction(39, 2), "H100": Fraction(67)}
COUNTS = st.integers(0, 10_000)


@pytest.mark.rule("CV-4")
@pytest.mark.parametrize(
    ("units", "cards_per_unit", "cards"),
    [
        pytest.param(1, 2, 2, id="one unit of H100×2"),
        pytest.param(3, 8, 24, id="three servers of eight"),
        pytest.param(0, 4, 0, id="no unit, no card"),
    ],
)
def test_units_are_products_and_products_are_cards(units: int, cards_per_unit: int, cards: int) -> None:
    """A unit is one product, and a product is so many cards."""
    assert cards_of(units, cards_per_unit) == cards


@pytest.mark.rule("CV-5")
@pytest.mark.parametrize(
    ("cards", "card_type", "worth"),
    [
        pytest.param(1, "H100", 1, id="an H100 is the measure"),
        pytest.param(1, "H200", 1, id="an H200 is one"),
        pytest.param(4, "A100", 1, id="four A100 are one"),
        pytest.param(16, "A100", 4, id="sixteen A100 are four"),
        pytest.param(1, "A100", Fraction(1, 4), id="one A100 is a quarter, exactly"),
        pytest.param(8, "B200", None, id="another type has no equivalent"),
    ],
)
def test_h100_equivalents(cards: int, card_type: str, worth: Fraction | None) -> None:
    """Equivalents are exact, and a type without one has none."""
    assert h100_equivalents(cards, card_type, EQUIVALENTS) == worth


@pytest.mark.rule("CV-6")
@pytest.mark.parametrize(
    ("cards", "card_type", "tf"),
    [
        pytest.param(2, "A100", 39, id="A100×2"),
        pytest.param(1, "H100", 67, id="H100×1"),
        pytest.param(2, "H100", 134, id="H100×2"),
        pytest.param(16, "H100", 1072, id="1PF as H100×16"),
        pytest.param(56, "A100", 1092, id="1PF as A100×56"),
        pytest.param(1, "H200", None, id="a type without a figure"),
    ],
)
def test_fp32_tflops(cards: int, card_type: str, tf: int | None) -> None:
    """The notice's TF of each product come out exactly."""
    assert fp32_tflops(cards, card_type, TFLOPS) == tf


@pytest.mark.rule("CV-4", "CV-5", "CV-6")
@given(COUNTS, COUNTS, st.sampled_from(["A100", "H100"]))
def test_parts_sum_to_the_whole(left: int, right: int, card_type: str) -> None:
    """Counting two heaps of cards apart or together is the same."""
    both = left + right
    assert cards_of(left, 2) + cards_of(right, 2) == cards_of(both, 2)
    for worth, table in ((h100_equivalents, EQUIVALENTS), (fp32_tflops, TFLOPS)):
        halves = [worth(cards, card_type, table) for cards in (left, right)]
        assert sum(half or 0 for half in halves) == worth(both, card_type, table)


def test_what_is_left_of_lowered_units() -> None:
    """As many cards per unit as before; a grant without units has none."""
    assert [in_proportion(8, 4, 3), in_proportion(8, 4, 1), in_proportion(8, 4, 0), in_proportion(0, 0, 0)] == [
        6,
        2,
        0,
        0,
    ]
