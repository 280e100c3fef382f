"""What reading by reviewers needs of a programme's definition (RV-16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """RV-16: whether applicants' names are hidden from reviewers, and what documents are called in both languages."""

    names_hidden: bool
    names: Mapping[str, tuple[str, str]]
    """Kind of document → Korean and English name."""

    @classmethod
    def of(cls, programme: "Programme") -> "ReadingPolicy":
        """Read it; where the notice says nothing, names are shown."""
        names = {kind: (listed.name.ko, listed.name.en) for kind, listed in programme.intake.documents.items()}
        return cls(bool(programme.review.names_hidden.optional()), names)
