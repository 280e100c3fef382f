"""Whole won, cut once a line (CV-1)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.money import Krw, cut_to_won, format_won, is_covered, supply_value_krw

EXACT = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**6)


@pytest.mark.rule("CV-1")
@pytest.mark.parametrize(
    ("exact", "won"),
    [
        pytest.param(-Fraction(5501 * 30, 100), -1650, id="1 discounted hour × 5,501 × 30 % as a discount"),
        pytest.param(Fraction(5501 * 30, 100), 1650, id="the same as a charge"),
        pytest.param(Fraction(999, 1000), 0, id="less than a won is nothing"),
        pytest.param(Fraction(-999, 1000), 0, id="less than a won off is nothing off"),
        pytest.param(550_000, 550_000, id="whole won stay"),
        pytest.param(Fraction(3, 3), 1, id="a fraction that is whole is not cut"),
        pytest.param(Fraction(10**15 * 3 - 1, 3), 10**15 - 1, id="a third of a won short of a peta-won: exact"),
    ],
)
def test_a_line_is_cut_towards_zero(exact: Fraction | int, won: int) -> None:
    """The magnitude is cut, then the sign applied."""
    assert cut_to_won(exact) == won


@pytest.mark.rule("CV-1")
@given(EXACT)
def test_a_cut_loses_less_than_a_won_and_never_gains(exact: Fraction) -> None:
    """A cut moves towards zero by less than one won, and alike for charge and discount."""
    won = cut_to_won(exact)
    assert 0 <= abs(exact) - abs(won) < 1
    assert cut_to_won(-exact) == -won
    assert won * exact >= 0


@pytest.mark.rule("CV-1")
@given(st.lists(EXACT, max_size=20))
def test_a_total_is_the_sum_of_cut_lines(lines: list[Fraction]) -> None:
    """Cutting each line and adding differs from cutting the sum by less than a won a line."""
    total = sum(cut_to_won(line) for line in lines)
    assert abs(total - sum(lines)) <= len(lines)


@pytest.mark.parametrize(
    ("total", "supply", "vat"),
    [
        pytest.param(540_100, 491_000, 49_100, id="divides evenly"),
        pytest.param(100, 90, 10, id="the rest is the tax"),
        pytest.param(-100, -90, -10, id="a credit is cut by its magnitude"),
        pytest.param(0, 0, 0, id="nothing"),
    ],
)
def test_supply_value_and_vat(total: int, supply: int, vat: int) -> None:
    """The supply value is 10/11 cut to won, the tax is the rest."""
    assert supply_value_krw(Krw(total)) == (supply, vat)


@given(st.integers(-(10**15), 10**15))
def test_supply_value_and_vat_add_up(total: int) -> None:
    """The two parts are the whole, to the won."""
    assert sum(supply_value_krw(Krw(total))) == total


def test_won_are_written_as_citizens_read_them() -> None:
    """Thousands are parted and the unit is named."""
    assert format_won(1_234_567) == "1,234,567원"
    assert format_won(-1_650) == "-1,650원"


def test_only_the_whole_amount_covers() -> None:
    """BL-5: One won short covers nothing; nothing owed is covered."""
    assert [is_covered(3_999_999, 4_000_000), is_covered(4_000_000, 4_000_000), is_covered(0, 0)] == [False, True, True]
