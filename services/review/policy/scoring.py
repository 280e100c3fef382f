"""What scoring and ranking need of a programme's definition: one small frozen class per rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from services.review.model.sheets import HUNDREDTHS_PER_POINT

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


def _hundredths(value: Decimal | int | None) -> int:
    return int(Fraction(value or 0) * HUNDREDTHS_PER_POINT)


@dataclass(frozen=True, slots=True)
class RubricPolicy:
    """RV-2: the criteria in the notice's order with their maximum in hundredths."""

    maxima: Mapping[str, int]

    @classmethod
    def of(cls, programme: "Programme") -> "RubricPolicy":
        """Read it from a definition; an empty rubric is one that an officer has still to fill in."""
        return cls({name: _hundredths(line.max.required()) for name, line in programme.review.rubric.items()})


@dataclass(frozen=True, slots=True)
class ScoringPolicy:
    """RV-3, RV-4, RV-6, RV-7: trimming, decimals, bonus and threshold (None: all pass), in hundredths."""

    trimmed: bool
    decimals: int
    youth_bonus: int
    threshold: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "ScoringPolicy":
        """Read it from a definition."""
        review = programme.review
        threshold, decimals = review.threshold.optional(), review.decimals.optional()
        return cls(
            trimmed=bool(review.trimmed.optional()),
            decimals=2 if decimals is None else decimals,
            youth_bonus=_hundredths(review.youth_bonus.optional()),
            threshold=None if threshold is None else _hundredths(threshold),
        )


@dataclass(frozen=True, slots=True)
class TiePolicy:
    """RV-5: the criteria in the order in which they break ties."""

    order: tuple[str, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "TiePolicy":
        """Read it from a definition; without a printed order the larger maximum goes first, then rubric order."""
        printed = programme.review.tie_order.optional()
        if printed is not None:
            return cls(tuple(printed))
        maxima = RubricPolicy.of(programme).maxima
        return cls(tuple(sorted(maxima, key=lambda name: -maxima[name])))
