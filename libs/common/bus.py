"""The port through which facts travel between services; `LocalBus` and `KafkaBus` stand behind it.

Delivery is at least once and in order per key; the inbox makes the effect exactly once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One envelope on its way: `value` is the envelope's JSON, untouched from outbox to handler and dead letter."""

    topic: str
    key: str
    value: str
    headers: Mapping[str, str] = field(default_factory=dict)


Consume = Callable[[Sequence[Message]], Awaitable[None]]
"""Handles a batch in one transaction; returns once durable; raises when nothing of the batch took effect."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears what: `group` is the service's name, `consume` its inbox."""

    group: str
    topics: frozenset[str]
    consume: Consume


class Bus(Protocol):
    """What a relay and a consumer need of a bus."""

    def subscribe(self, subscription: Subscription) -> None:
        """Hear some topics from the next `start` on."""
        ...

    async def start(self) -> None:
        """Connect, and begin to hand messages to the subscriptions."""
        ...

    async def stop(self) -> None:
        """Finish the batch in hand and disconnect; nothing is lost."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once all messages are safe with the bus, in order per key; raise if any may not be."""
        ...

    async def lag(self) -> dict[str, int]:
        """Messages published but not yet handled, by group."""
        ...

    def unhealthy(self) -> str:
        """Why this bus makes no progress; empty while it does."""
        ...
