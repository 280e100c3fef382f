"""The completion question of RV-9 answered whole: by bounds, and where they leave it open by an exact search."""

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.review.rules.completion import Ask, Found, Label, Room, Undecided, Weighing, completion_by_bounds

State = tuple[int, tuple[str, ...]]
"""How many private ones were added, and the contended counting units among them, sorted."""
States = dict[State, list[Label]]


def completion(missing: int, later: Sequence[Ask], room: Room, *, stop: bool) -> Found:
    """Whether `missing` private ones of `later` (in rank order) can be added within `room`; which, where a bound tells.

    With `stop`, an application that does not fit capacity or budget beside those added before it ends the pool:
    nobody behind it can be used. Exact; never raises.
    """
    answer = completion_by_bounds(missing, later, room, stop=stop)
    if isinstance(answer, Undecided):
        return Found(_search(later, missing, room, answer.tightest, stop=stop))
    return answer


def _search(later: Sequence[Ask], missing: int, room: Room, tightest: Weighing, *, stop: bool) -> bool:
    """The exact answer: all undominated sums of every number of private ones, forward in rank order."""
    asks = later if stop else [ask for ask in later if room.usable(ask)]
    contended = _contended(asks, room)
    bounds = _bounds(asks, missing, room, tightest)
    states: States = {(0, ()): [(0, 0)]}
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


def _with(ask: Ask, states: States, room: Room, *, contended: bool) -> States:
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
    weighing: Weighing


def _bounds(asks: Sequence[Ask], missing: int, room: Room, tightest: Weighing) -> list[_Bound]:
    """For every place, the bounds over the usable ones from there on."""
    measures = [lambda ask: ask.capacity, lambda ask: ask.budget, tightest.of]
    ordered: list[list[int]] = [[] for _ in measures]
    bounds = [_Bound([0], [0], [0], tightest)]
    for ask in reversed(asks):
        if room.usable(ask):
            for values, measure in zip(ordered, measures, strict=True):
                insort(values, measure(ask))
        capacity, budget, weighed = (list(accumulate(values[:missing], initial=0)) for values in ordered)
        bounds.append(_Bound(capacity, budget, weighed, tightest))
    return bounds[::-1]


def _still_possible(states: States, missing: int, room: Room, bound: _Bound) -> States:
    possible: States = {}
    for (count, units), labels in states.items():
        needed = missing - count
        if needed >= len(bound.capacity):
            continue
        kept = [
            label
            for label in labels
            if label[0] + bound.capacity[needed] <= room.capacity
            and label[1] + bound.budget[needed] <= room.budget
            and bound.weighing.of(Ask(True, "", *label)) + bound.weighed[needed] <= bound.weighing.limit
        ]
        if kept:
            possible[count, units] = kept
    return possible
