"""Whether the agency may ask for what is missing after a submission (IN-9)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class SupplementPolicy:
    """IN-9's policy on supplements: a call that decides for none excludes who did not submit all (S2, S3)."""

    allowed: bool

    @classmethod
    def of(cls, programme: "Programme") -> "SupplementPolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(programme.intake.supplement.optional() is not None)
