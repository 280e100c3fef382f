"""Files that show a fact after the selection (BL-14)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.intake.model.applications import Document

EvidenceKind = Literal["self_payment_balance", "deposit_slip", "accounts", "other"]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """An uploaded file's row; its content lies in the store of files under its SHA-256."""

    evidence_id: str
    application_id: str
    kind: str
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
            self.evidence_id,
            self.application_id,
            self.kind,
            self.file_name,
            self.found_format,
            self.size_bytes,
            self.sha256,
            self.uploaded_by,
            self.uploaded_at,
        )
