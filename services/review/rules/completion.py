"""Whether a half-made selection can still be completed: the exact question inside RV-9.

What has been chosen breaks the quota until so many private ones join. Every other limit only gets tighter by
adding, so a completion never needs a public one, nor one private one more than are missing. What is asked is
therefore: can `missing` private ones of those still to come be added within capacity, budget, projects and
counting units? With one of capacity and budget limited, the cheapest ones answer it. With both it is answered by
bounds where they suffice, and else by a search over all undominated (capacity, budget) sums.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

INFINITE = 1 << 200
"""Stands for a limit that there is not; larger than any sum of cards or won."""

PARTS = 16
"""In how many steps capacity and won are weighed against each other."""

Label = tuple[int, int]
"""Capacity and won used so far."""
State = tuple[int, tuple[str, ...]]
"""How many private ones were added, and the contended counting units among them, sorted."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one application still to come would take."""

    private: bool
    counting_unit: str
    capacity: int
    budget: int


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of each limit, once the application in question is in."""

    capacity: int
    budget: int
    projects: int
    unit_max: int
    unit_used: Mapping[str, int]

    def fits(self, ask: Ask, used: Label = (0, 0)) -> bool:
        """Whether capacity and budget have room for it beside what a completion already uses."""
        return used[0] + ask.capacity <= self.capacity and used[1] + ask.budget <= self.budget

    def allowance(self, counting_unit: str) -> int:
        """How many more of this counting unit may be selected."""
        return self.unit_max - self.unit_used.get(counting_unit, 0)


Weight = Callable[[Ask], int]


def completable(missing: int, later: Sequence[Ask], room: Room, *, stop: bool) -> bool:
    """Whether `missing` private ones of `later` (in rank order) can be added within `room`.

    With `stop`, an application that does not fit capacity or budget beside those added before it ends the pool:
    nobody behind it can be used.
    """
    if missing <= 0:
        return True
    if missing > room.projects:
        return False
    reachable = _until_stop(later, room) if stop else later
    weights = [_weighed(parts, room) for parts in range(PARTS + 1)]
    tightest, least_slack = weights[0], 0
    for weight in weights:
        places = _cheapest(reachable, missing, room, weight)
        if places is None:
            return False
        slack = PARTS * room.capacity * room.budget - sum(weight(reachable[place]) for place in places)
        if slack < 0:
            return False
        if not stop and _fits_in(_sum(reachable, places), room):
            return True
        if weight is weights[0] or slack < least_slack:
            tightest, least_slack = weight, slack
    if stop and any(_walkable(reachable, missing, room, weight) for weight in weights):
        return True
    return _search(reachable, missing, room, tightest, stop=stop)


def _weighed(parts: int, room: Room) -> Weight:
    """Weigh capacity by so many parts and won by the rest, both as shares of the room that is left.

    What fits weighs at most `PARTS × capacity × budget`: if the lightest ones weigh more, nothing fits.
    """

    def weight(ask: Ask) -> int:
        return parts * ask.capacity * room.budget + (PARTS - parts) * ask.budget * room.capacity

    return weight


def _sum(asks: Sequence[Ask], places: Sequence[int]) -> Label:
    return sum(asks[place].capacity for place in places), sum(asks[place].budget for place in places)


def _fits_in(used: Label, room: Room) -> bool:
    return used[0] <= room.capacity and used[1] <= room.budget


def _usable(ask: Ask, room: Room) -> bool:
    return ask.private and room.allowance(ask.counting_unit) > 0 and room.fits(ask)


def _until_stop(later: Sequence[Ask], room: Room) -> Sequence[Ask]:
    stop_at = next((place for place, ask in enumerate(later) if not room.fits(ask)), len(later))
    return later[:stop_at]


def _cheapest(asks: Sequence[Ask], missing: int, room: Room, weight: Weight) -> list[int] | None:
    """The places of the `missing` cheapest ones that the counting units allow; None where there are fewer."""
    taken: Counter[str] = Counter()
    places: list[int] = []
    usable = [place for place, ask in enumerate(asks) if _usable(ask, room)]
    for place in sorted(usable, key=lambda place: weight(asks[place])):
        unit = asks[place].counting_unit
        if taken[unit] < room.allowance(unit):
            taken[unit] += 1
            places.append(place)
            if len(places) == missing:
                return places
    return None


def _walkable(asks: Sequence[Ask], missing: int, room: Room, weight: Weight) -> bool:
    """Whether the cheapest places can be walked to before the cutoff; after a stop only those before it are tried.

    True is certain; False leaves the question to the exact search.
    """
    while (places := _cheapest(asks, missing, room, weight)) is not None:
        stopped_at = _stop_at(asks, set(places), room)
        if stopped_at is None:
            return True
        asks = asks[:stopped_at]
    return False


def _stop_at(asks: Sequence[Ask], places: set[int], room: Room) -> int | None:
    used = (0, 0)
    for place in range(max(places) + 1):
        if not room.fits(asks[place], used):
            return place
        if place in places:
            used = (used[0] + asks[place].capacity, used[1] + asks[place].budget)
    return None


def _search(later: Sequence[Ask], missing: int, room: Room, tightest: Weight, *, stop: bool) -> bool:
    """The exact answer: all undominated sums of every number of private ones, forward in rank order."""
    asks = later if stop else [ask for ask in later if _usable(ask, room)]
    contended = _contended(asks, room)
    bounds = _bounds(asks, missing, room, tightest)
    states: dict[State, list[Label]] = {(0, ()): [(0, 0)]}
    for place, ask in enumerate(asks):
        if stop:
            states = {state: [used for used in labels if room.fits(ask, used)] for state, labels in states.items()}
        if ask.private and room.allowance(ask.counting_unit) > 0:
            states = _with(ask, states, room, contended=ask.counting_unit in contended)
        if any(count == missing and labels for (count, _), labels in states.items()):
            return True
        states = _still_possible(states, missing, room, bounds[place + 1])
        if not states:
            return False
    return False


def _contended(asks: Sequence[Ask], room: Room) -> set[str]:
    demand = Counter(ask.counting_unit for ask in asks if ask.private)
    return {unit for unit, count in demand.items() if count > room.allowance(unit)}


def _with(ask: Ask, states: dict[State, list[Label]], room: Room, *, contended: bool) -> dict[State, list[Label]]:
    grown = {state: list(labels) for state, labels in states.items()}
    for (count, units), labels in states.items():
        if contended and units.count(ask.counting_unit) >= room.allowance(ask.counting_unit):
            continue
        key = (count + 1, tuple(sorted((*units, ask.counting_unit)))) if contended else (count + 1, units)
        added = [(used[0] + ask.capacity, used[1] + ask.budget) for used in labels if room.fits(ask, used)]
        grown[key] = _undominated(grown.get(key, []) + added)
    return grown


def _undominated(labels: list[Label]) -> list[Label]:
    kept: list[Label] = []
    for label in sorted(labels):
        if not kept or label[1] < kept[-1][1]:
            kept.append(label)
    return kept


@dataclass(frozen=True, slots=True)
class _Bound:
    """The least that so many of the rest use: of capacity, of won, and of both in the tightest weighing."""

    capacity: list[int]
    budget: list[int]
    weighed: list[int]
    weight: Weight


def _bounds(asks: Sequence[Ask], missing: int, room: Room, tightest: Weight) -> list[_Bound]:
    """For every place, the bounds over the usable ones from there on."""
    weights: list[Weight] = [lambda ask: ask.capacity, lambda ask: ask.budget, tightest]
    ordered: list[list[int]] = [[] for _ in weights]
    bounds = [_Bound([0], [0], [0], tightest)]
    for ask in reversed(asks):
        if _usable(ask, room):
            for values, weight in zip(ordered, weights, strict=True):
                insort(values, weight(ask))
        capacity, budget, weighed = (list(accumulate(values[:missing], initial=0)) for values in ordered)
        bounds.append(_Bound(capacity, budget, weighed, tightest))
    return bounds[::-1]


def _still_possible(
    states: dict[State, list[Label]], missing: int, room: Room, bound: _Bound
) -> dict[State, list[Label]]:
    possible: dict[State, list[Label]] = {}
    for (count, units), labels in states.items():
        needed = missing - count
        if needed >= len(bound.capacity):
            continue
        kept = [
            label
            for label in labels
            if label[0] + bound.capacity[needed] <= room.capacity
            and label[1] + bound.budget[needed] <= room.budget
            and bound.weight(Ask(True, "", *label)) + bound.weighed[needed] <= PARTS * room.capacity * room.budget
        ]
        if kept:
            possible[count, units] = kept
    return possible
