"""Which cards: named ones, each for one holder at a time."""

from collections.abc import Collection, Iterable

from libs.common.cards import cards_of
from services.allocator.model.cards import Card, Mode
from services.allocator.model.grants import Grant
from services.allocator.policy import ProductPolicy


def pick_cards(free: Collection[Card], count: int) -> tuple[Card, ...] | None:
    """AL-10: Cards are given only out of those that nobody holds, each once; the database forbids the rest.

    `free`: the cards without a holder at the instant; `count` ≥ 1. Returns `count` different cards: of one
    server where they fit, the one that they fill best; else of the fewest servers. None where fewer are free.
    Ties go to the smaller server id and index, so the same state always gives the same cards.

    Example: s1 has 1 free, s2 has 3 free, 2 wanted → two of s2.
    Source: —.
    """
    if count > len(free):
        return None
    by_server = _by_server(free)
    fitting = [(len(cards), server) for server, cards in by_server.items() if len(cards) >= count]
    if fitting:
        return tuple(by_server[min(fitting)[1]][:count])
    picked: list[Card] = []
    for server in sorted(by_server, key=lambda s: (-len(by_server[s]), s)):
        picked += by_server[server][: count - len(picked)]
    return tuple(picked)


def assignment_mode(programme_mode: Mode, offered_mode: Mode | None) -> Mode:
    """AL-8: A grant is fixed where its programme is, or where its provider takes part fixed from the start.

    Fixed means: named servers or cards are the grant's own from start to end, used or not. `offered_mode` is
    none where the provider follows the programme. Returns the mode of the grant. Never raises: a provider's
    offer cannot make a fixed programme (NPU grants) dynamic.

    Example: (dynamic, fixed) → fixed; (fixed, dynamic) → fixed.
    Source: S0 §1, S1 §3.
    """
    return "fixed" if "fixed" in (programme_mode, offered_mode) else "dynamic"


def granted_cards(grant: Grant, product: ProductPolicy) -> tuple[int, str]:
    """How many cards of which type a grant is: as placed, and before that as asked (CV-4)."""
    count = grant.cards or cards_of(grant.units, product.cards_per_unit)
    return count, grant.card_type or product.card_type


def free_cards(cards: Collection[Card], held: Iterable[Iterable[Card]]) -> list[Card]:
    """The cards of a pool that none of the holders has, in order."""
    taken = {card for holder in held for card in holder}
    return sorted(card for card in cards if card not in taken)


def _by_server(cards: Iterable[Card]) -> dict[str, list[Card]]:
    by_server: dict[str, list[Card]] = {}
    for card in sorted(cards):
        by_server.setdefault(card.server_id, []).append(card)
    return by_server
