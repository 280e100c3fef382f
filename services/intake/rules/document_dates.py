"""When a certificate was issued, and until when it is valid (IN-9)."""

import datetime as dt

from libs.common.errors import Fact, Refusal
from services.intake.model.applications import Attachment, StatedDays
from services.intake.model.findings import Finding
from services.intake.policy.documents import DocumentKind, DocumentPolicy


def dates_hold(attachment: Attachment, document: DocumentKind, policy: DocumentPolicy) -> list[Finding]:
    """What is to be said of a document's days; nothing where the call asks for none, or they are as it prints.

    A certificate with a validity is valid on the notice date: its last day is that day or a later one. Others are
    issued on a printed day or later. Both printed days count. A day that is not stated is a wrong document, for the
    officer to look at. Never raises.

    Example: S2 (notice of 11 July 2025): valid until 11 July → nothing; until 10 July → `document_expired`.
    Source: S2 §5.
    """
    found = []
    if document.valid_from is not None:
        facts: dict[str, Fact] = {"file_name": attachment.file_name, "valid_from": document.valid_from.isoformat()}
        if attachment.valid_until is None:
            found.append(Finding("IN-9", policy.wrong_format, "document_validity_not_stated", facts))
        elif attachment.valid_until < document.valid_from:
            told = {**facts, "valid_until": attachment.valid_until.isoformat()}
            found.append(Finding("IN-9", policy.wrong_format, "document_expired", told))
    if document.issued_from is not None:
        facts = {"file_name": attachment.file_name, "issued_from": document.issued_from.isoformat()}
        if attachment.issued_on is None:
            found.append(Finding("IN-9", policy.wrong_format, "document_issue_not_stated", facts))
        elif attachment.issued_on < document.issued_from:
            told = {**facts, "issued_on": attachment.issued_on.isoformat()}
            found.append(Finding("IN-9", policy.wrong_format, "document_issued_too_early", told))
    return found


def stated_days_refusal(stated: StatedDays, today: dt.date) -> Refusal | None:
    """Why stated days cannot be: issued in days to come, or valid only until before the issue. None where they can.

    Never raises.
    """
    issued_on, valid_until = stated.issued_on, stated.valid_until
    if issued_on is not None and issued_on > today:
        facts = {"issued_on": issued_on.isoformat(), "on": today.isoformat()}
        return Refusal("IN-9", "document_issued_in_future", facts)
    if issued_on is not None and valid_until is not None and valid_until < issued_on:
        days = {"issued_on": issued_on.isoformat(), "valid_until": valid_until.isoformat()}
        return Refusal("IN-9", "document_dates_swapped", days)
    return None
