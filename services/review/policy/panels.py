"""What panels and stages need of a programme's definition: one small frozen class per rule."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.review.model.stages import Stage

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class PanelPolicy:
    """RV-1: how many sit on a panel, and how many sheets a stage needs to close; None is no upper limit."""

    seats_min: int
    seats_max: int | None
    sheets_min: int

    @classmethod
    def of(cls, programme: "Programme") -> "PanelPolicy":
        """Read it from a definition."""
        review = programme.review
        return cls(
            seats_min=review.seats_min.optional() or 0,
            seats_max=review.seats_max.optional(),
            sheets_min=review.sheets_min.optional() or 1,
        )


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """RV-8: a track's stages in order, and whether the document stage may be skipped."""

    stages: tuple[Stage, ...]
    document_may_be_skipped: bool

    @classmethod
    def of(cls, programme: "Programme", track: str) -> "StagePolicy":
        """Read it from a definition."""
        part = programme.track(track)
        return cls(
            stages=tuple(part.stages.optional() or ("document",)),
            document_may_be_skipped=bool(part.document_stage_may_be_skipped.optional()),
        )
