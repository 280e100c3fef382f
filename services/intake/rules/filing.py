"""What was filed, in one form that does not change: its fingerprint stands on the acknowledgement (IN-2)."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import rfc8785

from libs.common.calendar import KST
from services.intake.model.applications import Application, Document, Receipt

FORM = "dure-filing-1"
"""The form of the fingerprint: another form gets another name."""
EXACT_MAX = 2**53 - 1
"""Above it JSON has no exact whole numbers."""
SEPARATED_FROM = 10_000


def filing_sha256(application: Application, receipt: Receipt, documents: Sequence[Document]) -> str:
    """The fingerprint of a filing (IN-2): the SHA-256, in hexadecimal, of its canonical JSON (RFC 8785).

    It covers what was asked for with the form's answers, who leads and who manages, the receipt's number and instant
    (UTC, to the microsecond), and each document's kind, name, length, hash and stated days in the order of their
    ids. One changed byte of one document is another fingerprint. What is empty, not claimed or not given is left out,
    so that a question that is asked later changes no earlier fingerprint. Never raises.
    """
    filed = {
        "form": FORM,
        "application_id": application.application_id,
        "organisation_id": application.organisation_id,
        "programme": application.programme_code,
        "programme_version": receipt.programme_version,
        "receipt_no": receipt.receipt_no,
        "received_at": receipt.received_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "title": application.title,
        "asked": asdict(application.asked),
        "documents": [_filed(document) for document in sorted(documents, key=_by_id)],
    }
    return hashlib.sha256(rfc8785.dumps(_written(filed))).hexdigest()


def _by_id(document: Document) -> tuple[int, str]:
    return len(document.document_id), document.document_id


def _filed(document: Document) -> dict[str, Any]:
    names = ("document_id", "kind", "file_name", "size_bytes", "sha256", "issued_on", "valid_until")
    return {name: getattr(document, name) for name in names}


def _written(value: Any) -> Any:
    """A value as the canonical JSON writes it: days as text, numbers beyond its range too, nothing empty in it."""
    if isinstance(value, Mapping):
        written = {str(name): _written(one) for name, one in value.items()}
        return {name: one for name, one in written.items() if not _is_empty(one)}
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    if isinstance(value, dt.date | Decimal) or (type(value) is int and abs(value) > EXACT_MAX):
        return str(value)
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def answer_words(value: Any, choices: Mapping[str, str], columns: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    """An answer of a form as people read it: names for choices, `예`/`아니요`, a table's rows one below another.

    `choices` are the names by key, `columns` those of a table: its name and its choices. Example: a table with the
    columns 연도 and 목표, one row → `1. 연도: 2026, 목표: 3건`.
    """
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, list) and columns:
        return "\n".join(f"{nth}. {_row_words(row, columns)}" for nth, row in enumerate(value, 1))
    if isinstance(value, list):
        return ", ".join(answer_words(one, choices, {}) for one in value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= SEPARATED_FROM else str(value)  # a year is no amount
    return "" if value is None else choices.get(str(value), str(value))


def _row_words(row: Any, columns: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    told = row if isinstance(row, Mapping) else {}
    return ", ".join(
        f"{name}: {answer_words(told[key], choices, {})}" for key, (name, choices) in columns.items() if key in told
    )


def clock_words(at: dt.datetime) -> str:
    """An instant's time of day in Seoul, to the second, and to the millisecond (cut) where there is one.

    Example: 2025-09-15T05:59:59.9999Z → `14:59:59.999`.
    """
    seoul = at.astimezone(KST)
    fraction = f".{seoul.microsecond // 1000:03d}" if seoul.microsecond else ""
    return f"{seoul:%H:%M:%S}{fraction}"


def size_words(size_bytes: int) -> str:
    """A file's length as people read it, in whole KB of 1,024 bytes, rounded up. Example: 1,025 bytes → `2 KB`."""
    return f"{-(-size_bytes // 1024):,} KB"


def business_number_words(business_no: str) -> str:
    """A business number as it is printed. Example: 1248100998 → `124-81-00998`."""
    return f"{business_no[:3]}-{business_no[3:5]}-{business_no[5:]}"
