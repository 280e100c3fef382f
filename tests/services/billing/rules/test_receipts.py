"""What receipts and notices change of a self-payment, and what makes a deposit overdue (BL-5, BL-7)."""

import datetime as dt
from dataclasses import replace

import pytest

from libs.common.self_payment import Payer, SelfPaymentDue
from services.billing.model.evidence import Evidence, Judged, Judgement, Outcome
from services.billing.model.self_payments import Contribution, Receipt, ReceiptKind
from services.billing.model.settlements import Share
from services.billing.rules.approval import deposited_shares_krw
from services.billing.rules.evidence import confirmation_refusals, evidenced_krw, taking_back_refusals
from services.billing.rules.notices import is_deposit_overdue, notice_due_at, notice_refusal, payment_refusal
from services.billing.rules.receipts import (
    booking_cause,
    nth_booking,
    reversal_refusal,
    standing_receipts,
    with_deposit,
    with_payment,
    with_refund,
    without_receipt,
)
from services.billing.rules.self_payment import assessed, is_amount_new, refundable_krw, weighed

NOW = dt.datetime(2025, 10, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
OWED = Contribution(
    "A-1", "p", 1, "O-1", Payer("private"), "1", "H100x1", 1, 3, 1, "H100", "asked", NOW,
    flow="deposit", due=SelfPaymentDue(1_000, "standard", 1_000), due_at=NOW,
)  # fmt: skip


def receipt(number: int, kind: ReceiptKind, krw: int = 0, reverses: int = 0, nth: int = 1) -> Receipt:
    """A receipt of A-1 under the reference `BANK 1`; `reverses` is the number of the receipt that it takes back."""
    of = f"RC-{reverses:06}" if reverses else None
    return Receipt(f"RC-{number:06}", "A-1", "p", kind, krw, "BANK 1", "o", NOW, nth=nth, reverses=of)


def evidence(krw: int, *judged: Judgement, by: str = "applicant-1") -> Judged:
    """A claim of a balance by somebody, and what was judged of it."""
    return Judged(Evidence("EV-1", "A-1", krw, "9f" * 32, "x.pdf", None, by, NOW), judged)


def judged(outcome: Outcome, krw: int | None = None) -> Judgement:
    """One judgement by officer-1."""
    return Judgement("EV-1", outcome, krw, "", "officer-1", NOW)


@pytest.mark.rule("BL-14")
@pytest.mark.parametrize(
    ("piece", "krw", "reason", "by", "codes"),
    [
        pytest.param(evidence(9), 9, "", "officer-1", [], id="what was claimed"),
        pytest.param(evidence(9), 8, "", "officer-1", ["other_balance_needs_reason"], id="less without a reason"),
        pytest.param(evidence(9), 8, " ", "officer-1", ["other_balance_needs_reason"], id="a blank reason is none"),
        pytest.param(evidence(9), 10, "합산", "officer-1", [], id="more with a reason"),
        pytest.param(evidence(9, by="Officer-1"), 9, "", "officer-1", ["claimant_confirms"], id="his own claim"),
        pytest.param(evidence(9, judged("rejected")), 9, "", "officer-1", ["evidence_judged"], id="rejected before"),
        pytest.param(
            evidence(9, judged("confirmed", 9), judged("taken_back"), by="officer-1"),
            1,
            "",
            "officer-1",
            ["evidence_judged", "claimant_confirms", "other_balance_needs_reason"],
            id="everything at once",
        ),
    ],
)
def test_who_confirms_which_balance(piece: Judged, krw: int, reason: str, by: str, codes: list[str]) -> None:
    """A second person confirms once; another balance than the claimed one needs a reason; all refusals are told."""
    assert [refusal.code for refusal in confirmation_refusals(piece, krw, reason, by)] == codes


@pytest.mark.rule("BL-14")
def test_the_highest_balance_that_stands_counts() -> None:
    """Neither a claim nor a rejected one nor a confirmation taken back counts; an older receipt does until reversed."""
    standing, gone = evidence(9, judged("confirmed", 7)), evidence(9, judged("confirmed", 9), judged("taken_back"))
    pieces = [evidence(99), evidence(98, judged("rejected")), standing, gone]
    booked = [receipt(1, "evidence", 8), receipt(2, "deposit", 1_000)]
    assert evidenced_krw(pieces, booked) == 8
    assert evidenced_krw(pieces, [*booked, receipt(3, "reversal", 8, reverses=1)]) == 7
    assert evidenced_krw([], []) == 0
    assert [len(taking_back_refusals(one)) for one in (standing, gone, evidence(9))] == [0, 1, 1]


@pytest.mark.rule("BL-14")
@pytest.mark.parametrize(
    ("kind", "burnt", "refunded", "code"),
    [
        pytest.param("deposit", 0, 0, None, id="nothing used"),
        pytest.param("deposit", 700, 0, None, id="exactly the rest"),
        pytest.param("deposit", 701, 0, "receipt_used_up", id="a won is burnt"),
        pytest.param("deposit", 700, 1, "receipt_used_up", id="a won was given back"),
        pytest.param("payment", 1_000, 0, None, id="a payment that never was leaves the user owing"),
        pytest.param("payment", 0, 701, "receipt_used_up", id="a payment that was given back"),
        pytest.param("evidence", 1_000, 1_000, None, id="evidence moved no money"),
        pytest.param("refund", 0, 0, "refund_stays", id="a refund"),
        pytest.param("reversal", 0, 0, "reversal_stays", id="a reversal"),
    ],
)
def test_what_can_be_reversed(kind: ReceiptKind, burnt: int, refunded: int, code: str | None) -> None:
    """Of 1,000 won 300 are taken back: only what is neither burnt down nor given back."""
    noun = replace(OWED, deposited_krw=1_000, paid_krw=1_000, burnt_krw=burnt, refunded_krw=refunded)
    booked = receipt(1, kind, 300)
    refusal = reversal_refusal(booked, [booked], noun)
    assert (refusal.code if refusal else None) == code


@pytest.mark.rule("BL-14")
def test_a_reversed_reference_is_booked_anew_under_a_cause_of_its_own() -> None:
    """Once booked it is taken; reversed it is the second booking, and the ledger's cause is another."""
    first, back = receipt(1, "deposit", 300), receipt(2, "reversal", 300, reverses=1)
    assert [nth_booking(None, ()), nth_booking(first, [first]), nth_booking(first, [first, back])] == [1, None, 2]
    assert standing_receipts([first, back]) == ()
    assert booking_cause(first) == "self-payment.deposited:p:bank1"
    assert booking_cause(receipt(3, "deposit", 300, nth=2)) == "self-payment.deposited:p:bank1#RC-000003"
    assert reversal_refusal(first, [first, back], OWED).code == "receipt_reversed"  # type: ignore[union-attr]
    held = with_payment(with_deposit(OWED, 300), 300)
    assert without_receipt(held, first).deposited_krw == 0
    assert without_receipt(held, receipt(1, "payment", 300)).paid_krw == 0


@pytest.mark.rule("BL-14")
def test_what_comes_in_is_weighed_only_where_the_amount_is_known() -> None:
    """Covered and due again; overdue until it is covered; closed, parked or not signed it keeps its state."""
    paid = with_deposit(OWED, 1_000)
    covered = weighed(OWED, paid, NOW)
    assert (covered.state, covered.covered_at) == ("covered", NOW)
    assert (weighed(covered, replace(covered, deposited_krw=999), NOW).state) == "due"
    late = replace(OWED, state="overdue")
    assert [weighed(late, replace(late, deposited_krw=krw), NOW).state for krw in (999, 1_000)] == [
        "overdue",
        "covered",
    ]
    for state in ("closed", "awaiting_policy", "awaiting_agreement"):
        held = replace(paid, state=state, closed_at=NOW if state == "closed" else None)
        assert weighed(OWED, held, NOW) == held
    assert weighed(covered, with_refund(covered, 1), NOW).state == "due", "what was given back covers nothing"
    unknown = replace(paid, due=None, state="awaiting_agreement")
    assert [refundable_krw(unknown, over=over) for over in (False, True)] == [0, 1_000]


def test_receipts_add_up() -> None:
    """Deposits, payments and refunds are sums."""
    twice = with_deposit(with_deposit(OWED, 300), 200)
    assert (twice.deposited_krw, with_payment(OWED, 7).paid_krw, with_refund(OWED, 5).refunded_krw) == (500, 7, 5)


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
