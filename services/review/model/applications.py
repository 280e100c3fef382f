"""What review has heard of an application, and where its review stands."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from libs.common.keys import fold_key
from libs.common.self_payment import Reduction
from services.review.model.stages import Stage

Sector = Literal["private", "public"]
ApplicationState = Literal["submitted", "eligible", "ineligible", "withdrawn", "revoked"]
GONE: tuple[ApplicationState, ...] = ("withdrawn", "revoked")


def number_order(readable_id: str) -> tuple[int, str]:
    """By what readable ids of one kind, or receipts of one call, are sorted: by their numbers (F-32).

    They differ in nothing but the number at their end, which zeros fill up to a fixed width and which may outgrow it.
    Example: `A-999998` comes before `A-1000000`.
    """
    return len(readable_id), readable_id


@dataclass(frozen=True, slots=True)
class Application:
    """An application as intake said it, and what review made of it so far."""

    application_id: str
    programme_code: str
    receipt_no: str
    received_at: dt.datetime
    organisation_id: str
    organisation_name: str
    sector: Sector
    counting_unit: str
    track: str
    product: str
    units: int
    """Asked for."""
    months: int
    """Asked for."""
    wished_start: dt.date
    youth: bool
    state: ApplicationState
    stage: Stage | None = None
    """In which it is to be scored now; none before screening and once its review is over."""
    final: int | None = None
    """Final score in hundredths of a point, once its review is over."""
    passed: bool | None = None
    reduction: Reduction | None = None
    """Of the self-payment, as intake decided it; none where it said nothing of one."""

    @property
    def gone(self) -> bool:
        """Whether it was withdrawn or revoked."""
        return self.state in GONE

    @property
    def eligible(self) -> bool:
        """Whether screening let it into review and it is still there."""
        return self.state == "eligible"

    @property
    def organisation_key(self) -> str:
        """By what its applicant is told apart from others (CV-9)."""
        return fold_key(self.organisation_id)

    @property
    def counting_key(self) -> str:
        """By what its counting unit is told apart from others (CV-9)."""
        return fold_key(self.counting_unit)


@dataclass(frozen=True, slots=True)
class Departure:
    """That an application goes: how, when and why."""

    application_id: str
    state: Literal["withdrawn", "revoked"]
    gone_at: dt.datetime
    gone_reason: str
