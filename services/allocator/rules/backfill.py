"""When the head of a queue starts at the latest, so that nobody who overtakes it delays it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.allocator.model.cards import Card
from services.allocator.model.queue import Offered

Holding = tuple[dt.datetime | None, Sequence[Card]]
"""When a session ends at the latest (None: never), and its cards."""


def head_start(
    now: dt.datetime,
    free: Iterable[Card],
    holding: Iterable[Holding],
    offered: Mapping[Card, Offered],
    head_cards: int,
) -> tuple[dt.datetime, int] | None:
    """When the head of the queue starts at the latest, and how many cards are then left over (AL-9).

    `free`: cards that nobody holds now; `holding`: those that sessions hold; a card counts only while it is offered
    (AL-3), and one whose offer begins later from then on. None where the start cannot be computed, because too few
    sessions are ever known to end, or too few cards stay. Never raises.

    Example: 4 cards, 2 of them held until 10:00, the head needs 3 → (10:00, 1).
    """
    steps: Counter[dt.datetime] = Counter()
    for card in free:
        _count(steps, now, card, offered)
    for end, cards in holding:
        for card in cards if end is not None else ():
            _count(steps, max(now, end or now), card, offered)
    for card, span in offered.items():
        if span.from_at > now:
            _count(steps, span.from_at, card, offered)
    there = steps.pop(now, 0)
    if there >= head_cards:
        return now, there - head_cards
    for at in sorted(steps):
        there += steps[at]
        if there >= head_cards:
            return at, there - head_cards
    return None


def _count(steps: Counter[dt.datetime], since: dt.datetime, card: Card, offered: Mapping[Card, Offered]) -> None:
    """Count a card from an instant until it leaves; not at all where it has left by then."""
    span = offered.get(card)
    if span is None:
        steps[since] += 1
    elif since < span.until:
        steps[since] += 1
        steps[span.until] -= 1
