"""Which named cards of a data centre a grant gets: the ledger of spans that placement writes into."""

from collections.abc import Sequence

from services.allocator.model.cards import Card, Span
from services.allocator.model.placements import Place, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.places import server_shape

Group = tuple[str, str, str, int]
"""Provider, data centre, card type, cards per server."""


def shape_in(group: Group, variant: Variant, wish: Wish) -> tuple[int, ...] | None:
    """How many cards a grant takes of each of its servers in a group of equal servers; None where it may not sit there.

    It may where the group's cards are of the variant's type, its provider may serve the applicant (AL-5) and its
    servers can hold the shape (AL-1). Whether cards are free is not looked at. Never raises.

    Example: 16 H100 on servers of 8 → (8, 8); the same with a barred provider → None.
    """
    provider_id, _, card_type, server_cards = group
    if card_type != variant.card_type or provider_id in wish.barred_providers:
        return None
    return server_shape(variant.cards, server_cards, wish.server_cards)


class Book:
    """Who holds which card when, while a placement is made."""

    def __init__(self, stock: Sequence[StockServer]) -> None:
        self.groups: dict[Group, list[str]] = {}
        self._busy: dict[str, list[list[Span]]] = {}
        self._offered: dict[str, Span] = {}
        self._counted: dict[tuple[str, Span], int] = {}
        for server in sorted(stock, key=lambda s: s.server_id):
            group = (server.provider_id, server.data_centre, server.card_type, server.cards)
            self.groups.setdefault(group, []).append(server.server_id)
            self._busy[server.server_id] = [list(spans) for spans in server.busy]
            self._offered[server.server_id] = server.offered

    def free_on(self, server_id: str, span: Span) -> list[int]:
        """The cards of a server that are free over the whole span; those used up to its start come first."""
        if not self._offered[server_id].holds(span):
            return []
        busy = self._busy[server_id]
        free = [i for i, spans in enumerate(busy) if not any(span.overlaps(s) for s in spans)]
        return sorted(
            free, key=lambda i: (-max((s.until_s for s in busy[i] if s.until_s <= span.from_s), default=0), i)
        )

    def fit(self, group: Group, wish: Wish, variant: Variant, start: StartChoice) -> Place | None:
        """A place for a grant in one group of servers, the tightest fit; None where none is free."""
        shape = shape_in(group, variant, wish)
        if shape is None:
            return None
        free = {server_id: self.free_on(server_id, start.span) for server_id in self.groups[group]}
        cards: list[Card] = []
        for wanted in shape:
            fitting = [(len(indexes), server_id) for server_id, indexes in free.items() if len(indexes) >= wanted]
            if not fitting:
                return None
            server_id = min(fitting)[1]
            cards += [Card(server_id, index) for index in free.pop(server_id)[:wanted]]
        return Place(wish.grant_id, group[0], group[1], group[2], tuple(sorted(cards)), start)

    def fit_on(self, wish: Wish, group: Group, demands: dict[str, int], start: StartChoice) -> Place | None:
        """A place on given servers (server id → cards); None where their free cards do not last the whole span."""
        cards: list[Card] = []
        for server_id, wanted in demands.items():
            free = self.free_on(server_id, start.span)
            if len(free) < wanted:
                return None
            cards += [Card(server_id, index) for index in free[:wanted]]
        return Place(wish.grant_id, group[0], group[1], group[2], tuple(sorted(cards)), start)

    def hold(self, place: Place) -> None:
        """Write a place into the book."""
        self._counted.clear()
        for card in place.cards:
            self._busy[card.server_id][card.slot].append(place.start.span)

    def free_count(self, server_id: str, span: Span) -> int:
        """How many cards of a server nobody holds at any instant of the span."""
        key = (server_id, span)
        if key not in self._counted:
            self._counted[key] = len(self.free_on(server_id, span))
        return self._counted[key]

    def edges(self) -> set[int]:
        """The instants at which a held span or an offer begins or ends."""
        held = {edge for busy in self._busy.values() for spans in busy for span in spans for edge in span}
        return held | {edge for offered in self._offered.values() for edge in offered}

    def held(self, server_id: str, span: Span) -> int:
        """How many cards of a server somebody holds at some instant of the span."""
        return sum(any(span.overlaps(s) for s in spans) for spans in self._busy[server_id])
