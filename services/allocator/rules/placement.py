"""The placement of a call's grants, decided together: greedy, then exact where greedy leaves something to wish for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from services.allocator.model.cards import Span
from services.allocator.model.placements import (
    Outcome,
    Place,
    PlacementResult,
    Proof,
    StartChoice,
    Variant,
    Wish,
)
from services.allocator.model.supply import StockServer
from services.allocator.rules.limits import limit_alone
from services.allocator.rules.naming import Book, first_fit
from services.allocator.rules.places import Site, site_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search says: places for everybody; or none, proved impossible or undecided."""

    places: tuple[Place, ...] | None
    proof: Proof


LAST_RANK = 2**31 - 1


def number_order(code: str) -> tuple[int, str]:
    """The sort key of an id that carries a number: A-999999 comes before A-1000000."""
    return len(code), code


def placement_rank(rank_all: int | None, rank: int | None) -> int:
    """The rank by which a grant is placed (AL-4): over all tracks of its call, else within its track, else last.

    1 is the best. Example: 12th of all, 3rd of its track → 12; without any rank behind everybody.
    """
    ranks = [told for told in (rank_all, rank) if told is not None]
    return ranks[0] if ranks else LAST_RANK


@dataclass(frozen=True, slots=True)
class Bounds:
    """What better goals have reached, as bounds of a search for fewer servers (AL-4, goal 4)."""

    data_centres_max: int
    load_max: Fraction
    servers_max: Mapping[str, int]
    """Grant id → on how many servers it may sit at most; no bound for others."""


class Search(Protocol):
    """An exact search for places; without one, what greedy cannot place stays undecided."""

    def feasible(self, wishes: Sequence[Wish], bounds: Bounds | None = None) -> Answer:
        """Places for all wishes at once, within bounds where there are some, or why not."""
        ...

    def spread(self, wishes: Sequence[Wish]) -> Answer:
        """Places for all wishes on the fewest data centres with the smallest maximum load."""
        ...


class NoSearch:
    """Decides nothing: the result is what greedy finds."""

    def feasible(self, wishes: Sequence[Wish], bounds: Bounds | None = None) -> Answer:  # noqa: ARG002
        """Undecided."""
        return Answer(None, "undecided")

    def spread(self, wishes: Sequence[Wish]) -> Answer:  # noqa: ARG002
        """Undecided."""
        return Answer(None, "undecided")


def place_grants(stock: Sequence[StockServer], wishes: Sequence[Wish], search: Search) -> PlacementResult:
    """AL-4: The selected grants of a call are placed together, in order of their final score (their rank).

    Goals in order: (1) place the better-ranked; (2) give the type asked for; (3) start nearest the wished month,
    earlier on ties: each rank-lexicographic; (4) fewest data centres, then the smallest maximum load, then the
    fewest servers by rank. Greedy places what it can; where it fails, `search` decides whether some placement of all
    accepted grants and this one exists. Nobody accepted is ever dropped for a later one, and how a grant sits (AL-1)
    never costs a better goal.

    `stock`: servers with what is held already; `wishes`: grants in any order; of two with one rank the one with the
    smaller number in its id comes first. Returns the places, and for every grant whether its part is proved or
    undecided and, for each unplaced one, the limit that stops it. Never raises.

    Example: one server of 8; rank 1 wants 4 cards in October, rank 2 wants 8 in October or November → rank 1 in
    October, rank 2 in November.
    Source: S0 §2, §7.
    """
    run = _Run(stock, sorted(wishes, key=lambda w: (w.rank, number_order(w.grant_id))), search)
    run.place_all()
    run.prefer_types()
    run.prefer_starts()
    spread_proof = run.spread_out()
    places = tuple(run.places[w.grant_id] for w in run.wishes if w.grant_id in run.places)
    outcomes = tuple(run.outcomes[w.grant_id] for w in run.wishes)
    data_centres, load_max = spread_of(stock, places)
    return PlacementResult(places, outcomes, spread_proof, data_centres, str(load_max))


class _Run:
    """One placement in the making: accepted wishes, narrowed goal by goal, and places that keep them all."""

    def __init__(self, stock: Sequence[StockServer], wishes: Sequence[Wish], search: Search) -> None:
        self.stock = stock
        self.wishes = wishes
        self.search = search
        self.accepted: dict[str, Wish] = {}
        self.places: dict[str, Place] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.empty = Book(stock)
        self.book = Book(stock)

    def place_all(self) -> None:
        """Goal 1: the better-ranked, one after the other."""
        for wish in self.wishes:
            limit = limit_alone(self.empty, wish)
            if limit:
                self.outcomes[wish.grant_id] = Outcome(wish.grant_id, placed=False, limit=limit)
                continue
            proof = self._try(wish)
            placed = wish.grant_id in self.places
            self.outcomes[wish.grant_id] = Outcome(
                wish.grant_id, placed, "" if placed else "capacity", "proved" if placed else proof
            )

    def prefer_types(self) -> None:
        """Goal 2: the type asked for."""
        for wish in list(self.accepted.values()):
            proof: Proof = "proved"
            asked = replace(wish, variants=wish.variants[:1])
            if self._type(wish) != asked.variants[0].card_type:
                proof = self._try(asked)
            got = self._type(wish)
            same = tuple(v for v in wish.variants if (v == wish.variants[0]) == (got == wish.variants[0].card_type))
            self.accepted[wish.grant_id] = replace(wish, variants=same)
            self._note(wish, type_proof=proof)

    def prefer_starts(self) -> None:
        """Goal 3: the start nearest the wished month."""
        for wish in list(self.accepted.values()):
            proof: Proof = "proved"
            for start in wish.starts:
                if start == self.places[wish.grant_id].start:
                    break
                said = self._try(replace(wish, starts=(start,)))
                proof = "undecided" if said == "undecided" else proof
                if self.places[wish.grant_id].start == start:
                    break
            self.accepted[wish.grant_id] = replace(wish, starts=(self.places[wish.grant_id].start,))
            self._note(wish, start_proof=proof)

    def spread_out(self) -> Proof:
        """Goal 4: fewest data centres, then the smallest maximum load, then the fewest servers by rank."""
        if not self.places:
            return "proved"
        answer = self.search.spread(list(self.accepted.values()))
        if answer.places is not None and spread_of(self.stock, answer.places) < self._spread():
            self._adopt(answer.places)
        seated = self._seat_tightly()
        return "undecided" if "undecided" in (answer.proof, seated) else "proved"

    def _seat_tightly(self) -> Proof:
        """The last part of goal 4: each grant on the fewest servers that all better goals and ranks leave it."""
        self._gather()
        proof: Proof = "proved"
        servers_max: dict[str, int] = {}
        for grant_id, wish in self.accepted.items():
            least = servers_min(self.empty, wish)
            while len(self.places[grant_id].servers()) > least:
                fewer = {**servers_max, grant_id: len(self.places[grant_id].servers()) - 1}
                answer = self.search.feasible(list(self.accepted.values()), Bounds(*self._spread(), fewer))
                if answer.places is None:
                    proof = "undecided" if answer.proof == "undecided" else proof
                    break
                self._adopt(answer.places)
                self._gather()
            servers_max[grant_id] = len(self.places[grant_id].servers())
        return proof

    def _gather(self) -> None:
        """Let each grant sit on fewer servers of its site where it can, all others staying, until nobody can."""
        moved = True
        while moved:
            moved = False
            for grant_id, wish in self.accepted.items():
                place = self.places[grant_id]
                self.book.let_go(place)
                tighter = self.book.fit(
                    (place.provider_id, place.data_centre, place.card_type, wish.server_cards),
                    wish,
                    Variant(place.card_type, len(place.cards)),
                    place.start,
                )
                if tighter is not None and len(tighter.servers()) < len(place.servers()):
                    self.places[grant_id] = place = tighter
                    moved = True
                self.book.hold(place)

    def _spread(self) -> tuple[int, Fraction]:
        return spread_of(self.stock, tuple(self.places.values()))

    def _try(self, wish: Wish) -> Proof:
        """Place a wish beside all others accepted: first without moving anybody, then by search.

        Returns `proved` where it is placed or cannot be placed, else `undecided`.
        """
        own = self.places.get(wish.grant_id)
        if own is not None:
            self.book.let_go(own)
        used = {(p.provider_id, p.data_centre) for p in self.places.values() if p is not own}
        found = first_fit(self.book, wish, used)
        kept = found or own
        if kept is not None:
            self.book.hold(kept)
        if found is not None:
            self.places[wish.grant_id] = found
            self.accepted.setdefault(wish.grant_id, wish)
            return "proved"
        answer = self.search.feasible(list({**self.accepted, wish.grant_id: wish}.values()))
        if answer.places is not None:
            self._adopt(answer.places)
            self.accepted.setdefault(wish.grant_id, wish)
        return answer.proof

    def _adopt(self, places: Sequence[Place]) -> None:
        for place in self.places.values():
            self.book.let_go(place)
        self.places = {place.grant_id: place for place in places}
        for place in places:
            self.book.hold(place)

    def _type(self, wish: Wish) -> str:
        return self.places[wish.grant_id].card_type

    def _note(self, wish: Wish, **proofs: Proof) -> None:
        self.outcomes[wish.grant_id] = replace(self.outcomes[wish.grant_id], **proofs)  # type: ignore[arg-type]


def servers_min(empty: Book, wish: Wish) -> int:
    """The fewest servers on which a grant could sit if no other grant of the call were placed; 0 where none could.

    `empty`: the book before anybody of the call is placed. Never raises.
    """
    seats = (
        empty.seats(group, wish, variant, start)
        for variant in wish.variants
        for start in wish.starts
        for group in empty.groups
    )
    return min((len(seated) for seated in seats if seated is not None), default=0)


def spread_of(stock: Sequence[StockServer], places: Sequence[Place]) -> tuple[int, Fraction]:
    """Goal 4 of a placement: data centres in use, and the largest share of a site's cards held at one instant."""
    if not places:
        return 0, Fraction(0)
    within = horizon([place.start for place in places])
    capacity: dict[Site, int] = {}
    changes: dict[Site, list[tuple[int, int]]] = {}
    for server in stock:
        site = site_of(server)
        capacity[site] = capacity.get(site, 0) + server.cards
        for span in (span for spans in server.busy for span in spans if span.overlaps(within)):
            changes.setdefault(site, []).extend([(max(span.from_s, within.from_s), 1), (span.until_s, -1)])
    for place in places:
        site = (place.provider_id, place.data_centre, place.card_type)
        span, cards = place.start.span, len(place.cards)
        changes.setdefault(site, []).extend([(span.from_s, cards), (span.until_s, -cards)])
    loads = [Fraction(_peak(steps), capacity[site]) for site, steps in changes.items()]
    return len({(p.provider_id, p.data_centre) for p in places}), max(loads)


def horizon(starts: Sequence[StartChoice]) -> Span:
    """The span from the first start to the last end."""
    return Span(min(s.span.from_s for s in starts), max(s.span.until_s for s in starts))


def _peak(steps: Sequence[tuple[int, int]]) -> int:
    held = most = 0
    for _, step in sorted(steps):
        held += step
        most = max(most, held)
    return most
