"""Rows in PostgreSQL's binary COPY form, packed by hand: the ingest's hot loop spends most of its time here."""

import datetime as dt
import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache

from services.metering.model import HourTotal, Key, Usage, us_of

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
PG_EPOCH_US = us_of(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
NULL = struct.pack(">i", -1)
DIGEST_BYTES = 16

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

_length = struct.Struct(">i").pack
_event_middle = struct.Struct(">iqiqiiihihi").pack
_hour_middle = struct.Struct(">iqiiiqiqii").pack


def event_rows(provider_id: str, batch_no: int, usages: Iterable[Usage]) -> bytes:
    """Events as rows of `usage_event`."""
    head = struct.pack(">h", len(EVENT_COLUMNS)) + _text(provider_id)
    parts = [HEADER]
    add = parts.append
    for event_id, digest, grant_id, session_id, hour, units, held_s, utilisation_bp, evidence, corrects in usages:
        name = event_id.encode()
        said = evidence.encode()
        add(head)
        add(_length(len(name)))
        add(name)
        middle = _event_middle(8, batch_no, 8, _instant(hour), 4, units, 2, held_s, 2, utilisation_bp, DIGEST_BYTES)
        add(middle)
        add(digest)
        add(_text(grant_id))
        add(_text(session_id))
        add(_length(len(said)))
        add(said)
        add(NULL if corrects is None else _text(corrects))
    add(TRAILER)
    return b"".join(parts)


def hour_rows(provider_id: str, totals: Mapping[Key, HourTotal]) -> bytes:
    """Hour totals as rows of `usage_hour`, in the order of its key."""
    head = struct.pack(">h", len(HOUR_COLUMNS)) + _text(provider_id)
    parts = [HEADER]
    for (grant_id, session_id, hour), total in sorted(totals.items(), key=_key):
        parts += (
            head,
            _text(grant_id),
            _text(session_id),
            _hour_middle(
                8,
                _instant(hour),
                4,
                total.held_s,
                8,
                total.held_unit_s,
                8,
                total.utilisation_weight,
                4,
                total.events,
            ),
        )
    parts.append(TRAILER)
    return b"".join(parts)


def _key(item: tuple[Key, HourTotal]) -> Key:
    return item[0]


@lru_cache(maxsize=16_384)
def _text(text: str) -> bytes:
    encoded = text.encode()
    return _length(len(encoded)) + encoded


@lru_cache(maxsize=4_096)
def _instant(instant: dt.datetime) -> int:
    return us_of(instant) - PG_EPOCH_US
