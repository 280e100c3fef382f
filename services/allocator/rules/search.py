"""The exact search behind a placement: CP-SAT within a deterministic budget, so that a call repeats its result.

Every answer is either a set of places that keeps all limits, a proof that there is none, or undecided.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.allocator.model.cards import Span
from services.allocator.model.placements import Place, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.naming import Book, Group, shape_in
from services.allocator.rules.placement import Answer, horizon
from services.allocator.rules.places import site_of

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SEED = 1
WORKERS = 4
PROBE_COST_MIN = 0.02
VARIABLE_COST = 0.00005
"""What making the model costs beside solving it, per variable, in the same deterministic seconds."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to place a wish: in a group of equal servers, in a type, from a start."""

    wish: Wish
    group: Group
    variant: Variant
    start: StartChoice
    shape: tuple[int, ...]


@dataclass(slots=True)
class _Model:
    """A constraint model: a boolean per option and, on the level of servers, per option, server and demand."""

    model: cp_model.CpModel
    chosen: dict[Option, Any] = field(default_factory=dict)
    on_server: dict[tuple[Option, str, int], Any] = field(default_factory=dict)


class CpSatSearch:
    """Searches with CP-SAT: integers, a fixed seed, fixed workers in turns, deterministic time."""

    def __init__(self, stock: Sequence[StockServer], *, budget: float, probe_max: float) -> None:
        self._stock = stock
        self._book = Book(stock)
        self._left = budget
        self._probe_max = probe_max
        self._optimal = False
        self._seats: list[tuple[Option, str, int]] = []

    def feasible(self, wishes: Sequence[Wish]) -> Answer:
        """Places for all wishes at once. A count of cards per group proves impossibility fast; servers decide."""
        if self._left <= 0:
            return Answer(None, "undecided")
        book = self._book
        coarse = self._model(book, wishes, servers=False)
        if coarse is None:
            return Answer(None, "proved")
        chosen = self._solve(coarse, self._probe_max)
        if isinstance(chosen, str):
            return Answer(None, "proved" if chosen == "infeasible" else "undecided")
        packed = pack(self._stock, chosen)
        if packed is not None:
            return Answer(packed, "proved")
        fine = self._model(book, wishes, servers=True)
        if fine is None:
            return Answer(None, "proved")
        chosen = self._solve(fine, self._probe_max)
        if isinstance(chosen, str):
            return Answer(None, "proved" if chosen == "infeasible" else "undecided")
        named = self._name(chosen)
        return Answer(named, "undecided" if named is None else "proved")

    def spread(self, wishes: Sequence[Wish]) -> Answer:
        """Fewest data centres, then the smallest maximum load; the wishes' types and starts are decided already."""
        if not wishes:
            return Answer((), "proved")
        for servers in (False, True):
            model = self._model(self._book, wishes, servers=servers)
            if model is None:
                return Answer(None, "undecided")
            self._aim(model, self._book)
            chosen = self._solve(model, self._probe_max * 3)
            if isinstance(chosen, str):
                return Answer(None, "undecided")
            # A best solution by counts is also a best one on servers where its grants can be seated.
            named = self._name(chosen) if servers else pack(self._stock, chosen)
            if named is not None:
                return Answer(named, "proved" if self._optimal else "undecided")
        return Answer(None, "undecided")

    def _model(self, book: Book, wishes: Sequence[Wish], *, servers: bool) -> _Model | None:
        """The model of all wishes; None where some wish has no option at all."""
        from ortools.sat.python import cp_model  # noqa: PLC0415 - heavy: only a process that searches loads it

        built = _Model(cp_model.CpModel())
        for wish in wishes:
            options = list(_options(book, wish))
            if not options:
                return None
            for option in options:
                built.chosen[option] = built.model.new_bool_var("")
            built.model.add_exactly_one(built.chosen[option] for option in options)
        slices = _slices(book, built.chosen)
        if servers:
            _seat_on_servers(book, built, slices)
        _limit_groups(book, built, slices)
        return built

    def _solve(self, built: _Model, time_max: float) -> list[Option] | str:
        """The chosen options; else `infeasible` or `undecided`."""
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self._optimal = False
        allowed = min(time_max, self._left)
        if allowed <= 0:
            return "undecided"
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = SEED
        solver.parameters.num_workers = WORKERS
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = allowed
        status = solver.solve(built.model)
        built_cost = (len(built.chosen) + len(built.on_server)) * VARIABLE_COST
        self._left -= max(PROBE_COST_MIN, solver.response_proto.deterministic_time) + built_cost
        self._optimal = status == cp_model.OPTIMAL
        if status == cp_model.INFEASIBLE:
            return "infeasible"
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return "undecided"
        self._seats = [key for key, seat in built.on_server.items() if solver.boolean_value(seat)]
        return [option for option, picked in built.chosen.items() if solver.boolean_value(picked)]

    def _name(self, chosen: Sequence[Option]) -> tuple[Place, ...] | None:
        """Named cards on the seats of a solution; None where counts fit but no card is free throughout."""
        book = Book(self._stock)
        places = []
        for option in sorted(chosen, key=lambda o: (o.start.span, o.wish.rank, o.wish.grant_id)):
            demands = {server_id: cards for seated, server_id, cards in self._seats if seated == option}
            place = book.fit_on(option.wish, option.group, demands, option.start)
            if place is None:
                return None
            book.hold(place)
            places.append(place)
        return tuple(places)

    def _aim(self, built: _Model, book: Book) -> None:
        """Goal 4 as one integer: data centres first, the largest load second."""
        model = built.model
        centres: dict[tuple[str, str], list[Any]] = {}
        for option, picked in built.chosen.items():
            centres.setdefault(option.group[:2], []).append(picked)
        used = []
        for picks in centres.values():
            open_here = model.new_bool_var("")
            model.add_max_equality(open_here, picks)
            used.append(open_here)
        capacity: dict[tuple[str, str, str], int] = {}
        for server in self._stock:
            capacity[site_of(server)] = capacity.get(site_of(server), 0) + server.cards
        whole = math.lcm(*capacity.values())
        load = model.new_int_var(0, whole, "")
        within = horizon([option.start for option in built.chosen])
        edges = sorted(
            {
                within.from_s,
                within.until_s,
                *(e for e in _edges(book, built.chosen) if within.from_s < e < within.until_s),
            }
        )
        for site, cards in capacity.items():
            servers = [s.server_id for s in self._stock if site_of(s) == site]
            picks = [(o, p) for o, p in built.chosen.items() if o.group[:3] == site]
            for span in (Span(a, b) for a, b in itertools.pairwise(edges)):
                held = sum(book.held(server_id, span) for server_id in servers)
                taken = sum(o.variant.cards * p for o, p in picks if o.start.span.overlaps(span))
                model.add((held + taken) * (whole // cards) <= load)
        model.minimize(sum(used) * (whole + 1) + load)


def _options(book: Book, wish: Wish) -> Iterable[Option]:
    for group in sorted(book.groups):
        for variant in wish.variants:
            shape = shape_in(group, variant, wish)
            if shape is None:
                continue
            for start in wish.starts:
                free = [book.free_count(server_id, start.span) for server_id in book.groups[group]]
                if sum(count >= shape[-1] for count in free) >= len(shape):
                    yield Option(wish, group, variant, start, shape)


def _edges(book: Book, options: Iterable[Option]) -> set[int]:
    return book.edges() | {edge for option in options for edge in option.start.span}


def _slices(book: Book, options: Iterable[Option]) -> list[Span]:
    edges = sorted(_edges(book, options))
    return [Span(a, b) for a, b in itertools.pairwise(edges)]


def _limit_groups(book: Book, built: _Model, slices: Sequence[Span]) -> None:
    """Per group and slice of time, no more cards than are free there; within a slice nothing changes."""
    by_group: dict[Group, list[tuple[Option, Any]]] = {}
    for option, picked in built.chosen.items():
        by_group.setdefault(option.group, []).append((option, picked))
    for group, picks in by_group.items():
        for span in slices:
            here = [(option, picked) for option, picked in picks if option.start.span.overlaps(span)]
            if here:
                free = sum(book.free_count(server_id, span) for server_id in book.groups[group])
                built.model.add(sum(option.variant.cards * picked for option, picked in here) <= free)


def _seat_on_servers(book: Book, built: _Model, slices: Sequence[Span]) -> None:
    """Each chosen option sits on as many different servers as its shape has parts, within what each has free."""
    loads: dict[str, list[tuple[Span, int, Any]]] = {}
    for option, picked in built.chosen.items():
        for cards in sorted(set(option.shape)):
            seats = []
            for server_id in book.groups[option.group]:
                if book.free_count(server_id, option.start.span) >= cards:
                    seat = built.model.new_bool_var("")
                    built.on_server[option, server_id, cards] = seat
                    seats.append(seat)
                    loads.setdefault(server_id, []).append((option.start.span, cards, seat))
            built.model.add(sum(seats) == option.shape.count(cards) * picked)
        if len(set(option.shape)) > 1:
            for server_id in book.groups[option.group]:
                both = [built.on_server.get((option, server_id, cards)) for cards in set(option.shape)]
                built.model.add_at_most_one(seat for seat in both if seat is not None)
    for server_id, seats_here in loads.items():
        for span in slices:
            taken = [cards * seat for used, cards, seat in seats_here if used.overlaps(span)]
            if taken:
                built.model.add(sum(taken) <= book.free_count(server_id, span))


def pack(stock: Sequence[StockServer], chosen: Sequence[Option]) -> tuple[Place, ...] | None:
    """Seat options that fit by count: by start with large ones first, then large ones first; None if both fail."""
    orders = (
        lambda o: (o.start.span.from_s, -o.variant.cards, o.wish.rank, o.wish.grant_id),
        lambda o: (-o.variant.cards, o.start.span.from_s, o.wish.rank, o.wish.grant_id),
    )
    for order in orders:
        book = Book(stock)
        places: list[Place] = []
        for option in sorted(chosen, key=order):
            place = book.fit(option.group, option.wish, option.variant, option.start)
            if place is None:
                break
            book.hold(place)
            places.append(place)
        else:
            return tuple(places)
    return None
