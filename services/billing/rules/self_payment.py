"""The self-payment (자부담금): how much, when it counts as covered, what of it a refund gives back."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

from libs.common.calendar import period_of_days_end
from libs.common.money import is_covered
from services.billing.model.lines import Words
from services.billing.model.self_payments import Contribution, Coverage, Flow, Payer, RateKind, SelfPaymentDue


def self_payment_due(
    payer: Payer, flow: Flow, rate_krw: Callable[[RateKind], int], quantity: int, months: int
) -> SelfPaymentDue:
    """BL-4: The self-payment for the whole granted period, in advance: rate × quantity × months, by the assigned type.

    `payer` holds the applicant's facts; `flow` is the programme's ("free": nobody pays); `rate_krw` gives the
    won per card (server, PF) and month of the assigned type for a kind of payer; `quantity` counts those cards
    (servers, PF), `months` the whole months granted, both ≥ 0. Reductions never add up: a public applicant pays
    the public rate (S0: 0), else the regional one applies unless the applicant asks for the youth one, else the
    youth one. Returns whole won, nothing to round. Raises what `rate_krw` raises for a rate that is unset.

    Example: S0, 4 H100, 6 months: 400,000 × 4 × 6 = 9,600,000; as 16 A100: 100,000 × 16 × 6 = 9,600,000.
    Source: S0 §3, S2 §3, S3 §1, S4 §III.
    """
    if flow == "free":
        return SelfPaymentDue(0, None, 0)
    kind = _rate_kind(payer)
    rate = rate_krw(kind)
    return SelfPaymentDue(rate * quantity * months, kind, rate)


def _rate_kind(payer: Payer) -> RateKind:
    if payer.sector == "public":
        return "public"
    if payer.regional and not (payer.youth and payer.prefers_youth):
        return "regional"
    return "youth" if payer.youth else "standard"


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


def deposit_due_at(flow: Flow, signed_at: dt.datetime, deposit_days: int | None) -> dt.datetime | None:
    """The exclusive end of the period to deposit, `deposit_days` from the agreement (CV-7); none where no term runs."""
    if flow != "deposit" or deposit_days is None:
        return None
    return period_of_days_end(signed_at, deposit_days)


def assessed(before: Contribution, after: Contribution, now: dt.datetime) -> Contribution:
    """A self-payment once what is owed is computed anew: `covered` or `due` by what came in so far (BL-5).

    Where it was covered already, the instant of that is kept; where now more is owed than came in, it is `due` again.
    """
    covered = coverage(after.flow or "free", after.due_krw, after.deposited_krw, after.evidenced_krw).covered
    return replace(
        after,
        state="covered" if covered else "due",
        covered_at=(before.covered_at or now) if covered else None,
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
    only what was paid above the amount owed.
    """
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
    kept_krw = min(noun.due_krw, noun.deposited_krw - noun.refunded_krw) if noun.flow == "deposit" else noun.due_krw
    return max(0, kept_krw - noun.burnt_krw)
