"""How long a provider is silent, and which statements are overdue (MT-10)."""

import datetime as dt

import pytest

from services.metering.model.grants import Placed, ProgrammeUse
from services.metering.rules.watch import hours_looked_at, last_ends, overdue_months, programme_uses, silent_s
from tests.services.metering.meters import kst

END = kst(1, month=12)
USE = ProgrammeUse("alpha", "p", kst(1), END)


@pytest.mark.rule("MT-10")
@pytest.mark.parametrize(
    ("newest", "first", "now", "silent"),
    [
        pytest.param(kst(1, 10), kst(1, 10), kst(1, 13), 7200, id="since the end of the newest hour"),
        pytest.param(None, kst(1, 10), kst(1, 13), 10_800, id="never reported: since it first held units"),
        pytest.param(None, None, kst(1, 13), None, id="nothing is to be reported yet"),
        pytest.param(kst(1, 10), kst(1, 10), kst(1, 10, 30), 0, id="never negative"),
        pytest.param(kst(30, 23, month=11), kst(1), kst(31, month=12), 0, id="all reported, and over"),
        pytest.param(kst(30, 22, month=11), kst(1), kst(31, month=12), 3600, id="over, the last hour missing"),
    ],
)
def test_how_long_a_provider_is_silent(newest, first, now, silent):
    """From the newest hour, else from the first holding, and no longer than its last grant runs."""
    assert silent_s(newest, first, END, now) == silent


@pytest.mark.rule("MT-10")
@pytest.mark.parametrize(
    ("closed", "due_day", "now", "overdue"),
    [
        pytest.param([], 7, kst(8, month=11) - dt.timedelta(microseconds=1), 0, id="the last instant of the 7th"),
        pytest.param([], 7, kst(8, month=11), 1, id="the 7th is over"),
        pytest.param(["2025-10"], 7, kst(8, month=11), 0, id="closed"),
        pytest.param([], 7, kst(31, month=12), 2, id="October and November; the grants end with November"),
        pytest.param([], None, kst(31, month=12), 0, id="no due day"),
    ],
)
def test_which_months_are_overdue(closed, due_day, now, overdue):
    """Only months in which a grant runs."""
    known = {("alpha", "p", month) for month in closed}
    assert overdue_months(USE, known, due_day, now) == overdue


def test_when_a_providers_last_grant_ends():
    """The latest end over all its programmes."""
    other = ProgrammeUse("alpha", "q", kst(1), kst(1, month=11))
    assert last_ends([USE, other, ProgrammeUse("beta", "p", kst(1), kst(2))]) == {"alpha": END, "beta": kst(2)}


def test_from_when_to_when_a_programme_is_used_at_a_provider():
    """The first start and the last end in force: a grant that ended early, or was lowered to end early, ends there."""

    def placed(provider_id, programme, starts_at, **told):
        where = (provider_id, programme, "O-1", "dc", None, {"s": 8}, "fixed", 4, 8, "H100", 4, True)
        return Placed("A", *where, starts_at, END, **told)

    found = programme_uses(
        [
            placed("beta", "p", kst(2), ended_at=kst(9)),
            placed("alpha", "q", kst(3)),
            placed("beta", "p", kst(1), lowered_units=2, lowered_ends_at=kst(8)),
        ]
    )
    assert found == (ProgrammeUse("alpha", "q", kst(3), END), ProgrammeUse("beta", "p", kst(1), kst(9)))


def test_which_hours_are_looked_at():
    """Two days back, and not the hour that a provider still has to report."""
    assert hours_looked_at(kst(5, 10, 30)) == (kst(3, 10), kst(5, 9))
