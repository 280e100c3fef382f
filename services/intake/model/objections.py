"""Objections to decisions on an application (MS-7)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

ContestedDecision = Literal["screening", "selection"]
ObjectionOutcome = Literal["upheld", "rejected"]


@dataclass(frozen=True, slots=True)
class MadeDecision:
    """A decision on an application that stands now and that went against it.

    `decision_id` names it: a second conclusion, or a later version of a selection, is another decision. `took_part` are
    those who are known here to have taken part.
    """

    decision: ContestedDecision
    decision_id: str
    outcome: str
    decided_at: dt.datetime
    took_part: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenDecision:
    """The same with its window: `until` is its end, exclusive; None where the call takes no objections."""

    made: MadeDecision
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DecidedObjection:
    """What was decided on an objection, by somebody who took no part in what it contests."""

    outcome: ObjectionOutcome
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection on record, against which decision."""

    objection_id: str
    application_id: str
    decision: ContestedDecision
    decision_id: str
    outcome: str
    decided_at: dt.datetime
    until: dt.datetime
    took_part: tuple[str, ...]
    text: str
    filed_by: str
    filed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StandingObjection:
    """An objection, and what was decided on it; both stay."""

    filed: Objection
    decided: DecidedObjection | None


@dataclass(frozen=True, slots=True)
class Contested:
    """What an applicant may object to now, if anything, and the objections that were filed."""

    open_decision: OpenDecision | None
    objections: tuple[StandingObjection, ...]
