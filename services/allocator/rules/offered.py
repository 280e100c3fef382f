"""The cards of a pool in time: each counts only while its offer lasts, and those that leave last are given first."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from services.allocator.model.cards import Card
from services.allocator.model.queue import Offered
from services.allocator.rules.cards import pick_cards

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Shrinking(NamedTuple):
    """How many cards a pool still has from an instant at which some of them left it."""

    at: dt.datetime
    cards: int


def first_leaving(cards: Iterable[Card], offered: Mapping[Card, Offered]) -> dt.datetime | None:
    """When the first of some cards leaves its pool: at the end of its offer (AL-3), exclusive.

    None where none of them ever leaves. Never raises.
    Example: one until 1 November, one until 1 January → 1 November.
    """
    return min((offered[card].until for card in cards if card in offered), default=None)


def pick_lasting(free: Collection[Card], count: int, offered: Mapping[Card, Offered]) -> tuple[Card, ...] | None:
    """Cards for a session: those that leave last are given first (AL-3); of one end, as servers are filled best.

    `free`: cards that nobody holds and that are offered now; `count` ≥ 1. None where fewer are free. The same state
    always gives the same cards. Never raises.

    Example: s1 leaves on 1 November, s2 and s3 on 1 January, 3 cards wanted → those of s2 and s3, and one of s1.
    """
    if count > len(free):
        return None

    def leaves(card: Card) -> dt.datetime:
        return offered[card].until if card in offered else NEVER

    picked: list[Card] = []
    for _, alike in groupby(sorted(free, key=leaves, reverse=True), leaves):
        of_one_end = list(alike)
        picked += pick_cards(of_one_end, min(count - len(picked), len(of_one_end))) or ()
        if len(picked) == count:
            break
    return tuple(picked)


def shrinkings(
    cards: Collection[Card], offered: Mapping[Card, Offered], after: dt.datetime, now: dt.datetime
) -> tuple[Shrinking, ...]:
    """The instants in `(after, now]` at which cards left a pool, in order, each with the cards left (AL-3).

    `cards`: those offered now; one without a span is the pool's own for ever. Never raises.
    Example: four cards, of which two were offered until 1 November → from then on two.
    """
    leaving = sorted({span.until for span in offered.values() if after < span.until <= now})
    own = sum(card not in offered for card in cards)
    return tuple(
        Shrinking(at, own + sum(span.from_at <= at < span.until for span in offered.values())) for at in leaving
    )


def shrunk_below(wanted: int, requested_at: dt.datetime, steps: Sequence[Shrinking]) -> Shrinking | None:
    """The first instant after a request at which its pool has fewer cards than it wants (AL-3); None: it still fits."""
    return next((step for step in steps if step.at > requested_at and step.cards < wanted), None)


def is_offer_over(offered_until: dt.datetime, now: dt.datetime) -> bool:
    """Whether an offer's `[from, until)` is over at `now` (AL-3): its cards make no pool any more."""
    return offered_until <= now
