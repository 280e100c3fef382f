"""Which documents a draft needs or may need, and where each of them stands (IN-9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.intake.model.applications import Document
from services.intake.model.findings import Finding
from services.intake.policy.documents import DocumentKind, DocumentPolicy
from services.intake.rules.documents import document_findings, file_name_to_use, is_needed, missing_documents
from services.intake.rules.pages import pages_about

Need = Literal["required", "on_condition", "optional"]
SlotState = Literal["missing", "attached", "wrong"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says as far as its documents depend on it; the track is None while it is not said."""

    organisation_name: str
    track: str | None
    sector: str
    kind: str
    legal_form: str
    holds: frozenset[str]
    """Conditions that hold."""
    undecided: frozenset[str]
    """Conditions that may still hold; none once it is filed."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One document that an application needs or may need, and where it stands."""

    document: DocumentKind
    need: Need
    waits_for: tuple[str, ...]
    """Conditions on which it is needed that are not decided yet."""
    tracks: tuple[str, ...]
    """In which tracks it is needed, while the track is not said."""
    file_name: str | None
    """The name to use, without its ending; None where the call asks for none."""
    pages_about: int | None
    state: SlotState
    attached: tuple[Document, ...]
    findings: tuple[Finding, ...]


def document_slots(documents: Sequence[Document], draft: Draft, policy: DocumentPolicy) -> tuple[Slot, ...]:
    """Per document of the call that a draft needs or may need: why not yet, what is there, what is wrong about it.

    Left out is what cannot concern it: another kind of applicant, another track, a condition that does not hold. What
    is attached is told in any case. Of documents that stand for each other the rest is optional once one is there.
    What is missing or wrong is found by IN-9's own rule. In the order of the definition; never raises.

    Example: nothing claimed → the family register is `on_condition` of the youth reduction.
    """
    slots = [slot for one in policy.documents.values() if (slot := _slot(one, documents, draft, policy)) is not None]
    groups = {slot.document.one_of for slot in slots if slot.attached and slot.document.one_of}
    told = [_beside(slot, groups) for slot in slots]
    needed = [slot.document for slot in told if slot.need == "required"]
    missing = missing_documents(needed, {document.kind for document in documents}, policy)
    lacking = {one.kind: finding for group, finding in missing for one in group}
    return tuple(
        replace(slot, findings=(*slot.findings, lacking[kind])) if (kind := slot.document.kind) in lacking else slot
        for slot in told
    )


def _beside(slot: Slot, groups: set[str]) -> Slot:
    """A slot for which another document stands already is optional."""
    return replace(slot, need="optional") if slot.document.one_of in groups and not slot.attached else slot


def _slot(document: DocumentKind, documents: Sequence[Document], draft: Draft, policy: DocumentPolicy) -> Slot | None:
    own = tuple(one for one in documents if one.kind == document.kind)
    waits_for = tuple(one for one in document.when if one not in draft.holds)
    tracks = document.tracks if draft.track is None else ()
    if not own and not _may_concern(document, waits_for, draft):
        return None
    track = draft.track or ""
    checked = [document_findings(one.attachment, draft.organisation_name, track, draft.holds, policy) for one in own]
    findings = tuple(finding for found in checked for finding in found if finding.outcome != "pass")
    return Slot(
        document=document,
        need=_need(document, draft),
        waits_for=waits_for,
        tracks=tracks,
        file_name=file_name_to_use(document, draft.organisation_name) if policy.file_name_with_number else None,
        pages_about=pages_about(document, track, draft.holds, policy),
        state="wrong" if findings else "attached" if own else "missing",
        attached=own,
        findings=findings,
    )


def _may_concern(document: DocumentKind, waits_for: tuple[str, ...], draft: Draft) -> bool:
    """Whether a document concerns an applicant once all that is not decided yet is decided so."""
    track = draft.track
    if track is None:
        track = next(iter(document.tracks), "")
    applicant = (track, draft.sector, draft.kind, draft.legal_form)
    return draft.undecided.issuperset(waits_for) and is_needed(document, applicant, frozenset(document.when))


def _need(document: DocumentKind, draft: Draft) -> Need:
    applicant = (draft.track or "", draft.sector, draft.kind, draft.legal_form)
    if not document.required:
        return "optional"
    return "required" if is_needed(document, applicant, draft.holds) else "on_condition"
