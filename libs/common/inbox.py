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
from libs.common.clock import Clock
from libs.common.db import Database, Tx
from libs.common.errors import DureError
from libs.common.events.envelope import Envelope, Event, parse
from libs.common.outbox import append

Handler = Callable[[Tx, Any, Clock], Awaitable[None]]
"""`async def handler(tx, event, clock)`: applies one event; raises a DureError where people must look at it.

It reads the clock after whatever lock it waits for, so that no fact is dated before its cause."""
Handlers = Mapping[type[Event], Handler]
Dated = Callable[[Tx, Any, dt.datetime], Awaitable[None]]
"""`async def handler(tx, event, now)`: one that waits for no lock is told the instant."""


def dated(handler: Dated) -> Handler:
    """Tell a handler that waits for no lock the instant at which its turn comes."""

    async def apply(tx: Tx, event: Any, clock: Clock) -> None:
        await handler(tx, event, clock.now())

    return apply


_log = log.get(__name__)


class DeadLetterLimit(Exception):
    """More open dead letters than allowed: the consumer stops until people have looked."""


async def consume(
    db: Database, handlers: Handlers, messages: Sequence[Message], *, clock: Clock, dead_letters_max: int
) -> int:
    """Handle a batch in one transaction; returns how many had an effect.

    First without a safety net, since nearly every batch is clean; if a message turns out bad, again with a
    savepoint for each, so that the bad one alone becomes a dead letter. Raises whatever is not the message's
    fault, and DeadLetterLimit.
    """
    try:
        async with db.transaction() as tx:
            return await _handle_all(tx, handlers, messages, clock)
    except DureError:
        async with db.transaction() as tx:
            return await _handle_each(tx, handlers, messages, clock, dead_letters_max)


async def _handle_all(tx: Tx, handlers: Handlers, messages: Sequence[Message], clock: Clock) -> int:
    """One statement records every id of the batch; only those that were new are handled, in order."""
    ours = [(e, c) for e in (parse(message.value) for message in messages) if (c := _contract(handlers, e))]
    fresh = await _first_times(tx, [envelope for envelope, _ in ours], clock.now())
    handled = 0
    for envelope, contract in ours:
        if _inbox_id(envelope) in fresh:
            fresh.remove(_inbox_id(envelope))  # the same message twice in one batch
            await _apply(tx, handlers[contract], envelope, contract, clock)
            handled += 1
    return handled


async def _handle_each(
    tx: Tx, handlers: Handlers, messages: Sequence[Message], clock: Clock, dead_letters_max: int
) -> int:
    handled = 0
    for message in messages:
        try:
            async with tx.begin_nested():
                handled += await _handle(tx, handlers, message, clock)
        except DureError as error:
            await _bury(tx, message, error, clock.now())
            if await open_dead_letters(tx) > dead_letters_max:
                raise DeadLetterLimit(f"more than {dead_letters_max} dead letters") from error
    return handled


async def _handle(tx: Tx, handlers: Handlers, message: Message, clock: Clock) -> int:
    envelope = parse(message.value)
    contract = _contract(handlers, envelope)
    if contract is None or not await _first_times(tx, [envelope], clock.now()):
        return 0
    await _apply(tx, handlers[contract], envelope, contract, clock)
    return 1


def _contract(handlers: Handlers, envelope: Envelope) -> type[Event] | None:
    return next((contract for contract in handlers if envelope.type == contract.TYPE), None)


async def _apply(tx: Tx, handler: Handler, envelope: Envelope, contract: type[Event], clock: Clock) -> None:
    log.correlation_id.set(envelope.correlationid)
    log.causation_id.set(envelope.id)
    log.traceparent.set(envelope.traceparent)
    await handler(tx, envelope.event(contract), clock)


def _inbox_id(envelope: Envelope) -> str:
    return f"{envelope.source}#{envelope.id}"


async def _first_times(tx: Tx, envelopes: Sequence[Envelope], now: dt.datetime) -> set[str]:
    """Record the ids; returns those that were not recorded before."""
    if not envelopes:
        return set()
    result = await tx.execute(
        text(
            "INSERT INTO inbox (event_id, type, handled_at)"
            " SELECT id, type, :now FROM unnest(cast(:ids AS text[]), cast(:types AS text[])) AS heard(id, type)"
            " ON CONFLICT DO NOTHING RETURNING event_id"
        ),
        {"ids": [_inbox_id(e) for e in envelopes], "types": [e.type for e in envelopes], "now": now},
    )
    return set(result.scalars())


async def _bury(tx: Tx, message: Message, error: DureError, now: dt.datetime) -> None:
    """Keep it as a dead letter; one that comes again is counted, not kept twice."""
    again = await tx.execute(
        text(
            "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail"
            " WHERE redriven_at IS NULL AND topic = :topic AND key = :key AND envelope = :envelope"
        ),
        {
            "topic": message.topic,
            "key": message.key,
            "envelope": message.value,
            "code": error.code,
            "detail": str(error),
        },
    )
    if again.rowcount:
        return
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
        **message.headers,  # on Kafka: the partition and the offset it came from
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


async def redrive(tx: Tx, handlers: Handlers, dead_id: int, clock: Clock) -> bool:
    """Put one dead letter back to its handler; returns whether it is handled now (else it stays, counted again)."""
    query = text("SELECT * FROM dead_letter WHERE id = :id AND redriven_at IS NULL FOR UPDATE")
    row = (await tx.execute(query, {"id": dead_id})).first()
    if row is None:
        return False
    try:
        async with tx.begin_nested():
            await _handle(tx, handlers, Message(row.topic, row.key, row.envelope), clock)
    except DureError as error:
        await tx.execute(
            text(
                "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail"
                " WHERE id = :id"
            ),
            {"id": dead_id, "code": error.code, "detail": str(error)},
        )
        return False
    mended = text("UPDATE dead_letter SET redriven_at = :now WHERE id = :id")
    await tx.execute(mended, {"id": dead_id, "now": clock.now()})
    return True
