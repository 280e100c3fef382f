"""Nouns of the clawback: what is claimed back of a grant's subsidy, why, and whether the claim was taken back."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Ground = Literal["final_report_missing", "performance_report_missing", "survey_missing", "other_purpose"]


@dataclass(frozen=True, slots=True)
class ClaimClawback:
    """The command to claim back a part of what the government paid for a grant, in won; none is all that is left."""

    grant_id: str
    ground: Ground
    amount_krw: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawClawback:
    """The command to take back a claim that was wrong."""

    grant_id: str
    clawback_id: str


@dataclass(frozen=True, slots=True)
class Clawback:
    """A claim on record."""

    clawback_id: str
    grant_id: str
    programme_code: str
    ground: Ground
    amount_krw: int
    reason: str
    claimed_by: str
    claimed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The counter-fact of a claim that was wrong: who took it back, when and why."""

    clawback_id: str
    reason: str
    withdrawn_by: str
    withdrawn_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim, and its withdrawal where it was taken back."""

    clawback: Clawback
    withdrawal: Withdrawal | None = None

    @property
    def standing_krw(self) -> int:
        """What it still claims, in won: nothing once it is taken back."""
        return 0 if self.withdrawal else self.clawback.amount_krw


@dataclass(frozen=True, slots=True)
class GrantClaims:
    """What the government paid for a grant and what of it is claimed back, in won."""

    grant_id: str
    programme_code: str
    subsidy_krw: int
    claims: tuple[Claimed, ...]

    @property
    def claimed_krw(self) -> int:
        """What stands claimed."""
        return sum(claim.standing_krw for claim in self.claims)
