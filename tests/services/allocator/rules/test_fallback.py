"""AL-11: what a pool does when dynamic assignment fails, and when it works again."""

from dataclasses import replace

import pytest

from services.allocator.model.queue import Entitled
from services.allocator.rules.fallback import turn_dynamic, turn_fixed
from services.allocator.rules.queue import decide_pool
from tests.services.allocator.rules.test_queue import T0, asks, hours, pool, runs


def h100x2(*grants: str) -> dict[str, Entitled]:
    """Grants of one unit of two cards, ranked as given."""
    return {g: Entitled(g, 1, 2, rank, T0) for rank, g in enumerate(grants, 1)}


@pytest.mark.rule("AL-11")
def test_the_worked_example() -> None:
    """4 H100; A (rank 1) idle, B and C run 2 each: B and C keep theirs, A waits from the switch."""
    running = (replace(runs("B", 0, 1), units=1), replace(runs("C", 2, 3), units=1))
    switch = turn_fixed(replace(pool(4, running=running), entitled=h100x2("A", "B", "C")), hours(1))
    assert [(c.before.session_id, c.mode) for c in switch.continued] == [("B", "fixed"), ("C", "fixed")]
    assert [(lack.grant_id, lack.cards) for lack in switch.lacking] == [("A", ())]


@pytest.mark.rule("AL-11")
def test_one_that_does_not_fit_is_passed_over_and_the_next_is_tried() -> None:
    """Three cards free: A lacks 4 and waits, B gets its 2 although it ranks behind."""
    entitled = h100x2("B") | {"A": Entitled("A", 2, 2, 0, T0)}
    switch = turn_fixed(replace(pool(3), entitled=entitled), hours(1))
    assert [(lack.grant_id, len(lack.cards)) for lack in switch.lacking] == [("A", 0), ("B", 2)]


@pytest.mark.rule("AL-11")
def test_equal_ranks_are_served_by_agreement_time() -> None:
    """Two grants of one rank: the earlier agreement gets the cards."""
    entitled = {"A": Entitled("A", 1, 2, 1, hours(2)), "B": Entitled("B", 1, 2, 1, hours(1))}
    switch = turn_fixed(replace(pool(2), entitled=entitled), hours(3))
    assert [(lack.grant_id, len(lack.cards)) for lack in switch.lacking] == [("B", 2), ("A", 0)]


@pytest.mark.rule("AL-11")
def test_an_open_request_starts_and_its_wait_keeps_its_beginning() -> None:
    """A asked at 08:00: at the switch its request itself starts as fixed; another without cards waits by its own."""
    waiting = (replace(asks("A", 2, 1), units=1), replace(asks("B", 2, 2), units=1))
    switch = turn_fixed(replace(pool(2, waiting=waiting), entitled=h100x2("A", "B")), hours(5))
    assert [(s.request.session_id, s.request.requested_at, s.mode) for s in switch.started] == [("A", T0, "fixed")]
    assert switch.lacking == ()


@pytest.mark.rule("AL-11")
def test_a_grant_with_part_of_its_cards_gets_the_rest_beside_them() -> None:
    """One of two units runs: the other is given as a fixed session of its own."""
    queue = replace(pool(4, running=(replace(runs("A", 0, 1), units=1),)), entitled={"A": Entitled("A", 2, 2, 1, T0)})
    switch = turn_fixed(queue, hours(1))
    assert [(lack.units, len(lack.cards)) for lack in switch.lacking] == [(1, 2)]


@pytest.mark.rule("AL-11")
def test_a_fixed_session_does_not_end_at_its_maximum_duration() -> None:
    """Fixed cards stay until the pool is switched back, used or not."""
    fixed = replace(runs("A", 0, long_h=1), mode="fixed")
    assert decide_pool(pool(1, "A", running=(fixed,), mode="fixed"), hours(9)).ended == ()


@pytest.mark.rule("AL-11")
def test_switching_back_keeps_what_was_asked_for_and_stops_the_rest() -> None:
    """An hour of two is left to A; B's was over; C only got cards by the switch, D only waited by it."""
    running = tuple(
        replace(session, mode="fixed", origin=origin)
        for session, origin in (
            (runs("A", 0, long_h=2), "request"),
            (runs("B", 1, long_h=1), "request"),
            (runs("C", 2), "switch"),
        )
    )
    waiting = (replace(asks("D", 1, 1), origin="switch"), asks("E", 1, 2))
    switch = turn_dynamic(pool(3, *"ABCDE", running=running, waiting=waiting, mode="fixed"), hours(1))
    assert [(c.before.session_id, c.mode, c.max_duration_s) for c in switch.continued] == [("A", "dynamic", 3600)]
    assert [s.session_id for s in switch.stopped] == ["B", "C"]
    assert [r.session_id for r in switch.withdrawn] == ["D"]
