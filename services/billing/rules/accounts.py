"""The names of the ledger's accounts, and the entries that each fact makes."""

from collections.abc import Sequence

from services.billing.model.budget import Part
from services.billing.model.ledger import Entry
from services.billing.model.self_payments import Contribution, Receipt
from services.billing.model.settlements import Share
from services.billing.rules.budget import executed_from_commitment_krw
from services.billing.rules.ledger import transfer
from services.billing.rules.receipts import payee_of


def payable(provider_id: str) -> str:
    """The account of what a provider is still to get."""
    return f"provider:{provider_id}:payable"


def own_payment(application_id: str) -> str:
    """The account of what a user pays of its own."""
    return f"self-payment:{application_id}"


def deposits(programme_code: str) -> str:
    """The account of the deposits that the agency holds."""
    return f"agency:{programme_code}:deposits"


def treasury(programme_code: str) -> str:
    """The account of the agency's own money, out of which subsidies are paid and into which clawbacks come."""
    return f"agency:{programme_code}:treasury"


def budget_part(programme_code: str, part: Part) -> str:
    """The account of a part of the budget that is neither committed nor executed."""
    return f"budget:{programme_code}:{'free' if part == 'subsidy' else 'operating'}"


def held_by(noun: Contribution, provider_id: str) -> str:
    """Who holds a self-payment that came in: the agency a deposit, the provider what was paid to it on notice."""
    return deposits(noun.programme_code) if noun.flow == "deposit" else payable(provider_id)


def reversal_entries(receipt: Receipt, noun: Contribution) -> tuple[Entry, ...]:
    """What takes a booking back: its own entries mirrored (BL-14); evidence moved no money and books nothing."""
    if receipt.kind == "deposit":
        return transfer(own_payment(noun.application_id), deposits(noun.programme_code), receipt.amount_krw)
    if receipt.kind == "payment":
        return transfer(own_payment(noun.application_id), payable(payee_of(receipt, noun)), receipt.amount_krw)
    return ()


def appropriation(programme_code: str, part: Part) -> str:
    """The account of what was appropriated to a part of the budget, as a credit."""
    return budget_part(f"{programme_code}:appropriation", part)


def in_credit_krw(sums_krw: Sequence[int]) -> int:
    """What accounts that hold credits come to together, in won, from their sums (debit positive)."""
    return -sum(sums_krw)


def appropriation_entries(programme_code: str, part: Part, krw: int, booked_krw: int) -> tuple[Entry, Entry]:
    """What brings a part's appropriation from what is booked to `krw`; `booked_krw` is the account's sum, a credit."""
    return transfer(budget_part(programme_code, part), appropriation(programme_code, part), krw + booked_krw)


def commitment_entries(programme_code: str, before_krw: int, after_krw: int) -> tuple[Entry, Entry]:
    """What a change of a commitment books: the difference, from what is free to what is committed or back."""
    committed = f"budget:{programme_code}:committed"
    return transfer(committed, budget_part(programme_code, "subsidy"), after_krw - before_krw)


def approval_entries(programme_code: str, provider_id: str, share: Share, held_krw: int) -> tuple[Entry, ...]:
    """What the approval of a grant's share books: who owes the provider, and the budget's execution.

    `held_krw` is what the grant's commitment still holds.
    """
    from_commitment = executed_from_commitment_krw(held_krw, share.subsidy_krw)
    executed = f"budget:{programme_code}:executed"
    return (
        *transfer(own_payment(share.grant_id), payable(provider_id), share.self_payment_krw),
        *transfer(f"subsidy:{programme_code}", payable(provider_id), share.subsidy_krw),
        *transfer(f"uncovered:{programme_code}", f"provider:{provider_id}:uncovered", share.uncovered_krw),
        *transfer(executed, f"budget:{programme_code}:committed", from_commitment),
        *transfer(executed, budget_part(programme_code, "subsidy"), share.subsidy_krw - from_commitment),
    )


def payment_entries(
    programme_code: str, provider_id: str, subsidy_krw: int, deposited_shares_krw: tuple[int, ...]
) -> tuple[Entry, ...]:
    """What the payment of a settlement books: the subsidy, and the self-payments that the agency holds as deposits."""
    entries = [*transfer(payable(provider_id), treasury(programme_code), subsidy_krw)]
    for krw in deposited_shares_krw:
        entries += transfer(payable(provider_id), deposits(programme_code), krw)
    return tuple(entries)


def clawback_entries(programme_code: str, grant_id: str, krw: int) -> tuple[Entry, Entry]:
    """What a clawback books: the user owes, and of the subsidy paid so much is to come back; `krw` < 0 takes it back.

    The subsidy's own account goes on saying what was paid, and the budget's accounts stay as they are: what is clawed
    back goes to the treasury, not into the programme's budget again (docs/decisions/0060).
    """
    return transfer(f"clawback:{grant_id}", f"subsidy:{programme_code}:clawed-back", krw)
