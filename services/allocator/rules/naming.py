"""Which named cards of a data centre a grant gets: the ledger of spans that placement writes into."""

from collections.abc import Collection, Sequence

from services.allocator.model.cards import Card, Span
from services.allocator.model.placements import Place, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.places import seat_cards

Group = tuple[str, str, str, int]
"""Provider, data centre, card type, and of how many cards each server is; 0 for all servers of the three together."""


def may_sit(group: Group, variant: Variant, wish: Wish) -> bool:
    """Whether a grant may sit in a group of servers at all; whether cards are free is not looked at. Never raises.

    It may where the group's cards are of the variant's type and its provider gives it so (BL-3) and may serve the
    applicant (AL-5): a server product on servers of its size, a card product on servers of any size (AL-1).

    Example: 16 cards by the server of 8 → a group of servers of 8, none of servers of 4 or of a barred provider.
    """
    provider_id, _, card_type, server_cards = group
    of_its_size = server_cards == wish.server_cards
    fits = of_its_size and card_type == variant.card_type and variant.may_come_from(provider_id)
    return fits and provider_id not in wish.barred_providers


class Book:
    """Who holds which card when, while a placement is made."""

    def __init__(self, stock: Sequence[StockServer]) -> None:
        self.groups: dict[Group, list[str]] = {}
        self._busy: dict[str, list[list[Span]]] = {}
        self._offered: dict[str, Span] = {}
        self._counted: dict[str, dict[Span, int]] = {}
        for server in sorted(stock, key=lambda s: s.server_id):
            site = (server.provider_id, server.data_centre, server.card_type)
            for group in ((*site, 0), (*site, server.cards)):
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

    def seats(self, group: Group, wish: Wish, variant: Variant, start: StartChoice) -> dict[str, int] | None:
        """Server → cards for a grant in one group (AL-1); None where it may not sit there or too few are free."""
        if not may_sit(group, variant, wish):
            return None
        free = {server_id: self.free_count(server_id, start.span) for server_id in self.groups[group]}
        return seat_cards(variant.cards, free, wish.server_cards)

    def fit(self, group: Group, wish: Wish, variant: Variant, start: StartChoice) -> Place | None:
        """A place for a grant in one group of servers; None where none is free."""
        seats = self.seats(group, wish, variant, start)
        return None if seats is None else self.fit_on(wish, group, seats, start)

    def could_hold(self, group: Group, wish: Wish, variant: Variant) -> bool:
        """Whether a group of servers is large enough for a grant, if nobody held a card of it."""
        sizes = {server_id: len(self._busy[server_id]) for server_id in self.groups[group]}
        return may_sit(group, variant, wish) and seat_cards(variant.cards, sizes, wish.server_cards) is not None

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
        for card in place.cards:
            self._busy[card.server_id][card.slot].append(place.start.span)
        self._forget(place)

    def let_go(self, place: Place) -> None:
        """Take a place that was written into the book out of it."""
        for card in place.cards:
            self._busy[card.server_id][card.slot].remove(place.start.span)
        self._forget(place)

    def _forget(self, place: Place) -> None:
        for server_id in place.servers():
            self._counted.pop(server_id, None)

    def free_count(self, server_id: str, span: Span) -> int:
        """How many cards of a server nobody holds at any instant of the span."""
        counted = self._counted.setdefault(server_id, {})
        if span not in counted:
            counted[span] = len(self.free_on(server_id, span))
        return counted[span]

    def edges(self) -> set[int]:
        """The instants at which a held span or an offer begins or ends."""
        held = {edge for busy in self._busy.values() for spans in busy for span in spans for edge in span}
        return held | {edge for offered in self._offered.values() for edge in offered}

    def held(self, server_id: str, span: Span) -> int:
        """How many cards of a server somebody holds at some instant of the span."""
        return sum(any(span.overlaps(s) for s in spans) for spans in self._busy[server_id])


def first_fit(book: Book, wish: Wish, used: Collection[tuple[str, str]]) -> Place | None:
    """Greedy: the first type and start, by preference, that fit anywhere; in a data centre of `used` if one does."""
    groups = sorted(book.groups, key=lambda g: (g[:2] not in used, g))
    for variant in wish.variants:
        for start in wish.starts:
            for group in groups:
                place = book.fit(group, wish, variant, start)
                if place is not None:
                    return place
    return None
