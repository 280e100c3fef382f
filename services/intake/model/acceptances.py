"""When a result reached an applicant, and whether the selection was accepted (RV-13)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

DeliveryWay = Literal["email", "text_message", "post", "portal", "telephone", "in_person"]
AcceptanceState = Literal["undelivered", "open", "overdue", "accepted"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A recorded delivery; it starts the clock of the acceptance until it is withdrawn.

    `accept_until` is the clock's end, exclusive; None where the call sets no term.
    """

    delivery_id: str
    application_id: str
    delivered_at: dt.datetime
    way: DeliveryWay
    accept_until: dt.datetime | None
    recorded_by: str
    recorded_at: dt.datetime
    withdrawn_by: str | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That an applicant accepted."""

    accepted_by: str
    accepted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StandingAcceptance:
    """Where the acceptance of a selection stands, with all deliveries on record."""

    application_id: str
    deliveries: tuple[Delivery, ...]
    acceptance: Acceptance | None

    @property
    def delivery(self) -> Delivery | None:
        """The delivery that counts."""
        return next((one for one in self.deliveries if one.withdrawn_at is None), None)


@dataclass(frozen=True, slots=True)
class ListedAcceptance:
    """A selected application as a list shows it: whether its result was delivered, until when, whether accepted."""

    application_id: str
    programme_code: str
    organisation_id: str
    organisation_name: str
    receipt_no: str
    application_state: str
    delivered_at: dt.datetime | None
    accept_until: dt.datetime | None
    accepted_at: dt.datetime | None
