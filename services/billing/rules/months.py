"""The lines of one month of use: what is right as known now, less what other settlements state of it (CV-1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from libs.common.money import cut_to_won, format_won
from services.billing.model.disputes import Decided
from services.billing.model.lines import Line, LineKind, Missing, MonthSoFar, OpenMonths, Stated, Words
from services.billing.model.prices import Book, PriceVersion, WaitDiscount
from services.billing.model.statements import Use
from services.billing.policy import DeductionPolicy
from services.billing.rules.charges import charge_and_discount_lines, charged_krw
from services.billing.rules.decisions import Contested, is_to_carry, right_totals
from services.billing.rules.deductions import deduction_lines
from services.billing.rules.disputes import decided_line
from services.billing.rules.lines import joined_versions, split_versions, versions_of
from services.billing.rules.sums import month_so_far


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """One use key's month: all its use as known now, the part that this statement brings, what was stated and decided.

    `new` are the last of `known`; `stated` are the other settlements' lines, in order.
    """

    known: tuple[Use, ...]
    new: tuple[Use, ...]
    stated: tuple[Stated, ...] = ()
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a month of use is settled at: its price, its wait discount rate, BL-8's divisors; and the price book."""

    price: PriceVersion | None
    discount: WaitDiscount | None
    deductions: DeductionPolicy | Missing
    book: Book

    def version(self, kind: LineKind) -> str | None:
        """The version that lines of a kind carry at these terms; none where they have no price."""
        if self.price is None or kind == "unmatched":
            return None
        if kind == "discount":
            return joined_versions(self.price.version, self.discount.version) if self.discount else None
        return self.price.version


@dataclass(frozen=True, slots=True)
class MonthLines:
    """The lines of a month of use: by what is known of it, and those that carry decisions out."""

    by_use: tuple[Line, ...] = ()
    by_decision: tuple[Line, ...] = ()


def lines_of_month(month: MonthOfUse, terms: Terms, settlement_id: str) -> MonthLines:
    """What a settlement states of a month of use, so that all its lines add up to what is right as known now (CV-1).

    By use: for each kind, the cut total at the price in force less what other settlements state at that price; what
    they state at another price is taken back whole. By decision: what `right_totals` makes of those totals, less what
    others carry out already. No discount and no deduction takes off more than the charge as decided. Cuts are those
    of BL-2 and BL-8. Never raises.

    Example: ten hours at 5,500 won, stated 55,000, then voided and decided at 0 → −55,000 by use, 0 by decision.
    Source: —
    """
    shown = [line for use in month.new if not use.payable for line in charge_and_discount_lines(use, None, None)]
    payable = tuple(use for use in month.known if use.payable)
    if terms.price is None or not payable:
        new = tuple(use for use in month.new if use.payable)
        shown += charge_and_discount_lines(_merged(month, new, ()), None, None) if new else []
        return MonthLines(tuple(shown), _decision_lines(month, {}, settlement_id))
    by_use, totals = _priced(month, payable, terms, terms.price)
    return MonthLines((*shown, *by_use, *_taken_back(month, terms)), _decision_lines(month, totals, settlement_id))


def _priced(
    month: MonthOfUse, payable: Sequence[Use], terms: Terms, price: PriceVersion
) -> tuple[list[Line], dict[LineKind, tuple[int, ...]]]:
    """The lines by use, and of each kind its total by use and after each of its decisions."""
    at_terms = [line for line in _by_use(month) if line.price_version == terms.version(line.kind)]
    so_far = month_so_far(at_terms)
    use, charged = _merged(month, payable, at_terms), charged_krw(payable, price)
    totals: dict[LineKind, tuple[int, ...]] = {"charge": _totals(month, terms, "charge", charged)}
    charge_krw = totals["charge"][-1]
    open_months = _open_months(use, payable, at_terms, charged_krw([use], price), charged - so_far.charge_krw)
    lines = list(
        charge_and_discount_lines(use, price, terms.discount, so_far, open_months=open_months, charge_krw=charge_krw)
    )
    totals["discount"] = _totals(month, terms, "discount", _taken_off_krw(so_far, lines, "discount"), charge_krw)
    room_krw = charge_krw - totals["discount"][-1]
    if isinstance(terms.deductions, DeductionPolicy):
        lines += deduction_lines(use, price, room_krw - so_far.charge_krw, so_far, terms.deductions)
    outage_krw = _taken_off_krw(so_far, lines, "outage_deduction")
    delay_krw = _taken_off_krw(so_far, lines, "delay_deduction")
    outage = _totals(month, terms, "outage_deduction", outage_krw, room_krw - delay_krw)
    totals["outage_deduction"] = outage
    totals["delay_deduction"] = _totals(month, terms, "delay_deduction", delay_krw, room_krw - outage[-1])
    said = any(use.payable for use in month.new)
    return [line for line in lines if said or line.amount_krw or line.quantity], totals


def _by_use(month: MonthOfUse) -> tuple[Line, ...]:
    return tuple(stated.line for stated in month.stated if not stated.line.cause)


def _merged(month: MonthOfUse, payable: Sequence[Use], at_terms: Sequence[Line]) -> Use:
    """One use that stands for all that is known and not stated at these terms yet; the newest gives its dates."""
    new = [use for use in month.new if use.payable]
    last = payable[-1]
    step = (last.months_before, last.months_after) if len(new) == 1 else (last.months_after, last.months_after)
    return replace(
        last,
        adjustment=not new or any(use.adjustment for use in new),
        billable_unit_hours=sum(use.billable_unit_hours for use in payable) - _hours(at_terms, "charge", last),
        discounted_unit_hours=sum(use.discounted_unit_hours for use in payable) - _hours(at_terms, "discount"),
        outage_unit_hours=sum(use.outage_unit_hours for use in payable) - _hours(at_terms, "outage_deduction"),
        unmatched_unit_hours=sum(use.unmatched_unit_hours for use in new),
        months_before=step[0],
        months_after=step[1],
        usage_events=sum(use.usage_events for use in new),
    )


def _hours(lines: Iterable[Line], kind: LineKind, of: Use | None = None) -> int:
    """How many unit-hours lines of a kind state; a charge by the month states none."""
    if of is not None and of.pricing == "monthly":
        return 0
    return int(_quantity(lines, kind))


def _quantity(lines: Iterable[Line], kind: LineKind) -> Fraction:
    return sum((line.quantity for line in lines if line.kind == kind), Fraction(0))


def _open_months(
    use: Use, payable: Sequence[Use], at_terms: Sequence[Line], own_krw: int, to_state_krw: int
) -> OpenMonths:
    """What is to be stated of a monthly charge beside the step that the merged use states itself."""
    if use.pricing == "hourly":
        return OpenMonths()
    known = sum((each.months for each in payable), Fraction(0))
    return OpenMonths(known - _quantity(at_terms, "charge") - use.months, to_state_krw - own_krw)


def _taken_off_krw(so_far: MonthSoFar, lines: Iterable[Line], kind: LineKind) -> int:
    """What is taken off for a kind in all, as a positive amount, before decisions."""
    before = {
        "discount": so_far.discount_krw,
        "outage_deduction": so_far.outage_krw,
        "delay_deduction": so_far.delay_krw,
    }[kind]
    return before - sum(line.amount_krw for line in lines if line.kind == kind)


def _totals(
    month: MonthOfUse, terms: Terms, kind: LineKind, known_krw: int, ceiling_krw: int | None = None
) -> tuple[int, ...]:
    """A kind's total by use, then after each of its decisions; the last one at most the ceiling."""
    contested = [_contested(month, terms, decided) for decided in month.decided if decided.line.kind == kind]
    totals = (known_krw, *right_totals(known_krw, contested))
    return totals if ceiling_krw is None else (*totals[:-1], min(totals[-1], ceiling_krw))


def _contested(month: MonthOfUse, terms: Terms, decided: Decided) -> Contested:
    """A decided line's step at the price in force: what was stated at its own price, times the price now over then."""
    line, sign = decided.line, _sign(decided.line.kind)
    before_krw = 0
    for stated in month.stated:
        if (stated.settlement_id, stated.line_no) == (decided.settlement_id, decided.line_no):
            break
        other = stated.line
        if not other.cause and (other.kind, other.price_version) == (line.kind, line.price_version):
            before_krw += sign * other.amount_krw
    ratio = _now_over_then(line, terms)
    after_krw = before_krw + sign * line.amount_krw
    return Contested(cut_to_won(before_krw * ratio), cut_to_won(after_krw * ratio), sign * decided.decided_krw)


def _sign(kind: LineKind) -> int:
    return 1 if kind == "charge" else -1


def _now_over_then(line: Line, terms: Terms) -> Fraction:
    now = terms.version(line.kind)
    if now == line.price_version:
        return Fraction(1)
    then_worth, now_worth = _worth(versions_of(line), terms.book), _worth(split_versions(now), terms.book)
    return now_worth / then_worth if then_worth else Fraction(0)


def _worth(versions: Iterable[str], book: Book) -> Fraction:
    """The product of the prices and rates of some versions, by which amounts at them compare."""
    known = {price.version: Fraction(price.unit_price_krw) for price in (*book.prices, *book.former_prices)}
    known |= {rate.version: rate.rate_pct for rate in (*book.discounts, *book.former_discounts)}
    worth = Fraction(1)
    for version in versions:
        worth *= known[version]
    return worth


def _taken_back(month: MonthOfUse, terms: Terms) -> tuple[Line, ...]:
    """What lines state at another price than the one in force comes back whole: one line for each kind and price."""
    old: dict[tuple[LineKind, str], list[Line]] = {}
    for line in _by_use(month):
        if line.price_version is not None and line.price_version != terms.version(line.kind):
            old.setdefault((line.kind, line.price_version), []).append(line)
    lines = (_back(each) for each in old.values())
    return tuple(line for line in lines if line.amount_krw or line.quantity)


def _back(stated: Sequence[Line]) -> Line:
    amount = -sum(line.amount_krw for line in stated)
    return replace(
        stated[-1],
        adjustment=True,
        quantity=-sum((line.quantity for line in stated), Fraction(0)),
        uncut_krw=-sum((line.uncut_krw for line in stated), Fraction(0)),
        shortened_krw=-sum((line.shortened_krw for line in stated), Fraction(0)),
        amount_krw=amount,
        usage_events=0,
        formula=Words(
            f"단가 변경으로 이전 단가로 적은 줄의 합계를 되돌림: {format_won(amount)}",
            f"the price changed; what was stated at the former one is taken back: {amount:,} won",
        ),
    )


def _decision_lines(
    month: MonthOfUse, totals: Mapping[LineKind, Sequence[int]], settlement_id: str
) -> tuple[Line, ...]:
    """For each decided line, what its decision changes now less what other settlements carry out of it."""
    lines, seen = [], dict.fromkeys((decided.line.kind for decided in month.decided), 0)
    for decided in month.decided:
        kind = decided.line.kind
        of_kind, at = totals.get(kind), seen[kind]
        seen[kind] += 1
        right = _sign(kind) * (of_kind[at + 1] - of_kind[at]) if of_kind else 0
        carried = sum(stated.line.amount_krw for stated in month.stated if stated.line.cause in decided.dispute_ids)
        if right != carried or is_to_carry(decided, settlement_id):
            lines.append(decided_line(decided, right - carried))
    return tuple(lines)
