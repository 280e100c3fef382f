"""Which upload stands for a file that a call names (MS-5)."""

from collections.abc import Iterable
from dataclasses import replace

from services.intake.model.call_files import CallFile, NamedFile
from services.intake.rules.file_names import kept_file_name


def with_uploads(named: Iterable[NamedFile], uploads: Iterable[CallFile]) -> tuple[NamedFile, ...]:
    """The files that a definition names, in its order, each with the upload that stands for it where there is one.

    An upload whose name no version in force gives any more is told to nobody. Never raises.
    """
    standing = {one.file_name: one for one in uploads}
    return tuple(replace(one, file=standing.get(kept_file_name(one.file_name))) for one in named)


def is_named(file_name: str, named: Iterable[NamedFile]) -> bool:
    """Whether an upload has a name that a definition gives, however that is composed (NFC, NFD). Never raises."""
    return file_name in {kept_file_name(one.file_name) for one in named}
