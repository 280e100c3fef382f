"""How much room so many private ones still to come need before a stop, for every place of a ranking at once (RV-9).

With the cutoff `stop` everybody who is passed must fit. Whoever needs `m` more private ones from a place on, whose
first ask takes `c`, needs at least `c`, and else what is needed from the next place on: for `m`, or, with this one
taken, `c` and what is needed for `m - 1`. That does not depend on who is selected, so one table from the last place to
the first answers all places. By capacity alone and by won alone it is exact; for both together the table of the
lighter way proves, the tables of each alone and of both weighed refute, and what lies between is left open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.review.rules.completion import Ask, Label, Room

UNREACHABLE = 1 << 61
"""More than any room: so many cannot be had."""
BLOCK = 128
"""Of so many places all rows are kept at once; of others one, from which theirs are made again."""
WIDTH_MIN = 64
WEIGHT = 1 << 30
"""What a whole limit weighs."""

Row = tuple[Any, ...]
"""What is needed for 0, 1, 2, … private ones: of each measure at least, then capacity and won of the lighter way."""


@dataclass(slots=True)
class RequiredRoom:
    """What private ones need from each place on."""

    asks: Sequence[Ask]
    limits: Label
    measures: list[list[int]] = field(default_factory=list)
    """What each ask takes of what may bind: capacity or won; or both and, where both may, their weight."""
    by_budget: bool = False
    """Whether it is won alone that may bind."""
    countable: bool = True
    """Whether the machine's whole numbers hold all sums."""
    width: int = 0
    kept: dict[int, Row] = field(default_factory=dict)
    block: dict[int, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, asks: Sequence[Ask], limits: Label) -> "RequiredRoom":
        """Nothing is computed before it is asked for."""
        taken = [[ask.capacity for ask in asks], [ask.budget for ask in asks]]
        sums = [sum(one) for one in taken]
        binding = [k for k in (0, 1) if sums[k] > limits[k]]
        measures = [taken[k] for k in binding] or [taken[0]]
        if len(binding) == len(taken):
            whole = [max(1, limit) for limit in limits]
            measures.append(
                [c * WEIGHT // whole[0] + w * WEIGHT // whole[1] for c, w in zip(taken[0], taken[1], strict=True)]
            )
        countable = all(sum(one) < UNREACHABLE for one in (*taken, *measures))
        return cls(asks, limits, measures, by_budget=binding == [1], countable=countable)

    def answers(self, place: int, missing: int, room: Room) -> bool | None:
        """Whether so many can be added from a place on within a room, counting units left aside; None: left open."""
        if not self.countable:
            return None
        row = self._row(place, missing)
        if len(self.measures) == 1:
            return int(row[0][missing]) <= (room.budget if self.by_budget else room.capacity)
        weight = -(-room.capacity * WEIGHT // max(1, self.limits[0])) - (
            -room.budget * WEIGHT // max(1, self.limits[1])
        )
        left = (room.capacity, room.budget, weight)
        if any(int(at_least[missing]) > most for at_least, most in zip(row, left, strict=False)):
            return False
        return True if int(row[3][missing]) <= room.capacity and int(row[4][missing]) <= room.budget else None

    def _row(self, place: int, missing: int) -> Row:
        if missing >= self.width:
            self._fill(place, max(WIDTH_MIN, 2 * missing))
        if place not in self.block:
            first = place - place % BLOCK
            beyond = min(first + BLOCK, len(self.asks))
            row, self.block = self.kept[beyond], {}
            for at in range(beyond, first - 1, -1):
                row = row if at == beyond else self._before(at, tuple(part.copy() for part in row))
                self.block[at] = row
        return self.block[place]

    def _fill(self, place: int, width: int) -> None:
        """Keep a row of every block from the last to that of a place."""
        self.width, self.kept, self.block = width, {}, {}
        parts = len(self.measures) if len(self.measures) == 1 else len(self.measures) + 2
        row = tuple(np.full(width, UNREACHABLE, dtype=np.int64) for _ in range(parts))
        for part in row:
            part[0] = 0
        self.kept[len(self.asks)] = tuple(part.copy() for part in row)
        for at in range(len(self.asks) - 1, place - place % BLOCK - 1, -1):
            row = self._before(at, row)
            if at % BLOCK == 0:
                self.kept[at] = tuple(part.copy() for part in row)

    def _before(self, at: int, row: Row) -> Row:
        """The row of a place, made of that of the next one, in its own memory."""
        private = self.asks[at].private
        if len(row) > 1:
            self._lighter_way(at, row, private=private)
        for part, measure in zip(row, self.measures, strict=False):
            taken = measure[at]
            if private:
                np.minimum(part[1:], part[:-1] + taken, out=part[1:])
            if part[1] < taken:
                np.maximum(part[1:], taken, out=part[1:])
        return row

    def _lighter_way(self, at: int, row: Row, *, private: bool) -> None:
        """Of taking this one and not, the way that weighs less by both measures, and what each of them needs then."""
        weighed, capacity, budget = row[2], row[3], row[4]
        taken = self.asks[at].capacity, self.asks[at].budget
        if private:
            lighter = weighed[:-1] + self.measures[2][at] < weighed[1:]
            np.copyto(capacity[1:], capacity[:-1] + taken[0], where=lighter)
            np.copyto(budget[1:], budget[:-1] + taken[1], where=lighter)
        np.maximum(capacity[1:], taken[0], out=capacity[1:])
        np.maximum(budget[1:], taken[1], out=budget[1:])
