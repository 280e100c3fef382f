"""What the allocator says: grants, sessions, pools (topic `dure.allocator.events.v1`).

A grant carries the id of the application that won it: `grant_id == application_id`.
"""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from libs.common.events.envelope import Event

Mode = Literal["dynamic", "fixed"]


class GrantPlaced(Event):
    """A grant has its provider, its data centre and its type for its whole period (AL-1, AL-4)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.grant.placed.v1"
    KEY: ClassVar[str] = "grant_id"

    grant_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    placement_id: str
    provider_id: str
    data_centre: str
    pool_id: str | None
    """The dynamic pool it draws from; none for fixed grants."""
    servers: dict[str, int]
    """Server id → cards of this grant on it (fixed grants)."""
    mode: Mode
    product: str
    units: int
    months: int
    card_type: str
    cards: int
    """Total cards of the assigned type (after substitution)."""
    asked_card_type: str
    priced_product: str
    """The key of the price book: the product, or the assigned card type where the programme prices cards."""
    priced_units: int
    payable: bool
    """False where the offer does not reach the product's specification (AL-6): metered, not payable."""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    rank: int


class GrantActivated(Event):
    """All gates are open and the provider has delivered: use may start (AL-7, AL-16)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.grant.activated.v1"
    KEY: ClassVar[str] = "grant_id"

    grant_id: str
    programme_code: str
    provider_id: str
    starts_at: AwareDatetime
    delivered_at: AwareDatetime
    """Later than `starts_at` where the provider was late (AL-16); the end does not move."""
    ends_at: AwareDatetime
    agreed_at: AwareDatetime


class GrantChanged(Event):
    """Units or months of a grant were lowered with a reason."""

    TYPE: ClassVar[str] = "kr.dure.allocator.grant.changed.v1"
    KEY: ClassVar[str] = "grant_id"

    grant_id: str
    programme_code: str
    units: int
    months: int
    ends_at: AwareDatetime
    reason: str


class GrantEnded(Event):
    """A grant gave its cards back for good."""

    TYPE: ClassVar[str] = "kr.dure.allocator.grant.ended.v1"
    KEY: ClassVar[str] = "grant_id"

    grant_id: str
    programme_code: str
    provider_id: str | None
    ended_at: AwareDatetime
    reason: str


class SessionRequested(Event):
    """A grant asked its pool for units (AL-9); its wait runs from here (MT-6)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.session.requested.v1"
    KEY: ClassVar[str] = "grant_id"

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    pool_id: str
    units: int
    requested_at: AwareDatetime
    max_duration_s: int | None


class SessionAssigned(Event):
    """A session has its cards: dynamic on request, or fixed by a switched pool (AL-9, AL-11)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.session.assigned.v1"
    KEY: ClassVar[str] = "grant_id"

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    data_centre: str
    pool_id: str
    mode: Mode
    units: int
    servers: dict[str, int]
    """Server id → cards of this session on it."""
    requested_at: AwareDatetime
    """When its wait began: the request, or for a fixed assignment without one the switch (AL-11)."""
    assigned_at: AwareDatetime
    continues: str | None
    """The session whose cards this one keeps, when a pool switched: its wait is over already."""


class SessionReleased(Event):
    """A session gave its cards back."""

    TYPE: ClassVar[str] = "kr.dure.allocator.session.released.v1"
    KEY: ClassVar[str] = "grant_id"

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    pool_id: str
    released_at: AwareDatetime
    reason: Literal["released", "max_duration", "idle", "pool_switched", "grant_ended"]


class SessionWithdrawn(Event):
    """A waiting request was taken back; its wait counts all the same (MT-6)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.session.withdrawn.v1"
    KEY: ClassVar[str] = "grant_id"

    session_id: str
    grant_id: str
    programme_code: str
    provider_id: str
    pool_id: str
    units: int
    requested_at: AwareDatetime
    withdrawn_at: AwareDatetime


class PoolSwitched(Event):
    """A pool went from dynamic to fixed or back (AL-11)."""

    TYPE: ClassVar[str] = "kr.dure.allocator.pool.switched.v1"
    KEY: ClassVar[str] = "pool_id"

    pool_id: str
    programme_code: str
    provider_id: str
    mode: Mode
    switched_at: AwareDatetime
    fault_at: AwareDatetime | None
    report_due_at: AwareDatetime | None
    """End of the 3-day report (CV-7); none when switching back."""
    reason: str
