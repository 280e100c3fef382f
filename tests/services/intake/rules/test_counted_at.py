"""When a final submit counts that waited behind its applicant's own uploads (IN-1)."""

import datetime as dt

import pytest

from services.intake.model.applications import Document
from services.intake.rules.submission import counted_at

CAME = dt.datetime(2025, 9, 15, 5, 59, 59, tzinfo=dt.UTC)


def document(seconds: int) -> Document:
    """One that was there so many seconds after the submit came."""
    at = CAME + dt.timedelta(seconds=seconds)
    return Document("D-1", "A-1", "plan", "a.pdf", "pdf", 1, "a" * 64, "kim", at)


@pytest.mark.rule("IN-1")
@pytest.mark.parametrize(("uploads", "late"), [((), 0), ((-60, -1), 0), ((0,), 0), ((-60, 21), 21)])
def test_a_submit_counts_with_the_last_of_its_documents(uploads: tuple[int, ...], late: int) -> None:
    """What was there before does not move it; what came after it does."""
    assert counted_at(CAME, [document(seconds) for seconds in uploads]) == CAME + dt.timedelta(seconds=late)
