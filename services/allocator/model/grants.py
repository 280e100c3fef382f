"""Grants: what was awarded, which gates are open, where they are placed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.allocator.model.cards import Mode
from services.allocator.model.supply import Party

GrantState = Literal["awaiting", "placed", "active", "ended"]
EarlyKind = Literal["agreement", "due", "deposited", "training", "ended"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands; what only placement, activation or its end tells is empty before."""

    grant_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    state: GrantState
    product: str
    units_asked: int
    months_asked: int
    units: int
    months: int
    reason: str
    wished_start: dt.date
    rank: int
    announced_at: dt.datetime
    agreed_at: dt.datetime | None = None
    business_no: str | None = None
    representative_keys: tuple[str, ...] | None = None
    affiliates: tuple[str, ...] | None = None
    self_payment_covered: bool = False
    self_payment_due_krw: int | None = None
    self_payment_received_krw: int = 0
    people_trained: int = 0
    """Who attended the mandatory course by now, whatever was withdrawn taken off."""
    training_facts: int = 0
    """How many attendances and withdrawals that rests on: a word with fewer is an older one."""
    placement_id: str | None = None
    provider_id: str | None = None
    data_centre: str | None = None
    pool_id: str | None = None
    mode: Mode | None = None
    card_type: str | None = None
    asked_card_type: str | None = None
    cards: int | None = None
    cards_per_unit: int | None = None
    servers: Mapping[str, int] | None = None
    payable: bool | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    activated_at: dt.datetime | None = None
    delivered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    end_reason: str | None = None

    @property
    def party(self) -> Party:
        """What AL-5 compares of the applicant; nothing before the agreement tells it."""
        return Party(
            self.business_no or "", frozenset(self.representative_keys or ()), frozenset(self.affiliates or ())
        )

    @property
    def use(self) -> "Use":
        """Its agreed use. Raises ValueError before it is placed."""
        if self.provider_id is None or self.starts_at is None or self.ends_at is None or self.agreed_at is None:
            raise ValueError(f"grant {self.grant_id} is not placed")
        return Use(self.provider_id, self.starts_at, self.ends_at, self.agreed_at)


@dataclass(frozen=True, slots=True)
class Use:
    """Who serves a placed grant over which `[starts_at, ends_at)`."""

    provider_id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    agreed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class GrantChange:
    """What was lowered, by whom and why."""

    grant_id: str
    units_before: int
    months_before: int
    units: int
    months: int
    reason: str
    changed_by: str
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class EarlyFact:
    """A fact about a grant that was heard before its announcement."""

    grant_id: str
    kind: EarlyKind
    fact: str
    """The fact as JSON."""
    heard_at: dt.datetime
