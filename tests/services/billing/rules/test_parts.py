"""Parts of a statement: which belong together, and when they are the whole."""

import datetime as dt
from dataclasses import replace

import pytest

from services.billing.model.parts import StatementPart
from services.billing.rules.parts import is_whole, part_fault

FIRST = StatementPart("alpha:p:2025-10", 1, 2, "a" * 64, (), dt.datetime(2025, 11, 5, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        pytest.param(replace(FIRST, part=2), None, id="the second of two"),
        pytest.param(replace(FIRST, part=3), "part 3 of 2", id="a third of two"),
        pytest.param(replace(FIRST, part=0), "part 0 of 2", id="none of two"),
        pytest.param(replace(FIRST, sha256="b" * 64), "different hashes", id="of another statement"),
        pytest.param(replace(FIRST, part=2, parts=3), "different hashes", id="of another number"),
    ],
)
def test_what_is_no_part_of_the_same(part, fault):
    """One number of parts and one hash for all."""
    told = part_fault(part, [FIRST])
    assert told is None if fault is None else fault in (told or "")


def test_when_a_statement_is_whole():
    """With its last part, whichever that is."""
    assert [is_whole([FIRST], 2), is_whole([FIRST, replace(FIRST, part=2)], 2)] == [False, True]
