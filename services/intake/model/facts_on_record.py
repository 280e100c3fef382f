"""Facts on record as officers list them: what was recorded, by whom and when, and what was said against it since."""

import datetime as dt
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from services.intake.model.organisations import Award, Restriction

Standing = Literal["standing", "ended", "withdrawn"]


@dataclass(frozen=True, slots=True)
class CounterFact:
    """What was said against a fact: that it ended on a last day, or (without one) that it never was."""

    last_day: dt.date | None
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class RestrictionOnRecord:
    """A restriction with its history. `fact` is as it was recorded, `counter_facts` are oldest first."""

    restriction_id: str
    subject: str
    fact: Restriction
    recorded_by: str
    recorded_at: dt.datetime
    counter_facts: tuple[CounterFact, ...]


@dataclass(frozen=True, slots=True)
class AwardOnRecord:
    """An award with its history; `application_id` names the application that won it, where it was ours."""

    award_id: str
    subject: str
    fact: Award
    application_id: str | None
    source: str
    recorded_by: str
    recorded_at: dt.datetime
    counter_facts: tuple[CounterFact, ...]


@dataclass(frozen=True, slots=True)
class FactsWanted:
    """Which facts a list shows; None: whichever. A researcher number finds however it is spelled (CV-9)."""

    organisation_id: str | None
    researcher_number: str | None
    standing: Standing | None
    kind: str | None = None
    """Of restrictions alone."""
    programme_code: str | None = None
    """Of awards alone."""
    recorded_from: dt.datetime | None = None
    recorded_to: dt.datetime | None = None
    """Half-open: from the first instant, before the last."""


F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Named(Generic[F]):
    """A fact with the name of the organisation that it is of; None where it is of a person."""

    fact: F
    organisation_name: str | None
