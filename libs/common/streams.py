"""What stands in the way of a consumer, told from the database to every process, and an operator's orders about it.

A consumer that fails at an event for another reason than the event's own values reads it again and again: nothing is
skipped. It notes where it stands; an operator who has looked may bury that event, or let more dead letters be kept.
So does a relay at an event that the bus refuses for its own sake; an operator may put it aside, unsaid.
"""

import asyncio
import contextlib
import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from libs.common import dead_letters, outbox
from libs.common.bus import ORIGIN, Message
from libs.common.clock import Clock
from libs.common.db import Database, Tx
from libs.common.errors import Buried, Conflict
from libs.common.unfit import storable

LIMIT = "dead_letter_limit"
FAILED = "handler_failed"
REFUSED = dead_letters.REFUSED
OF_OUTBOX = "outbox#"
"""With a row's number: by what a row is known at which the relay stands."""
STANDING_MAX = 100
NOTE_LIMIT_S = 2.0
BURIED = "buried"
"""What the inbox says of an event that was put aside, in the place of its type."""
Act = Literal["bury", "put_aside", "allow_dead_letters", "redrive", "replay"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An event at which a consumer or the relay stands: handling or publishing it fails, and it is tried again."""

    event_id: str
    topic: str
    key: str
    error_code: str
    """`handler_failed`, `dead_letter_limit` where one dead letter more is not allowed, or `publish_refused`."""
    error_detail: str
    failures: int
    since: dt.datetime
    last_failed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Freed:
    """What an order did: the events that were put aside, and how many dead letters may be open from now on."""

    buried: tuple[str, ...]
    dead_letters_max: int | None


_COLUMNS = "event_id, topic, key, error_code, error_detail, failures, since, last_failed_at"
_STANDS_STILL = (
    f"CASE error_code WHEN '{LIMIT}' THEN true"
    f" WHEN '{REFUSED}' THEN EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL"
    " AND id = cast(split_part(standing.event_id, '#', 2) AS bigint))"
    " ELSE NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.event_id = standing.event_id) END"
)
"""Whether an event was not handled, a row not published since: nothing has to be cleaned up for a true answer."""


def mark_of(message: Message) -> str:
    """By what a message is known that has no readable id: its topic, and a hash of what it says and where it lay."""
    told = "\x00".join([message.key, message.value, *(message.headers.get(name, "") for name in ORIGIN)])
    return f"{message.topic}#sha256:{hashlib.sha256(told.encode(errors='replace')).hexdigest()}"


async def note_standing(tx: Tx, message: Message, event_id: str, error: Exception, code: str, now: dt.datetime) -> None:
    """Tell at which event the consumer or the relay stands and why; the same again is counted."""
    query = text(
        f"INSERT INTO standing_event ({_COLUMNS}, envelope)"
        " VALUES (:event_id, :topic, :key, :code, :detail, 1, :now, :now, :envelope)"
        " ON CONFLICT (event_id) DO UPDATE SET failures = standing_event.failures + 1,"
        " error_code = EXCLUDED.error_code, error_detail = EXCLUDED.error_detail, last_failed_at = :now"
    )
    told = {"topic": message.topic, "key": storable(message.key), "envelope": message.value, "code": code, "now": now}
    await tx.execute(query, {**told, "event_id": event_id, "detail": storable(repr(error))})


async def forget(tx: Tx, event_id: str) -> None:
    """Nothing stands at this event any more: it was put aside."""
    await tx.execute(text("DELETE FROM standing_event WHERE event_id = :id"), {"id": event_id})


async def forget_standing(tx: Tx, noted: Collection[str] = ()) -> None:
    """After a batch was handled: events that were handled, those that its consumer had `noted`, and the stop at the
    dead letters' limit, stand no more.
    """
    query = (
        "DELETE FROM standing_event WHERE error_code = :limit OR event_id = ANY(:noted)"
        " OR event_id IN (SELECT event_id FROM inbox)"
    )
    await tx.execute(text(query), {"limit": LIMIT, "noted": list(noted)})


async def forget_refused(tx: Tx) -> None:
    """After something was published: rows that were published or put aside stand no more."""
    query = f"DELETE FROM standing_event AS standing WHERE error_code = :refused AND NOT ({_STANDS_STILL})"
    await tx.execute(text(query), {"refused": REFUSED})


async def list_standing(tx: Tx) -> tuple[Standing, ...]:
    """The first hundred events at which consumers and relays of this service stand, oldest first."""
    query = text(
        f"SELECT {_COLUMNS} FROM standing_event AS standing WHERE {_STANDS_STILL}"
        f" ORDER BY since, event_id LIMIT {STANDING_MAX}"
    )
    return tuple(Standing(*row) for row in (await tx.execute(query)).all())


async def count_standing(tx: Tx) -> dict[str, int]:
    """Why consumers and relays of this service stand → at how many events."""
    query = (
        "SELECT error_code, count(*) AS events FROM standing_event AS standing"
        f" WHERE {_STANDS_STILL} GROUP BY error_code"
    )
    return {row.error_code: row.events for row in (await tx.execute(text(query))).all()}


async def dead_letters_allowed(tx: Tx, configured: int) -> int:
    """How many dead letters may be open: as configured, or as an operator's last order allows."""
    query = text("SELECT dead_letters_max FROM bus_order WHERE act = :act ORDER BY id DESC LIMIT 1")
    ordered = (await tx.execute(query, {"act": "allow_dead_letters"})).scalar()
    return max(configured, ordered or 0)


async def free(tx: Tx, actor: str, reason: str, clock: Clock, configured: int) -> Freed:
    """Put the events aside at which consumers and relay stand, or where they stand at the limit of dead letters, allow
    as many again.

    The inbox learns that a buried event is done, so that its consumer passes it by; a redrive handles it after all.
    Raises Conflict where nothing stands.
    """
    standing = await list_standing(tx)
    if not standing:
        raise Conflict("nothing_stands")
    aside, allowed = [], None
    for one in sorted(standing, key=lambda each: each.event_id):  # as the inbox locks ids
        if one.error_code == LIMIT:
            before = max(await dead_letters.count_open(tx), await dead_letters_allowed(tx, configured))
            allowed = before + max(1, configured)
            await note_order(tx, "allow_dead_letters", actor, reason, clock.now(), dead_letters_max=allowed)
            continue
        put = _put_aside if one.error_code == REFUSED else _bury
        if await put(tx, one, Buried(actor, reason, one.error_detail), clock.now()):
            act: Act = "put_aside" if one.error_code == REFUSED else "bury"
            await note_order(tx, act, actor, reason, clock.now(), event_id=one.event_id)
            aside.append(one.event_id)
        await forget(tx, one.event_id)
    if allowed is not None:
        await tx.execute(text("DELETE FROM standing_event WHERE error_code = :limit"), {"limit": LIMIT})
    return Freed(tuple(aside), allowed)


async def _bury(tx: Tx, standing: Standing, why: Buried, now: dt.datetime) -> bool:
    """Have the consumer pass the event by; waits for one that handles it now, and is false where it did."""
    query = text(
        "INSERT INTO inbox (event_id, type, handled_at) VALUES (:id, :buried, :now)"
        " ON CONFLICT DO NOTHING RETURNING event_id"
    )
    new = await tx.execute(query, {"id": standing.event_id, "buried": BURIED, "now": now})
    if new.first() is None:
        return False
    envelope = text("SELECT envelope FROM standing_event WHERE event_id = :id")  # one at a time: they may be large
    value = (await tx.execute(envelope, {"id": standing.event_id})).scalar() or ""
    await dead_letters.bury(tx, Message(standing.topic, standing.key, value), why, now)
    return True


async def _put_aside(tx: Tx, standing: Standing, why: Buried, now: dt.datetime) -> bool:
    """Have the relay pass the row by, unsaid, and keep it as a dead letter; false where it is published by now."""
    row = await outbox.put_aside(tx, int(standing.event_id.removeprefix(OF_OUTBOX)), now)
    if row is None:
        return False
    kind, message = row
    if kind != outbox.COPY:  # of a dead letter's copy the letter itself is kept anyway
        await dead_letters.keep(tx, message, REFUSED, storable(str(why)), now)
    return True


async def is_buried(tx: Tx, event_id: str) -> bool:
    """Whether the inbox holds an event because an operator put it aside, not because it had its effect."""
    query = text("SELECT EXISTS (SELECT 1 FROM inbox WHERE event_id = :id AND type = :buried)")
    return bool((await tx.execute(query, {"id": event_id, "buried": BURIED})).scalar())


async def note_order(
    tx: Tx,
    act: Act,
    actor: str,
    reason: str,
    now: dt.datetime,
    *,
    event_id: str | None = None,
    dead_letters_max: int | None = None,
) -> None:
    """Keep who ordered what of the stream, when and why."""
    query = text(
        "INSERT INTO bus_order (act, actor, reason, event_id, dead_letters_max, at)"
        " VALUES (:act, :actor, :reason, :event_id, :dead_letters_max, :now)"
    )
    told = {"act": act, "actor": actor, "reason": storable(reason), "now": now}
    await tx.execute(query, {**told, "event_id": event_id, "dead_letters_max": dead_letters_max})


class Notes:
    """What one process tells the others, in the database, of where it stands. It fails nobody: that may be away."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._noted: set[str] = set()
        # what a process before this one noted is looked at once, at this one's first success
        self._consumer_may_stand = True
        self._relay_may_stand = True

    async def consumer_stands(self, message: Message, event_id: str, error: Exception, code: str) -> None:
        """The consumer fails at this event."""
        self._consumer_may_stand = True
        self._noted.add(event_id)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(NOTE_LIMIT_S), self._db.transaction() as tx:
                await note_standing(tx, message, event_id, error, code, self._clock.now())

    async def consumer_goes_on(self) -> None:
        """A batch was handled."""
        if not self._consumer_may_stand:
            return
        with contextlib.suppress(Exception):  # what is in the inbox reads as gone all the same
            async with asyncio.timeout(NOTE_LIMIT_S), self._db.transaction() as tx:
                await forget_standing(tx, self._noted)
            self._consumer_may_stand = False
            self._noted.clear()

    async def relay_stands(self, refused: outbox.RowRefused) -> None:
        """The bus refuses this row."""
        self._relay_may_stand = True
        message = Message(refused.message.topic, refused.message.key, "")  # the whole of it is in the outbox
        with contextlib.suppress(Exception):
            async with asyncio.timeout(NOTE_LIMIT_S), self._db.transaction() as tx:
                await note_standing(tx, message, f"{OF_OUTBOX}{refused.row_id}", refused, REFUSED, self._clock.now())

    async def relay_goes_on(self) -> None:
        """A batch was published."""
        if not self._relay_may_stand:
            return
        with contextlib.suppress(Exception):  # what is published reads as gone all the same
            async with asyncio.timeout(NOTE_LIMIT_S), self._db.transaction() as tx:
                await forget_refused(tx)
            self._relay_may_stand = False
