"""Sums over settlement lines: of a month of use, of a settlement, of its grants."""

from collections.abc import Iterable
from dataclasses import replace

from services.billing.model.lines import DEDUCTIONS, NOTHING_SO_FAR, Line, MonthSoFar, Totals


def month_so_far(lines: Iterable[Line], before: MonthSoFar = NOTHING_SO_FAR) -> MonthSoFar:
    """Add lines of one use key to what was stated for it; lines that carry out disputes are left out."""
    so_far = before
    for line in lines:
        if line.cause:
            continue
        if line.kind == "charge":
            so_far = replace(so_far, charge_krw=so_far.charge_krw + line.amount_krw)
        elif line.kind == "discount":
            exact = so_far.discount_exact - line.uncut_krw
            so_far = replace(so_far, discount_krw=so_far.discount_krw - line.amount_krw, discount_exact=exact)
        elif line.kind == "delay_deduction":
            exact = so_far.delay_exact - line.uncut_krw
            so_far = replace(so_far, delay_krw=so_far.delay_krw - line.amount_krw, delay_exact=exact)
        elif line.kind == "outage_deduction":
            exact = so_far.outage_exact - line.uncut_krw
            so_far = replace(so_far, outage_krw=so_far.outage_krw - line.amount_krw, outage_exact=exact)
    return so_far


def totals_of(lines: Iterable[Line]) -> Totals:
    """The sums of the cut lines: charges, discounts and deductions as positive amounts."""
    charge = discount = deduction = 0
    for line in lines:
        if line.kind == "charge":
            charge += line.amount_krw
        elif line.kind == "discount":
            discount -= line.amount_krw
        elif line.kind in DEDUCTIONS:
            deduction -= line.amount_krw
    return Totals(charge, discount, deduction)


def fees_by_grant(lines: Iterable[Line]) -> dict[str, int]:
    """Each grant's fee of a settlement, in order of grant id."""
    fees: dict[str, int] = {}
    for line in lines:
        fees[line.grant_id] = fees.get(line.grant_id, 0) + line.amount_krw
    return dict(sorted(fees.items()))
