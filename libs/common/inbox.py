"""The inbox: a consumer records the event's id and does the work in one transaction; effect exactly once.

A message that can never be handled becomes a dead letter, in the same transaction; anything else (database
away, a bug) rolls the batch back and is retried: nothing is skipped.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import text

from libs.common import log
from libs.common.bus import Message
from libs.common.db import Database, Tx
from libs.common.errors import DureError
from libs.common.events.envelope import Envelope, Event, parse
from libs.common.outbox import append

Handler = Callable[[Tx, Any, dt.datetime], Awaitable[None]]
"""`async def handler(tx, event, now)`: applies one event; raises a DureError where people must look at it."""
Handlers = Mapping[type[Event], Handler]

_log = log.get(__name__)


class DeadLetterLimit(Exception):
    """More open dead letters than allowed: the consumer stops until people have looked."""


async def consume(
    db: Database, handlers: Handlers, messages: Sequence[Message], *, now: dt.datetime, dead_letters_max: int
) -> int:
    """Handle a batch in one transaction; returns how many had an effect.

    First without a safety net, since nearly every batch is clean; if a message turns out bad, again with a
    savepoint for each, so that the bad one alone becomes a dead letter. Raises whatever is not the message's
    fault, and DeadLetterLimit.
    """
    try:
        async with db.transaction() as tx:
            return await _handle_all(tx, handlers, messages, now)
    except DureError:
        async with db.transaction() as tx:
            return await _handle_each(tx, handlers, messages, now, dead_letters_max)


async def _handle_all(tx: Tx, handlers: Handlers, messages: Sequence[Message], now: dt.datetime) -> int:
    handled = 0
    for message in messages:
        handled += await _handle(tx, handlers, message, now)
    return handled


async def _handle_each(
    tx: Tx, handlers: Handlers, messages: Sequence[Message], now: dt.datetime, dead_letters_max: int
) -> int:
    handled = 0
    for message in messages:
        try:
            async with tx.begin_nested():
                handled += await _handle(tx, handlers, message, now)
        except DureError as error:
            await _bury(tx, message, error, now)
            if await open_dead_letters(tx) > dead_letters_max:
                raise DeadLetterLimit(f"more than {dead_letters_max} dead letters") from error
    return handled


async def _handle(tx: Tx, handlers: Handlers, message: Message, now: dt.datetime) -> int:
    envelope = parse(message.value)
    contract = next((c for c in handlers if envelope.type == c.TYPE), None)
    if contract is None or not await _first_time(tx, envelope, now):
        return 0
    log.correlation_id.set(envelope.correlationid)
    log.causation_id.set(envelope.id)
    log.traceparent.set(envelope.traceparent)
    await handlers[contract](tx, envelope.event(contract), now)
    return 1


async def _first_time(tx: Tx, envelope: Envelope, now: dt.datetime) -> bool:
    result = await tx.execute(
        text(
            "INSERT INTO inbox (event_id, type, handled_at) VALUES (:id, :type, :now)"
            " ON CONFLICT DO NOTHING RETURNING event_id"
        ),
        {"id": f"{envelope.source}#{envelope.id}", "type": envelope.type, "now": now},
    )
    return result.scalar() is not None


async def _bury(tx: Tx, message: Message, error: DureError, now: dt.datetime) -> None:
    _log.error("dead_letter", topic=message.topic, key=message.key, code=error.code, detail=str(error))
    dead_id = (
        await tx.execute(
            text(
                "INSERT INTO dead_letter (topic, key, envelope, error_code, error_detail, first_failed_at)"
                " VALUES (:topic, :key, :envelope, :code, :detail, :now) RETURNING id"
            ),
            {
                "topic": message.topic,
                "key": message.key,
                "envelope": message.value,
                "code": error.code,
                "detail": str(error),
                "now": now,
            },
        )
    ).scalar_one()
    headers = {
        "x-orig-topic": message.topic,
        "x-error-type": error.code,
        "x-error-detail": str(error)[:500],
        "x-error-count": "1",
        "x-first-failed-at": now.isoformat(),
    }
    row = (f"dead:{message.topic}:{dead_id}", f"{message.topic}.dead", message.key, "dead", message.value, headers)
    await append(tx, [row], now)


async def open_dead_letters(tx: Tx) -> int:
    """How many dead letters wait for people."""
    return int((await tx.execute(text("SELECT count(*) FROM dead_letter WHERE redriven_at IS NULL"))).scalar_one())


async def list_dead_letters(tx: Tx, limit: int = 200) -> list[dict[str, Any]]:
    """The open dead letters, oldest first."""
    query = text("SELECT * FROM dead_letter WHERE redriven_at IS NULL ORDER BY id LIMIT :limit")
    return [dict(row._mapping) for row in (await tx.execute(query, {"limit": limit})).all()]  # noqa: SLF001


async def redrive(tx: Tx, handlers: Handlers, dead_id: int, now: dt.datetime) -> bool:
    """Put one dead letter back to its handler; returns whether it is handled now (else it stays, counted again)."""
    query = text("SELECT * FROM dead_letter WHERE id = :id AND redriven_at IS NULL FOR UPDATE")
    row = (await tx.execute(query, {"id": dead_id})).first()
    if row is None:
        return False
    try:
        async with tx.begin_nested():
            await _handle(tx, handlers, Message(row.topic, row.key, row.envelope), now)
    except DureError as error:
        await tx.execute(
            text(
                "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail"
                " WHERE id = :id"
            ),
            {"id": dead_id, "code": error.code, "detail": str(error)},
        )
        return False
    await tx.execute(text("UPDATE dead_letter SET redriven_at = :now WHERE id = :id"), {"id": dead_id, "now": now})
    return True
