"""What review says: who may read what, announced selections (topic `dure.review.events.v1`)."""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common.events.envelope import Event
from libs.common.events.intake import Sector


class SelectionAnnounced(Event):
    """One application's outcome in an announced selection run, frozen under a hash (RV-14)."""

    TYPE: ClassVar[str] = "kr.dure.review.selection.announced.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    programme_version: int
    selection_id: str
    run_version: int
    """1 for the first announcement of the selection, then one more for each linked later version."""
    run_sha256: str
    announced_at: AwareDatetime
    outcome: Literal["selected", "waiting", "refused"]
    refused_by: str
    """The one limit that refused it (RV-9), or `score`, `screening`; empty when selected."""
    promoted: bool
    """Moved up from the waiting list (RV-13)."""
    organisation_id: str
    sector: Sector
    track: str
    product: str
    units_asked: int
    months_asked: int
    units: int
    months: int
    """Awarded; equal to what was asked unless `reason` says why not."""
    reason: str
    score: str | None
    """Final score with two decimals, e.g. `83.10`."""
    rank: int | None
    rank_all: int | None
    """Rank over all tracks and pools of the call, by final score (RV-5, for AL-4)."""
    receipt_no: str
    wished_start: dt.date


class SelectionDecided(Event):
    """Who took part in deciding a selection that was announced: none of them decides on an objection to it (MS-7)."""

    TYPE: ClassVar[str] = "kr.dure.review.selection.decided.v1"
    KEY: ClassVar[str] = "selection_id"

    selection_id: str
    programme_code: str
    run_version: int
    took_part: list[str]
    """The subjects of whoever drew it, cut an award, proposed or confirmed its announcement, exactly as their issuer
    says them; each once, in order."""
    at: AwareDatetime


class SeatReviewer(BaseModel):
    """Who sits on a seat for an application."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seat: int = Field(ge=1)
    reviewer_id: str
    """The subject of the reviewer's account, exactly as its issuer says it."""
    sitting: int = Field(ge=1)
    """1, and one more each time the seat sits for this application again: facts of several sittings may come in any
    order."""


class SeatSeated(Event):
    """From now on these seats of a panel sit for one application in one stage (RV-16)."""

    TYPE: ClassVar[str] = "kr.dure.review.seat.seated.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    stage: Literal["document", "presentation"]
    panel_id: str
    seats: list[SeatReviewer] = Field(min_length=1)
    seated_at: AwareDatetime


class SeatCleared(Event):
    """The reviewer on a seat has said that he has no conflict of interest in an application (RV-16)."""

    TYPE: ClassVar[str] = "kr.dure.review.seat.cleared.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    stage: Literal["document", "presentation"]
    panel_id: str
    seat: int = Field(ge=1)
    reviewer_id: str
    sitting: int = Field(ge=1)
    cleared_at: AwareDatetime


class SeatVacated(Event):
    """These seats of a panel sit no longer for an application: its stage closed, a conflict, or a substitute."""

    TYPE: ClassVar[str] = "kr.dure.review.seat.vacated.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    stage: Literal["document", "presentation"]
    panel_id: str
    seats: list[SeatReviewer] = Field(min_length=1)
    why: Literal["stage_closed", "conflict", "replaced"]
    vacated_at: AwareDatetime


class AgreedPrice(BaseModel):
    """What was agreed of one product, in won per unit and hour, VAT included, and in which round."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    product: str
    unit_price_krw: int = Field(ge=0)
    round_no: int = Field(ge=1)


class ProviderAgreed(Event):
    """The agreement with a provider that a call selected stands (RV-15): from now on it offers and is paid."""

    TYPE: ClassVar[str] = "kr.dure.review.provider.agreed.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    """The providers' call."""
    programme_version: int = Field(ge=1)
    selection_id: str
    organisation_id: str
    """The organisation that applied, at the head of its consortium."""
    serves: list[str] = Field(min_length=1)
    """The programmes for which it is agreed."""
    prices: list[AgreedPrice]
    """The last price of each product."""
    agreed_on: dt.date
    agreed_at: AwareDatetime
    """When the second person confirmed it."""
