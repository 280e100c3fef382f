"""The documents of a call, and what a missing or a wrong one means (IN-9)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    when: tuple[str, ...] = ()
    """Conditions that must all hold for it to be required."""
    pages_max: int | None = None
    pages_about: int | None = None
    body: bool = False
    """The body of the plan, whose pages the track counts (IN-14)."""
    valid_from: dt.date | None = None
    """A certificate with a validity is valid on this day at least: the notice date (S2)."""
    issued_from: dt.date | None = None
    """It is issued on this day or later."""
    why_ko: str = ""
    why_en: str = ""
    template: str | None = None
    """The form on which it is written, as the notice calls it."""


@dataclass(frozen=True, slots=True)
class DocumentPolicy:
    """IN-9's policy: the documents and what a missing or a wrong one means."""

    documents: Mapping[str, DocumentKind]
    missing: Outcome
    wrong_format: Outcome
    file_name_with_number: bool
    body_pages: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """By track, about how many pages the body of the plan has, and that of a large application (IN-14)."""

    @classmethod
    def of(cls, programme: "Programme") -> "DocumentPolicy":
        """Read it. Raises PolicyMissing where a value is unset."""
        intake = programme.intake
        return cls(
            {kind: _document_kind(kind, listed, programme) for kind, listed in intake.documents.items()},
            intake.document_missing.optional() or "pass",
            intake.document_wrong_format.optional() or "pass",
            bool(intake.file_name_with_number.optional()),
            {
                key: (track.body_pages_about.optional(), track.large_body_pages_about.optional())
                for key, track in programme.tracks.items()
            },
        )


def _document_kind(kind: str, listed: "Document", programme: "Programme") -> DocumentKind:
    formats, why = listed.formats.optional(), listed.why
    valid = bool(listed.valid_on_notice_date.optional())
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
        when=tuple(listed.when),
        pages_max=listed.pages_max.optional(),
        pages_about=listed.pages_about.optional(),
        body=listed.body,
        valid_from=programme.notice_date.optional() if valid else None,
        issued_from=listed.issued_on_or_after.optional(),
        why_ko="" if why is None else why.ko,
        why_en="" if why is None else why.en,
        template=listed.template,
    )
