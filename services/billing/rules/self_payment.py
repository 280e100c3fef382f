"""The self-payment (자부담금): how much, when it counts as covered, what of it a refund gives back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from libs.common.calendar import AS_PRINTED, ChangedDays, period_of_days_end
from libs.common.money import is_covered
from libs.common.self_payment import Flow, RateKind, SelfPaymentDue
from services.billing.model.lines import Words
from services.billing.model.self_payments import Contribution, Coverage


def coverage(flow: Flow, due_krw: int, deposited_krw: int, evidenced_krw: int) -> Coverage:
    """BL-5: The gate opens on evidence of the full balance, or once the deposits reach the full amount; parts are held.

    `own_account`: `evidenced_krw` is the highest balance of the dedicated account shown; the user pays the
    provider later, on notice. `deposit`: `deposited_krw` is what reached the named account, part payments added
    up and held. `free`, or nothing due: covered at once. Amounts in won, exact; a won short is not covered.
    Never raises.

    Example: due 9,600,000: 9,599,999 deposited in parts → held, not covered; one won more → covered.
    Source: S0 §3, S2 §3, S4 §III.
    """
    received = {"own_account": evidenced_krw, "deposit": deposited_krw, "free": 0}[flow]
    return Coverage(received, is_covered(received, due_krw))


def deposit_due_at(
    flow: Flow, signed_at: dt.datetime | None, deposit_days: int | None, changed: ChangedDays = AS_PRINTED
) -> dt.datetime | None:
    """The exclusive end of the period to deposit, `deposit_days` from the agreement (CV-7); none where no term runs."""
    if flow != "deposit" or deposit_days is None or signed_at is None:
        return None
    return period_of_days_end(signed_at, deposit_days, changed)


def assessed(before: Contribution, after: Contribution, now: dt.datetime) -> Contribution:
    """A self-payment once what is owed is computed anew: `covered` or `due` by what came in so far (BL-5).

    Where it was covered already, the instant of that is kept; where now more is owed than came in, it is `due` again.
    """
    covered_at = _covered_at(before, after, now)
    return replace(after, state="covered" if covered_at else "due", covered_at=covered_at)


def weighed(before: Contribution, after: Contribution, now: dt.datetime) -> Contribution:
    """A self-payment once something came in or was taken back: `covered`, or `due` again where it is not any more.

    One that is closed, or whose amount is not known yet, keeps its state: what came in for it is held (BL-14). One that
    is overdue stays so until it is covered. Never raises.
    """
    if not is_weighable(after):
        return after
    weighed_anew = assessed(before, after, now)
    stays_overdue = before.state == "overdue" and weighed_anew.state == "due"
    return replace(weighed_anew, state="overdue") if stays_overdue else weighed_anew


def _covered_at(before: Contribution, after: Contribution, now: dt.datetime) -> dt.datetime | None:
    found = coverage(after.flow or "free", after.due_krw, held_krw(after), after.evidenced_krw)
    return (before.covered_at or now) if found.covered else None


def is_open(noun: Contribution) -> bool:
    """Whether what is owed is computed anew when the grant changes: the agreement is signed, and nothing is over."""
    return noun.signed_at is not None and noun.closed_at is None


def is_weighable(noun: Contribution) -> bool:
    """Whether what came in can be held against what is owed: the amount is known, and nothing is over."""
    return noun.closed_at is None and noun.due is not None and noun.state in ("due", "covered", "overdue")


def held_krw(noun: Contribution) -> int:
    """The deposits less what of them was given back, in won."""
    return noun.deposited_krw - noun.refunded_krw


def received_krw(noun: Contribution) -> int:
    """What counts as received by the programme's flow, in won (BL-5): what is held of deposits, or a balance shown."""
    return coverage(noun.flow or "free", noun.due_krw, held_krw(noun), noun.evidenced_krw).received_krw


def carried_over(known: Contribution, noun: Contribution) -> Contribution:
    """A self-payment on new facts, with everything that came in, went back or was burnt down for it so far."""
    return replace(
        noun,
        flow=known.flow,
        deposited_krw=known.deposited_krw,
        evidenced_krw=known.evidenced_krw,
        paid_krw=known.paid_krw,
        burnt_krw=known.burnt_krw,
        refunded_krw=known.refunded_krw,
        version=known.version,
    )


def is_amount_new(before: Contribution, after: Contribution) -> bool:
    """Whether what is owed is another amount than before, or is known for the first time."""
    return before.due is None or before.due_krw != after.due_krw


def refund_krw(received_krw: int, burnt_krw: int, refunded_krw: int) -> int:
    """BL-7: A refund gives back the self-payment not yet burnt down on the refund day, and nothing else.

    `received_krw` is what the user has paid in (to the account, or to the provider on notice), `burnt_krw` what
    approved settlements took from it, `refunded_krw` what went back already; all in won, ≥ 0. Returns won ≥ 0,
    nothing to round. Never raises.

    Example: paid 12,800,000; the first month's charge of 20,000,000 burnt all of it → refund 0.
    Source: S2 §3.
    """
    return max(0, received_krw - burnt_krw - refunded_krw)


def refundable_krw(noun: Contribution, *, over: bool) -> int:
    """What a refund gives back today, in won ≥ 0 (BL-7).

    `over`: the grant ended or the self-payment was closed, so that all that is not burnt down comes back; before,
    only what was paid above the amount owed, and nothing while that amount is not known.
    """
    if noun.due is None and not over:
        return 0
    kept_krw = noun.burnt_krw if over else max(noun.due_krw, noun.burnt_krw)
    return refund_krw(noun.received_from_user_krw, kept_krw, noun.refunded_krw)


RATE_WORDS: Mapping[RateKind, Words] = {
    "standard": Words("일반 단가", "standard rate"),
    "youth": Words("청년기업 단가", "youth enterprise's rate"),
    "regional": Words("지역 단가", "regional rate"),
    "public": Words("공공 단가", "public rate"),
}
BASIS_WORDS = {
    "asked": Words("신청한 자원 기준", "by the type asked for"),
    "assigned": Words("배정된 자원 기준", "by the assigned type"),
}


def due_formula(noun: Contribution) -> str:
    """How the amount owed came about, in one line: Korean, then English."""
    due = noun.due or SelfPaymentDue(0, None, 0)
    if not due.amount_krw or due.rate_kind is None:
        return "무상 · free"
    rate, basis = RATE_WORDS[due.rate_kind], BASIS_WORDS[noun.basis]
    cards = f"{noun.card_type} {noun.cards}"
    ko = f"{cards} × {noun.months}개월 × {due.rate_krw:,}원({rate.ko}, {basis.ko})"
    en = f"{cards} × {noun.months} months × {due.rate_krw:,} won ({rate.en}, {basis.en})"
    return f"{ko} · {en}"


def left_to_burn_krw(noun: Contribution) -> int:
    """The self-payment not yet burnt down, in won ≥ 0 (BL-6).

    A deposit counts only as far as it came in and was not given back; what is owed on an own account counts whole.
    """
    kept_krw = min(noun.due_krw, held_krw(noun)) if noun.flow == "deposit" else noun.due_krw
    return max(0, kept_krw - noun.burnt_krw)
