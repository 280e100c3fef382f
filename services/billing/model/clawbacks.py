"""Nouns of the clawback: what is claimed back of a grant's subsidy, why, whether the claim stands, what was paid."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

ClawbackState = Literal["claimed", "paid", "withdrawn"]
PaymentKind = Literal["payment", "refund", "reversal"]
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
class ClawbackPayment:
    """What was paid of a claim, what went back of a withdrawn one, or what takes such a booking back; whole won > 0."""

    payment_id: str
    clawback_id: str
    kind: PaymentKind
    scope: str
    """The party whose account it moved on: a reference is unique within it."""
    amount_krw: int
    reference: str
    reason: str
    recorded_by: str
    recorded_at: dt.datetime
    nth: int = 1
    """How often its reference is booked by it: 2 after a reversal."""
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim, its withdrawal where it was taken back, and what was paid of it."""

    clawback: Clawback
    withdrawal: Withdrawal | None = None
    payments: tuple[ClawbackPayment, ...] = ()
    """Oldest first, with those that were reversed and their reversals."""

    @property
    def standing_payments(self) -> tuple[ClawbackPayment, ...]:
        """Those that no reversal takes back; reversals themselves are none."""
        gone = {payment.reverses for payment in self.payments}
        return tuple(one for one in self.payments if one.kind != "reversal" and one.payment_id not in gone)

    @property
    def paid_krw(self) -> int:
        """What came in of it, in won."""
        return sum(payment.amount_krw for payment in self.standing_payments if payment.kind == "payment")

    @property
    def refunded_krw(self) -> int:
        """What of that went back, in won."""
        return sum(payment.amount_krw for payment in self.standing_payments if payment.kind == "refund")

    @property
    def owed_krw(self) -> int:
        """What is still to be paid of it, in won ≥ 0."""
        return max(0, self.standing_krw - self.paid_krw)

    @property
    def refund_owed_krw(self) -> int:
        """What came in of a claim that was withdrawn and is to go back, in won ≥ 0."""
        return self.paid_krw - self.refunded_krw if self.withdrawal else 0

    @property
    def state(self) -> ClawbackState:
        """Where it stands."""
        if self.withdrawal:
            return "withdrawn"
        return "claimed" if self.owed_krw else "paid"

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
