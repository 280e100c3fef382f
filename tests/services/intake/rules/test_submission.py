"""When a submission counts, and its receipt number."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.findings import Finding
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.submission import goes_on_record, receipt_number, refusing, submission_in_time

KST = dt.timezone(dt.timedelta(hours=9))
OPENS = dt.datetime(2025, 9, 1, tzinfo=KST)
CLOSES = dt.datetime(2025, 9, 15, 15, tzinfo=KST)
WINDOW = SubmissionWindow(OPENS, CLOSES)
MS = dt.timedelta(milliseconds=1)


@pytest.mark.rule("IN-1")
@pytest.mark.parametrize(
    ("received_at", "code"),
    [
        pytest.param(OPENS, "submitted_in_time", id="exactly at the opening"),
        pytest.param(OPENS - MS, "submitted_too_early", id="a millisecond before the opening"),
        pytest.param(CLOSES, "submitted_in_time", id="exactly at the closing"),
        pytest.param(CLOSES + MS, "submitted_too_late", id="a millisecond after the closing"),
        pytest.param(CLOSES.astimezone(dt.UTC), "submitted_in_time", id="the closing told in UTC"),
    ],
)
def test_submission_in_time(received_at: dt.datetime, code: str) -> None:
    """Both ends of the call belong to it, to the millisecond."""
    assert submission_in_time(received_at, WINDOW).code == code


@pytest.mark.rule("IN-1")
def test_no_bounds() -> None:
    """A call whose bounds are decided to be none takes every submission."""
    assert submission_in_time(CLOSES, SubmissionWindow(None, None)).outcome == "pass"


@pytest.mark.rule("IN-1")
@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_every_instant_has_one_answer(received_at: dt.datetime) -> None:
    """It passes exactly between opening and closing."""
    assert (submission_in_time(received_at, WINDOW).outcome == "pass") == (OPENS <= received_at <= CLOSES)


@pytest.mark.parametrize(
    ("found", "refuses"),
    [
        pytest.param(Finding("IN-1", "fail", "submitted_too_late"), True, id="outside the call"),
        pytest.param(Finding("IN-3", "fail", "applications_max_reached"), True, id="one too many"),
        pytest.param(Finding("IN-3", "pass", "one_track_one_product"), False, id="the only one"),
        pytest.param(Finding("IN-5", "fail", "applicant_kind_refused"), False, id="a kind that fails later"),
        pytest.param(Finding("IN-9", "officer", "document_missing"), False, id="a question for an officer"),
    ],
)
def test_what_refuses_a_submit(found: Finding, refuses: bool) -> None:
    """Time and number refuse a final submit; all else is received and screened."""
    assert refusing([found]) == ((found,) if refuses else ())


def test_what_goes_on_record() -> None:
    """A submit outside the call stays on record, one too many does not."""
    assert [goes_on_record(rule) for rule in ("IN-1", "IN-3")] == [True, False]


@pytest.mark.rule("IN-2")
def test_receipt_number() -> None:
    """The number names the call and counts from one."""
    assert receipt_number("gpu-rental-2025s", 7) == "gpu-rental-2025s-00007"


@pytest.mark.rule("IN-2")
@given(st.integers(1, 200_000), st.integers(1, 200_000))
def test_receipt_numbers_differ(first: int, second: int) -> None:
    """Two receipts of a call share a number only when they are one."""
    assert (receipt_number("p", first) == receipt_number("p", second)) == (first == second)
