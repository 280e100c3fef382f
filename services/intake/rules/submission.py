"""When a submission counts, and the number on its receipt (IN-1, IN-2)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.calendar import KST
from services.intake.model.applications import Document
from services.intake.model.findings import Finding
from services.intake.policy.call import SubmissionWindow

TIME = "IN-1"
COUNT = "IN-3"


def counted_at(arrived_at: dt.datetime, filed: Sequence[Document]) -> dt.datetime:
    """When a final submit counts: when it came, and not before the last of its documents was there.

    A submit may wait behind its applicant's own uploads; what comes after the closing is in no submission that was in
    time. Never raises.

    Example: the submit came at 14:59:59, a document that it files at 15:00:20 → it counts at 15:00:20.
    """
    return max((arrived_at, *(document.uploaded_at for document in filed)))


def submission_in_time(received_at: dt.datetime, window: SubmissionWindow) -> Finding:
    """IN-1: A submission counts when the final submit reaches the server within the call, both ends included.

    `received_at` is the aware instant at which the server got the final submit; what the sender says of the time
    is not looked at, and drafts and uploads are no submissions. A bound that is decided to be `none` does not
    bind. Returns one finding, `fail` before the opening or after the closing; never raises.

    Example: the call closes at 15:00:00.000: 15:00:00.000 is in time, 15:00:00.001 is refused.
    Source: S0 §8, S2 §5.
    """
    facts = {"received_at": _kst(received_at)}
    if window.opens_at is not None and received_at < window.opens_at:
        return Finding("IN-1", "fail", "submitted_too_early", {**facts, "opens_at": _kst(window.opens_at)})
    if window.closes_at is not None and received_at > window.closes_at:
        return Finding("IN-1", "fail", "submitted_too_late", {**facts, "closes_at": _kst(window.closes_at)})
    return Finding("IN-1", "pass", "submitted_in_time", facts)


def refusing(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that refuse a final submit: a failure of IN-1, the time, or of IN-3, the number of applications.

    Whatever else fails is received and left to the screening. Never raises.
    """
    return tuple(found for found in findings if found.rule_id in {TIME, COUNT} and found.outcome == "fail")


def goes_on_record(rule_id: str) -> bool:
    """Whether a refused final submit stays on record: one outside the call does (IN-1), for the call's counts."""
    return rule_id == TIME


def receipt_number(programme_code: str, nth: int) -> str:
    """IN-2: A submission gets a receipt number, unique in its call.

    `nth` counts the call's receipts from 1 without gaps; the code makes the number unique over all calls too.
    Never raises for `nth` ≥ 1.

    Example: the 7th receipt of gpu-rental-2025s → gpu-rental-2025s-00007.
    Source: S0 §8, S2 §5.
    """
    return f"{programme_code}-{nth:05d}"


def _kst(instant: dt.datetime) -> str:
    return instant.astimezone(KST).isoformat(timespec="milliseconds")
