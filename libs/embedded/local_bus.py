"""The bus of the one-machine mode: the relay hands outbox rows straight to the subscribed services, in order.

It holds nothing itself: a row counts as published once every subscriber has handled it, so the outbox is what
makes it durable. One subscriber that fails stops its publisher's rows (they are tried again) and no others.
"""

import asyncio
from collections.abc import Sequence

from libs.common.bus import Message, Subscription


class LocalBus:
    """Delivers within the process; see `libs.common.bus.Bus` for what each call promises."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._failing: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def subscribe(self, subscription: Subscription) -> None:
        """Hear some topics from now on."""
        self._subscriptions.append(subscription)
        self._locks[subscription.group] = asyncio.Lock()

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        """Nothing to disconnect: every message in hand is still in its outbox."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once every subscriber has handled all messages; raise what the first failing one raised."""
        for subscription in self._subscriptions:
            batch = [m for m in messages if m.topic in subscription.topics]
            if batch:
                await self._deliver(subscription, batch)

    async def _deliver(self, subscription: Subscription, batch: Sequence[Message]) -> None:
        async with self._locks[subscription.group]:
            try:
                await subscription.consume(batch)
            except Exception as error:
                self._failing[subscription.group] = repr(error)[:300]
                raise
            self._failing.pop(subscription.group, None)

    async def lag(self) -> dict[str, int]:
        """Always zero: what waits, waits in the outboxes."""
        return {subscription.group: 0 for subscription in self._subscriptions}

    def unhealthy(self) -> str:
        """Which subscribers fail, and why."""
        return "; ".join(f"{group}: {why}" for group, why in self._failing.items())
