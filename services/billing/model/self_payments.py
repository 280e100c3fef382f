"""Nouns of the self-payment: who pays, what is owed, what came in."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from libs.common.self_payment import Flow, Payer, SelfPaymentDue

SelfPaymentState = Literal["awaiting_agreement", "awaiting_policy", "due", "covered", "overdue", "closed"]


SELF_PAYMENT_STATES: tuple[SelfPaymentState, ...] = get_args(SelfPaymentState)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a self-payment counts as received, and whether that opens the gate."""

    received_krw: int
    covered: bool


@dataclass(frozen=True, slots=True)
class Contribution:
    """A self-payment on record: what is owed on which basis, what came in, and in which state it stands."""

    application_id: str
    programme_code: str
    programme_version: int
    organisation_id: str
    payer: Payer
    track: str
    product: str
    units: int
    months: int
    cards: int
    card_type: str
    basis: Literal["asked", "assigned"]
    signed_at: dt.datetime | None
    """When the agreement was signed; none for a winner who has not signed yet."""
    state: SelfPaymentState = "due"
    flow: Flow | None = None
    due: SelfPaymentDue | None = None
    due_at: dt.datetime | None = None
    missing_path: str | None = None
    deposited_krw: int = 0
    evidenced_krw: int = 0
    paid_krw: int = 0
    burnt_krw: int = 0
    refunded_krw: int = 0
    overdue_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    close_reason: str = ""
    covered_at: dt.datetime | None = None
    version: int = 1

    @property
    def due_krw(self) -> int:
        """What is owed, in won; 0 while it cannot be computed."""
        return self.due.amount_krw if self.due else 0

    @property
    def received_from_user_krw(self) -> int:
        """What the user has really paid in: deposits, or payments to the provider."""
        return self.deposited_krw if self.flow == "deposit" else self.paid_krw


ReceiptKind = Literal["evidence", "deposit", "payment", "refund", "reversal"]
"""`evidence` was recorded until evidence became a document that an officer confirms (BL-14)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Something that came in (deposit, payment), went back (refund), or takes a wrong booking back (reversal)."""

    receipt_id: str
    application_id: str
    scope: str
    """The party that chose the reference: within it a reference of a kind is unique (CV-9)."""
    kind: ReceiptKind
    amount_krw: int
    reference: str
    """As it was typed."""
    recorded_by: str
    recorded_at: dt.datetime
    nth: int = 1
    """1, or one more than the reversed booking of the same reference before it."""
    reverses: str | None = None
    """The receipt that a reversal takes back."""
    reason: str = ""
    """Why it was taken back."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to pay the provider an amount until an instant; `overdue_at` since when it is unpaid past it."""

    notice_id: str
    application_id: str
    provider_id: str
    amount_krw: int
    due_at: dt.datetime
    notified_by: str
    notified_at: dt.datetime
    overdue_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PaidNotice:
    """A notice, and how much of it payments cover (oldest notice first)."""

    notice: Notice
    paid_krw: int
    notified_krw: int
    """This notice and all before it."""


@dataclass(frozen=True, slots=True)
class KeyCollision:
    """Two receipts whose references were once kept as different texts and are one key: an officer looks at them."""

    receipt_id: str
    application_id: str
    reference: str
    amount_krw: int
    first_receipt_id: str
    first_application_id: str
    first_reference: str
    first_amount_krw: int
    scope: str
    kind: ReceiptKind
