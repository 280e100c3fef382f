"""What spares RV-9 its exact question at every place: who would complete the selection, and what was refused before.

Both only ever shorten the way to the same answer. `Followers` holds private ones still to come that fit beside what is
selected: while they fit beside one more, a completion is known and nothing is searched. `Refusals` holds what the
quota refused: nobody who takes as much or more gets in later, since whatever completed him would have completed the
one before. So a walk down a ranking asks the exact question seldom.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from services.review.rules.completion import Ask, Label, Room

REFUSALS_KEPT = 16
"""How many refusals of a sector are compared with; beyond it the oldest are forgotten, which costs time only."""


@dataclass(frozen=True, slots=True)
class _Step:
    place: int
    turn: int
    used: Label
    """With it and those before it in, beside everything selected when the steps were begun."""
    peak: Label
    """The most that is asked for at once on the way to here."""


@dataclass(slots=True)
class Followers:
    """Private ones still to come who may complete the selection, in the order in which they are added.

    With `stop` they are passed in rank order and everybody on the way must fit beside them; else the lightest first.
    """

    asks: Sequence[Ask]
    stop: bool
    order: Sequence[int] = ()
    turns: dict[int, int] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    """How many private ones come from each place on."""
    members: set[int] = field(default_factory=set)
    selected: set[int] = field(default_factory=set)
    """Members that were selected since the steps were begun."""
    units: Counter[str] = field(default_factory=Counter)
    steps: list[_Step] = field(default_factory=list)
    beside: Label = (0, 0)
    """What was selected since the steps were begun, members left out."""

    @classmethod
    def of(cls, asks: Sequence[Ask], limits: Label, *, stop: bool) -> "Followers":
        """None yet, of those with these demands; `limits` are what capacity and budget are weighed by."""
        private = [place for place, ask in enumerate(asks) if ask.private]
        if not stop:
            capacity = max(1, min(limits[0], sum(ask.capacity for ask in asks)))
            budget = max(1, min(limits[1], sum(ask.budget for ask in asks)))
            private.sort(key=lambda place: asks[place].capacity * budget + asks[place].budget * capacity)
        left = [0] * (len(asks) + 1)
        for place in range(len(asks) - 1, -1, -1):
            left[place] = left[place + 1] + asks[place].private
        return cls(asks, stop, private, {place: turn for turn, place in enumerate(private)}, left)

    def begin(self, used: Label, after: int = -1, places: Iterable[int] = ()) -> None:
        """Begin anew with these places behind one, beside what is selected now."""
        self.members, self.selected, self.units = set(), set(), Counter()
        self.beside = (0, 0)
        turn = bisect_right(self.order, after) - 1 if self.stop else -1
        self.steps = [_Step(after, turn, used, used)]
        for place in sorted(places, key=self.turns.__getitem__):
            self._add(place, after + 1)

    def suffice(self, place: int, missing: int, room: Room, limits: Label) -> bool:
        """Whether so many of them are known to fit beside the application at this place too; False leaves it open."""
        ask = self.asks[place]
        mine = place in self.members
        while len(self.members) - mine > missing:
            if not self._drop_last(place):
                return False
        while len(self.members) - mine < missing:
            if not self._add_next(place, room):
                return False
        if not mine and self.units[ask.counting_unit] > max(0, room.allowance(ask.counting_unit)):
            return False
        peak = self.steps[-1].peak
        more = (0, 0) if mine else (ask.capacity, ask.budget)
        return all(peak[k] + self.beside[k] + more[k] <= limits[k] for k in (0, 1))

    def _drop_last(self, place: int) -> bool:
        step = self.steps[-1]
        if len(self.steps) == 1 or step.place == place:
            return False
        self.steps.pop()
        ask = self.asks[step.place]
        if step.place in self.selected:
            self.beside = self.beside[0] + ask.capacity, self.beside[1] + ask.budget
        elif step.place in self.members:
            self.members.remove(step.place)
            self.units[ask.counting_unit] -= 1
        return True

    def _add_next(self, place: int, room: Room) -> bool:
        for turn in range(self.steps[-1].turn + 1, len(self.order)):
            candidate = self.order[turn]
            unit = self.asks[candidate].counting_unit
            if candidate > place and self.units[unit] < room.allowance(unit):
                self._add(candidate, place + 1)
                return True
        return False

    def _add(self, place: int, first: int) -> None:
        ask, last = self.asks[place], self.steps[-1]
        used = last.used[0] + ask.capacity, last.used[1] + ask.budget
        peak = used
        if self.stop:
            passed = self.asks[max(last.place + 1, first) : place + 1]
            peak = (
                max(last.peak[0], last.used[0] + max(one.capacity for one in passed)),
                max(last.peak[1], last.used[1] + max(one.budget for one in passed)),
            )
        self.steps.append(_Step(place, self.turns[place], used, peak))
        self.members.add(place)
        self.units[ask.counting_unit] += 1

    def select(self, place: int) -> None:
        """The application at this place is selected."""
        ask = self.asks[place]
        if place in self.members:
            self.members.remove(place)
            self.units[ask.counting_unit] -= 1
            self.selected.add(place)
            return
        self.beside = self.beside[0] + ask.capacity, self.beside[1] + ask.budget
        if self.units[ask.counting_unit]:
            # his counting unit may have no room for them beside him
            for other in [one for one in self.members if self.asks[one].counting_unit == ask.counting_unit]:
                self.refuse(other)

    def refuse(self, place: int) -> None:
        """The application at this place is refused."""
        if place in self.members:
            self.members.remove(place)
            self.units[self.asks[place].counting_unit] -= 1


@dataclass(slots=True)
class _Refusal:
    ask: Ask
    passed: Label
    """The most that anybody since asked for, beside what was selected then."""


@dataclass(slots=True)
class Refusals:
    """What the quota refused, of each sector; an application that takes as much or more is refused by it too.

    With `stop` that holds only while everybody since would have fitted beside the one that was refused.
    """

    limits: Label
    contended: Collection[str]
    """Counting units with several applications: refusing one of them says nothing about others."""
    stop: bool
    kept: dict[bool, list[_Refusal]] = field(default_factory=lambda: {True: [], False: []})

    def cover(self, ask: Ask) -> bool:
        """Whether an application that was just passed is refused by what was refused before."""
        return any(
            one.ask.capacity <= ask.capacity and one.ask.budget <= ask.budget and (not self.stop or self._fitted(one))
            for one in self.kept[ask.private]
        )

    def _fitted(self, one: _Refusal) -> bool:
        capacity, budget = one.passed[0] + one.ask.capacity, one.passed[1] + one.ask.budget
        return capacity <= self.limits[0] and budget <= self.limits[1]

    def pass_by(self, ask: Ask, used: Label) -> None:
        """This one's turn has come; `used` is what is selected so far."""
        if self.stop:
            asked = used[0] + ask.capacity, used[1] + ask.budget
            for one in (*self.kept[True], *self.kept[False]):
                one.passed = max(one.passed[0], asked[0]), max(one.passed[1], asked[1])

    def add(self, ask: Ask) -> None:
        """The quota refused this one."""
        if ask.counting_unit in self.contended:
            return
        kept = [
            one
            for one in self.kept[ask.private]
            if self.stop or one.ask.capacity < ask.capacity or one.ask.budget < ask.budget
        ]
        self.kept[ask.private] = [*kept, _Refusal(ask, (0, 0))][-REFUSALS_KEPT:]
