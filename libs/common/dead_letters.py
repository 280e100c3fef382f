"""Dead letters: messages that could not be handled, kept untouched until people have looked at them.

The tables of the backbone belong to each service's own metadata, so their statements are written as text.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from libs.common import log
from libs.common.bus import EVENT_BYTES_MAX, Message
from libs.common.db import Tx
from libs.common.errors import DureError
from libs.common.outbox import append
from libs.common.unfit import storable

HEADER_LENGTH_MAX = 500
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


async def bury(tx: Tx, message: Message, error: DureError, now: dt.datetime) -> None:
    """Keep it as a dead letter; one that comes again is counted, not kept twice."""
    detail = storable(str(error))
    told = {"topic": message.topic, "key": message.key, "envelope": message.value, "code": error.code, "detail": detail}
    again = await tx.execute(
        text(
            "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail"
            " WHERE redriven_at IS NULL AND topic = :topic AND key = :key AND envelope = :envelope"
        ),
        told,
    )
    if again.rowcount:
        return
    _log.error("dead_letter", topic=message.topic, key=message.key, code=error.code, detail=detail)
    new = text(
        "INSERT INTO dead_letter (topic, key, envelope, error_code, error_detail, first_failed_at)"
        " VALUES (:topic, :key, :envelope, :code, :detail, :now) RETURNING id"
    )
    dead_id = (await tx.execute(new, {**told, "now": now})).scalar_one()
    headers = {
        **message.headers,  # on Kafka: the partition and the offset it came from
        "x-orig-topic": message.topic,
        "x-error-type": error.code,
        "x-error-detail": detail[:HEADER_LENGTH_MAX],
        "x-error-count": "1",
        "x-first-failed-at": now.isoformat(),
    }
    copy = message.value
    if len(copy.encode()) > EVENT_BYTES_MAX:  # with its headers it might not pass; the whole of it is in the table
        headers["x-orig-bytes"], copy = str(len(copy.encode())), ""
    row = (f"dead:{message.topic}:{dead_id}", f"{message.topic}.dead", message.key, "dead", copy, headers)
    await append(tx, [row], now)


async def count_open(tx: Tx) -> int:
    """How many dead letters wait for people."""
    return int((await tx.execute(text("SELECT count(*) FROM dead_letter WHERE redriven_at IS NULL"))).scalar_one())


async def list_open(tx: Tx, limit: int = 200) -> tuple[DeadLetter, ...]:
    """The open dead letters, oldest first."""
    query = text(f"SELECT {_COLUMNS} FROM dead_letter WHERE redriven_at IS NULL ORDER BY id LIMIT :limit")
    return tuple(DeadLetter(*row) for row in (await tx.execute(query, {"limit": limit})).all())


async def find_open(tx: Tx, dead_id: int) -> DeadLetter | None:
    """One open dead letter, locked until the transaction ends."""
    query = text(f"SELECT {_COLUMNS} FROM dead_letter WHERE id = :id AND redriven_at IS NULL FOR UPDATE")
    row = (await tx.execute(query, {"id": dead_id})).first()
    return None if row is None else DeadLetter(*row)


async def count_failure(tx: Tx, dead_id: int, error: DureError) -> None:
    """It failed again."""
    query = text(
        "UPDATE dead_letter SET failures = failures + 1, error_code = :code, error_detail = :detail WHERE id = :id"
    )
    await tx.execute(query, {"id": dead_id, "code": error.code, "detail": storable(str(error))})


async def close(tx: Tx, dead_id: int, now: dt.datetime) -> None:
    """It is handled."""
    await tx.execute(text("UPDATE dead_letter SET redriven_at = :now WHERE id = :id"), {"id": dead_id, "now": now})
