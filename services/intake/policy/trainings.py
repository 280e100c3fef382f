"""Whether a programme has a mandatory course (AL-7)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class CoursePolicy:
    """AL-7: whether attendance of a course counts for anything; how many people must attend is the allocator's."""

    mandatory: bool

    @classmethod
    def of(cls, programme: "Programme") -> "CoursePolicy":
        """Read it. Never raises."""
        return cls(programme.allocation.training is not None)
