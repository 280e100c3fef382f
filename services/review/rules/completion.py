"""Whether a half-made selection can still be completed: the exact question inside RV-9.

What has been chosen breaks the quota until so many private ones join. Every other limit only gets tighter by
adding, so a completion never needs a public one, nor one private one more than are missing. What is asked is
therefore: can `missing` private ones of those still to come be added within capacity, budget, projects and
counting units? Where only one of capacity and budget binds, one pass over those to come answers it. Where both do, it
is answered by bounds where they suffice, and else by a search over all undominated sums (`completion_search.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

INFINITE = 1 << 200
"""Stands for a limit that there is not; larger than any sum of cards or won."""

PARTS = 16
"""In how many steps capacity and won are weighed against each other."""

Label = tuple[int, int]
"""Capacity and won used so far."""


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

    def usable(self, ask: Ask) -> bool:
        """Whether a completion could use it at all."""
        return ask.private and self.allowance(ask.counting_unit) > 0 and self.fits(ask)


@dataclass(frozen=True, slots=True)
class Weighing:
    """Capacity and won as one weight: whatever fits weighs at most the limit."""

    of: Callable[[Ask], int]
    limit: int


@dataclass(frozen=True, slots=True)
class Found:
    """Whether there is a completion, and the places of one among those to come; none where only its being is known."""

    possible: bool
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """That no bound settles the question, and the weighing that came closest: the search answers it."""

    tightest: Weighing


NONE = Found(possible=False)


def completion_by_bounds(missing: int, later: Sequence[Ask], room: Room, *, stop: bool) -> Found | Undecided:
    """How `missing` private ones of `later` (in rank order) can be added within `room`, as far as bounds tell.

    With `stop`, an application that does not fit capacity or budget beside those added before it ends the pool:
    nobody behind it can be used. Exact where it answers; never raises.
    """
    if missing <= 0:
        return Found(possible=True)
    if missing > room.projects:
        return NONE
    weighings = _weighings(later, room)
    if stop:
        return _by_passes(missing, later, room, weighings)
    return _by_cheapest(missing, later, room, weighings)


def _weighings(later: Sequence[Ask], room: Room) -> list[Weighing]:
    """One where capacity or budget cannot bind, else both as shares of the room that is left, in `PARTS` steps."""
    if sum(ask.budget for ask in later) <= room.budget:
        return [Weighing(lambda ask: ask.capacity, room.capacity)]
    if sum(ask.capacity for ask in later) <= room.capacity:
        return [Weighing(lambda ask: ask.budget, room.budget)]
    middle = PARTS // 2
    return [_weighed(parts, room) for parts in sorted(range(PARTS + 1), key=lambda parts: abs(parts - middle))]


def _weighed(parts: int, room: Room) -> Weighing:
    """Weigh capacity by so many parts and won by the rest, both as shares of the room that is left."""
    of_capacity, of_budget = parts * room.budget, (PARTS - parts) * room.capacity
    return Weighing(
        lambda ask: of_capacity * ask.capacity + of_budget * ask.budget, PARTS * room.capacity * room.budget
    )


def _by_cheapest(missing: int, later: Sequence[Ask], room: Room, weighings: Sequence[Weighing]) -> Found | Undecided:
    usable = [place for place, ask in enumerate(later) if room.usable(ask)]
    tightest, least_slack = weighings[0], None
    for weighing in weighings:
        places = _cheapest(usable, later, missing, room, weighing)
        if places is None:
            return NONE
        slack = weighing.limit - sum(weighing.of(later[place]) for place in places)
        if slack < 0:
            return NONE
        if sum(later[p].capacity for p in places) <= room.capacity and (
            sum(later[p].budget for p in places) <= room.budget
        ):
            return Found(possible=True, places=tuple(places))
        if least_slack is None or slack < least_slack:
            tightest, least_slack = weighing, slack
    return Undecided(tightest)


def _cheapest(
    usable: Sequence[int], later: Sequence[Ask], missing: int, room: Room, weighing: Weighing
) -> list[int] | None:
    """The places of the `missing` lightest ones that the counting units allow; None where there are fewer."""
    taken: Counter[str] = Counter()
    places: list[int] = []
    for place in sorted(usable, key=lambda place: weighing.of(later[place])):
        unit = later[place].counting_unit
        if taken[unit] < room.allowance(unit):
            taken[unit] += 1
            places.append(place)
            if len(places) == missing:
                return places
    return None


def _by_passes(missing: int, later: Sequence[Ask], room: Room, weighings: Sequence[Weighing]) -> Found | Undecided:
    """Pass those to come in rank order with the lightest ones in hand, dropping the heaviest where one must fit.

    Of the sums of so many of those passed the smallest is that of the lightest in hand, so by one measure, and without
    contended counting units, this is exact. By several measures each one alone may refute, and what is carried past
    everybody within all limits proves.
    """
    for weighing in weighings:
        places = _carry(missing, later, room, weighing)
        if places is not None:
            return Found(possible=True, places=places)
        if not _carries(missing, later, room, weighing):
            return NONE
    return Undecided(weighings[0])


def _carries(missing: int, later: Sequence[Ask], room: Room, weighing: Weighing) -> bool:
    """Whether by this measure alone, and whatever the counting units hold, so many can be in hand before a stop."""
    hand: list[int] = []
    weight = 0
    for ask in later:
        heavy = weighing.of(ask)
        while hand and weight + heavy > weighing.limit:
            weight += heappop(hand)
        if weight + heavy > weighing.limit:
            return False
        if ask.private and room.allowance(ask.counting_unit) > 0:
            heappush(hand, -heavy)
            weight += heavy
            if len(hand) == missing:
                return True
    return False


def _carry(missing: int, later: Sequence[Ask], room: Room, weighing: Weighing) -> tuple[int, ...] | None:
    """The places of so many that can be in hand before a stop within all limits; None where this way finds none."""
    hand = _Hand(later, weighing)
    for place, ask in enumerate(later):
        while not room.fits(ask, hand.used) and hand.places:
            hand.drop_heaviest()
        if not room.fits(ask, hand.used):
            return None
        if ask.private and hand.makes_room(place, room.allowance(ask.counting_unit)):
            hand.take(place)
            if len(hand.places) == missing:
                return tuple(sorted(hand.places))
    return None


@dataclass(slots=True)
class _Hand:
    """Those in hand while a ranking is passed."""

    later: Sequence[Ask]
    weighing: Weighing
    used: Label = (0, 0)
    places: set[int] = field(default_factory=set)
    heap: list[Label] = field(default_factory=list)
    by_unit: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def take(self, place: int) -> None:
        """Take one in hand."""
        ask = self.later[place]
        self.used = self.used[0] + ask.capacity, self.used[1] + ask.budget
        self.places.add(place)
        self.by_unit[ask.counting_unit].add(place)
        heappush(self.heap, (-self.weighing.of(ask), place))

    def drop_heaviest(self) -> None:
        """Drop the heaviest in hand."""
        place = heappop(self.heap)[1]
        while place not in self.places:
            place = heappop(self.heap)[1]
        self._drop(place)

    def makes_room(self, place: int, allowance: int) -> bool:
        """Whether its counting unit has room for one, also by dropping a heavier one of the same unit."""
        ask = self.later[place]
        same = self.by_unit[ask.counting_unit]
        if len(same) < allowance or allowance <= 0:
            return allowance > 0
        heaviest = max(same, key=lambda held: self.weighing.of(self.later[held]))
        if self.weighing.of(self.later[heaviest]) <= self.weighing.of(ask):
            return False
        self._drop(heaviest)
        return True

    def _drop(self, place: int) -> None:
        ask = self.later[place]
        self.used = self.used[0] - ask.capacity, self.used[1] - ask.budget
        self.places.remove(place)
        self.by_unit[ask.counting_unit].discard(place)
