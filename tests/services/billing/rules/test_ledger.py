"""The ledger's postings and their chain (BL-10)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.ledger import Chained, Entry, Posting
from services.billing.rules.ledger import BEGINNING, GENESIS, UnbalancedError, balanced, chain_hash, transfer, walked

AT = dt.datetime(2025, 11, 10, tzinfo=dt.UTC)


def posting(*entries, cause="settlement.approved:x"):
    return Posting(cause, "BL-10", "hpc-2025-gpu", 1, AT, entries)


@pytest.mark.rule("BL-10")
def test_a_balanced_posting_is_taken_without_its_zero_entries():
    """Zero entries say nothing and are left out."""
    entries = (Entry("subsidy", 140_100), Entry("self", 400_000), Entry("payable", -540_100), Entry("uncovered", 0))
    assert len(balanced(posting(*entries)).entries) == 3


@pytest.mark.rule("BL-10")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(posting(Entry("a", 1)), id="one won out of nowhere"),
        pytest.param(posting(), id="no entries"),
        pytest.param(posting(Entry("a", 0)), id="only zeros"),
        pytest.param(posting(*transfer("a", "b", 5), cause=""), id="no cause"),
        pytest.param(posting(*transfer("a", "", 5)), id="an account without a name"),
    ],
)
def test_an_unbalanced_posting_is_never_made(wrong):
    """What does not sum to zero, or names nothing, is a bug and stops."""
    with pytest.raises(UnbalancedError):
        balanced(wrong)


@pytest.mark.rule("BL-10")
@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=20))
def test_any_number_of_transfers_sums_to_zero(amounts):
    """Σ accounts = 0 after any sequence of transfers."""
    entries = [entry for krw in amounts for entry in transfer("debit", "credit", krw)]
    assert sum(entry.amount_krw for entry in balanced(posting(*entries)).entries) == 0


@pytest.mark.rule("BL-10")
def test_the_chain_shows_a_change_of_any_earlier_posting():
    """Each hash covers the one before: change the first and the second no longer fits."""
    first, second = posting(*transfer("a", "b", 5)), posting(*transfer("a", "b", 7), cause="two")
    changed = posting(*transfer("a", "b", 6))
    honest = chain_hash(chain_hash(GENESIS, 1, first), 2, second)
    assert honest == chain_hash(chain_hash(GENESIS, 1, first), 2, second)
    assert honest != chain_hash(chain_hash(GENESIS, 1, changed), 2, second)


def chain(count):
    """A whole chain of so many postings."""
    found, previous = [], GENESIS
    for number in range(1, count + 1):
        told = posting(*transfer("a", "b", number), cause=str(number))
        previous = chain_hash(previous, number, told)
        found.append(Chained(number, told, previous))
    return found


@pytest.mark.rule("BL-10")
@given(st.integers(0, 8), st.integers(0, 8), st.sampled_from(["whole", "forged", "left out", "without entries"]))
def test_a_chain_walked_in_two_pieces_breaks_where_one_walk_would(at, cut, fault):
    """Wherever a page ends: the first posting that does not follow is the same, and a whole chain stays whole."""
    postings = chain(9)
    if fault == "forged":
        postings[at] = Chained(at + 1, posting(*transfer("a", "b", 99), cause=str(at + 1)), postings[at].hash)
    elif fault == "without entries":
        previous = postings[at - 1].hash if at else GENESIS
        postings[at] = Chained(at + 1, posting(), chain_hash(previous, at + 1, posting()))
    elif fault == "left out":
        del postings[at]
    pieces = walked(postings[cut:], walked(postings[:cut], BEGINNING))
    assert pieces == walked(postings, BEGINNING) or pieces.broken
    if fault == "whole" or (fault == "left out" and at == 8):
        assert not pieces.broken
    else:
        assert (pieces.broken, pieces.next_no) == (True, at + 1)
