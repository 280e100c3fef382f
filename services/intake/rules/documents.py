"""Which documents an application needs, in which format and under which name (IN-9)."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from libs.common.keys import fold_key
from services.intake.model.applications import Attachment
from services.intake.model.findings import Finding
from services.intake.policy.documents import DocumentKind, DocumentPolicy
from services.intake.rules.document_dates import dates_hold
from services.intake.rules.formats import DAMAGED
from services.intake.rules.pages import pages_within

FILE_NAME = re.compile(r"\[(?P<organisation>[^\]]+)\]\s*(?P<number>\d{1,3})_(?P<document>\S.*)")
SAME_FORMAT = {"jpeg": "jpg", "htm": "html", "tif": "tiff"}


def documents_complete(
    attachments: Sequence[Attachment],
    *,
    organisation_name: str,
    applicant: tuple[str, str, str, str],
    policy: DocumentPolicy,
    conditions: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """IN-9: The documents that track, sector, kind and legal form require are there, in their format, under their name.

    `applicant` is (track, sector, kind, legal form), `conditions` what the application says besides
    (`conditions_of`): a document on a condition is required where it holds. Of documents that stand for each other
    one suffices. The format is the one found in the content: a file whose name says another one is a wrong format.
    Where the call asks for it a name follows `[organisation] number_document`, the organisation's name compared by
    its key (CV-9); pages are `pages_within`'s, days `dates_hold`'s. Returns every finding that is no `pass`, or one
    `pass`; never raises.

    Example: S0: a missing plan and a PDF named plan.hwp are two findings for an officer.
    Source: S0 §6, S2 §5, S3 §2.
    """
    needed = [one for one in policy.documents.values() if one.required and is_needed(one, applicant, conditions)]
    attached = {attachment.kind for attachment in attachments}
    found = [missing for _, missing in missing_documents(needed, attached, policy)]
    for attachment in attachments:
        found += document_findings(attachment, organisation_name, applicant[0], conditions, policy)
    told = tuple(finding for finding in found if finding.outcome != "pass")
    return told or (Finding("IN-9", "pass", "documents_complete", {"documents": len(attachments)}),)


def is_needed(document: DocumentKind, applicant: tuple[str, str, str, str], conditions: frozenset[str]) -> bool:
    """Whether a document concerns an applicant: its filters fit, its conditions hold. Never raises."""
    filters = (document.tracks, document.sectors, document.kinds, document.legal_forms)
    fits = all(not allowed or value in allowed for allowed, value in zip(filters, applicant, strict=True))
    return fits and conditions.issuperset(document.when)


def document_findings(
    attachment: Attachment, organisation_name: str, track: str, conditions: frozenset[str], policy: DocumentPolicy
) -> list[Finding]:
    """What is wrong about one document: format, name, pages, days; nothing where it is in order. Never raises."""
    found = _misfits(attachment, organisation_name, policy)
    if attachment.kind in policy.documents:
        listed = policy.documents[attachment.kind]
        found += pages_within(attachment, listed, track, conditions, policy)
        found += dates_hold(attachment, listed, policy)
    return found


def missing_documents(
    needed: Sequence[DocumentKind], attached: Collection[str], policy: DocumentPolicy
) -> list[tuple[tuple[DocumentKind, ...], Finding]]:
    """What is missing of the needed documents: those that stand for each other, and what is found. Never raises."""
    groups: dict[str, list[DocumentKind]] = {}
    for document in needed:
        groups.setdefault(document.one_of or document.kind, []).append(document)
    found = []
    for group in groups.values():
        if not any(document.kind in attached for document in group):
            facts = {
                "documents": ", ".join(document.kind for document in group),
                "name_ko": " / ".join(document.name_ko for document in group),
                "name_en": " / ".join(document.name_en for document in group),
            }
            found.append((tuple(group), Finding("IN-9", policy.missing, "document_missing", facts)))
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
        wanted = {"wanted": file_name_to_use(document, organisation_name)}
        found.append(Finding("IN-9", policy.wrong_format, "document_file_name", {**facts, **wanted}))
    return found


def file_name_to_use(document: DocumentKind, organisation_name: str) -> str:
    """The name that a file of this document bears, without its ending. Example: `[한빛] 1_사업수행계획서`."""
    return f"[{organisation_name}] {document.number}_{document.name_ko}"


def said_format(file_name: str) -> str:
    """The format that a file's name claims by its ending, in lower case; empty where it has none."""
    ending = PurePosixPath(file_name).suffix.lower().removeprefix(".")
    return SAME_FORMAT.get(ending, ending)


def _well_named(file_name: str, organisation_name: str, number: int) -> bool:
    match = FILE_NAME.fullmatch(unicodedata.normalize("NFC", file_name).strip())
    if match is None:
        return False
    return fold_key(match["organisation"]) == fold_key(organisation_name) and int(match["number"]) == number
