"""Charge and discount lines: what a month's use costs before deductions."""

from collections.abc import Iterable
from fractions import Fraction

from libs.common.money import Krw, cut_to_won, format_won
from services.billing.model.lines import NOTHING_OPEN, NOTHING_SO_FAR, Line, LineKind, MonthSoFar, OpenMonths, Words
from services.billing.model.prices import PriceVersion, WaitDiscount
from services.billing.model.statements import Use
from services.billing.rules.lines import exact_won, joined_versions, line_of, plain

PER_CENT = 100


def charge_and_discount_lines(
    use: Use,
    price: PriceVersion | None,
    discount: WaitDiscount | None,
    earlier: MonthSoFar = NOTHING_SO_FAR,
    *,
    open_months: OpenMonths = NOTHING_OPEN,
    charge_krw: int | None = None,
) -> tuple[Line, ...]:
    """BL-2: Billable unit-hours × the hourly price of their mode, or a monthly price's share; less discounts.

    `use` is one line of the closed statement; `price` the version of the month of use (may be none only where
    nothing is payable), `discount` the provider's rate of that month (may be none only where no hour is
    discounted), `earlier` what lines before it stated for the same month of use at these prices, `open_months` what
    is known of a monthly price's months and not stated yet, `charge_krw` what the month's charge comes to once
    disputes are decided (none: as charged): no discount takes more off. The charge line is hours × price, or by MT-11
    the difference of ⌊price × units × M⌋ at the month's end and start, so that the won add up over the months. The
    discount line is − hours × price × rate %, cut once by CV-1; after earlier ones it is the month's cut total less
    what they stated. Use that is not payable costs zero and is shown; so are unmatched hours. Adjustments carry
    differences and may turn either sign. Never raises for those inputs.

    Example: 100 billable hours × 5,500 won = 550,000, of which 6 discounted at 30 % → −9,900. Four discounted
    hours at 5,501 won → −6,601; two of them taken back → +3,301, the other two → +3,300.
    Source: S1 §3.
    """
    lines = [_charge(use, price, open_months)]
    if use.payable and price and discount:
        taken_off = _discount(use, price, discount, earlier, charge_krw)
        lines += [taken_off] if use.discounted_unit_hours or taken_off.amount_krw else []
    if use.unmatched_unit_hours:
        lines.append(_unmatched(use))
    return tuple(lines)


def _charge(use: Use, price: PriceVersion | None, open_months: OpenMonths) -> Line:
    if not use.payable:
        return _not_payable(use)
    if price is None:
        return _nothing_used(use)
    return _monthly_charge(use, price, open_months) if use.pricing == "monthly" else _hourly_charge(use, price)


def _hourly_charge(use: Use, price: PriceVersion) -> Line:
    hours = use.billable_unit_hours
    amount = hours * price.unit_price_krw
    return line_of(
        use,
        "charge",
        ("BL-2", "MT-5"),
        price_version=price.version,
        quantity=Fraction(hours),
        uncut_krw=Fraction(amount),
        amount_krw=amount,
        formula=Words(
            f"과금 시간 {hours:,}시간 × 시간당 {format_won(price.unit_price_krw)} = {format_won(amount)}",
            f"{hours:,} billable unit-hours × {price.unit_price_krw:,} won = {amount:,} won",
        ),
    )


def _monthly_charge(use: Use, price: PriceVersion, open_months: OpenMonths) -> Line:
    before, after = use.months_before or Fraction(0), use.months_after or Fraction(0)
    per_month = price.unit_price_krw * use.priced_units
    amount = cut_to_won(per_month * after) - cut_to_won(per_month * before) + open_months.krw
    ko = f"월 {format_won(price.unit_price_krw)} × {use.priced_units}단위 × (누적 {after}개월 − {before}개월)"
    en = (
        f"{price.unit_price_krw:,} won a month × {use.priced_units} units × (months {after} − {before} since the start)"
    )
    if open_months != NOTHING_OPEN:
        ko += f" + 앞에서 적지 않은 {open_months.months}개월분 {format_won(open_months.krw)}"
        en += f" + {open_months.krw:,} won for {open_months.months} months not stated before"
    return line_of(
        use,
        "charge",
        ("BL-2", "MT-11", "CV-1"),
        price_version=price.version,
        quantity=use.months + open_months.months,
        uncut_krw=per_month * (use.months + open_months.months),
        amount_krw=amount,
        formula=Words(f"{ko} = {format_won(amount)}", f"{en} = {amount:,} won"),
    )


def charged_krw(uses: Iterable[Use], price: PriceVersion) -> int:
    """What a month of use is charged at a price as known now, in won: MT-11's cut steps, or hours × price."""
    total = 0
    for use in uses:
        per_month = price.unit_price_krw * use.priced_units
        if use.pricing == "monthly":
            before, after = use.months_before or Fraction(0), use.months_after or Fraction(0)
            total += cut_to_won(per_month * after) - cut_to_won(per_month * before)
        else:
            total += use.billable_unit_hours * price.unit_price_krw
    return total


def _discount(
    use: Use, price: PriceVersion, discount: WaitDiscount, earlier: MonthSoFar, charge_krw: int | None
) -> Line:
    uncut = -use.discounted_unit_hours * price.unit_price_krw * discount.rate_pct / PER_CENT
    asked, before = cut_to_won(uncut - earlier.discount_exact), -earlier.discount_krw
    total = asked if charge_krw is None else max(asked, Krw(-charge_krw))
    amount = total - before
    shortened = (total - asked) - (before - cut_to_won(-earlier.discount_exact))
    hours, rate = use.discounted_unit_hours, plain(discount.rate_pct)
    ko = f"대기 초과 할인 {hours:,}시간 × 시간당 {format_won(price.unit_price_krw)} × {rate}% = {exact_won(uncut)}원"
    en = f"{hours:,} discounted unit-hours × {price.unit_price_krw:,} won × {rate} % = {exact_won(uncut)} won"
    cut = Words(f"{ko}, 원 미만 절사 {format_won(amount)}", f"{en}, cut to {amount:,} won")
    if earlier.discount_exact or before:
        cut = Words(
            f"{ko}, 그 달의 절사한 합계 {format_won(total)} − 앞선 줄 ({format_won(before)}) = {format_won(amount)}",
            f"{en}; the month's cut total {total:,} won less {before:,} won stated before = {amount:,} won",
        )
    if total != asked:
        cut = Words(f"{cut.ko} (그 달의 사용료까지만 할인)", f"{cut.en} (no more is taken off than the month's charge)")
    return line_of(
        use,
        "discount",
        ("BL-2", "MT-6", "CV-1"),
        price_version=joined_versions(price.version, discount.version),
        quantity=Fraction(hours),
        uncut_krw=uncut,
        amount_krw=amount,
        shortened_krw=Fraction(shortened),
        formula=cut,
    )


def _not_payable(use: Use) -> Line:
    words = Words(
        "규격 미달 자원의 사용으로 사용료를 지급하지 않습니다: 0원",
        "Used on resources below the specification, not payable: 0 won",
    )
    return _zero(use, "charge", ("BL-2", "AL-6"), use.billable_unit_hours, words)


def _nothing_used(use: Use) -> Line:
    words = Words("이 달의 과금 시간이 없습니다: 0원", "No billable hours in this month: 0 won")
    return _zero(use, "charge", ("BL-2", "MT-5"), 0, words)


def _unmatched(use: Use) -> Line:
    hours = use.unmatched_unit_hours
    words = Words(
        f"배정 기록이 없는 사용 {hours:,}시간은 확인될 때까지 지급하지 않습니다: 0원",
        f"{hours:,} unit-hours outside any known assignment, not payable until resolved: 0 won",
    )
    return _zero(use, "unmatched", ("BL-2", "MT-4"), hours, words)


def _zero(use: Use, kind: LineKind, rule_ids: tuple[str, ...], hours: int, words: Words) -> Line:
    return line_of(
        use,
        kind,
        rule_ids,
        price_version=None,
        quantity=Fraction(hours),
        uncut_krw=Fraction(0),
        amount_krw=0,
        formula=words,
    )
