"""Who is selected: the rank-lexicographically best feasible set (RV-9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from services.review.model.selections import Candidate, Choice, Limit
from services.review.policy.selection import SelectionPolicy
from services.review.rules.completion import INFINITE, Ask, Room, completable
from services.review.rules.demand import demand_of
from services.review.rules.quota import private_missing


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
            refused[candidate.application_id] = limit
            pool.stopped |= policy.cutoff == "stop" and limit in ("capacity", "budget")
    missing = private_missing(pool.private, pool.public, policy.quota) if private_only else 0
    return Choice(tuple(chosen), refused, missing or 0)


@dataclass(slots=True)
class _Pool:
    """What is used of each limit so far, and what each ranked application asks."""

    policy: SelectionPolicy
    asks: list[Ask]
    room: Room
    private_only: bool
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
        demands = [demand_of(candidate, policy) for candidate in (*kept, *ranked)]
        capacity = Fraction(INFINITE) if policy.capacity is None else policy.capacity
        # Equivalents are fractions (an A100 is a quarter): whole numbers in their common part search faster.
        parts = lcm(capacity.denominator, *(demand.capacity.denominator for demand in demands))
        asks = [
            Ask(candidate.sector == "private", candidate.counting_unit, int(demand.capacity * parts), demand.budget_krw)
            for candidate, demand in zip((*kept, *ranked), demands, strict=True)
        ]
        room = Room(
            capacity=int(capacity * parts),
            budget=INFINITE if policy.budget_krw is None else policy.budget_krw,
            projects=INFINITE if policy.projects_max is None else policy.projects_max,
            unit_max=INFINITE if policy.per_counting_unit_max is None else policy.per_counting_unit_max,
            unit_used={},
        )
        pool = cls(policy, asks, room, private_only, unit_used=Counter(selected_elsewhere))
        for place in range(len(kept)):
            pool.take(place)
        pool.asks = asks[len(kept) :]
        return pool

    def take(self, place: int) -> None:
        """Select the application at this place of the ranking."""
        ask = self.asks[place]
        self.private, self.public = self.private + ask.private, self.public + (not ask.private)
        self.unit_used[ask.counting_unit] += 1
        self.room = self._room_beside(ask)

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
        if missing is None:
            return False
        self.unit_used[ask.counting_unit] += 1
        try:
            stop = self.policy.cutoff == "stop"
            return completable(missing, self.asks[place + 1 :], self._room_beside(ask), stop=stop)
        finally:
            self.unit_used[ask.counting_unit] -= 1
