"""Nouns of the budget: demands and draws, moves between its parts, what is committed, how it stands."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from libs.common.self_payment import Reduction

Part = Literal["subsidy", "operating"]
PARTS: tuple[Part, ...] = ("subsidy", "operating")


@dataclass(frozen=True, slots=True)
class Demand:
    """What a settlement wants from the budget for one grant."""

    approved_at: dt.datetime
    settlement_id: str
    grant_id: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What the budget gave on a demand, and what it could not."""

    demand: Demand
    subsidy_krw: int
    uncovered_krw: int


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that goes from one part of a budget to the other, and why."""

    from_part: Part
    to_part: Part
    amount_krw: int
    reason: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A move that an officer made."""

    shift_id: str
    programme_code: str
    from_part: Part
    to_part: Part
    amount_krw: int
    reason: str
    shifted_by: str
    shifted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ProgrammeMove:
    """An amount that goes from one programme's subsidy part to another's under the same cap, and why."""

    from_programme: str
    to_programme: str
    amount_krw: int
    reason: str


@dataclass(frozen=True, slots=True)
class MovedBetween:
    """Such a move that officers made."""

    move_id: str
    from_programme: str
    to_programme: str
    amount_krw: int
    reason: str
    moved_by: str
    moved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class OtherBudget:
    """Another programme under the same cap: what it states as the cap, and what of it is appropriated, in won."""

    cap_krw: int | None
    appropriated_krw: int


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is held of the budget for a selected application: an estimate, less what was executed."""

    application_id: str
    programme_code: str
    track: str
    product: str
    units: int
    months: int
    amount_krw: int = 0
    """The estimate, executed part included."""
    left_krw: int = 0
    """Not executed yet."""
    released: bool = False
    missing_path: str | None = None
    """The value without which the estimate is 0."""
    changes: int = 0
    """How often it changed: each change posts under a cause of its own."""
    sector: Literal["private", "public"] | None = None
    """Of the applicant whose self-payment is taken off; none for a commitment made before it was kept."""
    reduction: Reduction = "none"
    """Which reduction was granted: intake says it, not the selection (IN-15)."""

    @property
    def held_krw(self) -> int:
        """What it still holds of the budget: nothing once it is released."""
        return 0 if self.released else self.left_krw


@dataclass(frozen=True, slots=True)
class Level:
    """A level that execution reached: per cent of the part that subsidy may use, which was `subsidy_krw` then."""

    programme_code: str
    level_pct: int
    executed_krw: int
    cap_krw: int
    subsidy_krw: int
    reached_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A programme's budget as it stands, in won; `missing_path` names an unset value without which it is not known."""

    programme_code: str
    cap_krw: int | None
    operating_krw: int
    subsidy_krw: int | None
    """The part for subsidies: cap less operation, shifts included; none where there is no cap."""
    committed_krw: int
    executed_krw: int
    uncovered_krw: int
    left_krw: int | None
    """The subsidy part that is neither committed nor executed; below 0 where more is committed than there is."""
    levels_reached_pct: tuple[int, ...]
    missing_path: str | None
    part_krw: int | None = None
    """Of a cap that it shares, what it may draw itself, operation included, moves between programmes included."""
    lacking_krw: int = 0
    """What the definition states as its part and the cap, used by the others, does not hold."""
