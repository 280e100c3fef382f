"""Which cards make which product of a providers' call, and what stands for its request (IN-4, IN-8, RV-15)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ProductOffer:
    """By type of card, how many make one unit of a product; `alone` counts for who has no other type (BL-3)."""

    cards: Mapping[str, int]
    alone: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfferPolicy:
    """What may be offered in a providers' call."""

    programme_code: str
    cards: tuple[str, ...]
    products: Mapping[str, ProductOffer]

    @classmethod
    def of(cls, programme: "Programme") -> "OfferPolicy | None":
        """Read it; None for a users' call. Raises PolicyMissing where a value is unset."""
        if programme.audience != "providers":
            return None
        products = {}
        for key, product in programme.products.items():
            types = (product.card_type, *(product.at_least_as_good.optional() or ()))
            alone = product.alone.optional() or {}
            products[key] = ProductOffer(dict.fromkeys(types, product.cards_per_unit), alone)
        return cls(programme.code, tuple(programme.cards), products)


@dataclass(frozen=True, slots=True)
class ProviderRequestPolicy:
    """What a providers' application asks for where it says nothing: the call's first product, for its time."""

    track: str
    product: str
    use_starts_on: dt.date
    use_ends_on: dt.date

    @classmethod
    def of(cls, programme: "Programme") -> "ProviderRequestPolicy | None":
        """Read it; None for a users' call, which asks. Raises PolicyMissing where the window of use is unset."""
        if programme.audience != "providers":
            return None
        track, part = next(iter(programme.tracks.items()))
        return cls(track, part.products[0], programme.use_starts_on.required(), programme.use_ends_on.required())
