"""MT-7 unit by unit, against a recomputation that walks every minute of every unit."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metering.model.grants import GrantHistory, Holding, Outage, UnitGroup
from services.metering.model.time import div_ceil, us_of
from services.metering.rules.clock import counted_unit_us, free_us, longest_up_first
from services.metering.rules.outages import lost_time, units_by_server
from tests.services.metering.rules.uses import history, kst, outage, placement, session, shares_until, total

START = kst(31, 20)
MINUTES = 8 * 60
MINUTE = dt.timedelta(minutes=1)
MINUTE_US = 60 * 1_000_000


@dataclass(frozen=True)
class Story:
    """How many units stand on which server, how many cards a unit has, and what was out (minutes from the start)."""

    units_on: dict[str, int]
    cards_each: int
    out: list[tuple[int, int, str]]

    @property
    def servers(self) -> dict[str, int]:
        """Server → cards."""
        return {server: units * self.cards_each for server, units in self.units_on.items()}

    @property
    def outages(self) -> tuple[Outage, ...]:
        """The outages: of the provider, or of a server."""
        return tuple(
            outage(
                START + at * MINUTE, START + (at + length) * MINUTE, "provider" if name == "alpha" else "server", name
            )
            for at, length, name in self.out
        )

    def lost_minutes(self) -> list[set[int]]:
        """For each unit the minutes that it was out."""
        return [
            {
                minute
                for at, length, name in self.out
                if name in ("alpha", server)
                for minute in range(at, min(MINUTES, at + length))
            }
            for server, units in self.units_on.items()
            for _ in range(units)
        ]


stories = st.builds(
    Story,
    units_on=st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), st.integers(1, 3), min_size=1),
    cards_each=st.integers(1, 3),
    out=st.lists(
        st.tuples(
            st.integers(0, MINUTES - 1), st.integers(1, 200), st.sampled_from(["alpha", "s1", "s1", "s2", "s3", "s9"])
        ),
        max_size=6,
    ),
)


def dynamic(story: Story, units_stated: int | None = None) -> GrantHistory:
    """A session of eight hours over the end of October, every second reported, of so many units or all."""
    units = sum(story.units_on.values())
    one = session(START, START + MINUTES * MINUTE, units=units, servers=story.servers)
    stated = units if units_stated is None else min(units, units_stated)
    rows = {us_of(START + 60 * hour * MINUTE): total(3600, stated) for hour in range(MINUTES // 60)}
    return history(one, totals={"S-000001": rows}, outages=story.outages)


def runs(minutes: set[int]) -> list[tuple[int, int]]:
    """The spans without a break."""
    found: list[tuple[int, int]] = []
    for minute in sorted(minutes):
        if found and found[-1][1] == minute:
            found[-1] = (found[-1][0], minute + 1)
        else:
            found.append((minute, minute + 1))
    return found


@pytest.mark.rule("MT-7")
@settings(max_examples=150, deadline=None)
@given(stories)
def test_hourly_use_is_what_each_unit_was_up(story: Story) -> None:
    """The billable hours of both months are the rounded sum of each unit's own minutes outside outages."""
    shares = shares_until(dynamic(story), "2025-11")
    up = sum(MINUTES - len(lost) for lost in story.lost_minutes())
    assert sum(share.billable_unit_hours for share in shares.values()) == div_ceil(up, 60)
    units = sum(story.units_on.values())
    assert sum(share.held_unit_s for share in shares.values()) == units * MINUTES * 60


@pytest.mark.rule("MT-7")
@settings(max_examples=150, deadline=None)
@given(stories, st.integers(0, 9))
def test_of_fewer_stated_units_those_longest_up_count(story: Story, stated: int) -> None:
    """Hour by hour the units that were up longest count, as many as the event states."""
    shares = shares_until(dynamic(story, stated), "2025-11")
    up = 0
    for hour in range(MINUTES // 60):
        minutes = set(range(60 * hour, 60 * hour + 60))
        up += sum(sorted((len(minutes - lost) for lost in story.lost_minutes()), reverse=True)[:stated])
    assert sum(share.billable_unit_hours for share in shares.values()) == div_ceil(up, 60)


@pytest.mark.rule("MT-7")
@settings(max_examples=150, deadline=None)
@given(stories)
def test_monthly_outages_start_hours_for_each_unit(story: Story) -> None:
    """Each unit's own merged outages count their started hours, and both months add up to the whole."""
    units = sum(story.units_on.values())
    grant = placement(
        mode="fixed", units=units, cards=units * story.cards_each, priced_units=units, servers=story.servers,
        delivered_at=START, starts_at=START, ends_at=START + MINUTES * MINUTE,
    )  # fmt: skip
    shares = shares_until(history(grant=grant, pricing="monthly", totals={}, outages=story.outages), "2025-11")
    started = sum(div_ceil(end - start, 60) for lost in story.lost_minutes() for start, end in runs(lost))
    assert sum(share.outage_unit_hours for share in shares.values()) == started


def holding(units: int, cards: int, servers: dict[str, int]) -> Holding:
    """Units held for eight hours."""
    return Holding(
        "S-000001", "A-000001", "alpha", "alpha-dc1", "alpha-h100", servers, "dynamic", units, cards,
        (us_of(START), us_of(START + MINUTES * MINUTE)),
    )  # fmt: skip


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("units", "cards", "servers", "found"),
    [
        pytest.param(
            3, 6, {"s1": 3, "s2": 3}, [(1, {"s1"}), (1, {"s2"}), (1, {"s1", "s2"})], id="the rest makes a unit"
        ),
        pytest.param(2, 2, {}, [(2, {""})], id="no server told: none that can be named"),
        pytest.param(2, 4, {"s1": 2}, [(1, {"s1"}), (1, {""})], id="one server told of two"),
        pytest.param(4, 1, {"s1": 1}, [(4, {"s1"})], id="four units of a quarter card"),
        pytest.param(1, 16, {"s1": 8, "s2": 8}, [(1, {"s1", "s2"})], id="one unit over two servers"),
        pytest.param(1, 2, {"s1": 2, "s2": 2}, [(1, {"s1"}), (1, {"s2"})], id="lowered: more than is held"),
    ],
)
def test_where_units_stand(units: int, cards: int, servers: dict[str, int], found: list[tuple[int, set[str]]]) -> None:
    """A unit stands on one server where its cards fit; what is left over makes units over servers."""
    assert units_by_server(holding(units, cards, servers)) == found


@pytest.mark.rule("MT-7")
def test_where_servers_tell_of_more_than_is_held_the_most_affected_are_held() -> None:
    """A grant of two units lowered to one: which server it kept is not told, so either's outage takes its unit."""
    for server in ("s1", "s2"):
        out = [outage(START, START + 60 * MINUTE, "server", server)]
        (group,) = lost_time(out, holding(1, 1, {"s1": 1, "s2": 1}))
        assert group.lost


@pytest.mark.rule("MT-7")
def test_a_holding_without_units_lost_nothing() -> None:
    """No unit, no outage: never a division by nought."""
    assert lost_time([outage(START, None)], holding(0, 0, {"s1": 0})) == (UnitGroup(0, ()),)


@pytest.mark.rule("MT-7")
def test_the_longest_up_of_an_hour_is_not_that_of_the_whole() -> None:
    """A unit that is out all day but up in this hour counts before one that is out in this hour alone."""
    hour = us_of(START), us_of(START) + 60 * MINUTE_US
    groups = (UnitGroup(1, (hour,)), UnitGroup(1, ((hour[1], hour[1] + 300 * MINUTE_US),)))
    ordered = longest_up_first(groups, hour)
    assert [group.units for group in ordered] == [1, 1]
    assert sum(counted_unit_us(total(1800, 1), ordered, free_us(ordered, hour))) == 30 * MINUTE_US
    assert Fraction(sum(free_us(ordered, hour)), MINUTE_US) == 60
