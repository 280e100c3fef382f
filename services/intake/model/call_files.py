"""The files that everybody may fetch of a call: the notice itself, a form, a list (MS-5)."""

import datetime as dt
from dataclasses import dataclass

from services.intake.model.applications import Document


@dataclass(frozen=True, slots=True)
class CallFile:
    """One upload under a name that the definition gives; its content lies in the store under its SHA-256."""

    file_id: str
    programme_code: str
    file_name: str
    found_format: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: dt.datetime

    @property
    def content(self) -> Document:
        """The file as the store of documents opens it."""
        return Document(
            self.file_id,
            "",
            "",
            self.file_name,
            self.found_format,
            self.size_bytes,
            self.sha256,
            self.uploaded_by,
            self.uploaded_at,
        )


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a definition names, and the upload that stands for it; None while there is none."""

    name_ko: str
    name_en: str
    file_name: str
    file: CallFile | None
