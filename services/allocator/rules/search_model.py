"""The model that a search solves: which options each grant has, and what they may take of sites and servers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.allocator.model.cards import Span
from services.allocator.model.placements import StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.naming import Book, Group
from services.allocator.rules.placement import Bounds
from services.allocator.rules.places import Site, site_of

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One way to place a wish: in a group of servers, in a type, from a start. Each is told apart by itself alone."""

    wish: Wish
    group: Group
    variant: Variant
    start: StartChoice

    @property
    def site(self) -> Site:
        """The provider, data centre and card type whose cards it takes."""
        return self.group[:3]


@dataclass(frozen=True, slots=True)
class Seat:
    """Cards of an option on a server: `cards` for each count of the variable."""

    option: Option
    server_id: str
    cards: int
    count: Any


@dataclass(slots=True)
class Model:
    """A constraint model: a boolean per option and, on the level of servers, a count per option and server."""

    model: cp_model.CpModel
    chosen: dict[Option, Any] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)


def data_centres_used(built: Model) -> list[Any]:
    """For each data centre with an option whether it is used."""
    centres: dict[tuple[str, str], list[Any]] = {}
    for option, picked in built.chosen.items():
        centres.setdefault(option.group[:2], []).append(picked)
    used = []
    for picks in centres.values():
        open_here = built.model.new_bool_var("")
        built.model.add_max_equality(open_here, picks)
        used.append(open_here)
    return used


def capacity_of(stock: Iterable[StockServer]) -> dict[Site, int]:
    """All cards of each site, in the order of the stock."""
    capacity: dict[Site, int] = {}
    for server in stock:
        capacity[site_of(server)] = capacity.get(site_of(server), 0) + server.cards
    return capacity


def options_of(book: Book, wish: Wish, bounds: Bounds | None) -> Iterator[Option]:
    """The ways in which a wish could be placed if nobody else of the call were, within its bound of servers."""
    most = None if bounds is None else bounds.servers_max.get(wish.grant_id)
    for group in sorted(book.groups):
        for variant in wish.variants:
            for start in wish.starts:
                seats = book.seats(group, wish, variant, start)
                if seats is not None and (most is None or len(seats) <= most):
                    yield Option(wish, group, variant, start)


def edges_of(book: Book, options: Iterable[Option]) -> set[int]:
    """The instants at which something changes: a hold, an offer or an option begins or ends."""
    return book.edges() | {edge for option in options for edge in option.start.span}


def slices_of(book: Book, options: Iterable[Option]) -> list[Span]:
    """The time between such instants, piece by piece: within one nothing changes."""
    edges = sorted(edges_of(book, options))
    return [Span(a, b) for a, b in itertools.pairwise(edges)]


def limit_sites(book: Book, built: Model, slices: Sequence[Span]) -> None:
    """Per site and slice of time, no more cards than are free there; within a slice nothing changes.

    Server products of one size take no more of them either than those servers that are wholly free have.
    """
    by_group: dict[Group, list[tuple[Option, Any]]] = {}
    for option, picked in built.chosen.items():
        for group in dict.fromkeys(((*option.site, 0), option.group)):
            by_group.setdefault(group, []).append((option, picked))
    for group, picks in by_group.items():
        for span in slices:
            here = [(option, picked) for option, picked in picks if option.start.span.overlaps(span)]
            if here:
                free = [book.free_count(server_id, span) for server_id in book.groups[group]]
                most = sum(count for count in free if count >= group[3])
                built.model.add(sum(option.variant.cards * picked for option, picked in here) <= most)


def seat_on_servers(book: Book, built: Model, slices: Sequence[Span], bounds: Bounds | None) -> None:
    """Each chosen option sits on whole servers of its size, or on cards of any server, within what each has free."""
    here: dict[str, list[Seat]] = {}
    used: dict[str, list[Any]] = {}
    most = bounds.servers_max if bounds is not None else {}
    for option, picked in built.chosen.items():
        cards = option.wish.server_cards or 1
        seats = []
        for server_id in book.groups[option.group]:
            room = min(book.free_count(server_id, option.start.span), option.variant.cards) // cards
            if room:
                seat = Seat(option, server_id, cards, built.model.new_int_var(0, room, ""))
                seats.append(seat)
                here.setdefault(server_id, []).append(seat)
                if option.wish.grant_id in most:
                    sits = built.model.new_bool_var("")
                    built.model.add(seat.count <= room * sits)
                    used.setdefault(option.wish.grant_id, []).append(sits)
        built.model.add(sum(seat.cards * seat.count for seat in seats) == option.variant.cards * picked)
        built.seats += seats
    for grant_id, sits_on in used.items():
        built.model.add(sum(sits_on) <= most[grant_id])
    for server_id, seats in here.items():
        for span in slices:
            taken = [seat.cards * seat.count for seat in seats if seat.option.start.span.overlaps(span)]
            if taken:
                built.model.add(sum(taken) <= book.free_count(server_id, span))
