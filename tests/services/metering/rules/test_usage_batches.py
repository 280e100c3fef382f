"""MT-1, MT-4 over a whole batch: it stands exactly where each of its events does, judged one after the other."""

import datetime as dt
from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.metering.model.usage import Entitlement, Usage, usage_columns
from services.metering.rules.usage import (
    UNITS_MAX,
    every_statement_stands,
    every_usage_stands,
    judge_statement,
    judge_usage,
)
from tests.services.metering.rules.uses import kst

NOW = kst(2)
STARTS_AT, ENDS_AT = kst(1, 10, 30), kst(2, 3)
GRANTS = {"A-000001": Entitlement(STARTS_AT, ENDS_AT, 8), "A-000002": Entitlement(kst(1), kst(1, 12), 2)}
SESSION_UNITS = {("A-000001", "S-000001"): 4, ("A-000002", "S-000001"): 3}


class Figures(NamedTuple):
    """What one event states."""

    units: int
    held_s: int
    utilisation_pct: float


statements = st.builds(
    Figures,
    st.sampled_from([0, 1, 8, UNITS_MAX - 1, UNITS_MAX]),
    st.sampled_from([0, 1, 3599, 3600]),
    st.sampled_from([0.0, -0.0, 5e-324, 50.5, 99.99, 100.0]),
)
impossible = st.builds(
    Figures,
    st.sampled_from([-1, 0, UNITS_MAX, UNITS_MAX + 1, 10**30]),
    st.sampled_from([-1, 0, 3600, 3601, -(10**30)]),
    st.sampled_from([-5e-324, 0.0, 100.0, 100.00000000000001, float("inf")]),
)


@pytest.mark.rule("MT-1")
@given(st.lists(st.one_of(statements, impossible), max_size=1) | st.lists(statements, max_size=8), st.data())
def test_statements_stand_where_each_does(figures: list[Figures], data: st.DataObject) -> None:
    """One impossible figure anywhere, and only that, refuses them."""
    if data.draw(st.booleans()):
        figures.insert(data.draw(st.integers(0, len(figures))), data.draw(impossible))
    assert every_statement_stands(figures) == all(judge_statement(*each) is None for each in figures)


def event(grant_id: str, session_id: str, hour: dt.datetime, units: int, held_s: int) -> Usage:
    """One event with the figures that are judged."""
    return Usage("e", b"x", grant_id, session_id, hour, units, held_s, 5000, "", None)


fitting = st.builds(
    event,
    st.just("A-000001"),
    st.sampled_from(["", "S-000001", "S-000009"]),
    st.sampled_from([kst(1, hour) for hour in (10, 11, 22, 23)]),
    st.sampled_from([0, 1, 4]),
    st.sampled_from([0, 1, 900, 1800, 3600]),
)
anything = st.builds(
    event,
    st.sampled_from(["A-000001", "A-000002", "A-000003"]),
    st.sampled_from(["", "S-000001", "S-000009"]),
    st.sampled_from(
        [
            kst(1, 9),
            kst(1, 10),
            kst(1, 11),
            kst(1, 11, 30),
            kst(1, 11) + dt.timedelta(microseconds=1),
            kst(1, 12),
            kst(1, 23),
            kst(2),
            kst(2, 3),
        ]
    ),
    st.sampled_from([0, 2, 3, 4, 5, 8, 9]),
    st.sampled_from([0, 1800, 3600]),
)


def judged_in_turn(usages: list[Usage]) -> bool:
    """Whether each event stands, with what those before it in the batch hold."""
    before: Counter[tuple[str, str, dt.datetime]] = Counter()
    for usage in usages:
        key = (usage.grant_id, usage.session_id, usage.hour)
        units = SESSION_UNITS.get((usage.grant_id, usage.session_id))
        if judge_usage(usage, GRANTS.get(usage.grant_id), units, before[key], NOW) is not None:
            return False
        before[key] += usage.held_s
    return True


@pytest.mark.rule("MT-4")
@given(st.lists(anything, max_size=1) | st.lists(fitting, max_size=6), st.none() | anything)
@example([], None)
@example([event("A-000001", "S-000001", kst(1, 11), 4, 1800)] * 2, None)
@example([event("A-000001", "S-000001", kst(1, 11), 4, 1800)] * 2, event("A-000001", "S-000001", kst(1, 11), 0, 1800))
@example([event("A-000001", "", kst(1, 11), 8, 3600)], event("A-000001", "S-000001", kst(1, 11), 5, 3600))
def test_usages_stand_where_each_does(usages: list[Usage], one_more: Usage | None) -> None:
    """A running hour, a second too many, a unit too many, a grant unknown or elsewhere: one such event refuses all."""
    usages = [*usages, one_more] if one_more else usages
    sums: Counter[tuple[str, str, dt.datetime]] = Counter()
    for usage in usages:
        sums[usage.grant_id, usage.session_id, usage.hour] += usage.held_s
    stand = every_usage_stands(usage_columns(usages), list(sums.values()), GRANTS, SESSION_UNITS, NOW)
    assert stand == judged_in_turn(usages)
