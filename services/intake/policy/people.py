"""Who leads and who manages (IN-10)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class PeoplePolicy:
    """IN-10's policy: whether investigator and manager must be different persons."""

    differ: bool

    @classmethod
    def of(cls, programme: "Programme") -> "PeoplePolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(bool(programme.intake.investigator_and_manager_differ.optional()))
