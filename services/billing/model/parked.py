"""Nouns of parked grants: what a settlement leaves out, or approves without a split, and whose task it is (BL-11)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ParkedStage = Literal["lines", "share"]
"""`lines`: none of the grant's lines is stated; `share`: they are, but who pays them cannot be said yet."""
Owner = Literal["officer", "provider"]
"""Whose task it is to make the reason go away."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a grant is parked, by the rule, the code that messages have words for, and its facts."""

    rule_id: str
    code: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class NewlyParked:
    """A grant that is parked from now on."""

    settlement_id: str
    grant_id: str
    stage: ParkedStage
    fee_krw: int | None
    reasons: tuple[Reason, ...]
    owner: Owner


@dataclass(frozen=True, slots=True)
class ParkedGrant:
    """A grant that is, or was, parked in one settlement; the rest of the settlement went on."""

    parked_id: str
    settlement_id: str
    grant_id: str
    stage: ParkedStage
    fee_krw: int | None
    """What waits for its split, signed; none where no line is stated."""
    reasons: tuple[Reason, ...]
    owner: Owner
    parked_at: dt.datetime
    ended_at: dt.datetime | None = None
    """When the reason was gone and the lines, or the split, were written."""
    ended_by: str | None = None
    """The settlement that states the lines."""
    paid_at: dt.datetime | None = None
    """When a share that was split after the approval was paid; none of one that is not, and of lines."""
    paid_by: str | None = None
    payment_reference: str | None = None


@dataclass(frozen=True, slots=True)
class ParkedChange:
    """What a draft changes about the grants parked in its settlement: which are not any more, and which now are."""

    ended: tuple[str, ...]
    begun: Mapping[str, tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """A grant's fee that cannot be split at the approval, and why."""

    grant_id: str
    fee_krw: int
    reason: Reason
