"""What panels and stages need of a programme's definition: one small frozen class per rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from libs.common.large import is_large
from services.review.model.applications import Application
from services.review.model.stages import DOCUMENT, PRESENTATION, Stage
from services.review.policy.scoring import ScoringPolicy

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class PanelPolicy:
    """RV-1: how many sit on a panel, and how many sheets a stage needs to close; None is no upper limit."""

    seats_min: int
    seats_max: int | None
    sheets_min: int
    seats_max_by_reason: int | None = None
    """So many where the seats above `seats_max` have a reason; None: a reason opens none."""

    @classmethod
    def of(cls, programme: "Programme") -> "PanelPolicy":
        """Read it from a definition."""
        review = programme.review
        return cls(
            seats_min=review.seats_min.optional() or 0,
            seats_max=review.seats_max.optional(),
            sheets_min=review.sheets_min.optional() or 1,
            seats_max_by_reason=review.seats_max_by_reason.optional(),
        )


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """RV-8: stages in order, of a track or of one application in it, and whether the document stage may be skipped."""

    stages: tuple[Stage, ...]
    document_may_be_skipped: bool

    @classmethod
    def of(cls, programme: "Programme", track: str, *, for_skipping: bool = False) -> "StagePolicy":
        """Every stage that an application in the track may come to, by a definition.

        `for_skipping`: whoever skips a stage needs the word on it. Raises PolicyMissing where that is unset.
        """
        told = _TrackStages.of(programme, track, for_skipping=for_skipping)
        asked = {*told.stages, *told.large_stages}
        return cls(tuple(stage for stage in (DOCUMENT, PRESENTATION) if stage in asked), told.may_skip)

    @classmethod
    def of_application(cls, programme: "Programme", one: Application) -> "StagePolicy":
        """The stages of one application, by a definition: a large one has those of large ones (IN-14)."""
        told = _TrackStages.of(programme, one.track)
        large = is_large(one.product, one.units, told.large_from)
        return cls((large and told.large_stages) or told.stages, told.may_skip)


@dataclass(frozen=True, slots=True)
class StageWeights:
    """RV-8: what part of the final score each stage's composite makes, in per cent, and how the score is rounded."""

    per_cent: Mapping[Stage, Fraction]
    decimals: int

    @classmethod
    def of(cls, programme: "Programme") -> "StageWeights | None":
        """Read it from a definition; None where the last stage's composite is final.

        Raises PolicyMissing where a track has two stages and the weights are unset.
        """
        if all(len(StagePolicy.of(programme, track).stages) == 1 for track in programme.tracks):
            return None
        told = programme.review.stage_weights.optional()
        if told is None:
            return None
        return cls(
            {stage: Fraction(told.get(stage, 0)) for stage in (DOCUMENT, PRESENTATION)},
            ScoringPolicy.of(programme).decimals,
        )


@dataclass(frozen=True, slots=True)
class _TrackStages:
    """What a track says of its stages."""

    stages: tuple[Stage, ...]
    large_stages: tuple[Stage, ...]
    """Empty where large applications have the same."""
    large_from: Mapping[str, int] | None
    may_skip: bool

    @classmethod
    def of(cls, programme: "Programme", track: str, *, for_skipping: bool = False) -> "_TrackStages":
        """Read it from a definition; the word on skipping must be there only for whoever skips."""
        part = programme.track(track)
        stated = part.document_stage_may_be_skipped
        return cls(
            tuple(part.stages.optional() or (DOCUMENT,)),
            tuple(part.large_stages.optional() or ()),
            part.large.optional(),
            bool(stated.optional() if for_skipping else stated.known()),
        )
