"""Rows in PostgreSQL's binary COPY form, packed a column at a time: numpy lays all of a batch's rows at once.

A row is a count of columns, then for each column its length in bytes (−1: NULL) and its value. Texts of unequal
length are laid as wide as the longest, and what a shorter one leaves empty is cut out at the end. An event and its
hour take 1.4 µs so, and 2.4 µs packed row by row.
"""

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from services.metering.model.time import us_of
from services.metering.model.usage import HourColumns, UsageColumns

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
PG_EPOCH_US = us_of(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
DIGEST_BYTES = 16
ROWS_AT_ONCE = 1_000
"""One long text widens the rows laid with it, and no others."""

EVENT_COLUMNS = (
    "provider_id",
    "event_id",
    "batch_no",
    "hour",
    "units",
    "held_s",
    "utilisation_bp",
    "digest",
    "grant_id",
    "session_id",
    "evidence",
    "corrects",
)
HOUR_COLUMNS = (
    "provider_id",
    "grant_id",
    "session_id",
    "hour",
    "held_s",
    "held_unit_s",
    "utilisation_weight",
    "events",
)

Array = np.ndarray[Any, np.dtype[Any]]


class _Column(NamedTuple):
    """One column of all rows: its values, or the one that all rows have, and how many bytes of each are the value."""

    kind: str
    """Of numpy; its width is that of the widest value."""
    values: Array | Sequence[int] | int | bytes
    lengths: Array | int
    """Each row's, where they differ."""


def event_rows(provider_id: str, batch_no: int, usages: UsageColumns) -> bytes:
    """Events as rows of `usage_event`."""
    spans = [slice(first, first + ROWS_AT_ONCE) for first in range(0, len(usages.event_ids), ROWS_AT_ONCE)]
    some = [UsageColumns._make(column[span] for column in usages) for span in spans]
    parts = [_event_part(provider_id, batch_no, each) for each in some]
    return b"".join([HEADER, *parts, TRAILER])


def _event_part(provider_id: str, batch_no: int, usages: UsageColumns) -> bytes:
    columns = (
        _text(provider_id),
        _texts(usages.event_ids),
        _Column(">i8", batch_no, 8),
        _instants(usages.hours),
        _Column(">i4", usages.units, 4),
        _Column(">i2", usages.held_s, 2),
        _Column(">i2", usages.utilisation_bp, 2),
        _Column(f"S{DIGEST_BYTES}", _even(usages.digests, DIGEST_BYTES), DIGEST_BYTES),
        _texts(usages.grant_ids),
        _texts(usages.session_ids),
        _texts(usages.evidence),
        _texts_or_null(usages.corrects),
    )
    return _cut(_laid(len(usages.event_ids), columns), columns)


def hour_rows(provider_id: str, hours: HourColumns) -> bytes:
    """Hour totals as rows of `usage_hour`, in the order of its key."""
    columns = (
        _text(provider_id),
        _texts(hours.grant_ids),
        _texts(hours.session_ids),
        _instants(hours.hours),
        _Column(">i4", hours.held_s, 4),
        _Column(">i8", hours.held_unit_s, 8),
        _Column(">i8", hours.utilisation_weight, 8),
        _Column(">i4", hours.events, 4),
    )
    rows = _laid(len(hours.hours), columns)[_key_order(hours)]
    return b"".join([HEADER, _cut(rows, columns), TRAILER])


def _key_order(hours: HourColumns) -> Array:
    """The places of the rows in the order of their key: ranks are cheaper to sort than texts and instants."""
    owners = list(zip(hours.grant_ids, hours.session_ids, strict=True))
    instants = {hour: rank for rank, hour in enumerate(sorted(set(hours.hours)))}
    ranks = {owner: rank * len(instants) for rank, owner in enumerate(sorted(set(owners)))}
    return np.argsort([ranks[owner] + instants[hour] for owner, hour in zip(owners, hours.hours, strict=True)])


def _laid(rows: int, columns: Sequence[_Column]) -> Array:
    fields = [("columns", ">i2")]
    for place, column in enumerate(columns):
        fields += [(f"length{place}", ">i4"), (f"value{place}", column.kind)]
    table = np.empty(rows, fields)
    table["columns"] = len(columns)
    for place, column in enumerate(columns):
        table[f"length{place}"] = column.lengths
        table[f"value{place}"] = column.values
    return table


def _cut(table: Array, columns: Sequence[_Column]) -> bytes:
    """The rows as bytes, without what shorter texts leave empty."""
    uneven = [place for place, column in enumerate(columns) if not isinstance(column.lengths, int)]
    if not uneven:
        return table.tobytes()
    table = np.ascontiguousarray(table)
    kept = np.ones((len(table), table.itemsize), bool)
    layout: Mapping[str, Any] = table.dtype.fields or {}
    for place in uneven:
        kind, first = layout[f"value{place}"]
        filled = np.arange(kind.itemsize) < table[f"length{place}"][:, np.newaxis]
        kept[:, first : first + kind.itemsize] = filled
    return table.view(np.uint8).reshape(kept.shape)[kept].tobytes()


def _text(text: str) -> _Column:
    encoded = text.encode()
    return _Column(f"S{len(encoded)}", encoded, len(encoded))


def _texts(texts: Sequence[str]) -> _Column:
    together = "".join(texts)
    if together.isascii() and len(lengths := set(map(len, texts))) == 1:
        length = lengths.pop()
        return _Column(f"S{length}", _even([together.encode()], length), length)
    return _encoded([text.encode() for text in texts])


def _texts_or_null(texts: Sequence[str | None]) -> _Column:
    if texts.count(None) == len(texts):
        return _Column("S0", b"", -1)
    column = _encoded([(text or "").encode() for text in texts])
    return column._replace(lengths=np.where([text is None for text in texts], -1, column.lengths))


def _encoded(texts: Sequence[bytes]) -> _Column:
    lengths = np.array(list(map(len, texts)), np.int32)
    kind = f"S{lengths.max(initial=0)}"
    return _Column(kind, np.array(texts, kind), lengths)


def _even(values: Sequence[bytes], length: int) -> Array | bytes:
    return np.frombuffer(b"".join(values), f"S{length}") if length else b""


def _instants(instants: Sequence[dt.datetime]) -> _Column:
    since = {instant: us_of(instant) - PG_EPOCH_US for instant in set(instants)}
    return _Column(">i8", [since[instant] for instant in instants], 8)
