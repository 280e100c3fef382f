"""What stands in the way of a consumer, told from the database to every process, and an operator's orders about it.

A consumer that fails at an event for another reason than the event's own values reads it again and again: nothing is
skipped. It notes where it stands; an operator who has looked may bury that event, or let more dead letters be kept.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from libs.common import dead_letters
from libs.common.bus import Message
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Buried, Conflict
from libs.common.unfit import storable

LIMIT = "dead_letter_limit"
FAILED = "handler_failed"
BURIED = "buried"
"""What the inbox says of an event that was put aside, in the place of its type."""
Act = Literal["bury", "allow_dead_letters", "redrive", "replay"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An event at which a consumer stands: handling it fails, and it is tried again."""

    event_id: str
    topic: str
    key: str
    envelope: str
    error_code: str
    """`handler_failed`, or `dead_letter_limit` where one dead letter more is not allowed."""
    error_detail: str
    failures: int
    since: dt.datetime
    last_failed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Freed:
    """What an order did: the events that were buried, and how many dead letters may be open from now on."""

    buried: tuple[str, ...]
    dead_letters_max: int | None


_COLUMNS = "event_id, topic, key, envelope, error_code, error_detail, failures, since, last_failed_at"


async def note_standing(tx: Tx, message: Message, event_id: str, error: Exception, code: str, now: dt.datetime) -> None:
    """Tell at which event the consumer stands and why; the same again is counted."""
    query = text(
        f"INSERT INTO standing_event ({_COLUMNS})"
        " VALUES (:event_id, :topic, :key, :envelope, :code, :detail, 1, :now, :now)"
        " ON CONFLICT (event_id) DO UPDATE SET failures = standing_event.failures + 1,"
        " error_code = EXCLUDED.error_code, error_detail = EXCLUDED.error_detail, last_failed_at = :now"
    )
    told = {"topic": message.topic, "key": message.key, "envelope": message.value, "code": code, "now": now}
    await tx.execute(query, {**told, "event_id": event_id, "detail": storable(repr(error))})


async def forget_standing(tx: Tx) -> None:
    """After a batch was handled: events that were handled, and the stop at the dead letters' limit, stand no more."""
    query = "DELETE FROM standing_event WHERE error_code = :limit OR event_id IN (SELECT event_id FROM inbox)"
    await tx.execute(text(query), {"limit": LIMIT})


async def list_standing(tx: Tx) -> tuple[Standing, ...]:
    """The events at which consumers of this service stand, oldest first; without those that were handled since."""
    query = text(
        f"SELECT {_COLUMNS} FROM standing_event AS standing"
        " WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.event_id = standing.event_id)"
        " ORDER BY since, event_id LIMIT 100"
    )
    return tuple(Standing(*row) for row in (await tx.execute(query)).all())


async def dead_letters_allowed(tx: Tx, configured: int) -> int:
    """How many dead letters may be open: as configured, or as an operator's last order allows."""
    query = text("SELECT dead_letters_max FROM bus_order WHERE act = :act ORDER BY id DESC LIMIT 1")
    ordered = (await tx.execute(query, {"act": "allow_dead_letters"})).scalar()
    return max(configured, ordered or 0)


async def free(tx: Tx, actor: str, reason: str, clock: Clock, configured: int) -> Freed:
    """Bury the events at which the consumers stand, or where they stand at the limit, allow as many letters again.

    The inbox learns that a buried event is done, so that its consumer passes it by; a redrive handles it after all.
    Raises Conflict where nothing stands.
    """
    standing = await list_standing(tx)
    if not standing:
        raise Conflict("nothing_stands")
    buried, allowed = [], None
    for one in standing:
        if one.error_code == LIMIT:
            before = max(await dead_letters.count_open(tx), await dead_letters_allowed(tx, configured))
            allowed = before + max(1, configured)
            await note_order(tx, "allow_dead_letters", actor, reason, clock.now(), dead_letters_max=allowed)
        elif await _pass_by(tx, one, clock.now()):
            letter = Message(one.topic, one.key, one.envelope)
            await dead_letters.bury(tx, letter, Buried(actor, reason, one.error_detail), clock.now())
            await note_order(tx, "bury", actor, reason, clock.now(), event_id=one.event_id)
            buried.append(one.event_id)
    if allowed is not None:
        await tx.execute(text("DELETE FROM standing_event WHERE error_code = :limit"), {"limit": LIMIT})
    return Freed(tuple(buried), allowed)


async def _pass_by(tx: Tx, standing: Standing, now: dt.datetime) -> bool:
    """Record the event as handled; waits for a consumer that handles it now, and is false where it did."""
    query = text(
        "INSERT INTO inbox (event_id, type, handled_at) VALUES (:id, :buried, :now)"
        " ON CONFLICT DO NOTHING RETURNING event_id"
    )
    return (await tx.execute(query, {"id": standing.event_id, "buried": BURIED, "now": now})).first() is not None


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
