"""What billing says: prices, self-payments, settlements, budget (topic `dure.billing.events.v1`)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from libs.common.events.envelope import Event


class PriceAgreed(Event):
    """A negotiation round left a unit price in a provider's price book, VAT included, from a month on (BL-1)."""

    TYPE: ClassVar[str] = "kr.dure.billing.price.agreed.v1"
    KEY: ClassVar[str] = "provider_id"

    programme_code: str
    provider_id: str
    product: str
    """Key of the price book: a product, or a card type where the programme prices cards."""
    mode: Literal["dynamic", "fixed"]
    pricing: Literal["hourly", "monthly"]
    unit_price_krw: int
    valid_from: str
    """Month `YYYY-MM`: valid from 00:00 KST of its first day until the next such price begins."""
    round_no: int
    """Of several rounds of one product, mode and month the last one holds."""


class PriceWithdrawn(Event):
    """A price that was wrong was taken back by two people: it never held (BL-13)."""

    TYPE: ClassVar[str] = "kr.dure.billing.price.withdrawn.v1"
    KEY: ClassVar[str] = "provider_id"

    programme_code: str
    provider_id: str
    product: str
    mode: Literal["dynamic", "fixed"]
    valid_from: str
    """Month `YYYY-MM` from which it was said to hold."""
    round_no: int
    """The round that is free again."""
    holds_round_no: int | None = None
    """The last round left of that product, mode and month; none where what held before goes on."""
    holds_krw: int | None = None
    reason: str
    withdrawn_at: AwareDatetime


class SelfpayDue(Event):
    """What a grant owes in advance for its whole period (BL-4); 0 for those who are free."""

    TYPE: ClassVar[str] = "kr.dure.billing.selfpay.due.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    amount_krw: int
    flow: Literal["own_account", "deposit", "free"]
    due_at: AwareDatetime | None
    reason: str


class SelfpayDeposited(Event):
    """Money or evidence came in; the gate opens once it covers the whole amount (BL-5)."""

    TYPE: ClassVar[str] = "kr.dure.billing.selfpay.deposited.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    received_krw: int
    due_krw: int
    covered: bool
    deposited_at: AwareDatetime


class SelfpayOverdue(Event):
    """The period to pay has ended without the whole amount."""

    TYPE: ClassVar[str] = "kr.dure.billing.selfpay.overdue.v1"
    KEY: ClassVar[str] = "application_id"

    application_id: str
    programme_code: str
    due_krw: int
    received_krw: int
    due_at: AwareDatetime


class SettlementIssued(Event):
    """A provider's settlement of a month left the draft and never changes (BL-11)."""

    TYPE: ClassVar[str] = "kr.dure.billing.settlement.issued.v1"
    KEY: ClassVar[str] = "settlement_id"

    settlement_id: str
    provider_id: str
    programme_code: str
    month: str
    fee_krw: int
    at: AwareDatetime
    sha256: str


class SettlementApproved(SettlementIssued):
    """The agency approved it: the subsidy is drawn from the budget (BL-9)."""

    TYPE: ClassVar[str] = "kr.dure.billing.settlement.approved.v1"

    self_payment_krw: int
    subsidy_krw: int
    uncovered_krw: int
    parked_krw: int = 0
    """What of the fee waits for its split, because its grant is parked (BL-11): fee = the three parts and this."""


class SettlementPaid(SettlementApproved):
    """The provider has its money."""

    TYPE: ClassVar[str] = "kr.dure.billing.settlement.paid.v1"


class BudgetReached(Event):
    """Execution reached a level of the part that subsidy may use (BL-9)."""

    TYPE: ClassVar[str] = "kr.dure.billing.budget.reached.v1"
    KEY: ClassVar[str] = "programme_code"

    programme_code: str
    level_pct: int
    executed_krw: int
    cap_krw: int
    subsidy_krw: int | None = None
    """The part that subsidy may use, shifts included, of which the level is; events of before carry none."""
    reached_at: AwareDatetime


class ClawbackClaimed(Event):
    """A part of what the government paid for a grant is claimed back, or such a claim was taken back (BL-12).

    Nothing inside acts on it but intake, whose applicant sees the claim; outside, the agency's accounting collects it.
    """

    TYPE: ClassVar[str] = "kr.dure.billing.clawback.claimed.v1"
    KEY: ClassVar[str] = "grant_id"

    grant_id: str
    """The application's id too."""
    programme_code: str
    clawback_id: str
    ground: Literal["final_report_missing", "performance_report_missing", "survey_missing", "other_purpose"]
    amount_krw: int
    """Of this claim, in won; 0 where it was taken back."""
    claimed_krw: int
    """Of all claims that stand on the grant."""
    reason: str
    claimed_at: AwareDatetime
