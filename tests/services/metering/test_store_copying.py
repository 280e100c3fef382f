"""Rows in binary COPY form: what is packed by columns reads back as the rows that went in, whatever their texts."""

import datetime as dt
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metering.model.time import us_of
from services.metering.model.usage import HourColumns, Usage, in_key_order, usage_columns
from services.metering.store.copying import EVENT_COLUMNS, HEADER, HOUR_COLUMNS, PG_EPOCH_US, event_rows, hour_rows
from tests.services.metering.meters import kst

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5)
even_texts = st.sampled_from(["alpha-1", "alpha-2"])
usages = st.lists(
    st.builds(
        Usage,
        texts | even_texts,
        st.binary(min_size=16, max_size=16),
        even_texts,
        st.sampled_from(["", "S-000001", "S-0002"]),
        st.sampled_from([kst(1, 10), kst(1, 11), dt.datetime(1999, 1, 1, tzinfo=dt.UTC)]),
        st.sampled_from([0, 8, 100_000]),
        st.sampled_from([0, 3600]),
        st.sampled_from([0, 8750, 10_000]),
        st.just("") | texts,
        st.none() | texts,
    ),
    max_size=6,
)


def read_back(rows: bytes) -> Iterator[list[bytes | None]]:
    """The values of each row."""
    assert rows.startswith(HEADER)
    at = len(HEADER)
    while (count := struct.unpack_from(">h", rows, at)[0]) != -1:
        at += 2
        row: list[bytes | None] = []
        for _ in range(count):
            length = struct.unpack_from(">i", rows, at)[0]
            at += 4
            row.append(rows[at : at + length] if length >= 0 else None)
            at += max(length, 0)
        yield row
    assert at + 2 == len(rows)


def number(value: int, size: int) -> bytes:
    """A whole number as PostgreSQL sends it."""
    return value.to_bytes(size, "big", signed=True)


@pytest.mark.rule("MT-1")
@settings(deadline=None)
@given(usages, st.booleans())
def test_events_read_back_as_they_are(events: list[Usage], twice: bool) -> None:
    """Texts of any length and script, nothing at all and NULL come out as they went in, over more than one part too."""
    events = events * 400 if twice else events
    expected: list[list[Any]] = [
        [
            "알파".encode(),
            event.event_id.encode(),
            number(7, 8),
            number(us_of(event.hour) - PG_EPOCH_US, 8),
            number(event.units, 4),
            number(event.held_s, 2),
            number(event.utilisation_bp, 2),
            event.digest,
            event.grant_id.encode(),
            event.session_id.encode(),
            event.evidence.encode(),
            None if event.corrects is None else event.corrects.encode(),
        ]
        for event in events
    ]
    assert list(read_back(event_rows("알파", 7, usage_columns(events)))) == expected
    assert all(len(row) == len(EVENT_COLUMNS) for row in expected)


@pytest.mark.rule("MT-1")
@settings(deadline=None)
@given(st.sets(st.tuples(even_texts | texts, texts, st.sampled_from([kst(1, 10), kst(1, 11), kst(1, 12)])), max_size=8))
def test_hours_read_back_in_the_order_of_their_key(keys: set[tuple[str, str, dt.datetime]]) -> None:
    """Totals come out sorted by grant, session and hour, in the order in which they are added to as well."""
    in_order = sorted(keys)
    grant_ids, session_ids, hours = ([key[place] for key in keys] for place in range(3))
    held_s = [3600 - in_order.index(key) for key in keys]
    columns = HourColumns(grant_ids, session_ids, hours, held_s, [10**12] * len(keys), held_s, [1] * len(keys))
    expected = [
        [
            b"alpha",
            grant_id.encode(),
            session_id.encode(),
            number(us_of(hour) - PG_EPOCH_US, 8),
            number(3600 - place, 4),
            number(10**12, 8),
            number(3600 - place, 8),
            number(1, 4),
        ]
        for place, (grant_id, session_id, hour) in enumerate(in_order)
    ]
    assert list(read_back(hour_rows("alpha", columns))) == expected
    assert all(len(row) == len(HOUR_COLUMNS) for row in expected)
    by_key = in_key_order(columns)
    assert list(zip(by_key.grant_ids, by_key.session_ids, by_key.hours, strict=True)) == in_order
