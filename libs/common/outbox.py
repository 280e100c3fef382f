"""The outbox: an event row is written in the same transaction as the change, and relayed in order afterwards.

Outbox rows are kept: they are the log of record from which a lost broker or a new consumer is rebuilt.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from libs.common import log
from libs.common.bus import EVENT_BYTES_MAX, Bus, Message, MessageRefused
from libs.common.db import Database, Tx
from libs.common.errors import EventOutOfBounds, EventTooLarge
from libs.common.events.bounds import breach_of
from libs.common.events.envelope import Event, wrap
from libs.common.handed import HANDED_BYTES_MAX, oldest
from libs.common.turn import keeping_turn, try_turn

CHANNEL = "outbox"
COUNTED_MAX = 100_000
DATA_BYTES_MAX = EVENT_BYTES_MAX - 4 * 1024
"""What an event's own data may take: its envelope adds ids and times."""

_INSERT = text(
    "WITH said AS (INSERT INTO outbox (event_id, topic, key, type, envelope, headers, said_at)"
    " SELECT * FROM unnest(cast(:ids AS text[]), cast(:topics AS text[]), cast(:keys AS text[]),"
    " cast(:types AS text[]),"
    " cast(:envelopes AS text[]), cast(:headers AS jsonb[]), cast(:ats AS timestamptz[])))"
    f" SELECT pg_notify('{CHANNEL}', '')"
)


async def say(tx: Tx, *events: Event, now: dt.datetime) -> None:
    """Append events to the outbox, in order, in this transaction; the relay is woken when it commits.

    Raises EventOutOfBounds for one that no reader would take (CV-10), and EventTooLarge for one that no bus would:
    it would stop all that follow it.
    """
    for event in events:
        _check_bounds(event)
    envelopes = [
        wrap(
            event,
            now=now,
            correlation_id=log.correlation_id.get(),
            causation_id=log.causation_id.get(),
            traceparent=log.traceparent.get(),
        )
        for event in events
    ]
    rows: list[tuple[str, str, str, str, str, dict[str, str]]] = [
        (e.id, event.topic(), e.subject, e.type, e.model_dump_json(exclude_none=True), {})
        for e, event in zip(envelopes, events, strict=True)
    ]
    for _, _, key, kind, envelope, _ in rows:
        if (size := len(envelope.encode())) > EVENT_BYTES_MAX:
            raise EventTooLarge(kind, key, size, EVENT_BYTES_MAX)
    await append(tx, rows, now)


def _check_bounds(event: Event) -> None:
    if (breach := breach_of(event)) is not None:
        path, wanted = breach
        raise EventOutOfBounds(event.TYPE, event.key(), path, wanted.en, wanted.ko)


def fits(event: Event) -> bool:
    """Whether an event can be said in one piece."""
    return len(event.model_dump_json().encode()) <= DATA_BYTES_MAX


async def append(tx: Tx, rows: Sequence[tuple[str, str, str, str, str, dict[str, str]]], now: dt.datetime) -> None:
    """Append raw rows (event id, topic, key, type, envelope JSON, headers) to the outbox."""
    if not rows:
        return
    ids, topics, keys, types, envelopes, headers = zip(*rows, strict=True)
    await tx.execute(
        _INSERT,
        {
            "ids": list(ids),
            "topics": list(topics),
            "keys": list(keys),
            "types": list(types),
            "envelopes": list(envelopes),
            "headers": [json.dumps(h) for h in headers],
            "ats": [now] * len(rows),
        },
    )


_WAITING = oldest("outbox", "published_at IS NULL")
_ANY_WAITING = text("SELECT EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL)")
_MARK = text(
    "WITH marked AS (UPDATE outbox SET published_at = :now WHERE id = ANY(:ids) RETURNING 1)"
    " UPDATE relay_count SET published = published + (SELECT count(*) FROM marked)"
)


COPY = "dead"
"""The type of a row that is a dead letter's copy and no event of ours."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one round of a relay published, and whether more rows wait that were too many bytes for it."""

    count: int
    cut: bool


class RowRefused(Exception):
    """The bus refuses one row for its own sake; those before it are published and marked, those after it wait."""

    def __init__(self, row_id: int, message: Message, published: int, why: str) -> None:
        super().__init__(f"the bus refuses row {row_id} of the outbox, on {message.topic}: {why}")
        self.row_id = row_id
        self.message = message
        self.published = published


async def relay_once(db: Database, bus: Bus, now: dt.datetime, limit: int = 1000, takeover_s: float = 0) -> int:
    """Publish the oldest unpublished rows, as `relay_batch` does; returns how many."""
    return (await relay_batch(db, bus, now, limit, takeover_s)).count


async def relay_batch(db: Database, bus: Bus, now: dt.datetime, limit: int = 1000, takeover_s: float = 0) -> Relayed:
    """Publish the oldest unpublished rows and mark them after the bus's acknowledgement.

    One relay works at a time per database, so that order within a key holds. Rows are selected by being
    unpublished, never by "id greater than the last": identity order is not commit order. A crash between
    acknowledgement and mark publishes again; the inbox makes that harmless, as it does where a relay that hung
    goes on after another took over: both publish the same rows in the same order. Raises RowRefused.
    """
    async with db.transaction() as tx:
        if not await try_turn(tx, "outbox-relay", takeover_s):
            return Relayed(0, cut=False)
        rows = (await tx.execute(_WAITING, {"limit": limit})).all()
        if not rows:
            return Relayed(0, cut=False)
        messages = [Message(row.topic, row.key, row.envelope, row.headers) for row in rows]
        refused: MessageRefused | None = None
        try:
            async with keeping_turn(tx, takeover_s):
                await bus.publish(messages)
        except MessageRefused as error:
            refused = error  # raised once those before it are marked
        safe = len(rows) if refused is None else refused.safe
        if safe:
            await tx.execute(_MARK, {"now": now, "ids": [row.id for row in rows[:safe]]})
    if refused is not None:
        raise RowRefused(rows[safe].id, messages[safe], safe, str(refused)) from refused
    return Relayed(len(rows), cut=rows[-1].so_far >= HANDED_BYTES_MAX)


async def put_aside(tx: Tx, row_id: int, now: dt.datetime) -> tuple[str, Message] | None:
    """Count a row as published without publishing it; returns its type and what it says, none where it is published."""
    query = text(
        "UPDATE outbox SET published_at = :now WHERE id = :id AND published_at IS NULL"
        " RETURNING type, topic, key, envelope"
    )
    row = (await tx.execute(query, {"id": row_id, "now": now})).first()
    return None if row is None else (row.type, Message(row.topic, row.key, row.envelope))


async def publish_again(tx: Tx, event_id: str) -> None:
    """Have one event published (again), behind whatever is being published now."""
    await tx.execute(text("UPDATE outbox SET published_at = NULL WHERE event_id = :id"), {"id": event_id})
    await tx.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))


async def pending(tx: Tx) -> dict[str, Any]:
    """How many rows wait for the relay (at most 100,000 are counted), and since when."""
    query = text(
        "SELECT count(*) AS rows, min(said_at) AS oldest FROM"
        " (SELECT said_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT :most) AS waiting"
    )
    row = (await tx.execute(query, {"most": COUNTED_MAX})).one()
    return {"rows": row.rows, "oldest_said_at": row.oldest}


async def has_unpublished(tx: Tx) -> bool:
    """Whether any row waits for the relay."""
    return bool((await tx.execute(_ANY_WAITING)).scalar())


async def published(tx: Tx) -> int:
    """How many events the bus has acknowledged; one that is replayed counts again."""
    return int((await tx.execute(text("SELECT published FROM relay_count"))).scalar_one())


async def replay(tx: Tx, from_at: dt.datetime, topic: str | None = None) -> int:
    """Have everything said since an instant published again; returns how many rows. Inboxes drop what they know."""
    result = await tx.execute(
        text(
            "UPDATE outbox SET published_at = NULL"
            " WHERE said_at >= :at AND (cast(:topic AS text) IS NULL OR topic = :topic)"
        ),
        {"at": from_at, "topic": topic},
    )
    await tx.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))
    return result.rowcount
