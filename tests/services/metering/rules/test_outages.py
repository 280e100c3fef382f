"""MT-7: outages merge, hit only what is in scope, and count started hours over months once."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metering.model.grants import Holding, Outage, UnitGroup
from services.metering.model.time import HOUR_US, instant_of, us_of
from services.metering.rules.outages import lost_time, merged, overlap_us, started_unit_hours
from tests.services.metering.rules.uses import kst, outage


def holding(units: int = 2, cards: int = 2, servers: dict[str, int] | None = None) -> Holding:
    """Units held from 30 September to 2 October."""
    return Holding(
        session_id="S-000001",
        grant_id="A-000001",
        provider_id="alpha",
        data_centre="alpha-dc1",
        pool_id="alpha-h100",
        servers=servers if servers is not None else {"alpha-s01": 1, "alpha-s02": 1},
        mode="dynamic",
        units=units,
        cards=cards,
        span=(us_of(kst(30, month=9)), us_of(kst(2))),
    )


def span(start: dt.datetime, end: dt.datetime) -> tuple[int, int]:
    """An interval of two instants."""
    return us_of(start), us_of(end)


MORNING = (kst(1, 10), kst(1, 12))


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("scope_kind", "scope_id", "units_out"),
    [
        pytest.param("provider", "alpha", 2, id="the provider's outage takes every unit"),
        pytest.param("data_centre", "alpha-dc1", 2, id="the own data centre takes every unit"),
        pytest.param("data_centre", "alpha-dc2", 0, id="another data centre takes none"),
        pytest.param("pool", "alpha-h100", 2, id="the own pool takes every unit"),
        pytest.param("pool", "alpha-a100", 0, id="another pool takes none"),
        pytest.param("server", "alpha-s01", 1, id="a server takes the units on it"),
        pytest.param("server", "alpha-s09", 0, id="a server without cards of ours takes none"),
        pytest.param("grant", "A-000001", 2, id="the own grant takes every unit"),
        pytest.param("grant", "A-000002", 0, id="another grant takes none"),
    ],
)
def test_scope(scope_kind: str, scope_id: str, units_out: int) -> None:
    """Only units in scope count."""
    groups = lost_time([outage(*MORNING, scope_kind, scope_id)], holding())
    assert sum(group.units for group in groups if group.lost) == units_out
    assert sum(group.units for group in groups) == 2


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("units", "servers", "down", "units_out"),
    [
        pytest.param(2, {"s1": 2, "s2": 2}, ["s1"], 1, id="two cards are one unit of two cards"),
        pytest.param(2, {"s1": 3, "s2": 1}, ["s1"], 2, id="three cards begin two units of two cards"),
        pytest.param(2, {"s1": 3, "s2": 1}, ["s2"], 1, id="one card begins one unit"),
        pytest.param(4, {"s1": 8, "s2": 8}, ["s1", "s2"], 4, id="both servers are all units, not more"),
    ],
)
def test_units_of_servers(units: int, servers: dict[str, int], down: list[str], units_out: int) -> None:
    """The cards on the servers that are down make as many units as they begin."""
    outages = [outage(*MORNING, "server", server) for server in down]
    groups = lost_time(outages, holding(units, sum(servers.values()), servers))
    assert sum(group.units for group in groups if group.lost) == units_out


@pytest.mark.rule("MT-7")
def test_another_provider_is_not_touched() -> None:
    """An outage of another provider loses nothing."""
    other = Outage("OUT-000009", "beta", "provider", "beta", *MORNING)
    assert lost_time([other], holding()) == (UnitGroup(2, ()),)


@pytest.mark.rule("MT-7")
def test_overlapping_scopes_count_each_unit_once() -> None:
    """The provider 10–12 and one server 11–13: one unit lost 10–12, the other 10–13, not five hours in all."""
    outages = [outage(*MORNING), outage(kst(1, 11), kst(1, 13), "server", "alpha-s01")]
    assert lost_time(outages, holding()) == (
        UnitGroup(1, (span(kst(1, 10), kst(1, 12)),)),
        UnitGroup(1, (span(kst(1, 10), kst(1, 13)),)),
    )


@pytest.mark.rule("MT-7")
def test_an_open_outage_runs_to_the_end() -> None:
    """An outage still open takes everything from its start to the end of the question."""
    (group,) = lost_time([outage(kst(1, 10), None)], holding())
    assert group.lost == (span(kst(1, 10), kst(2)),)


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("outages", "months"),
    [
        pytest.param([(kst(30, 23, 30, month=9), kst(1, 0, 30))], (1, 0), id="over the month's end: one hour, once"),
        pytest.param(
            [(kst(1, 10), kst(1, 10, 30)), (kst(1, 10, 30), kst(1, 11))], (0, 1), id="touching ones are one hour"
        ),
        pytest.param(
            [(kst(1, 10), kst(1, 10, 20)), (kst(1, 10, 40), kst(1, 11))], (0, 2), id="two separate ones start two hours"
        ),
        pytest.param([(kst(1, 10), kst(1, 15, 10))], (0, 6), id="5 hours 10 minutes are 6 started hours"),
        pytest.param([(kst(1, 10), kst(1, 11))], (0, 1), id="exactly one hour is one"),
        pytest.param([(kst(29, 10, month=9), kst(30, 2, month=9))], (2, 0), id="only the time held counts"),
    ],
)
def test_started_hours_over_months(outages: list[tuple[dt.datetime, dt.datetime]], months: tuple[int, int]) -> None:
    """A monthly-priced grant counts started hours of each merged interval, as increments over months."""
    groups = lost_time([outage(*each) for each in outages], holding(units=1, cards=1))
    bounds = [us_of(kst(1, month=9)), us_of(kst(1)), us_of(kst(1, month=11))]
    assert (started_unit_hours(groups, *bounds[:2]), started_unit_hours(groups, *bounds[1:])) == months


@pytest.mark.rule("MT-7")
def test_started_hours_count_for_every_unit() -> None:
    """5 hours 10 minutes of two units are 12 unit-hours."""
    groups = lost_time([outage(kst(1, 10), kst(1, 15, 10))], holding())
    assert started_unit_hours(groups, us_of(kst(1)), us_of(kst(1, month=11))) == 12


spans = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda p: (min(p), max(p))), max_size=8)


@pytest.mark.rule("MT-7")
@given(spans)
def test_the_union_covers_each_moment_once(intervals: list[tuple[int, int]]) -> None:
    """The merged intervals hold exactly the moments of the single ones, apart from each other."""
    union = merged(intervals)
    covered = {moment for start, end in intervals for moment in range(start, end)}
    assert {moment for start, end in union for moment in range(start, end)} == covered
    assert overlap_us(union, 0, 100) == len(covered)
    assert all(left[1] < right[0] for left, right in pairwise(union))


@pytest.mark.rule("MT-7")
@given(
    st.lists(
        st.tuples(st.integers(0, 2880), st.integers(1, 600), st.sampled_from(["provider", "s1", "s2"])), max_size=6
    ),
    st.integers(1, 47),
)
def test_parts_sum_to_the_whole(outages: list[tuple[int, int, str]], cut_h: int) -> None:
    """Two spans' started hours add up to those of the whole, and no unit loses more than was held."""
    held = holding(2, 2, {"s1": 1, "s2": 1})
    begin, end = held.span
    known = [
        outage(
            instant_of(begin + minute * 60_000_000),
            instant_of(begin + (minute + length) * 60_000_000),
            "provider" if scope == "provider" else "server",
            "alpha" if scope == "provider" else scope,
        )
        for minute, length, scope in outages
    ]
    groups = lost_time(known, held)
    cut = begin + cut_h * HOUR_US
    parts = started_unit_hours(groups, begin, cut) + started_unit_hours(groups, cut, end)
    assert parts == started_unit_hours(groups, begin, end)
    assert sum(group.units for group in groups) == 2
    lost = [overlap_us(group.lost, begin, end) for group in groups]
    assert lost == sorted(lost)
    assert all(0 <= each <= end - begin for each in lost)
