"""When a proposal can be confirmed (BL-13)."""

import datetime as dt

import pytest

from libs.common.keys import is_one_person
from libs.common.proposals.model import Outcome, Proposal
from libs.common.proposals.rules import confirmation_refusal, expiry, fingerprint

AT = dt.datetime(2025, 11, 3, 1, tzinfo=dt.UTC)
SEEN = {"left_krw": 1_000, "levels": [80, 90]}
PROPOSAL = Proposal("P-1", "k", "budget", "p", {}, {}, SEEN, fingerprint(SEEN), "왜", "kim", AT, expiry(AT))


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param("kim", True, id="the same subject"),
        pytest.param("Kim", True, id="other letters of the same"),
        pytest.param("k\u200bim", True, id="with a zero-width space"),
        pytest.param("kim2", False, id="another subject"),
    ],
)
def test_who_is_one_person(other, same):
    """Subjects are compared as all keys are (CV-9)."""
    assert is_one_person("kim", other) is same


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("by", "seen", "at", "code"),
    [
        pytest.param("lee", SEEN, AT, None, id="another person at the same instant"),
        pytest.param("lee", {"levels": [80, 90], "left_krw": 1_000}, AT, None, id="the same state in another order"),
        pytest.param("kim", SEEN, AT, "proposer_confirms", id="its proposer"),
        pytest.param("lee", {**SEEN, "left_krw": 999}, AT, "proposal_outdated", id="one won less"),
        pytest.param("lee", SEEN, expiry(AT) - dt.timedelta(microseconds=1), None, id="a microsecond before its end"),
        pytest.param("lee", SEEN, expiry(AT), "proposal_expired", id="exactly at its end"),
    ],
)
def test_when_a_proposal_can_be_confirmed(by, seen, at, code):
    """By another, in time, while what it rests on is as it was."""
    refusal = confirmation_refusal(PROPOSAL, by, seen, at)
    assert (refusal.code if refusal else None) == code


@pytest.mark.rule("BL-13")
def test_where_a_proposal_stands():
    """Open until its end, then expired; once ended it stays as it ended, whatever the time."""
    assert [PROPOSAL.state(at) for at in (AT, PROPOSAL.expires_at)] == ["open", "expired"]
    ended = Outcome("declined", "lee", "착오", None, AT)
    assert (
        Proposal(*[getattr(PROPOSAL, n) for n in PROPOSAL.__dataclass_fields__][:-1], ended).state(PROPOSAL.expires_at)
        == "declined"
    )
