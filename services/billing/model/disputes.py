"""Nouns of disputes about settlement lines."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.billing.model.lines import Line

DisputeState = Literal["open", "upheld", "rejected"]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A contested line and what was decided; `carried_by` is the settlement that carries the decision out."""

    dispute_id: str
    settlement_id: str
    line_no: int
    reason: str
    raised_by: str
    raised_at: dt.datetime
    state: DisputeState
    line_krw: int
    """The line's amount when it was contested."""
    decided_krw: int | None = None
    """The line's right amount; none while open and where rejected."""
    decision_reason: str | None = None
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    carried_by: str | None = None


@dataclass(frozen=True, slots=True)
class Upheld:
    """A dispute that was upheld, with the line that it is about and that line's place."""

    dispute_id: str
    settlement_id: str
    line_no: int
    decided_krw: int
    decided_at: dt.datetime
    carried_by: str | None
    line: Line


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands decided of one line, over all disputes about it and about the lines that carried those out."""

    settlement_id: str
    line_no: int
    line: Line
    decided_krw: int
    """The line's right amount, between 0 and the line."""
    dispute_ids: tuple[str, ...]
    """In order of decision: the last one stands."""
    carried_by: frozenset[str | None]
    """The settlements that carry its disputes out; none among them for one that is not carried out yet."""
