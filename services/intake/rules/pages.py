"""How many pages a document may have (IN-9, IN-14)."""

from libs.common.errors import Fact
from services.intake.model.applications import Attachment
from services.intake.model.findings import Finding
from services.intake.policy.documents import DocumentKind, DocumentPolicy

LARGE = "large"


def pages_within(
    attachment: Attachment, document: DocumentKind, track: str, conditions: frozenset[str], policy: DocumentPolicy
) -> list[Finding]:
    """What is to be said of a document's pages; nothing where they are not known or within what the call prints.

    More than a printed limit is a wrong format. More than "about so many", of the document or, for the body of the
    plan, of the track and of a large application, is for an officer: cover, contents and annexes may be among them.
    Exactly as many are within. Only a PDF's pages are known. Never raises.

    Example: S4: a body of 21 pages is for an officer, of 20 not; 30 for a large application.
    Source: S4 (작성요령).
    """
    pages = attachment.pages
    if pages is None:
        return []
    facts: dict[str, Fact] = {"file_name": attachment.file_name, "pages": pages}
    if document.pages_max is not None and pages > document.pages_max:
        told = {**facts, "pages_max": document.pages_max}
        return [Finding("IN-9", policy.wrong_format, "document_too_many_pages", told)]
    about = pages_about(document, track, conditions, policy)
    if about is not None and pages > about:
        return [Finding("IN-9", "officer", "document_about_pages", {**facts, "pages_about": about})]
    return []


def pages_about(document: DocumentKind, track: str, conditions: frozenset[str], policy: DocumentPolicy) -> int | None:
    """About how many pages a document has in a track; None where the call prints no number. Never raises."""
    if document.pages_about is not None or not document.body:
        return document.pages_about
    small, large = policy.body_pages.get(track, (None, None))
    return large if LARGE in conditions else small
