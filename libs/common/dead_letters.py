"""Dead letters: messages that could not be handled, kept untouched until people have looked at them.

The tables of the backbone belong to each service's own metadata, so their statements are written as text.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from libs.common import log
from libs.common.bus import EVENT_BYTES_MAX, ORIGIN, Message
from libs.common.db import Tx
from libs.common.errors import DureError
from libs.common.handed import oldest
from libs.common.outbox import COPY, append
from libs.common.unfit import storable

HEADER_LENGTH_MAX = 500
KEY_LENGTH_MAX = 2_000
"""What is kept of a key; ours have at most 200 characters."""
COPY_KEY_LENGTH_MAX = 200
"""What is told of it beside its topic: key, headers and value pass together."""
REFUSED = "publish_refused"
"""The code of an event of ours that the bus does not take, put aside by an operator."""
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message put aside: where it came from, why, how often it failed, since when."""

    id: int
    topic: str
    key: str
    envelope: str
    error_code: str
    error_detail: str
    failures: int
    first_failed_at: dt.datetime


_COLUMNS = "id, topic, key, envelope, error_code, error_detail, failures, first_failed_at"
_WIDTH = len(_COLUMNS.split(","))


async def bury(tx: Tx, message: Message, error: DureError, now: dt.datetime) -> None:
    """Keep it as a dead letter; one that comes again is counted, not kept twice."""
    detail = storable(str(error))
    dead_id = await keep(tx, message, error.code, detail, now)
    if dead_id is None:
        return
    headers = {
        **{name: message.headers[name] for name in ORIGIN if name in message.headers},  # no others: they have no bounds
        "x-orig-topic": message.topic,
        "x-error-type": error.code,
        "x-error-detail": detail[:HEADER_LENGTH_MAX],
        "x-error-count": "1",
        "x-first-failed-at": now.isoformat(),
    }
    copy = message.value
    if len(copy.encode()) > EVENT_BYTES_MAX:  # with its headers it might not pass; the whole of it is in the table
        headers["x-orig-bytes"], copy = str(len(copy.encode())), ""
    key = storable(message.key, COPY_KEY_LENGTH_MAX)
    row = (f"dead:{message.topic}:{dead_id}", f"{message.topic}.dead", key, COPY, copy, headers)
    await append(tx, [row], now)


async def keep(tx: Tx, message: Message, code: str, detail: str, now: dt.datetime) -> int | None:
    """Keep it as a row of its own and give the row's number; none where it is kept already, and is counted."""
    key = storable(message.key, KEY_LENGTH_MAX)
    told = {"topic": message.topic, "key": key, "envelope": message.value, "code": code, "detail": detail}
    again = await tx.execute(
        text(
            "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail"
            " WHERE redriven_at IS NULL AND topic = :topic AND key = :key AND envelope = :envelope"
            " AND (envelope <> '' OR error_detail = :detail)"  # what has no words is told apart by where it lay
        ),
        told,
    )
    if again.rowcount:
        return None
    _log.error("dead_letter", topic=message.topic, key=key, code=code, detail=detail)
    new = text(
        "INSERT INTO dead_letter (topic, key, envelope, error_code, error_detail, first_failed_at)"
        " VALUES (:topic, :key, :envelope, :code, :detail, :now) RETURNING id"
    )
    return int((await tx.execute(new, {**told, "now": now})).scalar_one())


async def count_open(tx: Tx) -> int:
    """How many dead letters wait for people."""
    return int((await tx.execute(text("SELECT count(*) FROM dead_letter WHERE redriven_at IS NULL"))).scalar_one())


_OPEN = oldest("dead_letter", "redriven_at IS NULL", _COLUMNS)
_BARE = _COLUMNS.replace("envelope", "'' AS envelope")
_OPEN_BARE = text(f"SELECT {_BARE} FROM dead_letter WHERE redriven_at IS NULL ORDER BY id LIMIT :limit")


async def list_open(tx: Tx, limit: int = 200, *, envelopes: bool = True) -> tuple[DeadLetter, ...]:
    """The open dead letters, oldest first; with their envelopes no more than 16 MB of them, and at least one."""
    rows = (await tx.execute(_OPEN if envelopes else _OPEN_BARE, {"limit": limit})).all()
    return tuple(DeadLetter(*row[:_WIDTH]) for row in rows)


async def read_open(tx: Tx, dead_id: int) -> DeadLetter | None:
    """One open dead letter as it is now: whoever changes it locks it by `lock_open`."""
    query = text(f"SELECT {_COLUMNS} FROM dead_letter WHERE id = :id AND redriven_at IS NULL")
    row = (await tx.execute(query, {"id": dead_id})).first()
    return None if row is None else DeadLetter(*row)


async def lock_open(tx: Tx, dead_id: int) -> bool:
    """Lock one dead letter until the transaction ends; false where it is not open (any more)."""
    query = text("SELECT 1 FROM dead_letter WHERE id = :id AND redriven_at IS NULL FOR UPDATE")
    return (await tx.execute(query, {"id": dead_id})).first() is not None


async def count_failure(tx: Tx, dead_id: int, error: DureError) -> None:
    """It failed again."""
    query = text(
        "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail WHERE id = :id"
    )
    await tx.execute(query, {"id": dead_id, "code": error.code, "detail": storable(str(error))})


async def close(tx: Tx, dead_id: int, now: dt.datetime) -> None:
    """It is handled."""
    await tx.execute(text("UPDATE dead_letter SET redriven_at = :now WHERE id = :id"), {"id": dead_id, "now": now})
