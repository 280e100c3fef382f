"""MT-6: a wait over the limit makes later billable hours cheaper, oldest first, over months."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metering.model.grants import Wait, ZeroPriced
from services.metering.model.time import HOUR_US
from services.metering.rules.waits import Begun, discounted_hours, ended_waits, wait_discount_hours
from tests.services.metering.rules.uses import (
    WAIT_LIMIT_S,
    history,
    kst,
    outage,
    placement,
    session,
    shares_until,
    total,
)

places = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4), st.booleans()), max_size=20)
waits = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5)), max_size=6)


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize(
    ("ended_at", "units", "hours"),
    [
        pytest.param(kst(1, 19, 20), 2, 6, id="2 h 20 min over the limit, 2 units: 3 × 2"),
        pytest.param(kst(1, 17), 1, 0, id="exactly at the limit is within"),
        pytest.param(kst(1, 17, 0, 1), 1, 1, id="one second over begins an hour"),
        pytest.param(kst(1, 18), 1, 1, id="exactly one hour over is one hour"),
        pytest.param(kst(1, 18, 0, 1), 3, 6, id="one hour and a second over is two hours for each of 3 units"),
        pytest.param(kst(1, 9), 4, 0, id="assigned at once"),
        pytest.param(kst(1, 8), 4, 0, id="an assignment told before its request leaves nothing"),
    ],
)
def test_excess_of_a_wait(ended_at: dt.datetime, units: int, hours: int) -> None:
    """A request of 09:00 leaves the started hours of its wait beyond eight, for each unit."""
    assert wait_discount_hours(kst(1, 9), ended_at, units, WAIT_LIMIT_S) == hours


@pytest.mark.rule("MT-6")
def test_a_programme_without_limit_gives_nothing() -> None:
    """Where the programme decided that there is no limit, no wait is discounted."""
    assert wait_discount_hours(kst(1), kst(9), 1, None) == 0


@pytest.mark.rule("MT-6")
def test_which_sessions_waited() -> None:
    """Assigned and withdrawn requests count; one that goes on from another, or still waits, does not."""
    long_ago = kst(1)
    sessions = [
        session(kst(1, 10), session_id="S-1", requested_at=long_ago),
        session(None, session_id="S-2", requested_at=long_ago, withdrawn_at=kst(1, 9, 30)),
        session(kst(1, 20), session_id="S-3", requested_at=long_ago, continues="S-1"),
        session(None, session_id="S-4", requested_at=long_ago),
        session(kst(1, 8), session_id="S-5", requested_at=long_ago),
    ]
    waits = ended_waits(sessions, lambda _: WAIT_LIMIT_S)
    assert [(wait.session_id, wait.unit_hours) for wait in waits] == [("S-2", 2), ("S-1", 2)]


@pytest.mark.rule("MT-6")
def test_discounts_apply_to_the_next_billable_hours() -> None:
    """Three discounted hours of one wait: the first three billable hours after it, and none before."""
    earlier = session(kst(1, 0), kst(1, 5), "S-1")
    waited = session(kst(1, 20), kst(2, 2), "S-2", requested_at=kst(1, 9, 30))
    share = shares_until(history(earlier, waited), "2025-10")["2025-10", "dynamic"]
    assert share.billable_unit_hours == 11
    assert share.discounted_unit_hours == 3


@pytest.mark.rule("MT-6")
def test_discounts_carry_over_months() -> None:
    """A balance of ten hours uses up the two hours of October and goes on in November."""
    first = session(kst(31, 22), kst(1, 0, month=11), "S-1", requested_at=kst(31, 4, 30))
    waits_ten = session(None, None, "S-2", requested_at=kst(30, 8), withdrawn_at=kst(31, 1, 30))
    second = session(kst(3, 0, month=11), kst(3, 9, month=11), "S-3")
    shares = shares_until(history(first, waits_ten, second), "2025-11")
    assert shares["2025-10", "dynamic"].discounted_unit_hours == 2
    assert shares["2025-11", "dynamic"].discounted_unit_hours == 9
    assert shares["2025-11", "dynamic"].billable_unit_hours == 9


@pytest.mark.rule("MT-6")
def test_an_hour_that_began_before_the_wait_ended_is_not_discounted() -> None:
    """Hours that began before the other wait ended stay dear; the next one to begin is cheaper."""
    running = session(kst(1, 18), kst(1, 20, 30), "S-1")
    waited = session(kst(1, 19, 20), kst(1, 19, 21), "S-2", requested_at=kst(1, 10, 20), units=1)
    share = shares_until(history(running, waited), "2025-10")["2025-10", "dynamic"]
    # 18:00–19:20 runs 80 min, then 1 min of both: hour 3 begins at 19:59, after the wait's end.
    assert share.billable_unit_hours == 3
    assert share.discounted_unit_hours == 1
    late = session(kst(1, 20, 10), kst(1, 20, 11), "S-2", requested_at=kst(1, 11, 10))
    share = shares_until(history(running, late), "2025-10")["2025-10", "dynamic"]
    # The last hour on the clock began at 20:00, before this wait ended at 20:10: nothing left to discount.
    assert share.billable_unit_hours == 3
    assert share.discounted_unit_hours == 0


@pytest.mark.rule("MT-6")
def test_a_withdrawn_request_leaves_its_balance() -> None:
    """A request withdrawn after 10 hours gives 2 hours per unit to what the grant runs later."""
    withdrawn = session(None, None, "S-1", units=2, requested_at=kst(1), withdrawn_at=kst(1, 10))
    later = session(kst(2), kst(2, 9), "S-2")
    assert shares_until(history(withdrawn, later), "2025-10")["2025-10", "dynamic"].discounted_unit_hours == 4


@pytest.mark.rule("MT-6")
def test_use_that_is_not_payable_uses_none_up() -> None:
    """A grant whose offer does not conform is metered, not payable: its balance stays."""
    waited = session(kst(1, 20), kst(2, 2), requested_at=kst(1, 9))
    free = history(waited, grant=placement(payable=False))
    share = shares_until(free, "2025-10")["2025-10", "dynamic"]
    assert (share.billable_unit_hours, share.discounted_unit_hours) == (6, 0)


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize(
    ("zero_priced", "october", "november"),
    [
        pytest.param((), 2, 9, id="no price is zero"),
        pytest.param(
            (("dynamic", "2025-10", "2025-11"),), 0, 10, id="October is free: its balance goes on to November"
        ),
        pytest.param((("dynamic", "2025-11", None),), 2, 0, id="free from November on: the rest stays unused"),
        pytest.param((("dynamic", "2025-10", None),), 0, 0, id="always free: nothing is used"),
        pytest.param((("dynamic", "2025-01", "2025-10"),), 2, 9, id="a free time that was over"),
        pytest.param((("dynamic", "2025-12", None),), 2, 9, id="a free time to come"),
        pytest.param((("fixed", "2025-10", None),), 2, 9, id="only the other mode is free"),
    ],
)
def test_hours_priced_at_zero_use_none_up(
    zero_priced: tuple[tuple[str, str, str | None], ...], october: int, november: int
) -> None:
    """Eleven hours of waiting beyond the limit, two billable hours in October and ten in November in Seoul."""
    waited = session(kst(31, 22), kst(1, 0, month=11), "S-1", requested_at=kst(31, 3))
    later = session(kst(3, 0, month=11), kst(3, 10, month=11), "S-2")
    periods = tuple(ZeroPriced("2", *period) for period in zero_priced)  # type: ignore[arg-type]
    shares = shares_until(history(waited, later, zero_priced=periods), "2025-11")
    assert [share.billable_unit_hours for share in shares.values()] == [2, 10]
    assert [share.discounted_unit_hours for share in shares.values()] == [october, november]


@pytest.mark.rule("MT-6")
def test_the_balance_passes_over_the_mode_that_is_priced_at_zero() -> None:
    """Free dynamic hours before a switch leave all five hours of the wait to the fixed ones behind it."""
    dynamic = session(kst(1, 20), kst(1, 22, 30), "S-1", requested_at=kst(1, 7))
    fixed = session(kst(1, 22, 30), kst(2, 6), "S-2", mode="fixed", requested_at=kst(1, 7), continues="S-1")
    known = history(dynamic, fixed, zero_priced=(ZeroPriced("2", "dynamic", "2025-10", None),))
    shares = shares_until(known, "2025-10")
    assert shares["2025-10", "dynamic"].discounted_unit_hours == 0
    assert shares["2025-10", "fixed"].discounted_unit_hours == 5


@pytest.mark.rule("MT-6")
def test_outage_hours_use_none_up() -> None:
    """Time lost to an outage is not billable, so the balance waits for hours that are."""
    waited = session(kst(1, 20), kst(2, 2), requested_at=kst(1, 9))
    known = history(waited, outages=(outage(kst(1, 20), kst(1, 23)),))
    share = shares_until(known, "2025-10")["2025-10", "dynamic"]
    assert (share.billable_unit_hours, share.discounted_unit_hours) == (3, 3)


@pytest.mark.rule("MT-6")
def test_fixed_and_dynamic_hours_share_one_balance() -> None:
    """After a switch the rest of the balance goes on with the fixed session's hours."""
    dynamic = session(kst(1, 20), kst(1, 22, 30), "S-1", requested_at=kst(1, 7))
    fixed = session(kst(1, 22, 30), kst(2, 6), "S-2", mode="fixed", requested_at=kst(1, 7), continues="S-1")
    shares = shares_until(history(dynamic, fixed), "2025-10")
    # 13 h of waiting leave 5: three hours begin dynamic (20:00, 21:00, 22:00), two of the fixed ones follow.
    assert shares["2025-10", "dynamic"].discounted_unit_hours == 3
    assert shares["2025-10", "fixed"].discounted_unit_hours == 2


@pytest.mark.rule("MT-6")
@given(places, waits)
def test_no_hour_is_discounted_twice_and_no_balance_overdrawn(
    places: list[tuple[int, int, bool]], waits: list[tuple[int, int]]
) -> None:
    """Discounted hours never exceed what begins, what was earned by then, or in all the balance."""
    begun, known = clock_of(places), balance_of(waits)
    used = discounted_hours(begun, known)
    assert all(0 <= taken <= count for taken, (_, _, count, _) in zip(used, begun, strict=True))
    for index, (instant, _, _, _) in enumerate(begun):
        assert sum(used[: index + 1]) <= sum(wait.unit_hours for wait in known if wait.ended_us <= instant)


@pytest.mark.rule("MT-6")
@given(places, waits)
def test_hours_priced_at_zero_are_as_if_they_were_not_there(
    places: list[tuple[int, int, bool]], waits: list[tuple[int, int]]
) -> None:
    """They are never discounted, and every other hour is discounted as if only those with a price had begun."""
    begun, known = clock_of(places), balance_of(waits)
    used = discounted_hours(begun, known)
    priced = [place for place in begun if not place[3]]
    assert [taken for taken, place in zip(used, begun, strict=True) if not place[3]] == discounted_hours(priced, known)
    assert sum(taken for taken, place in zip(used, begun, strict=True) if place[3]) == 0


def clock_of(places: list[tuple[int, int, bool]]) -> list[Begun]:
    """Places on the dynamic clock, in order of time."""
    return [(hour * HOUR_US, "dynamic", count, at_zero) for hour, count, at_zero in sorted(places)]


def balance_of(waits: list[tuple[int, int]]) -> list[Wait]:
    """Waits that ended at some hour and left some hours."""
    return [Wait(str(n), 0, hour * HOUR_US, hours) for n, (hour, hours) in enumerate(waits)]


@pytest.mark.rule("MT-6")
def test_reported_time_lies_early() -> None:
    """A session that held 30 of its 40 minutes is taken to have held the first 30, so the clock stands still after."""
    waited = session(kst(1, 10, 40), kst(1, 12), "S-1", requested_at=kst(1, 1))
    totals = {"S-1": {kst_us(1, 10): total(600), kst_us(1, 11): total(3600)}}
    share = shares_until(history(waited, totals=totals), "2025-10")["2025-10", "dynamic"]
    assert (share.billable_unit_hours, share.discounted_unit_hours) == (2, 2)


def kst_us(day: int, hour: int) -> int:
    """Microseconds of an hour of October in Seoul."""
    from services.metering.model.time import us_of

    return us_of(kst(day, hour))
