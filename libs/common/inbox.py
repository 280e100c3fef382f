"""The inbox: a consumer records the event's id and does the work in one transaction; effect exactly once.

A message that can never be handled becomes a dead letter, in the same transaction; anything else (database
away, a bug) rolls the batch back and is retried: nothing is skipped.
"""

import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from libs.common import dead_letters, log, outbox, streams
from libs.common.bus import UNREADABLE, Message
from libs.common.clock import Clock
from libs.common.db import Database, Tx
from libs.common.errors import InvalidEvent
from libs.common.events.envelope import SOURCE_PREFIX, Envelope, Event, parse
from libs.common.turn import let_go_after
from libs.common.unfit import fault_of

Handler = Callable[[Tx, Any, Clock], Awaitable[None]]
"""`async def handler(tx, event, clock)`: applies one event; raises a DureError where people must look at it.

It reads the clock after whatever lock it waits for, so that no fact is dated before its cause."""
Handlers = Mapping[type[Event], Handler]
LockFirst = Callable[[Tx, Sequence[Any]], Awaitable[None]]
"""`async def lock_first(tx, events)`: takes all that a batch's events will lock, in its service's one order, before the
first is handled; else two batches, or a batch and a command, could wait for each other. Its handlers count on it."""
Dated = Callable[[Tx, Any, dt.datetime], Awaitable[None]]
"""`async def handler(tx, event, now)`: one that waits for no lock is told the instant."""


def dated(handler: Dated) -> Handler:
    """Tell a handler that waits for no lock the instant at which its turn comes."""

    async def apply(tx: Tx, event: Any, clock: Clock) -> None:
        await handler(tx, event, clock.now())

    return apply


class DeadLetterLimit(Exception):
    """More open dead letters than allowed: the consumer stops until people have looked."""


@dataclass(slots=True)
class InHand:
    """Which message is being handled, for whoever must tell at which one a consumer stands."""

    message: Message | None = None
    event_id: str = ""


async def consume(
    db: Database,
    handlers: Handlers,
    messages: Sequence[Message],
    *,
    clock: Clock,
    dead_letters_max: int,
    in_hand: InHand | None = None,
    takeover_s: float = 0,
    lock_first: LockFirst | None = None,
) -> int:
    """Handle a batch in one transaction; returns how many had an effect.

    First without a safety net, since nearly every batch is clean; if a message turns out bad, again with a
    savepoint for each, so that the bad one alone becomes a dead letter. The database gives a batch up that lets it
    hear nothing for `takeover_s` (0: never), so that another worker can have it. Raises whatever is not the message's
    fault, and DeadLetterLimit.
    """
    in_hand = in_hand or InHand()
    try:
        heard = [(message, _read(message)) for message in messages]  # before the database waits for us
        async with db.transaction() as tx:
            await let_go_after(tx, takeover_s)
            return await _handle_all(tx, handlers, heard, clock, in_hand, lock_first)
    except Exception as error:
        if fault_of(error) is None:
            raise
    async with db.transaction() as tx:
        await let_go_after(tx, takeover_s)
        if lock_first:
            await lock_first(tx, list(_readable(handlers, messages)))
        return await _handle_each(tx, handlers, messages, clock, dead_letters_max, in_hand)


def _read(message: Message) -> Envelope:
    """The envelope of a message. Raises InvalidEvent where it is none, or where the bus could not read it."""
    if why := message.headers.get(UNREADABLE):
        raise InvalidEvent(why)
    return parse(message.value)


def _readable(handlers: Handlers, messages: Sequence[Message]) -> Iterator[Event]:
    """The events of a batch that can be read; the others become dead letters in their turn."""
    for message in messages:
        with contextlib.suppress(InvalidEvent):
            envelope = _read(message)
            if contract := _contract(handlers, message, envelope):
                yield envelope.event(contract)


async def _handle_all(
    tx: Tx,
    handlers: Handlers,
    heard: Sequence[tuple[Message, Envelope]],
    clock: Clock,
    in_hand: InHand,
    lock_first: LockFirst | None,
) -> int:
    """One statement records every id of the batch; only those that were new are handled, in order.

    Turns are taken before ids, here, event by event and where one is redriven: two that are given the same messages
    never wait for each other.
    """
    ours = [(message, e, c) for message, e in heard if (c := _contract(handlers, message, e))]
    if lock_first and ours:
        await lock_first(tx, [envelope.event(contract) for _, envelope, contract in ours])
    fresh = await _first_times(tx, [envelope for _, envelope, _ in ours], clock.now())
    handled = 0
    for message, envelope, contract in ours:
        event_id = inbox_id(envelope)
        if event_id in fresh:
            fresh.remove(event_id)  # the same message twice in one batch
            in_hand.message, in_hand.event_id = message, event_id
            await _apply(tx, handlers[contract], envelope, contract, clock)
            in_hand.message = None
            handled += 1
    return handled


async def _handle_each(
    tx: Tx, handlers: Handlers, messages: Sequence[Message], clock: Clock, dead_letters_max: int, in_hand: InHand
) -> int:
    handled = 0
    allowed = await streams.dead_letters_allowed(tx, dead_letters_max)
    for message in messages:
        in_hand.message, in_hand.event_id = message, ""
        try:
            async with tx.begin_nested():
                handled += await _handle(tx, handlers, message, clock, in_hand)
        except Exception as error:
            if (fault := fault_of(error)) is None:
                raise
            mark = in_hand.event_id or streams.mark_of(message)
            if not in_hand.event_id and await streams.is_buried(tx, mark):
                continue  # an operator put it aside
            await dead_letters.bury(tx, message, fault, clock.now())
            await streams.forget(tx, mark)
            if await dead_letters.count_open(tx) > allowed:
                raise DeadLetterLimit(f"more than {allowed} dead letters") from error
    in_hand.message = None
    return handled


async def _handle(
    tx: Tx, handlers: Handlers, message: Message, clock: Clock, in_hand: InHand, *, buried: bool = False
) -> int:
    """Apply one message that is new; one that was `buried` is in the inbox and had no effect yet."""
    envelope = _read(message)
    in_hand.event_id = inbox_id(envelope)
    contract = _contract(handlers, message, envelope)
    if contract is None or not (buried or await _first_times(tx, [envelope], clock.now())):
        return 0
    await _apply(tx, handlers[contract], envelope, contract, clock)
    # what is checked at the commit only is checked here, while it is known whose fault it is
    await tx.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await tx.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    return 1


def _contract(handlers: Handlers, message: Message, envelope: Envelope) -> type[Event] | None:
    """The contract by which this service hears the event; none where it does not.

    Raises InvalidEvent where it is not its owner who says it, on the owner's topic.
    """
    contract = next((contract for contract in handlers if envelope.type == contract.TYPE), None)
    if contract is not None and (
        message.topic != contract.topic() or envelope.source != SOURCE_PREFIX + contract.owner()
    ):
        raise InvalidEvent(f"{envelope.type} from {envelope.source} on {message.topic} is not said by its owner")
    return contract


async def _apply(tx: Tx, handler: Handler, envelope: Envelope, contract: type[Event], clock: Clock) -> None:
    log.correlation_id.set(envelope.correlationid)
    log.causation_id.set(envelope.id)
    log.traceparent.set(envelope.traceparent)
    await handler(tx, envelope.event(contract), clock)


def inbox_id(envelope: Envelope) -> str:
    """By what an event is known again."""
    return f"{envelope.source}#{envelope.id}"


_FIRST_TIMES = text(
    "INSERT INTO inbox (event_id, type, handled_at)"
    " SELECT id, type, :now FROM unnest(cast(:ids AS text[]), cast(:types AS text[])) AS heard(id, type)"
    " ON CONFLICT DO NOTHING RETURNING event_id"
)


async def _first_times(tx: Tx, envelopes: Sequence[Envelope], now: dt.datetime) -> set[str]:
    """Record the ids; returns those that were not recorded before."""
    if not envelopes:
        return set()
    # in one order: two workers that are given the same messages do not wait for each other
    told = sorted((inbox_id(envelope), envelope.type) for envelope in envelopes)
    result = await tx.execute(
        _FIRST_TIMES,
        {"ids": [name for name, _ in told], "types": [kind for _, kind in told], "now": now},
    )
    return set(result.scalars())


async def redrive(tx: Tx, handlers: Handlers, dead_id: int, clock: Clock, lock_first: LockFirst | None = None) -> bool:
    """Put one dead letter back to its handler; returns whether it is handled now (else it stays, counted again).

    What an operator put aside because the bus refused it is not heard but said: it goes to the bus again. The letter
    is locked after the turns, as a consumer does that is given its message again.
    """
    letter = await dead_letters.read_open(tx, dead_id)
    if letter is None:
        return False
    if letter.error_code == dead_letters.REFUSED:
        return await _say_after_all(tx, letter, clock.now())
    message = Message(letter.topic, letter.key, letter.envelope)
    try:
        async with tx.begin_nested():
            if lock_first:
                await lock_first(tx, list(_readable(handlers, [message])))
            if not await dead_letters.lock_open(tx, dead_id):
                return False  # somebody else redrove it meanwhile
            event_id = event_id_of(letter.envelope)
            buried = event_id is not None and await streams.is_buried(tx, event_id)
            await _handle(tx, handlers, message, clock, InHand(), buried=buried)
    except Exception as error:  # noqa: BLE001 - whatever it is, the letter stays; a database that is away fails below
        await dead_letters.count_failure(tx, dead_id, fault_of(error) or InvalidEvent(repr(error)))
        return False
    await dead_letters.close(tx, dead_id, clock.now())
    return True


async def _say_after_all(tx: Tx, letter: dead_letters.DeadLetter, now: dt.datetime) -> bool:
    if not await dead_letters.lock_open(tx, letter.id):
        return False
    await outbox.publish_again(tx, parse(letter.envelope).id)
    await dead_letters.close(tx, letter.id, now)
    return True


def event_id_of(raw: str) -> str | None:
    """By what the event in an envelope's JSON is known again; none where it is no envelope."""
    try:
        return inbox_id(parse(raw))
    except InvalidEvent:
        return None
