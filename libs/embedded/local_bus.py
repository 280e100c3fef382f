"""The bus of the one-machine mode: the relay hands outbox rows straight to the subscribed services, in order.

A row counts as published once every subscriber has handled it, or keeps it: a subscriber that fails has its messages
held in its own database, in order, and tried again from there. So one that stands stops neither the publisher nor
the other subscribers, and nothing is lost over a restart.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from libs.common import log
from libs.common.bus import Held, Message, Subscription

DELIVERY_LIMIT_S = 60.0
"""A subscriber that has not handled a batch after this long is taken to hang: the batch is held for it."""
RETRY_FIRST_S = 0.05
RETRY_MAX_S = 2.0
BATCH_MAX = 500

_log = log.get(__name__)


class Delivery:
    """One subscription, one batch at a time; `held` is looked at before anything newer is handed over."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.trouble = ""
        self._one_at_a_time = asyncio.Lock()
        self._holds: bool | None = None
        """Whether messages wait; none until it was looked up."""
        self._retrying: asyncio.Task[None] | None = None

    async def hand_over(self, batch: Sequence[Message]) -> None:
        """Return once the batch is handled or held; raise where it is neither."""
        held = self.subscription.held
        async with self._one_at_a_time:
            if held is None:
                await self._consume(batch)
            elif await self._holding(held):
                await held.keep(batch)
            elif not await self._try(batch):
                await held.keep(batch)
                self._holds = True
        if self._holds:
            self.retry_in_background()

    async def catch_up(self) -> int:
        """Hand over what is held, oldest first, until nothing is held or it fails again; returns how many messages."""
        total = 0
        while (done := await self._next_held()) > 0:
            total += done
        return total

    async def lag(self) -> int:
        """How many messages are held."""
        held = self.subscription.held
        return await held.count() if held is not None and await self._holding(held) else 0

    def retry_in_background(self) -> None:
        """Try again what is held until it is handled."""
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._retry(), name=f"{self.subscription.group}-held")

    async def stop(self) -> None:
        """End the retries; what is held stays held."""
        if self._retrying is not None:
            self._retrying.cancel()
            await asyncio.gather(self._retrying, return_exceptions=True)

    async def _holding(self, held: Held) -> bool:
        if self._holds is None:
            self._holds = await held.count() > 0
        return self._holds

    async def _next_held(self) -> int:
        held = self.subscription.held
        async with self._one_at_a_time:
            if held is None or not await self._holding(held):
                return 0
            rows = await held.first(BATCH_MAX)
            if not rows:
                self._holds, self.trouble = False, ""
                return 0
            if not await self._try([message for _, message in rows]):
                return 0
            await held.drop([number for number, _ in rows])
            return len(rows)

    async def _try(self, batch: Sequence[Message]) -> bool:
        with contextlib.suppress(Exception):  # told as trouble
            await self._consume(batch)
            return True
        return False

    async def _consume(self, batch: Sequence[Message]) -> None:
        try:
            async with asyncio.timeout(DELIVERY_LIMIT_S):
                await self.subscription.consume(batch)
        except Exception as error:
            self.trouble = repr(error)[:300]
            raise
        self.trouble = ""

    async def _retry(self) -> None:
        pause_s = RETRY_FIRST_S
        while self._holds is not False:
            await asyncio.sleep(pause_s)
            try:
                done = await self.catch_up()
            except Exception as error:  # noqa: BLE001 - the database is away, or a bug: it is told, and tried again
                _log.warning("held_not_read", group=self.subscription.group, detail=repr(error)[:200])
                done = 0
            pause_s = RETRY_FIRST_S if done else min(pause_s * 2, RETRY_MAX_S)


class LocalBus:
    """Delivers within the process; see `libs.common.bus.Bus` for what each call promises."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []

    def subscribe(self, subscription: Subscription) -> None:
        """Subscribe to some topics; messages are delivered from now on."""
        self._deliveries.append(Delivery(subscription))

    async def start(self) -> None:
        """Go on with what was held before a restart."""
        for delivery in self._deliveries:
            if delivery.subscription.held is not None:
                delivery.retry_in_background()

    async def stop(self) -> None:
        """Nothing to disconnect: every message in hand is still in its outbox, or held."""
        for delivery in self._deliveries:
            await delivery.stop()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once every subscriber has handled or holds all messages; raise, after all others had theirs, what
        the first raised that could do neither.
        """
        failure: Exception | None = None
        for delivery in self._deliveries:
            batch = [m for m in messages if m.topic in delivery.subscription.topics]
            if not batch:
                continue
            try:
                await delivery.hand_over(batch)
            except Exception as error:  # noqa: BLE001 - raised below, once the others had theirs
                failure = failure or error
        if failure is not None:
            raise failure

    async def catch_up(self) -> int:
        """Try again now what is held, for every subscriber; returns how many messages were handled."""
        return sum([await delivery.catch_up() for delivery in self._deliveries])

    async def lag(self) -> dict[str, int | None]:
        """What each subscriber holds; what nobody was handed yet waits in the outboxes."""
        return {delivery.subscription.group: await delivery.lag() for delivery in self._deliveries}

    def unhealthy(self, group: str | None = None) -> str:
        """Which subscribers fail, and why."""
        told = [(delivery.subscription.group, delivery.trouble) for delivery in self._deliveries if delivery.trouble]
        return "; ".join(f"{name}: {why}" for name, why in told if group in (None, name))
