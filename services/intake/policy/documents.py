"""The documents of a call, and what a missing or a wrong one means (IN-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.model.findings import Outcome

if TYPE_CHECKING:
    from libs.common.definition.intake import Document
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One document of IN-9's list; empty filters mean everyone."""

    kind: str
    name_ko: str
    name_en: str
    number: int
    formats: tuple[str, ...] | None
    required: bool
    tracks: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    legal_forms: tuple[str, ...]
    one_of: str


@dataclass(frozen=True, slots=True)
class DocumentPolicy:
    """IN-9's policy: the documents and what a missing or a wrong one means."""

    documents: Mapping[str, DocumentKind]
    missing: Outcome
    wrong_format: Outcome
    file_name_with_number: bool

    @classmethod
    def of(cls, programme: "Programme") -> "DocumentPolicy":
        """Read it. Raises PolicyMissing where a value is unset."""
        intake = programme.intake
        return cls(
            {kind: _document_kind(kind, listed) for kind, listed in intake.documents.items()},
            intake.document_missing.optional() or "pass",
            intake.document_wrong_format.optional() or "pass",
            bool(intake.file_name_with_number.optional()),
        )


def _document_kind(kind: str, listed: "Document") -> DocumentKind:
    formats = listed.formats.optional()
    return DocumentKind(
        kind=kind,
        name_ko=listed.name.ko,
        name_en=listed.name.en,
        number=listed.number,
        formats=None if formats is None else tuple(formats),
        required=bool(listed.required.optional()),
        tracks=tuple(listed.tracks),
        sectors=tuple(listed.sectors),
        kinds=tuple(listed.kinds),
        legal_forms=tuple(listed.legal_forms),
        one_of=listed.one_of,
    )
