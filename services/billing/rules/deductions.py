"""Deductions from monthly-priced charges: outages and late delivery, never more than the month's charge."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from libs.common.calendar import month_bounds
from libs.common.money import cut_to_won, format_won
from services.billing.model.lines import Line, LineKind, MonthSoFar, Words
from services.billing.model.prices import PriceVersion
from services.billing.model.statements import Use
from services.billing.policy import DeductionPolicy
from services.billing.rules.lines import exact_won, line_of

STEP = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Deduction:
    kind: LineKind
    source_rule: str
    quantity: Fraction
    uncut: Fraction
    """What this line alone asks for, exactly."""
    total: Fraction
    """What the month of use asks for, this line and earlier ones together, exactly."""
    earlier_krw: int
    """What was deducted for it before."""
    earlier_exact: Fraction
    """What was asked for before, exactly."""
    words: Words


def late_days_in_month(use: Use) -> int:
    """Started days between the agreed start and delivery that begin in the use's month (24 h steps from the start)."""
    first, end = month_bounds(use.period)
    late = min(use.delivered_at, use.ends_at) - use.starts_at
    days = -(-late // STEP) if late > dt.timedelta(0) else 0
    return sum(1 for day in range(days) if first <= use.starts_at + day * STEP < end)


def needs_deduction(use: Use) -> bool:
    """Whether a use can have an outage or a delay to deduct: payable, priced by the month, with hours or late days."""
    return use.payable and use.pricing == "monthly" and (use.outage_unit_hours != 0 or late_days_in_month(use) != 0)


def deduction_lines(
    use: Use, price: PriceVersion, charge_krw: int, earlier: MonthSoFar, policy: DeductionPolicy
) -> tuple[Line, ...]:
    """BL-8: An outage takes off hours × monthly price / 720, a late delivery days × units × monthly price / 30.

    `use` is one monthly-priced line (its outage unit-hours are hours × affected units, counted from delivery
    on, so that an outage before a late delivery is not deducted again); `price` that of the month of use in
    won; `charge_krw` this settlement's charge for it; `earlier` what was stated before for the same month of
    use; `policy` holds the 720 and the 30 (none: nothing is deducted). Late days are 24-hour steps from the
    agreed start, each in the month in which it begins, and deducted once: an adjustment takes off only what
    earlier lines did not. Returns an outage line and a delay line, negative, in whole won cut by CV-1. Together
    with `earlier` they never exceed the month's charge: the delay stands (up to the charge), the outage is
    shortened; where the charge itself comes back, so does what exceeds it. Hourly-priced use has nothing to
    deduct. Never raises.

    Example: 3,000,000 a month, 2 units, 5 h 10 min → 6 × 2 × 3,000,000 / 720 = 50,000. One unit, 1–31 October,
    delivered on the 6th at 00:00: 3,000,000 − 3,000,000 × 5/30 = 2,500,000.
    Source: S1 §3.
    """
    if not use.payable or use.pricing == "hourly":
        return ()
    ceiling = max(0, charge_krw + earlier.charge_krw)
    delay, outage = _delay(use, price, earlier, policy), _outage(use, price, earlier, policy)
    delay_krw = cut_to_won(min(delay.total, Fraction(ceiling)))
    outage_krw = cut_to_won(min(outage.total, Fraction(ceiling - delay_krw)))
    lines = (_line(use, price, outage, outage_krw), _line(use, price, delay, delay_krw))
    return tuple(line for line in lines if line.amount_krw or line.uncut_krw)


def _delay(use: Use, price: PriceVersion, earlier: MonthSoFar, policy: DeductionPolicy) -> _Deduction:
    days, divisor = late_days_in_month(use), policy.delay_days_per_month
    month_krw = use.priced_units * price.unit_price_krw
    total = Fraction(days * month_krw, divisor) if divisor else Fraction(0)
    uncut = total - earlier.delay_exact
    return _Deduction(
        kind="delay_deduction",
        source_rule="AL-16",
        quantity=Fraction(days),
        uncut=uncut,
        total=total,
        earlier_krw=earlier.delay_krw,
        earlier_exact=earlier.delay_exact,
        words=Words(
            f"지연 {days}일 × {use.priced_units}단위 × 월 {format_won(price.unit_price_krw)} ÷ {divisor or '-'}",
            f"{days} late days × {use.priced_units} units × {price.unit_price_krw:,} won a month / {divisor or '-'}",
        ),
    )


def _outage(use: Use, price: PriceVersion, earlier: MonthSoFar, policy: DeductionPolicy) -> _Deduction:
    hours, divisor = use.outage_unit_hours, policy.outage_hours_per_month
    uncut = Fraction(hours * price.unit_price_krw, divisor) if divisor else Fraction(0)
    return _Deduction(
        kind="outage_deduction",
        source_rule="MT-7",
        quantity=Fraction(hours),
        uncut=uncut,
        total=max(Fraction(0), earlier.outage_exact + uncut),
        earlier_krw=earlier.outage_krw,
        earlier_exact=earlier.outage_exact,
        words=Words(
            f"장애 {hours:,}시간·단위 × 월 {format_won(price.unit_price_krw)} ÷ {divisor or '-'}",
            f"{hours:,} outage unit-hours × {price.unit_price_krw:,} won a month / {divisor or '-'}",
        ),
    )


def _line(use: Use, price: PriceVersion, deduction: _Deduction, month_krw: int) -> Line:
    """The line that brings a month's deduction from what was taken before to `month_krw`."""
    amount = month_krw - deduction.earlier_krw
    shortened = _shortened(deduction, month_krw)
    ko = f"{deduction.words.ko} = {exact_won(deduction.uncut)}원"
    en = f"{deduction.words.en} = {exact_won(deduction.uncut)} won"
    if shortened:
        ko += f", 월 사용료 한도로 {exact_won(shortened)}원 줄임"
        en += f", shortened by {exact_won(shortened)} won to the month's charge"
    return line_of(
        use,
        deduction.kind,
        ("BL-8", deduction.source_rule, "CV-1"),
        price_version=price.version,
        quantity=deduction.quantity,
        uncut_krw=-deduction.uncut,
        amount_krw=-amount,
        shortened_krw=shortened,
        formula=Words(f"{ko}, 감액 {format_won(amount)}", f"{en}, {amount:,} won taken off"),
    )


def _shortened(deduction: _Deduction, month_krw: int) -> Fraction:
    """What the ceiling took from this line: the month's shortening now less that of the earlier lines."""
    now = _over(deduction.total, month_krw)
    return now - _over(deduction.earlier_exact, deduction.earlier_krw)


def _over(exact: Fraction, taken_krw: int) -> Fraction:
    return Fraction(0) if cut_to_won(exact) == taken_krw else exact - taken_krw
