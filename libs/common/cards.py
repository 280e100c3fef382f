"""Cards, units and what one card is worth in another type (CV-4, CV-5, CV-6).

The equivalents and TFLOPS themselves are policy: they stand in each programme's definition under `cards`.
"""

from collections.abc import Mapping
from fractions import Fraction


def cards_of(units: int, cards_per_unit: int) -> int:
    """CV-4: The cards behind `units` of a product with `cards_per_unit` cards each (both ≥ 0)."""
    return units * cards_per_unit


def h100_equivalents(cards: int, card_type: str, equivalents: Mapping[str, Fraction]) -> Fraction | None:
    """CV-5: What `cards` of a type are worth in H100 cards; None for a type without an equivalent.

    Example: 16 A100 at 1/4 → 4. Source: S0 §2.
    """
    share = equivalents.get(card_type)
    return None if share is None else cards * share


def fp32_tflops(cards: int, card_type: str, tflops_per_card: Mapping[str, Fraction]) -> Fraction | None:
    """CV-6: FP32 TFLOPS of `cards` of a type, exact; None where the programme states none.

    Example: A100×2 → 39, H100×16 → 1,072, A100×56 → 1,092. Source: S1 §3.
    """
    per_card = tflops_per_card.get(card_type)
    return None if per_card is None else cards * per_card


def in_proportion(whole: int, units: int, units_left: int) -> int:
    """What is left of cards or priced units when a grant of `units` is lowered to `units_left`; 0 where it had none.

    `whole` is a multiple of `units`, as every unit has the same number of cards, so nothing is rounded.

    Example: 8 cards for 4 units, lowered to 3 units → 6; to 1 unit → 2, the cards of a unit.
    """
    return whole * units_left // units if units else 0
