"""What receipts and notices change of a self-payment, and what makes a deposit overdue (BL-5, BL-7)."""

import datetime as dt
from dataclasses import replace

from services.billing.model.self_payments import Contribution, Payer, SelfPaymentDue
from services.billing.model.settlements import Share
from services.billing.rules.approval import deposited_shares_krw
from services.billing.rules.notices import is_deposit_overdue, notice_due_at, notice_refusal, payment_refusal
from services.billing.rules.receipts import with_deposit, with_evidence, with_payment, with_refund
from services.billing.rules.self_payment import assessed, is_amount_new

NOW = dt.datetime(2025, 10, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
OWED = Contribution(
    "A-1", "p", 1, "O-1", Payer("private", False), "1", "H100x1", 1, 3, 1, "H100", "asked", NOW,
    flow="deposit", due=SelfPaymentDue(1_000, "standard", 1_000), due_at=NOW,
)  # fmt: skip


def test_receipts_add_up_and_the_highest_balance_counts() -> None:
    """Deposits, payments and refunds are sums; evidence of a lower balance takes nothing back."""
    twice = with_deposit(with_deposit(OWED, 300), 200)
    assert (twice.deposited_krw, with_payment(OWED, 7).paid_krw, with_refund(OWED, 5).refunded_krw) == (500, 7, 5)
    assert with_evidence(with_evidence(OWED, 900), 100).evidenced_krw == 900


def test_nobody_is_asked_for_more_than_is_owed() -> None:
    """Exactly the amount owed may be notified and paid; one won more may not."""
    assert [notice_refusal(400, 600, 1_000), payment_refusal(400, 600, 1_000)] == [None, None]
    told = [notice_refusal(400, 601, 1_000), payment_refusal(400, 601, 1_000)]
    assert [refusal.code for refusal in told if refusal] == ["notice_over_due", "payment_over_due"]


def test_until_when_a_notice_is_paid() -> None:
    """CV-7: five days from 1 October 2025, moved past the holidays; no date of its own where no term is decided."""
    assert notice_due_at(NOW, 5) == dt.datetime(2025, 10, 10, 15, tzinfo=dt.UTC)
    assert notice_due_at(NOW, None) is None


def test_when_a_deposit_is_overdue() -> None:
    """At the exclusive end of its period, unless it is covered or no period runs."""
    assert [is_deposit_overdue(OWED, at) for at in (NOW - TICK, NOW)] == [False, True]
    assert not is_deposit_overdue(replace(OWED, state="covered"), NOW)
    assert not is_deposit_overdue(replace(OWED, due_at=None), NOW)


def test_a_new_amount_is_weighed_against_what_came_in() -> None:
    """Covered since it was; no longer once more is owed; a lower amount can be covered at once."""
    covered = replace(OWED, deposited_krw=1_000, state="covered", covered_at=NOW)
    dearer = replace(covered, due=SelfPaymentDue(2_000, "standard", 2_000))
    later = NOW + TICK
    assert assessed(covered, covered, later).covered_at == NOW
    assert (assessed(covered, dearer, later).state, assessed(covered, dearer, later).covered_at) == ("due", None)
    cheaper = replace(OWED, deposited_krw=500, due=SelfPaymentDue(500, "youth", 500))
    assert (assessed(OWED, cheaper, later).state, assessed(OWED, cheaper, later).covered_at) == ("covered", later)
    assert [is_amount_new(replace(OWED, due=None), OWED), is_amount_new(OWED, OWED), is_amount_new(OWED, dearer)] == [
        True, False, True,
    ]  # fmt: skip


def test_what_the_agency_pays_on_from_deposits() -> None:
    """What a user pays from an account of its own went to the provider already."""
    shares = [Share(grant_id, 10, krw, 10 - krw, 0) for grant_id, krw in (("A", 1), ("B", 2), ("C", 3))]
    own = {"A": OWED, "B": replace(OWED, flow="own_account")}
    assert deposited_shares_krw(shares, own) == (1,)
