"""Under which key of the price book a place is priced, and how often."""

from dataclasses import dataclass

from services.allocator.policy import ProductPolicy


@dataclass(frozen=True, slots=True)
class Priced:
    """A key of the price book and how many of it."""

    product: str
    units: int


def priced_as(product: ProductPolicy, card_type: str, cards: int, units: int) -> Priced:
    """How a place is priced: by the assigned cards where the programme prices cards (BL-4), else by the product.

    `card_type`, `cards` ≥ 1: what was assigned, after substitution; `units` ≥ 1 of the product. Never raises.
    Example: H100x2 given as 8 A100 → 8 × A100 by the card, 1 × H100x2 by the product.
    """
    return Priced(card_type, cards) if product.priced_by_card else Priced(product.product, units)
