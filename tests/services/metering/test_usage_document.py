"""How a batch is read: typed, item by item where it must be, with digests that agree with RFC 8785."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.common.errors import Invalid
from services.metering.model.usage import ReadBatch
from services.metering.routes.usage_document import ITEMS_MAX, read_batch
from services.metering.routes.usage_views import UsageItem
from tests.services.metering.meters import kst, usage_item

HOUR = kst(1, 10)


def read(*items: Any) -> ReadBatch:
    """Read items as alpha's."""
    return read_batch(json.dumps(list(items)).encode(), "alpha")


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    "item",
    [
        pytest.param({**usage_item("e", HOUR), "specversion": "0.3"}, id="another CloudEvents version"),
        pytest.param({**usage_item("e", HOUR), "type": "kr.dure.usage.reported.v2"}, id="another type"),
        pytest.param({**usage_item("e", HOUR), "source": "/providers/beta"}, id="another provider's source"),
        pytest.param({**usage_item("e", HOUR), "subject": "A-000002"}, id="another subject than the grant"),
        pytest.param({**usage_item("e", HOUR), "id": ""}, id="no id"),
        pytest.param({**usage_item("e", HOUR), "data": None}, id="no data"),
        pytest.param(usage_item("e", "2025-10-01T10:00:00"), id="an hour without offset"),
        pytest.param(usage_item("e", "9999-12-31T23:30:00Z"), id="an hour beyond the calendar"),
        pytest.param(usage_item("e", HOUR, units="8"), id="units as text"),
        pytest.param(usage_item("e", HOUR, units=7.5), id="half a unit"),
        pytest.param(usage_item("e", HOUR, units=True), id="units as truth value"),
        pytest.param(usage_item("e", HOUR, units=-5), id="minus five units"),
        pytest.param(usage_item("e", HOUR, units=10**30), id="units beyond all grants"),
        pytest.param(usage_item("e", HOUR, held_s=3601), id="more than an hour"),
        pytest.param(usage_item("e", HOUR, utilisation_pct=101), id="more than full"),
        pytest.param(usage_item("e\x00", HOUR), id="NUL in an id"),
        pytest.param(usage_item("e", HOUR, evidence="x" * 501), id="evidence too long"),
        pytest.param(
            {**usage_item("e", HOUR), "data": {**usage_item("e", HOUR)["data"], "more": 1}}, id="an unknown field"
        ),
        pytest.param(5, id="a number"),
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
    ],
)
def test_one_bad_item_never_refuses_its_batch(item: Any) -> None:
    """The bad item alone is unreadable; those around it are read, each at its place."""
    batch = read(usage_item("a", HOUR), item, usage_item("b", HOUR))
    assert [usage.event_id for usage in batch.usages] == ["a", "b"]
    assert batch.places == [0, 2]
    assert [bad.place for bad in batch.unreadable] == [1]


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "usage_batch_malformed", id="nothing"),
        pytest.param(b"{}", "usage_batch_malformed", id="an object"),
        pytest.param(b"[{}", "usage_batch_malformed", id="cut off"),
        pytest.param(b"[\xff]", "usage_batch_malformed", id="no UTF-8"),
        pytest.param(b"[" + b"{}," * ITEMS_MAX + b"{}]", "usage_batch_too_long", id="10,001 items"),
    ],
)
def test_a_body_that_is_no_batch(body: bytes, code: str) -> None:
    """What is no JSON array of at most 10,000 items is refused whole."""
    with pytest.raises(Invalid) as refused:
        read_batch(body, "alpha")
    assert refused.value.code == code


@pytest.mark.rule("MT-1")
def test_an_empty_batch_is_a_batch() -> None:
    """No items: nothing to do."""
    assert read().usages == []


@pytest.mark.rule("MT-1")
def test_extension_attributes_are_let_pass() -> None:
    """CloudEvents producers may add attributes; the data stays closed."""
    batch = read({**usage_item("a", HOUR), "traceparent": "00-1", "time": "2025-10-01T02:00:00Z"})
    assert len(batch.usages) == 1


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=6)
numbers = st.one_of(st.integers(0, 100), st.sampled_from([0.0, -0.0, 87.5, 1e1, 3.14159, 5e-7, 1e-7, 99.99]))
data = st.fixed_dictionaries(
    {
        "grant_id": st.just("A-1"),
        "hour": st.sampled_from(["2025-10-01T10:00:00Z", "2025-10-01T19:00:00+09:00"]),
        "units": st.sampled_from([1, 1.0, 2]),
        "held_s": st.sampled_from([3600, 3600.0, 36e2, 60]),
        "utilisation_pct": numbers,
        "evidence": st.one_of(st.just(""), texts),
    },
    optional={"session_id": st.one_of(st.none(), texts), "corrects": st.one_of(st.none(), texts)},
)


@pytest.mark.rule("MT-2")
@settings(max_examples=400, deadline=None)
@given(data, data, st.booleans())
def test_digests_agree_with_rfc_8785(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    """Two items have the same digest exactly where subject, type and data have the same RFC 8785 form."""
    if same:
        other = dict(reversed(one.items()))
    items = [{**usage_item("e", HOUR), "subject": "A-1", "data": each} for each in (one, other)]
    left, right = read(*items).usages
    canonical = [rfc8785.dumps({name: item[name] for name in ("subject", "type", "data")}) for item in items]
    assert (left.digest == right.digest) == (canonical[0] == canonical[1])


@pytest.mark.rule("MT-1")
@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*usage_item("e", HOUR), "extension"]),
        st.one_of(st.none(), st.integers(), texts, st.just("1.0"), st.just({})),
        max_size=2,
    ),
    st.dictionaries(
        st.sampled_from([*usage_item("e", HOUR)["data"], "extra"]),
        st.one_of(st.none(), st.integers(-5, 5000), st.floats(0, 200), st.booleans(), texts, st.just("x" * 501)),
        max_size=2,
    ),
    st.sets(st.sampled_from([*usage_item("e", HOUR)["data"]]), max_size=1),
)
def test_the_documented_model_agrees_with_the_decoder(
    outer: dict[str, Any], inner: dict[str, Any], missing: set[str]
) -> None:
    """What the documented model refuses by form the decoder refuses, and what it takes the decoder takes."""
    item = usage_item("e", HOUR)
    item["data"] = {name: value for name, value in (item["data"] | inner).items() if name not in missing}
    item |= outer
    batch = read(item)
    malformed = any(bad.refusal.code == "usage_item_malformed" for bad in batch.unreadable)
    try:
        UsageItem.model_validate_json(json.dumps([item])[1:-1])
    except ValidationError:
        assert malformed
    else:
        assert not malformed
