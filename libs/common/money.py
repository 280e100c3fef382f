"""Money is whole won: an integer, cut once per statement line, never a float (CV-1)."""

from fractions import Fraction
from typing import NewType

Krw = NewType("Krw", int)
"""An amount in whole won; negative for what is taken off."""

ZERO_KRW = Krw(0)
KRW_MAX = 10**15
"""No amount, sum or posting is larger, in either direction (CV-10)."""

VAT_PARTS = 11
SUPPLY_PARTS = 10


def cut_to_won(exact_krw: Fraction | int) -> Krw:
    """CV-1: An exact product is cut to whole won once per statement line (원 미만 절사).

    `exact_krw` is the uncut amount in won, any sign. Returns whole won: the magnitude is cut towards
    zero, then the sign applied. Never raises.

    Example: 1 discounted hour × 5,501 × 30 % = 1,650.3, as a discount −1650.3 → −1,650.
    Source: CV-1.
    """
    exact = Fraction(exact_krw)
    magnitude = abs(exact.numerator) // exact.denominator
    return Krw(-magnitude if exact < 0 else magnitude)


def supply_value_krw(total_krw: Krw) -> tuple[Krw, Krw]:
    """Split a price that includes VAT into (supply value, VAT), in won.

    The supply value is total × 10/11 cut by CV-1; VAT is the rest, so that the two add up to the total.
    """
    supply = cut_to_won(Fraction(total_krw * SUPPLY_PARTS, VAT_PARTS))
    return supply, Krw(total_krw - supply)


def format_won(amount_krw: int) -> str:
    """Write an amount the way a citizen reads it: 1,234,567원."""
    return f"{amount_krw:,}원"


def is_covered(received_krw: int, due_krw: int) -> bool:
    """Whether what came in covers a self-payment (BL-5): the whole amount, or nothing owed; both in won, ≥ 0.

    Example: 3,999,999 of 4,000,000 → False; 0 of 0 → True.
    """
    return received_krw >= due_krw
