"""Cards, the spans over which they are held, and the two ways to assign them."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal, NamedTuple

Mode = Literal["dynamic", "fixed"]
"""How a grant or pool assigns (AL-8)."""


class Card(NamedTuple):
    """One GPU card: its server and its place in it, from 0."""

    server_id: str
    slot: int


class Span(NamedTuple):
    """A half-open interval `[from_s, until_s)` in whole seconds since 1970-01-01 UTC."""

    from_s: int
    until_s: int

    def overlaps(self, other: "Span") -> bool:
        """Whether both share an instant; touching ones do not."""
        return self.from_s < other.until_s and other.from_s < self.until_s

    def holds(self, other: "Span") -> bool:
        """Whether the other lies wholly within this one."""
        return self.from_s <= other.from_s and other.until_s <= self.until_s


def seconds_of(instant: dt.datetime) -> int:
    """Whole seconds since 1970-01-01 UTC."""
    return int(instant.timestamp())


def seconds_after(instant: dt.datetime) -> int:
    """The first whole second at or after an instant, since 1970-01-01 UTC."""
    return seconds_of(instant) + (instant.microsecond > 0)


def instant_of(seconds: int) -> dt.datetime:
    """The instant of `seconds` since 1970-01-01 UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


EVER = Span(-(2**52), 2**52)


def servers_of(cards: Iterable[Card]) -> dict[str, int]:
    """Server id → how many of the cards are its own, in the order of the cards."""
    counted: dict[str, int] = {}
    for card in cards:
        counted[card.server_id] = counted.get(card.server_id, 0) + 1
    return counted
