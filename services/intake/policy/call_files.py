"""Which files everybody may fetch of a call, as its definition names them (MS-5)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.model.call_files import NamedFile

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class CallFilesPolicy:
    """The files in the definition's order, each without an upload."""

    files: tuple[NamedFile, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "CallFilesPolicy":
        """Read it from a definition."""
        named = programme.public.files
        return cls(tuple(NamedFile(one.name.ko, one.name.en, one.file_name, None) for one in named))
