"""What selecting providers needs of a providers' call (RV-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ProviderCallPolicy:
    """RV-15: who comes first, how many are selected, what is shown, how often a price is negotiated."""

    serves: tuple[str, ...]
    all_products_first: bool
    one_in_principle: bool
    demonstration: tuple[str, ...]
    """What is shown, as the notice names it."""
    price_rounds_max: int | None
    numbers: Mapping[str, str]
    """By product of the track, its number in the notice: products of one number stand for each other."""

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "ProviderCallPolicy | None":
        """Read it; None where the call asks for users. Raises PolicyMissing where a value is unset."""
        call = programme.intake.provider_call
        if programme.audience != "providers" or call is None:
            return None
        numbers = {}
        for key in programme.track(track).products:
            number = programme.product(key).number
            numbers[key] = key if number is None else f"#{number}"
        return cls(
            tuple(programme.serves),
            bool(call.all_products_first.optional()),
            bool(call.one_in_principle.optional()),
            tuple(item.ko for item in call.demonstration.optional() or ()),
            call.price_rounds_max.optional(),
            numbers,
        )
