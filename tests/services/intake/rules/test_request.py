"""How much and how long an application may ask for."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.call import RequestBounds
from services.intake.rules.request import last_day_of_use, request_within_bounds

S0 = RequestBounds(1, 1, 1, 9, dt.date(2025, 10, 1), dt.date(2026, 6, 30))
SERVERS = RequestBounds(1, None, 1, 9, dt.date(2025, 10, 1), dt.date(2026, 6, 30))


@pytest.mark.rule("IN-4")
@pytest.mark.parametrize(
    ("units", "months", "start", "bounds", "codes"),
    [
        pytest.param(1, 9, "2025-10-01", S0, ["request_within_bounds"], id="the whole window"),
        pytest.param(1, 9, "2025-10-02", S0, ["outside_use_window"], id="a day too late for nine months"),
        pytest.param(1, 1, "2026-05-31", S0, ["request_within_bounds"], id="31 May, one month ends 1 July 00:00"),
        pytest.param(1, 1, "2026-06-01", S0, ["request_within_bounds"], id="the last whole month"),
        pytest.param(1, 1, "2026-06-02", S0, ["outside_use_window"], id="a month that leaves the window by a day"),
        pytest.param(1, 1, "2025-09-30", S0, ["outside_use_window"], id="a day before the window"),
        pytest.param(2, 1, "2025-10-01", S0, ["units_out_of_bounds"], id="two where one is the most"),
        pytest.param(40, 9, "2025-10-01", SERVERS, ["request_within_bounds"], id="no maximum of servers"),
        pytest.param(1, 10, "2025-10-01", S0, ["months_out_of_bounds", "outside_use_window"], id="ten months"),
        pytest.param(0, 0, "2025-10-01", S0, ["units_out_of_bounds", "months_out_of_bounds"], id="nothing at all"),
    ],
)
def test_request_within_bounds(units: int, months: int, start: str, bounds: RequestBounds, codes: list[str]) -> None:
    """Units, months and the days of use each keep to their bounds; every failure is told."""
    found = request_within_bounds(units, months, dt.date.fromisoformat(start), bounds)
    assert [finding.code for finding in found] == codes


@pytest.mark.rule("IN-4")
@given(st.integers(1, 9), st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1)))
def test_fewer_months_never_hurt(months: int, start: dt.date) -> None:
    """Whoever fits with more months fits with fewer."""
    outcomes = [request_within_bounds(1, n, start, S0)[0].outcome for n in range(1, months + 1)]
    assert outcomes == sorted(outcomes, reverse=True)


def test_last_day_of_use() -> None:
    """Whole months from the first day, anchored: one month from 31 January ends on the last of February."""
    assert last_day_of_use(dt.date(2025, 10, 1), 6) == dt.date(2026, 3, 31)
    assert last_day_of_use(dt.date(2025, 1, 31), 1) == dt.date(2025, 2, 28)
