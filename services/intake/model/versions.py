"""Dated versions of an organisation's facts: which facts were in force when, who said so and why (MS-4)."""

import datetime as dt
from dataclasses import dataclass

from services.intake.model.organisations import Place, Representative


@dataclass(frozen=True, slots=True)
class Change:
    """Since which day changed facts hold, why they were changed, by whom and when."""

    valid_from: dt.date
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class FactsEdit:
    """What changes of an organisation's facts; None leaves a fact as it is. `valid_from` None: from today on."""

    name: str | None = None
    kind: str | None = None
    legal_form: str | None = None
    representatives: tuple[Representative, ...] | None = None
    affiliates: tuple[str, ...] | None = None
    opened_on: dt.date | None = None
    places: tuple[Place, ...] | None = None
    valid_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class FactsVersion:
    """One version of an organisation's facts, which holds from its day until the next version's."""

    organisation_id: str
    version: int
    valid_from: dt.date
    name: str
    kind: str
    legal_form: str
    representatives: tuple[Representative, ...]
    opened_on: dt.date | None
    affiliates: tuple[str, ...]
    places: tuple[Place, ...]
    reason: str
    by: str
    at: dt.datetime
