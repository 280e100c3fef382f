"""aiokafka's clients, leaving no connection behind; version 0.14 by itself leaves one in two places.

The first connection stays open where a start is cancelled while the broker has not yet said what it holds, and one
that comes up while its client is being closed stays open too: each holds a socket here and at the broker until the
collector finds it. All clients of the house come from this module.
"""

from contextvars import ContextVar
from typing import Any

import aiokafka.client
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, admin, consumer, producer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection, create_conn

__all__ = ["AIOKafkaAdminClient", "AIOKafkaConsumer", "AIOKafkaProducer"]


class _Start:
    """The connections that one start opened; what its tasks open later is theirs."""

    def __init__(self) -> None:
        self.opened: list[AIOKafkaConnection] = []
        self.going_on = True

    def end(self) -> None:
        """Note nothing more, and let go of what was noted."""
        self.going_on = False
        self.opened.clear()


_start: ContextVar[_Start | None] = ContextVar("start", default=None)


class TidyClient(AIOKafkaClient):
    """What a consumer, a producer and an admin client hold their connections in."""

    _over = False

    async def bootstrap(self) -> None:
        """Learn what the brokers hold; a start that ends early closes what it opened."""
        start = _Start()
        noting = _start.set(start)
        try:
            await super().bootstrap()  # type: ignore[no-untyped-call]
        except BaseException:
            for connection in start.opened:
                connection.close()
            raise
        finally:
            _start.reset(noting)
            start.end()

    async def close(self) -> None:
        """Close every connection, those that are coming up included."""
        self._over = True
        await super().close()  # type: ignore[no-untyped-call]

    async def _get_conn(self, *arguments: Any, **named: Any) -> AIOKafkaConnection | None:
        connection: AIOKafkaConnection | None = await super()._get_conn(*arguments, **named)  # type: ignore[no-untyped-call]
        if connection is not None and self._over:
            connection.close()
            return None
        return connection


async def _open(*arguments: Any, **named: Any) -> AIOKafkaConnection:
    connection: AIOKafkaConnection = await create_conn(*arguments, **named)
    start = _start.get()
    if start is not None and start.going_on:
        start.opened.append(connection)
    return connection


aiokafka.client.create_conn = _open  # type: ignore[attr-defined]  # where a client's every connection is made
for _module in (admin.client, consumer.consumer, producer.producer):
    _module.AIOKafkaClient = TidyClient  # type: ignore[attr-defined]  # where a client is made
