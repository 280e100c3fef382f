"""The exact question inside RV-9, where no bound settles it and the search has to."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.rules.completion import Ask, Room
from services.review.rules.completion_search import completion


def asks(*wanted) -> list[Ask]:
    return [Ask(private, f"unit{place}", cards, won) for place, (private, cards, won) in enumerate(wanted)]


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize(
    ("missing", "cards", "won", "later", "stop", "possible"),
    [
        pytest.param(
            2,
            10,
            6,
            [(True, 7, 2), (True, 4, 3), (False, 1, 5), (True, 3, 4)],
            False,
            True,
            id="only one pair fits both",
        ),
        pytest.param(
            2, 8, 6, [(True, 4, 6), (False, 4, 6), (True, 2, 1), (True, 7, 2)], False, False, id="no pair fits both"
        ),
        pytest.param(
            3, 7, 10, [(True, 3, 1), (True, 2, 1), (True, 4, 3), (True, 1, 5)], True, True, id="before anybody stops"
        ),
        pytest.param(
            3,
            8,
            12,
            [(True, 1, 2), (True, 1, 6), (True, 7, 6), (True, 6, 2)],
            True,
            False,
            id="one stops the pool first",
        ),
        pytest.param(1, 0, 0, [], False, False, id="nobody is left to come"),
        pytest.param(0, 0, 0, [], True, True, id="nobody is missing"),
    ],
)
def test_completion(missing, cards, won, later, stop, possible) -> None:
    """Cards and won pull in different directions, and the answer is still exact."""
    room = Room(cards, won, 9, 9, {})
    assert completion(missing, asks(*later), room, stop=stop).possible is possible


@pytest.mark.rule("RV-9")
@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(0, 15),
    st.integers(0, 15),
    st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(0, 7)), max_size=8),
)
def test_against_all_choices(missing, cards, won, later) -> None:
    """The answer is that of trying every choice of so many private ones."""
    private = [(c, w) for is_private, c, w in later if is_private]
    expected = any(
        sum(c for c, _ in choice) <= cards and sum(w for _, w in choice) <= won
        for choice in itertools.combinations(private, missing)
    )
    assert completion(missing, asks(*later), Room(cards, won, 9, 9, {}), stop=False).possible is expected
