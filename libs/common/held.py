"""Messages that wait in a service's own database for its consumer, which stands: the local bus keeps them here."""

import json
from collections.abc import Sequence

from sqlalchemy import text

from libs.common.bus import Message
from libs.common.clock import Clock
from libs.common.db import Database
from libs.common.handed import oldest

COUNTED_MAX = 100_000
_FIRST = oldest("held_message")


class HeldMessages:
    """See `libs.common.bus.Held`; each call is a transaction of its own."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(self, messages: Sequence[Message]) -> None:
        """Add them at the end, in order; returns once durable."""
        query = text(
            "INSERT INTO held_message (topic, key, envelope, headers, held_at)"
            " SELECT topic, key, envelope, headers, :now FROM unnest(cast(:topics AS text[]), cast(:keys AS text[]),"
            " cast(:envelopes AS text[]), cast(:headers AS jsonb[])) WITH ORDINALITY"
            " AS told(topic, key, envelope, headers, n) ORDER BY n"
        )
        told = {
            "topics": [message.topic for message in messages],
            "keys": [message.key for message in messages],
            "envelopes": [message.value for message in messages],
            "headers": [json.dumps(dict(message.headers)) for message in messages],
        }
        async with self._db.transaction() as tx:
            await tx.execute(query, {**told, "now": self._clock.now()})

    async def first(self, limit: int) -> Sequence[tuple[int, Message]]:
        """The oldest ones, each with its number; what would pass 16 MB together waits for the next call."""
        async with self._db.transaction() as tx:
            rows = (await tx.execute(_FIRST, {"limit": limit})).all()
        return [(row.id, Message(row.topic, row.key, row.envelope, row.headers)) for row in rows]

    async def drop(self, numbers: Sequence[int]) -> None:
        """Those are handled."""
        async with self._db.transaction() as tx:
            await tx.execute(text("DELETE FROM held_message WHERE id = ANY(:numbers)"), {"numbers": list(numbers)})

    async def count(self) -> int:
        """How many wait; of very many, 100,000."""
        query = text("SELECT count(*) FROM (SELECT 1 FROM held_message LIMIT :most) AS waiting")
        async with self._db.transaction() as tx:
            return int((await tx.execute(query, {"most": COUNTED_MAX})).scalar_one())
