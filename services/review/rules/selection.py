"""Who is selected: the rank-lexicographically best feasible set (RV-9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from services.review.model.selections import Candidate, Choice, Demand, Limit
from services.review.policy.selection import SelectionPolicy
from services.review.rules.completion import INFINITE, Ask, Label, Room
from services.review.rules.completion_search import completion
from services.review.rules.demand import demand_of
from services.review.rules.followers import Followers, Refusals
from services.review.rules.quota import private_missing

if TYPE_CHECKING:
    from services.review.rules.required_room import RequiredRoom


def select_best(
    ranked: Sequence[Candidate],
    policy: SelectionPolicy,
    *,
    kept: Sequence[Candidate] = (),
    selected_elsewhere: Mapping[str, int] | None = None,
    private_only: bool = False,
) -> Choice:
    """RV-9: Going down the ranking, an application is in if some feasible set holds it, all before it, none refused.

    `ranked` are passing applications, best first; `kept` are in already and stay (RV-13); `selected_elsewhere`
    counts what other pools of the call selected per counting unit; with `private_only` the quota is past keeping
    and public ones are refused by it. Feasible is a set within capacity, budget, projects, counting units and
    sector quota (RV-10). With cutoff `stop` the first application that does not fit capacity or budget ends the
    pool, also for the completions that count as feasible sets. Nothing is approximated. Returns who is newly in,
    in rank order, and for each other the first limit that holds of cutoff, capacity, budget, projects, counting
    unit, quota. Never raises.

    Example: capacity 3, one card each, U1 P1 U2 P2 P3 (U public, P private) → U1 P1 P2; capacity 2 → P1 P2.
    Source: S0 §5, S2 §6.
    """
    pool = _Pool.of(ranked, policy, kept, selected_elsewhere or {}, private_only=private_only)
    chosen: list[str] = []
    refused: dict[str, Limit] = {}
    for place, candidate in enumerate(ranked):
        limit = pool.refusing(place)
        if limit is None:
            pool.take(place)
            chosen.append(candidate.application_id)
        else:
            pool.leave(place, limit)
            refused[candidate.application_id] = limit
    missing = private_missing(pool.private, pool.public, policy.quota) if private_only else 0
    return Choice(tuple(chosen), refused, missing or 0)


@dataclass(slots=True)
class _Pool:
    """What is used of each limit so far, and what each ranked application asks."""

    policy: SelectionPolicy
    asks: list[Ask]
    room: Room
    private_only: bool
    followers: Followers
    refusals: Refusals
    required: "RequiredRoom"
    contended: frozenset[str]
    """Counting units that ask for more than they may have."""
    limits: Label
    private: int = 0
    public: int = 0
    stopped: bool = False
    unit_used: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls,
        ranked: Sequence[Candidate],
        policy: SelectionPolicy,
        kept: Sequence[Candidate],
        selected_elsewhere: Mapping[str, int],
        *,
        private_only: bool,
    ) -> "_Pool":
        asks, limits = _asks([*kept, *ranked], policy)
        room = Room(
            capacity=limits[0],
            budget=limits[1],
            projects=INFINITE if policy.projects_max is None else policy.projects_max,
            unit_max=INFINITE if policy.per_counting_unit_max is None else policy.per_counting_unit_max,
            unit_used={},
        )
        before, asks = asks[: len(kept)], asks[len(kept) :]
        stop, asked = policy.cutoff == "stop", Counter(ask.counting_unit for ask in asks)
        used = Counter(selected_elsewhere) + Counter(ask.counting_unit for ask in before)
        contended = frozenset(unit for unit, count in asked.items() if count + used[unit] > room.unit_max)
        followers, refusals = Followers.of(asks, limits, stop=stop), Refusals(limits, contended, stop=stop)
        left = limits[0] - sum(ask.capacity for ask in before), limits[1] - sum(ask.budget for ask in before)
        # numpy is heavy: only a process that draws loads it
        from services.review.rules.required_room import RequiredRoom  # noqa: PLC0415

        required = RequiredRoom.of(asks, left)
        pool = cls(policy, asks, room, private_only, followers, refusals, required, contended, limits)
        pool.unit_used.update(selected_elsewhere)
        for ask in before:
            pool._count(ask)
        followers.begin(pool.used)
        return pool

    @property
    def used(self) -> Label:
        """Capacity and won of all that is selected so far."""
        return self.limits[0] - self.room.capacity, self.limits[1] - self.room.budget

    def take(self, place: int) -> None:
        """Select the application at this place of the ranking."""
        self._count(self.asks[place])
        self.followers.select(place)

    def _count(self, ask: Ask) -> None:
        self.private, self.public = self.private + ask.private, self.public + (not ask.private)
        self.unit_used[ask.counting_unit] += 1
        self.room = self._room_beside(ask)

    def leave(self, place: int, limit: Limit) -> None:
        """Refuse the application at this place by a limit."""
        self.followers.refuse(place)
        self.stopped |= self.policy.cutoff == "stop" and limit in ("capacity", "budget")

    def _room_beside(self, ask: Ask) -> Room:
        room = self.room
        return Room(
            room.capacity - ask.capacity, room.budget - ask.budget, room.projects - 1, room.unit_max, self.unit_used
        )

    def refusing(self, place: int) -> Limit | None:
        """The first limit that refuses the application at this place; None where none does."""
        ask, room = self.asks[place], self.room
        if self.stopped:
            return "cutoff"
        if ask.capacity > room.capacity:
            return "capacity"
        if ask.budget > room.budget:
            return "budget"
        self.refusals.pass_by(ask, self.used)
        if room.projects < 1:
            return "projects"
        if room.unit_max - self.unit_used[ask.counting_unit] < 1:
            return "counting_unit"
        return None if self._quota_allows(place) else "quota"

    def _quota_allows(self, place: int) -> bool:
        ask = self.asks[place]
        if self.private_only:
            return ask.private
        missing = private_missing(self.private + ask.private, self.public + (not ask.private), self.policy.quota)
        if missing is None or missing > self.followers.left[place + 1]:
            return False
        if missing <= 0:
            return True
        if self.refusals.cover(ask):
            return False
        self.unit_used[ask.counting_unit] += 1
        try:
            return self._completed(place, missing)
        finally:
            self.unit_used[ask.counting_unit] -= 1

    def _completed(self, place: int, missing: int) -> bool:
        """Whether so many private ones can follow: by what is known, by the table of a `stop`, else by the question."""
        ask, stop = self.asks[place], self.policy.cutoff == "stop"
        room = self._room_beside(ask)
        if missing <= room.projects and self.followers.suffice(place, missing, room, self.limits):
            return True
        answer = self.required.answers(place + 1, missing, room) if stop and missing <= room.projects else None
        if answer is None or (answer and self.contended):
            found = completion(missing, self.asks[place + 1 :], room, stop=stop)
            if found.places:
                self.followers.begin(self.used, place, [place + 1 + one for one in found.places])
            answer = found.possible
        if not answer:
            self.refusals.add(ask)
        return answer


def _asks(candidates: Sequence[Candidate], policy: SelectionPolicy) -> tuple[list[Ask], Label]:
    """What they ask and the limits of capacity and budget, in whole numbers.

    Equivalents are fractions (an A100 is a quarter): whole numbers in their common part are added faster.
    """
    known: dict[tuple[Any, ...], Demand] = {}
    demands = []
    for one in candidates:
        key = (one.product, one.units, one.months, one.payer)
        if key not in known:
            known[key] = demand_of(one, policy)
        demands.append(known[key])
    capacity = Fraction(INFINITE) if policy.capacity is None else policy.capacity
    parts = lcm(capacity.denominator, *(demand.capacity.denominator for demand in known.values()))
    asks = [
        Ask(one.sector == "private", one.counting_unit, int(demand.capacity * parts), demand.budget_krw)
        for one, demand in zip(candidates, demands, strict=True)
    ]
    return asks, (int(capacity * parts), INFINITE if policy.budget_krw is None else policy.budget_krw)
