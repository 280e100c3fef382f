"""RV-14: the same inputs, the same bytes."""

import hashlib

import pytest

from services.review.rules.freezing import freeze


@pytest.mark.rule("RV-14")
def test_same_inputs_same_bytes() -> None:
    """The order in which a map was filled changes neither the bytes nor the hash."""
    canonical, digest = freeze({"b": 1, "a": "가", "c": [None, True]})
    assert (canonical, digest) == freeze({"c": [None, True], "a": "가", "b": 1})
    assert canonical == '{"a":"가","b":1,"c":[null,true]}'.encode()
    assert digest == hashlib.sha256(canonical).hexdigest()


@pytest.mark.rule("RV-14")
def test_one_changed_score_changes_the_hash() -> None:
    """A hundredth of a point more is another hash."""
    assert freeze({"score": "83.10"})[1] != freeze({"score": "83.11"})[1]


@pytest.mark.rule("RV-14")
def test_floats_are_refused() -> None:
    """A float anywhere in a run is a bug."""
    with pytest.raises(TypeError, match="no float"):
        freeze({"rows": [{"score": 83.1}]})
