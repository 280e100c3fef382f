"""What two people decide about a ban or an award: one proposes the command, another confirms it (BL-13)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EndOfRestriction:
    """A restriction ends on a last day, which still belongs to it."""

    restriction_id: str
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class WithdrawalOfRestriction:
    """A restriction never was."""

    restriction_id: str


Ground = Literal["false_statement", "impairment", "conflict_found", "no_acceptance", "no_deposit"]
"""Why a selection or an agreement is cancelled (IN-16, RV-13, RV-17)."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """A selection or an agreement is cancelled, and its place goes to the waiting list."""

    application_id: str
    ground: Ground
    intent_shown: bool
    """Whether it was shown that a false statement was made on purpose."""
