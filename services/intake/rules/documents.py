"""Which documents an application needs, in which format and under which name (IN-9)."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from libs.common.keys import fold_key
from services.intake.model.applications import Attachment
from services.intake.model.findings import Finding
from services.intake.policy.documents import DocumentKind, DocumentPolicy
from services.intake.rules.formats import DAMAGED

FILE_NAME = re.compile(r"\[(?P<organisation>[^\]]+)\]\s*(?P<number>\d{1,3})_(?P<document>\S.*)")
FILE_NAME_MAX = 255
SAME_FORMAT = {"jpeg": "jpg", "htm": "html", "tif": "tiff"}


def documents_complete(
    attachments: Sequence[Attachment],
    *,
    organisation_name: str,
    applicant: tuple[str, str, str, str],
    policy: DocumentPolicy,
) -> tuple[Finding, ...]:
    """IN-9: The documents that track, sector, kind and legal form require are there, in their format, under their name.

    `applicant` is (track, sector, kind, legal form). Of documents that stand for each other one suffices. The
    format is the one found in the content: a file whose name says another one is a wrong format. Where the call
    asks for it a name follows `[organisation] number_document`, the organisation's
    name compared by its key (CV-9). Returns every finding that is no `pass`, or one `pass`; never raises.

    Example: S0: a missing plan and a PDF named plan.hwp are two findings for an officer.
    Source: S0 §6, S2 §5, S3 §2.
    """
    needed = [document for document in policy.documents.values() if document.required and _applies(document, applicant)]
    found = _missing(needed, {attachment.kind for attachment in attachments}, policy)
    for attachment in attachments:
        found += _misfits(attachment, organisation_name, policy)
    told = tuple(finding for finding in found if finding.outcome != "pass")
    return told or (Finding("IN-9", "pass", "documents_complete", {"documents": len(attachments)}),)


def _applies(document: DocumentKind, applicant: tuple[str, str, str, str]) -> bool:
    filters = (document.tracks, document.sectors, document.kinds, document.legal_forms)
    return all(not allowed or value in allowed for allowed, value in zip(filters, applicant, strict=True))


def _missing(needed: Sequence[DocumentKind], attached: set[str], policy: DocumentPolicy) -> list[Finding]:
    groups: dict[str, list[DocumentKind]] = {}
    for document in needed:
        groups.setdefault(document.one_of or document.kind, []).append(document)
    found = []
    for group in groups.values():
        if attached.isdisjoint(document.kind for document in group):
            facts = {
                "documents": ", ".join(document.kind for document in group),
                "name_ko": " / ".join(document.name_ko for document in group),
                "name_en": " / ".join(document.name_en for document in group),
            }
            found.append(Finding("IN-9", policy.missing, "document_missing", facts))
    return found


def _misfits(attachment: Attachment, organisation_name: str, policy: DocumentPolicy) -> list[Finding]:
    facts = {"file_name": attachment.file_name, "found": attachment.found_format}
    document = policy.documents.get(attachment.kind)
    if document is None:
        return [Finding("IN-9", policy.wrong_format, "document_unknown", {**facts, "document": attachment.kind})]
    found = []
    if attachment.found_format == DAMAGED:
        found.append(Finding("IN-9", policy.wrong_format, "document_damaged", facts))
    elif document.formats is not None and attachment.found_format not in document.formats:
        allowed = {"allowed": ", ".join(document.formats)}
        found.append(Finding("IN-9", policy.wrong_format, "document_wrong_format", {**facts, **allowed}))
    elif said_format(attachment.file_name) != attachment.found_format:
        said = {"said": said_format(attachment.file_name) or None}
        found.append(Finding("IN-9", policy.wrong_format, "document_not_what_it_says", {**facts, **said}))
    if policy.file_name_with_number and not _well_named(attachment.file_name, organisation_name, document.number):
        wanted = {"wanted": f"[{organisation_name}] {document.number}_{document.name_ko}"}
        found.append(Finding("IN-9", policy.wrong_format, "document_file_name", {**facts, **wanted}))
    return found


def kept_file_name(sent: str | None) -> str:
    """The name under which an upload is kept: without the path that some browsers send, composed, at most 255 letters.

    `document` where nothing remains. Example: `..\\etc\\표.pdf` → `표.pdf`.
    """
    last = (sent or "").replace("\\", "/").rsplit("/", 1)[-1]
    return unicodedata.normalize("NFC", last)[-FILE_NAME_MAX:] or "document"


def said_format(file_name: str) -> str:
    """The format that a file's name claims by its ending, in lower case; empty where it has none."""
    ending = PurePosixPath(file_name).suffix.lower().removeprefix(".")
    return SAME_FORMAT.get(ending, ending)


def _well_named(file_name: str, organisation_name: str, number: int) -> bool:
    match = FILE_NAME.fullmatch(unicodedata.normalize("NFC", file_name).strip())
    if match is None:
        return False
    return fold_key(match["organisation"]) == fold_key(organisation_name) and int(match["number"]) == number
