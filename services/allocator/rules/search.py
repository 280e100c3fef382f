"""The exact search behind a placement: CP-SAT within a deterministic budget, so that a call repeats its result.

Every answer is either a set of places that keeps all limits, a proof that there is none, or undecided.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.allocator.model.cards import Span
from services.allocator.model.placements import Place, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.naming import Book
from services.allocator.rules.placement import Answer, Bounds, horizon
from services.allocator.rules.places import Site
from services.allocator.rules.search_model import (
    Model,
    Option,
    capacity_of,
    data_centres_used,
    edges_of,
    limit_sites,
    options_of,
    seat_on_servers,
    slices_of,
)

SEED = 1
WORKERS = 4
PROBE_COST_MIN = 0.02
VARIABLE_COST = 0.00005
"""What making the model costs beside solving it, per variable, in the same deterministic seconds."""

AIM_MAX = 2**50
"""The largest number by which the solver may count data centres and load together."""


class CpSatSearch:
    """Searches with CP-SAT: integers, a fixed seed, fixed workers in turns, deterministic time."""

    def __init__(self, stock: Sequence[StockServer], *, budget: float, probe_max: float) -> None:
        self._stock = stock
        self._book = Book(stock)
        self._left = budget
        self._probe_max = probe_max
        self._optimal = False
        self._seated: dict[Option, dict[str, int]] = {}

    def feasible(self, wishes: Sequence[Wish], bounds: Bounds | None = None) -> Answer:
        """Places for all wishes at once. A count of cards per site proves impossibility fast; servers decide."""
        if self._left <= 0:
            return Answer(None, "undecided")
        for servers in (False, True):
            model = self._model(wishes, bounds, servers=servers)
            if isinstance(model, str):
                return Answer(None, "proved" if model == "infeasible" else "undecided")
            chosen = self._solve(model, self._probe_max)
            if isinstance(chosen, str):
                return Answer(None, "proved" if chosen == "infeasible" else "undecided")
            places = self._name(chosen) if servers else pack(self._stock, chosen)
            if places is not None and _keeps_seats(places, bounds):
                return Answer(places, "proved")
        # cards are free in count on every server, and none of them throughout: neither found nor proved impossible
        return Answer(None, "undecided")

    def spread(self, wishes: Sequence[Wish]) -> Answer:
        """Fewest data centres, then the smallest maximum load; the wishes' types and starts are decided already."""
        if not wishes:
            return Answer((), "proved")
        for servers in (False, True):
            model = self._model(wishes, None, servers=servers)
            if isinstance(model, str) or not self._aim(model):
                return Answer(None, "undecided")
            chosen = self._solve(model, self._probe_max * 3)
            if isinstance(chosen, str):
                return Answer(None, "undecided")
            # A best solution by counts is also a best one on servers where its grants can be seated.
            named = self._name(chosen) if servers else pack(self._stock, chosen)
            if named is not None:
                return Answer(named, "proved" if self._optimal else "undecided")
        return Answer(None, "undecided")

    def _model(self, wishes: Sequence[Wish], bounds: Bounds | None, *, servers: bool) -> Model | str:
        """The model of all wishes; `infeasible` where one has no option at all, `undecided` where it is too large."""
        from ortools.sat.python import cp_model  # noqa: PLC0415 - heavy: only a process that searches loads it

        built = Model(cp_model.CpModel())
        for wish in wishes:
            options = list(options_of(self._book, wish, bounds))
            if not options:
                return "infeasible"
            for option in options:
                built.chosen[option] = built.model.new_bool_var("")
            built.model.add_exactly_one(built.chosen[option] for option in options)
        if servers:
            seats = sum(len(self._book.groups[option.group]) for option in built.chosen)
            if seats * VARIABLE_COST > self._left:
                return "undecided"
        slices = slices_of(self._book, built.chosen)
        if servers:
            seat_on_servers(self._book, built, slices, bounds)
        limit_sites(self._book, built, slices)
        if bounds is not None:
            self._keep_spread(built, bounds)
        return built

    def _solve(self, built: Model, time_max: float) -> list[Option] | str:
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
        built_cost = (len(built.chosen) + len(built.seats)) * VARIABLE_COST
        self._left -= max(PROBE_COST_MIN, solver.response_proto.deterministic_time) + built_cost
        self._optimal = status == cp_model.OPTIMAL
        if status == cp_model.INFEASIBLE:
            return "infeasible"
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return "undecided"
        self._seated = {}
        for seat in built.seats:
            if cards := seat.cards * solver.value(seat.count):
                self._seated.setdefault(seat.option, {})[seat.server_id] = cards
        return [option for option, picked in built.chosen.items() if solver.boolean_value(picked)]

    def _name(self, chosen: Sequence[Option]) -> tuple[Place, ...] | None:
        """Named cards on the seats of a solution; None where counts fit but no card is free throughout."""
        book = Book(self._stock)
        places = []
        for option in sorted(chosen, key=lambda o: (o.start.span, o.wish.rank, o.wish.grant_id)):
            place = book.fit_on(option.wish, option.group, self._seated[option], option.start)
            if place is None:
                return None
            book.hold(place)
            places.append(place)
        return tuple(places)

    def _aim(self, built: Model) -> bool:
        """Goal 4 as one integer: data centres first, the largest load second. False where that is too large."""
        used = data_centres_used(built)
        capacity = capacity_of(self._stock)
        whole = math.lcm(*(capacity[option.site] for option in built.chosen))
        if whole * (len(used) + 1) > AIM_MAX:
            return False
        load = built.model.new_int_var(0, whole, "")
        for site, held, taken in self._loads(built):
            if isinstance(taken, int):
                continue  # nobody of the call can be placed there: its load is what it is
            built.model.add((held + taken) * (whole // capacity[site]) <= load)
        built.model.minimize(sum(used) * (whole + 1) + load)
        return True

    def _keep_spread(self, built: Model, bounds: Bounds) -> None:
        """No more data centres and no larger load than what goal 4 has reached."""
        built.model.add(sum(data_centres_used(built)) <= bounds.data_centres_max)
        capacity = capacity_of(self._stock)
        for site, held, taken in self._loads(built):
            if not isinstance(taken, int):
                built.model.add(held + taken <= math.floor(bounds.load_max * capacity[site]))

    def _loads(self, built: Model) -> Iterator[tuple[Site, int, Any]]:
        """Site by site and slice by slice of the grants' time: cards held before, and those that the grants take."""
        within = horizon([option.start for option in built.chosen])
        inside = (e for e in edges_of(self._book, built.chosen) if within.from_s < e < within.until_s)
        edges = sorted({within.from_s, within.until_s, *inside})
        for site in capacity_of(self._stock):
            servers = self._book.groups[*site, 0]
            picks = [(option, picked) for option, picked in built.chosen.items() if option.site == site]
            for span in itertools.starmap(Span, itertools.pairwise(edges)):
                held = sum(self._book.held(server_id, span) for server_id in servers)
                yield site, held, sum(o.variant.cards * p for o, p in picks if o.start.span.overlaps(span))


def _keeps_seats(places: Iterable[Place], bounds: Bounds | None) -> bool:
    """Whether nobody sits on more servers than it may."""
    most = bounds.servers_max if bounds is not None else {}
    return all(len(p.servers()) <= most[p.grant_id] for p in places if p.grant_id in most)


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
