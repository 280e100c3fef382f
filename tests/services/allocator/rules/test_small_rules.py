"""The allocator's small rules as tables."""

import datetime as dt
from dataclasses import replace

import pytest

from services.allocator.model.grants import Grant
from services.allocator.model.placements import NamedPlace
from services.allocator.model.pools import PoolSwitch
from services.allocator.model.queue import Entitled, Lacking, PoolQueue, Request, Running, Switch
from services.allocator.policy import ProductPolicy, SubstitutionPolicy
from services.allocator.rules.cards import granted_cards
from services.allocator.rules.conformance import is_payable, is_place_payable
from services.allocator.rules.due import ends_with_grant, latest_end, waits_over
from services.allocator.rules.ending import end_of_grant, ending_of, is_period_over
from services.allocator.rules.fallback import (
    is_fault_ahead,
    newcomers_part,
    report_due_at,
    report_state,
    unreported_switch,
)
from services.allocator.rules.next_calls import next_of_grant, next_of_session
from services.allocator.rules.placement import LAST_RANK, placement_rank
from services.allocator.rules.places import is_outdated, whole_server_cards
from services.allocator.rules.prices import Priced, priced_as
from services.allocator.rules.queue import is_in_use_period
from services.allocator.rules.reduction import ends_in_past, is_lowered, lowered_end, may_lose_units
from services.allocator.rules.waits import shortest_over_limit, waited_s

T = dt.datetime(2025, 10, 2, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def product(*, by_card: bool = False, whole: bool = False) -> ProductPolicy:
    """H100x2."""
    return ProductPolicy("H100x2", "H100", 2, whole, by_card)


def grant(state: str = "awaiting") -> Grant:
    """Two units for six months."""
    return Grant("A", "p", 1, "O", state, "H100x2", 2, 6, 2, 6, "", dt.date(2025, 10, 1), 1, T)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reported", "now", "state"),
    [
        pytest.param(None, T - HOUR, "due", id="before its end"),
        pytest.param(None, T, "overdue", id="at its end"),
        pytest.param(T - HOUR, T, "submitted", id="in time"),
        pytest.param(T, T, "late", id="submitted at its end"),
    ],
)
def test_state_of_a_report(reported: dt.datetime | None, now: dt.datetime, state: str) -> None:
    """The period is half-open; what is submitted stays late for ever."""
    switch = PoolSwitch(1, "p", "fixed", T - 9 * HOUR, None, T, "", "", 1, reported, None, None, None)
    assert report_state(switch, now) == state


def test_a_switch_back_owes_no_report() -> None:
    """Without a due date there is none to submit."""
    switch = PoolSwitch(1, "p", "dynamic", T, None, None, "", "", 1, None, None, None, None)
    assert report_state(switch, T) == "none"


@pytest.mark.parametrize(
    ("limit_s", "shortest"),
    [
        pytest.param(28_800, 8 * HOUR + dt.timedelta(microseconds=1), id="exactly the limit is within"),
        pytest.param(0, dt.timedelta(microseconds=1), id="every wait is over a limit of nothing"),
        pytest.param(None, None, id="no limit"),
    ],
)
def test_waits_over_the_limit(limit_s: int | None, shortest: dt.timedelta | None) -> None:
    """The first microsecond beyond the limit is over it."""
    assert shortest_over_limit(limit_s) == shortest


@pytest.mark.parametrize(
    ("told", "ends_at"),
    [
        pytest.param(T - HOUR, T - HOUR, id="dated back to what is told"),
        pytest.param(T, T, id="now"),
        pytest.param(T + dt.timedelta(microseconds=1), T, id="told by a clock ahead of ours"),
        pytest.param(None, T, id="without an instant"),
    ],
)
def test_end_of_a_grant(told: dt.datetime | None, ends_at: dt.datetime) -> None:
    """What is told counts, but never later than now."""
    assert end_of_grant(told, T) == ends_at


PLACE = NamedPlace("alpha", "dc", "H100", 4, T.replace(day=1, hour=15), dt.datetime(2026, 4, 1, 15, tzinfo=dt.UTC))
"""Four H100 for two units of H100x2, from 2 October 2025 for six months."""


@pytest.mark.parametrize(
    ("now_is", "outdated"),
    [
        pytest.param(grant(), False, id="as it was drafted"),
        pytest.param(grant("placed"), True, id="placed by another draft"),
        pytest.param(grant("ended"), True, id="ended"),
        pytest.param(replace(grant(), units=1), True, id="fewer units, the old cards"),
        pytest.param(replace(grant(), months=5), True, id="fewer months, the old end"),
        pytest.param(replace(grant(), units=1, months=5), True, id="fewer of both"),
    ],
)
def test_a_draft_is_of_the_grant_as_it_was(now_is: Grant, outdated: bool) -> None:
    """The cards must be what its units are given now, the end what its months give now."""
    assert is_outdated(now_is, PLACE, product(), SubstitutionPolicy(())) is outdated


def test_a_substitute_is_a_place_as_long_as_the_programme_allows_it() -> None:
    """Eight A100 for two H100: as drafted; once the programme allows no substitution, no longer."""
    place = replace(PLACE, card_type="A100", cards=16)
    allowed = SubstitutionPolicy((("H100", "A100", 4),))
    assert is_outdated(grant(), place, product(), allowed) is False
    assert is_outdated(grant(), place, product(), SubstitutionPolicy(())) is True


def test_latest_end_of_a_session() -> None:
    """Its declared maximum after it got its cards; never without one, and not for a fixed one."""
    assert latest_end(T, 3_600, "dynamic") == T + HOUR
    assert latest_end(T, None, "dynamic") is latest_end(T, 3_600, "fixed") is None


@pytest.mark.parametrize(
    ("ends_at", "requested_at", "at"),
    [
        pytest.param(None, T, T + 2 * HOUR, id="its grant goes on"),
        pytest.param(T + HOUR, T, T + HOUR, id="its grant ended before"),
        pytest.param(T - HOUR, T, T, id="never before its request"),
        pytest.param(T + 3 * HOUR, T, T + 2 * HOUR, id="its grant ends later"),
    ],
)
def test_when_a_wait_ended(ends_at: dt.datetime | None, requested_at: dt.datetime, at: dt.datetime) -> None:
    """Now, or with its grant."""
    queue = PoolQueue("p", "dynamic", (), entitled={"A": Entitled("A", 1, 1, 1, T, ends_at)})
    waiting = replace(queue, waiting=(Request("S-1", "A", 1, 1, requested_at, 1),))
    assert [wait.ended_at for wait in waits_over(waiting, T + 2 * HOUR, ("S-1",))] == [at]


def test_how_a_place_is_priced() -> None:
    """BL-4: 8 A100 for H100x2: eight A100 by the card, one H100x2 by the product."""
    assert priced_as(product(by_card=True), "A100", 8, 1) == Priced("A100", 8)
    assert priced_as(product(), "A100", 8, 1) == Priced("H100x2", 1)


def test_who_is_placed_first() -> None:
    """The rank over all tracks, else the track's own, else last."""
    assert [placement_rank(12, 3), placement_rank(None, 3), placement_rank(None, None)] == [12, 3, LAST_RANK]


def test_whole_servers() -> None:
    """A card product needs none; a server product the programme's servers, else its own unit."""
    by_server = product(whole=True)
    assert whole_server_cards(product(), 8) == 0
    assert [whole_server_cards(by_server, 8), whole_server_cards(by_server, None)] == [8, 2]


def test_grants_are_only_lowered() -> None:
    """At least one of units and months goes down, none up; units only before placement."""
    wanted = [(2, 5), (1, 6), (2, 6), (1, 7), (3, 1)]
    assert [is_lowered(grant(), *each) for each in wanted] == [True, True, False, False, False]
    assert [may_lose_units(grant("awaiting")), may_lose_units(grant("placed"))] == [True, False]


def test_payable_by_the_notice_or_by_an_officer() -> None:
    """Pass is payable, fail is not, doubt waits for an officer and then follows the decision."""
    assert [is_payable("pass", None), is_payable("fail", True), is_payable("officer", None)] == [True, False, None]
    assert [is_payable("officer", True), is_payable("officer", False)] == [True, False]


def test_next_calls() -> None:
    """F-62: what brings a grant or session on, nothing where nothing does."""
    assert [next_of_grant("A", "awaiting"), next_of_grant("A", "placed"), next_of_grant("A", "active")] == [
        "POST /allocator/v1/placements", "POST /allocator/v1/grants/A/activate", "",
    ]  # fmt: skip
    assert [next_of_session("S-1", state) for state in ("waiting", "running", "released")] == [
        "POST /allocator/v1/sessions/S-1/withdraw", "POST /allocator/v1/sessions/S-1/release", "",
    ]  # fmt: skip


def test_a_place_is_payable_where_every_offer_behind_it_is() -> None:
    """One that fails, or that nobody decided yet, is enough against it."""
    assert [is_place_payable(each) for each in ([True, True], [True, False], [None], [])] == [True, False, False, True]


def test_a_grant_whose_period_was_over_ended_then() -> None:
    """F-34: ended by an officer after its period: the period's end counts; before it the officer's word."""
    used = replace(grant("active"), ends_at=T)
    assert ending_of(used, None, "포기", T + HOUR) == (T, "period_over")
    assert ending_of(used, None, "포기", T - HOUR) == (T - HOUR, "포기")
    assert ending_of(used, T - HOUR, "포기", T + HOUR) == (T - HOUR, "포기")
    assert ending_of(replace(used, state="placed"), None, "포기", T + HOUR) == (T + HOUR, "포기")


def test_a_delivery_at_the_end_comes_too_late() -> None:
    """The period is half-open."""
    assert [is_period_over(T, T - HOUR), is_period_over(T, T)] == [False, True]


def test_where_a_lowered_grant_ends() -> None:
    """AL-16: Its months run from its start, else from the wished day; a grant in use does not end in the past."""
    started = replace(grant("active"), starts_at=dt.datetime(2025, 10, 31, 15, tzinfo=dt.UTC))
    assert lowered_end(grant(), 3) == dt.datetime(2025, 12, 31, 15, tzinfo=dt.UTC)
    assert lowered_end(started, 1) == dt.datetime(2025, 11, 30, 15, tzinfo=dt.UTC)
    assert [ends_in_past(started, T - HOUR, T), ends_in_past(started, T, T)] == [True, False]
    assert not ends_in_past(grant("placed"), T - HOUR, T)


def test_cards_of_a_grant_before_and_after_its_placement() -> None:
    """As asked by its product, then as placed."""
    placed = replace(grant("placed"), cards=16, card_type="A100")
    assert [granted_cards(each, product()) for each in (grant(), placed)] == [(4, "H100"), (16, "A100")]


def test_the_oldest_wait_in_whole_seconds() -> None:
    """Cut to seconds; nobody waits in an empty queue, and no wait is negative."""
    late = T + dt.timedelta(seconds=1, microseconds=999_999)
    assert [waited_s(T, late), waited_s(None, T), waited_s(late, T)] == [1, 0, 0]


def test_the_use_period_is_half_open() -> None:
    """AL-9: units are asked for from the start to before the end."""
    assert [is_in_use_period(T, T + HOUR, at) for at in (T - HOUR, T, T + HOUR)] == [False, True, False]


def test_a_pool_ends_its_part_of_a_grant_and_nothing_before_it_began() -> None:
    """Sessions and waits of the grant end at its end; those that began later end when they began."""
    early, late = (Running(name, "A", 1, (), T, at) for name, at in (("S-1", T), ("S-2", T + 2 * HOUR)))
    other = Running("S-3", "B", 1, (), T, T)
    waiting = Request("S-4", "A", 1, 1, T + 2 * HOUR, 4)
    queue = PoolQueue("p", "dynamic", (), (early, late, other), (waiting,))
    ended, gone = ends_with_grant(queue, "A", T + HOUR)
    assert [(e.session.session_id, e.released_at) for e in ended] == [("S-1", T + HOUR), ("S-2", T + 2 * HOUR)]
    assert [(wait.request, wait.ended_at) for wait in gone] == [(waiting, T + 2 * HOUR)]


def test_a_fault_lies_behind_and_its_report_ahead() -> None:
    """AL-11: three days from the fault, for a switch to fixed alone; the oldest missing report is the next."""
    fault = dt.datetime(2025, 9, 1, 1, tzinfo=dt.UTC)
    assert [is_fault_ahead(None, T), is_fault_ahead(T, T), is_fault_ahead(T + HOUR, T)] == [False, False, True]
    assert report_due_at("fixed", fault, 3) == dt.datetime(2025, 9, 4, 15, tzinfo=dt.UTC)
    assert report_due_at("dynamic", fault, 3) is report_due_at("fixed", fault, None) is None
    back = PoolSwitch(1, "p", "dynamic", T, None, None, "", "", 1, None, None, None, None)
    told = PoolSwitch(2, "p", "fixed", T, T, T, "", "", 1, T, "", "", "")
    first, second = (PoolSwitch(no, "p", "fixed", T, T, T, "", "", 1, None, None, None, None) for no in (3, 4))
    assert unreported_switch([back, told, first, second]) == first
    assert unreported_switch([back, told]) is None


def test_a_newcomer_takes_its_own_part_of_a_switch() -> None:
    """What others lack is not given by it again."""
    mine, other = Lacking("A", 1, ()), Lacking("B", 1, ())
    assert newcomers_part(Switch((), lacking=(other, mine)), "A") == Switch((), lacking=(mine,))
