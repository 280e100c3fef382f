"""What two people decide about a ban: one proposes the command, another confirms it (BL-13)."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndOfRestriction:
    """A restriction ends on a last day, which still belongs to it."""

    restriction_id: str
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class WithdrawalOfRestriction:
    """A restriction never was."""

    restriction_id: str
