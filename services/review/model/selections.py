"""Nouns of ranking and selection: who competes, who is in, and what an award takes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from libs.common.self_payment import Payer, Reduction, granted_before
from services.review.model.applications import Application, Sector
from services.review.model.sheets import Composite

Limit = Literal["cutoff", "capacity", "budget", "projects", "counting_unit", "quota"]
"""The limits of a selection, in the order in which they are named (RV-9)."""


@dataclass(frozen=True, slots=True)
class Contender:
    """What ranking compares (RV-5)."""

    application_id: str
    final: int
    criterion_means: Mapping[str, Fraction]
    received_at: dt.datetime
    receipt_no: str

    @classmethod
    def of(cls, application: Application, final: Composite) -> "Contender":
        """An application with its final composite."""
        return cls(
            application.application_id,
            final.final,
            final.criterion_means,
            application.received_at,
            application.receipt_no,
        )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the ranking and what put it before the next one: `score`, a criterion, `receipt`, or `last`."""

    rank: int
    application_id: str
    ahead_by: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked, passing application as selection sees it; units and months are what it would be awarded now."""

    application_id: str
    sector: Sector
    counting_unit: str
    """Its key (CV-9)."""
    product: str
    youth: bool
    units: int
    months: int
    reduction: Reduction | None = None

    @property
    def payer(self) -> Payer:
        """What decides what it pays itself; where no reduction was told, a youth enterprise has the youth one."""
        return Payer(self.sector, self.reduction or granted_before(youth=self.youth))

    @classmethod
    def of(cls, application: Application, *, units: int | None = None, months: int | None = None) -> "Candidate":
        """An application as it asked; with other amounts where a committee lowered them."""
        return cls(
            application.application_id,
            application.sector,
            application.counting_key,
            application.product,
            application.youth,
            application.units if units is None else units,
            application.months if months is None else months,
            application.reduction,
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """What an award takes from the limits: H100-equivalent cards (or card-months), and won."""

    capacity: Fraction
    budget_krw: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome of one walk down the ranking: who is in, in rank order, and the one limit against each other."""

    selected: tuple[str, ...]
    refused: Mapping[str, Limit]
    private_missing: int = 0
    """RV-13: private ones still missing to the quota after the additions to a kept set that broke it."""


@dataclass(frozen=True, slots=True)
class Lowering:
    """A deliberation committee's decision on one application, with its reason (RV-12)."""

    application_id: str
    units: int
    months: int
    reason: str


@dataclass(frozen=True, slots=True)
class Award:
    """Where selection and deliberation leave a pool: the final candidates in rank order, and who is in."""

    candidates: tuple[Candidate, ...]
    choice: Choice
    promoted: frozenset[str]
    """Who came in only by limits that deliberation freed, or by another's going."""
