"""The port through which facts travel between services; `LocalBus` and `KafkaBus` stand behind it.

Delivery is at least once and in order per key; the inbox makes the effect exactly once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

EVENT_BYTES_MAX = 4 * 1024 * 1024
"""The largest envelope that may be said; every bus takes more than this, so that none stops at one message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One envelope on its way: `value` is the envelope's JSON, untouched from outbox to handler and dead letter."""

    topic: str
    key: str
    value: str
    headers: Mapping[str, str] = field(default_factory=dict)


ORIGIN = ("x-orig-partition", "x-orig-offset")
"""The headers that a bus of ours adds to what it heard: where it lay. Whatever else came with it stays there."""
UNREADABLE = "x-unreadable"
"""The header by which a bus tells why it could not read a message at all; its key and value are empty then."""


class MessageRefused(Exception):
    """The bus refuses one message for its own sake and always would; all before it in the batch are safe with it."""

    def __init__(self, safe: int, why: str) -> None:
        super().__init__(why)
        self.safe = safe
        """How many came before it."""


Consume = Callable[[Sequence[Message]], Awaitable[None]]
"""Handles a batch in one transaction; returns once durable; raises when nothing of the batch took effect."""


class Held(Protocol):
    """Where messages wait, durably and in order, for a consumer that stands: for a bus without a log of its own."""

    async def keep(self, messages: Sequence[Message]) -> None:
        """Add them at the end; returns once durable."""
        ...

    async def first(self, limit: int) -> Sequence[tuple[int, Message]]:
        """The oldest ones, each with a number."""
        ...

    async def drop(self, numbers: Sequence[int]) -> None:
        """Those are handled."""
        ...

    async def count(self) -> int:
        """How many wait, as far as it is worth counting."""
        ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears what: `group` is the service's name, `consume` its inbox, `held` where messages wait for it."""

    group: str
    topics: frozenset[str]
    consume: Consume
    held: Held | None = None


class Bus(Protocol):
    """What a relay and a consumer need of a bus."""

    def subscribe(self, subscription: Subscription) -> None:
        """Subscribe to some topics; messages are delivered from the next `start` on."""
        ...

    async def start(self) -> None:
        """Connect, and begin to hand messages to the subscriptions."""
        ...

    async def stop(self) -> None:
        """Finish the batch in hand and disconnect; nothing is lost."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once all messages are safe with the bus, in order per key; raise if any may not be.

        Raises MessageRefused where it is one message that the bus does not take, while it takes others.
        """
        ...

    async def lag(self) -> dict[str, int | None]:
        """Messages published but not yet handled, by group; none where that is not known."""
        ...

    def unhealthy(self, group: str | None = None) -> str:
        """Why this bus makes no progress, for one group or for any; empty while it does."""
        ...
