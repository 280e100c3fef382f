"""Business registration numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.business_number import (
    business_number_holds,
    compact_business_number,
    printed_business_number,
)


@pytest.mark.rule("IN-11")
@pytest.mark.parametrize(
    ("number", "holds"),
    [
        pytest.param("124-81-00998", True, id="the specification's example"),
        pytest.param("1248100998", True, id="without hyphens"),
        pytest.param(" 124 81 00998 ", True, id="with spaces"),
        pytest.param("124-81-00997", False, id="a wrong check digit"),
        pytest.param("123-45-67890", False, id="ten digits that check nothing"),
        pytest.param("124-81-0099", False, id="nine digits"),
        pytest.param("124-81-009980", False, id="eleven digits"),
        pytest.param("124-81-0099x", False, id="a letter"),
        pytest.param("１２４－８１－００９９８", True, id="full-width, as Korean input types it"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_business_number_holds(number: str, holds: bool) -> None:
    """Ten digits of which the last checks the others."""
    assert business_number_holds(number) is holds


@pytest.mark.rule("IN-11")
@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_exactly_one_check_digit_fits(nine: str) -> None:
    """Of the ten possible last digits one holds."""
    assert sum(business_number_holds(f"{nine}{digit}") for digit in range(10)) == 1


@pytest.mark.rule("IN-11")
@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(nine: str, place: int, shift: int) -> None:
    """Any one of the first eight digits mistyped breaks the number."""
    right = next(f"{nine}{digit}" for digit in range(10) if business_number_holds(f"{nine}{digit}"))
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert not business_number_holds(wrong)


def test_compact_and_printed() -> None:
    """Stored without hyphens, shown with them."""
    assert compact_business_number("124-81-00998") == "1248100998"
    assert printed_business_number("1248100998") == "124-81-00998"
