"""MT-5: billable unit-hours of dynamic, fixed and interrupted use."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metering.model.grants import Session
from services.metering.model.statements import Share
from services.metering.model.time import us_of
from services.metering.model.usage import HourTotal
from services.metering.rules.clock import billable_hours
from services.metering.rules.shares import ShareKey
from tests.services.metering.rules.uses import history, kst, outage, placement, session, shares_until, total

OCTOBER: ShareKey = ("2025-10", "dynamic")
NOVEMBER: ShareKey = ("2025-11", "dynamic")


@pytest.mark.rule("MT-5")
def test_one_session_over_the_months_end() -> None:
    """One unit from 10:50 on the 31st to 01:20 on the 1st: 14 hours in the first month, 1 in the next."""
    shares = shares_until(history(session(kst(31, 10, 50), kst(1, 1, 20, month=11))), "2025-11")
    assert shares[OCTOBER].billable_unit_hours == 14
    assert shares[NOVEMBER].billable_unit_hours == 1


@pytest.mark.rule("MT-5")
def test_six_short_sessions_are_one_hour() -> None:
    """Six sessions of ten minutes in one hour are one billable hour."""
    sessions = [session(kst(1, 10, 10 * n), kst(1, 10, 10 * n + 10), f"S-{n}") for n in range(5)]
    sessions.append(session(kst(1, 10, 50), kst(1, 11), "S-5"))
    assert shares_until(history(*sessions), "2025-10")[OCTOBER].billable_unit_hours == 1


@pytest.mark.rule("MT-5")
def test_outage_and_late_start_in_one_hour() -> None:
    """Session from 10:40, event says 1,200 s, outage 10:00–10:30: the 1,200 s outside the outage are all billable."""
    running = session(kst(1, 10, 40), kst(1, 11))
    share = shares_until(history(running, outages=(outage(kst(1, 10), kst(1, 10, 30)),)), "2025-10")[OCTOBER]
    assert share.held_unit_s == 1200
    assert share.billable_unit_hours == 1
    assert share.outage_unit_hours == 0


@pytest.mark.rule("MT-5")
@pytest.mark.parametrize(
    ("event", "billable", "unmatched"),
    [
        pytest.param(total(3600), 2, 0, id="the whole session's hours"),
        pytest.param(total(60), 2, 0, id="a minute of the second hour begins it"),
        pytest.param(total(0), 1, 0, id="an hour reported as not held"),
        pytest.param(total(3600, units=2), 2, 1, id="units beyond the session's are unmatched"),
    ],
)
def test_what_of_an_hour_counts(event: HourTotal, billable: int, unmatched: int) -> None:
    """Units × min(event seconds, session seconds) goes on the clock; what is beyond shows as unmatched."""
    running = session(kst(1, 10), kst(1, 12))
    totals = {"S-000001": {us_of(kst(1, 10)): total(3600), us_of(kst(1, 11)): event}}
    share = shares_until(history(running, totals=totals), "2025-10")[OCTOBER]
    assert (share.billable_unit_hours, share.unmatched_unit_hours) == (billable, unmatched)


@pytest.mark.rule("MT-5")
def test_more_reported_than_the_session_lasted() -> None:
    """An event of a whole hour for a session of 20 minutes: 20 minutes count, 40 are unmatched."""
    running = session(kst(1, 10, 40), kst(1, 11))
    share = shares_until(history(running, totals={"S-000001": {us_of(kst(1, 10)): total(3600)}}), "2025-10")[OCTOBER]
    assert (share.held_unit_s, share.billable_unit_hours, share.unmatched_unit_hours) == (1200, 1, 1)


@pytest.mark.rule("MT-5")
def test_several_events_of_different_units_in_one_hour() -> None:
    """8 units for half an hour and 4 for the other half are 6 unit-hours."""
    running = session(kst(1, 10), kst(1, 11), units=8)
    both = HourTotal(3600, 8 * 1800 + 4 * 1800, 0, 2)
    share = shares_until(history(running, totals={"S-000001": {us_of(kst(1, 10)): both}}), "2025-10")[OCTOBER]
    assert share.billable_unit_hours == 6


@pytest.mark.rule("MT-5")
def test_an_outage_of_one_of_two_servers() -> None:
    """Two units on two servers, one server down for the hour: the other unit's hour is billable, one is lost."""
    running = session(kst(1, 10), kst(1, 11), units=2, servers={"s1": 1, "s2": 1})
    known = history(running, outages=(outage(kst(1, 10), kst(1, 11), "server", "s1"),))
    share = shares_until(known, "2025-10")[OCTOBER]
    assert (share.billable_unit_hours, share.outage_unit_hours) == (1, 1)


@pytest.mark.rule("MT-5")
def test_fixed_sessions_count_used_or_not() -> None:
    """A fallback session of three hours without any event is three billable hours and three gaps, less the outage."""
    fixed = session(kst(1, 10), kst(1, 13), mode="fixed")
    known = history(fixed, totals={}, outages=(outage(kst(1, 11), kst(1, 12)),))
    share = shares_until(known, "2025-10")["2025-10", "fixed"]
    assert share.billable_unit_hours == 2
    assert share.outage_unit_hours == 1
    assert share.gap_unit_hours == 2


@pytest.mark.rule("MT-5")
def test_a_grant_fixed_from_the_start() -> None:
    """A fixed hourly grant counts every second from its delivery to its end, whatever is reported."""
    grant = placement(mode="fixed", units=2, cards=2, delivered_at=kst(2), ends_at=kst(3))
    share = shares_until(history(grant=grant, totals={}), "2025-10")["2025-10", "fixed"]
    assert share.billable_unit_hours == 48
    assert share.gap_unit_hours == 48


@pytest.mark.rule("MT-5")
def test_the_grants_end_ends_its_sessions() -> None:
    """A session whose release was never told ends with the grant."""
    grant = placement(ends_at=kst(1, 12))
    known = history(session(kst(1, 10)), grant=grant, totals={"S-000001": {us_of(kst(1, 11)): total()}})
    share = shares_until(known, "2025-10")[OCTOBER]
    assert (share.billable_unit_hours, share.gap_unit_hours) == (1, 1)


@st.composite
def ended_sessions(draw: st.DrawFn) -> list[Session]:
    """Up to five sessions of a grant around the end of October, possibly at once."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        start = kst(30) + dt.timedelta(minutes=draw(st.integers(0, 3000)))
        end = start + dt.timedelta(minutes=draw(st.integers(1, 900)))
        units = draw(st.integers(1, 3))
        requested = start - dt.timedelta(minutes=draw(st.integers(0, 1000)))
        mode = draw(st.sampled_from(["dynamic", "dynamic", "fixed"]))
        servers = {"s1": units}
        found.append(session(start, end, f"S-{number}", units, requested_at=requested, mode=mode, servers=servers))
    return found


def whole(shares: dict[ShareKey, Share], name: str) -> int:
    """The sum of one amount over all months and modes."""
    return sum(getattr(share, name) for share in shares.values())


@pytest.mark.rule("MT-5")
@settings(max_examples=60, deadline=None)
@given(ended_sessions(), st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 300)), max_size=3))
def test_two_months_equal_one_run(sessions: list[Session], minutes: list[tuple[int, int]]) -> None:
    """What October stated stays when November is computed with the same knowledge, and parts sum to the whole."""
    outages = tuple(
        outage(kst(30) + dt.timedelta(minutes=at), kst(30) + dt.timedelta(minutes=at + length))
        for at, length in minutes
    )
    known = history(*sessions, outages=outages)
    october = shares_until(known, "2025-10")
    both = shares_until(known, "2025-11")
    for key, share in october.items():
        assert both[key] == share
    for mode in ("dynamic", "fixed"):
        unit_us = sum(_session_unit_us(each, outages) for each in sessions if each.mode == mode)
        hours = sum(share.billable_unit_hours for (_, m), share in both.items() if m == mode)
        assert hours == billable_hours(0, unit_us)
    reported = sum(row.held_unit_s for rows in known.totals.values() for row in rows.values())
    assert whole(both, "held_unit_s") == reported
    assert whole(both, "unmatched_unit_hours") == 0
    assert 0 <= whole(both, "discounted_unit_hours") <= whole(both, "billable_unit_hours")


def _session_unit_us(one: Session, outages: tuple[object, ...]) -> int:
    from services.metering.rules.outages import merged, overlap_us

    assert one.assigned_at is not None
    assert one.released_at is not None
    start, end = us_of(one.assigned_at), us_of(one.released_at)
    lost = merged((us_of(o.started_at), us_of(o.ended_at)) for o in outages)  # type: ignore[attr-defined]
    return one.units * (end - start - overlap_us(lost, start, end))
