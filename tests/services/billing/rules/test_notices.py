"""Notices to pay the provider (BL-5)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.self_payments import Notice
from services.billing.rules.notices import is_overdue, notices_paid

DUE = dt.datetime(2025, 11, 20, 15, tzinfo=dt.UTC)


def told(*amounts):
    """Notices of these amounts, all due at one instant."""
    return [Notice(f"NT-{n:06}", "A-1", "alpha", krw, DUE, "officer-1", DUE) for n, krw in enumerate(amounts, start=1)]


@pytest.mark.rule("BL-5")
def test_payments_cover_the_oldest_notice_first():
    """2,000,000 won against 1,600,000 and 1,000,000: the first is covered, the second with 400,000."""
    found = notices_paid(told(1_600_000, 1_000_000), 2_000_000)
    assert [(paid.paid_krw, paid.notified_krw) for paid in found] == [(1_600_000, 1_600_000), (400_000, 2_600_000)]
    assert [is_overdue(paid, DUE) for paid in found] == [False, True]


@pytest.mark.rule("BL-5")
@pytest.mark.parametrize(
    ("paid", "at", "overdue"),
    [
        pytest.param(999, DUE, True, id="a won short at the date"),
        pytest.param(999, DUE - dt.timedelta(microseconds=1), False, id="a won short just before it"),
        pytest.param(1_000, DUE, False, id="paid"),
    ],
)
def test_when_a_notice_is_overdue(paid, at, overdue):
    """At its date a notice that is not wholly paid is overdue."""
    (found,) = notices_paid(told(1_000), paid)
    assert is_overdue(found, at) is overdue


@pytest.mark.rule("BL-5")
@given(st.lists(st.integers(1, 10**9), max_size=8), st.integers(0, 10**10))
def test_the_parts_sum_to_what_was_paid_or_notified(amounts, paid):
    """Nothing is covered twice and nothing that was paid is lost, up to what was notified."""
    assert sum(found.paid_krw for found in notices_paid(told(*amounts), paid)) == min(paid, sum(amounts))
