"""A provider's month: from the closed usage statement to lines and totals, and its canonical bytes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import rfc8785

from services.billing.model.lines import DEDUCTIONS, NOTHING_SO_FAR, Line, Missing, MonthSoFar, Totals, UseKey
from services.billing.model.prices import Book, PriceVersion, WaitDiscount
from services.billing.model.settlements import Draft, Drawn, Settlement, Share
from services.billing.model.statements import Statement, Use
from services.billing.policy import DeductionPolicy
from services.billing.rules.bounds import fits
from services.billing.rules.charges import charge_and_discount_lines
from services.billing.rules.deductions import deduction_lines, needs_deduction
from services.billing.rules.prices import discount_in_month, price_in_month


def settle(
    statement: Statement,
    book: Book,
    deductions: DeductionPolicy | Missing,
    earlier: Mapping[UseKey, MonthSoFar],
    decided: Sequence[Line] = (),
) -> Draft:
    """BL-11: A settlement is written from the closed statement alone; what is missing parks it and is never guessed.

    `statement` is one provider's closed month; `book` that provider's prices (each line is priced in its own
    month of use, so that a late event costs what its hour cost); `deductions` BL-8's divisors, or what is
    missing to know them; `earlier` what earlier settlements stated for the same months of use; `decided` the
    adjustments that decided disputes of earlier settlements brought. Returns the lines in a fixed order (grant,
    month of use, price key, kind) and, for each line that cannot be written, the price, rate or policy value it
    waits for. Amounts beyond CV-10's bounds park it whole. Cuts are those of BL-2 and BL-8. Never raises.

    Example: two grants, one without a price for October → one line, and missing `…/H100x2/dynamic/2025-10`.
    Source: S1 §3.
    """
    lines: list[Line] = []
    missing: list[Missing] = []
    so_far = dict(earlier)
    for use in sorted(statement.uses, key=_use_order):
        before = so_far.get(use_key(use), NOTHING_SO_FAR)
        written, lacking = _lines_of(statement, use, book, deductions, before)
        lines += written
        missing += lacking
        so_far[use_key(use)] = month_so_far(written, before)
    lines += decided
    missing += _out_of_bounds(statement, lines)
    return Draft(() if any(each.kind == "bounds" for each in missing) else tuple(lines), tuple(dict.fromkeys(missing)))


def _out_of_bounds(statement: Statement, lines: Sequence[Line]) -> list[Missing]:
    """What parks a settlement whose lines or sums are beyond any won that a ledger holds (CV-10)."""
    of_provider = f"{statement.programme_code}/{statement.provider_id}"
    beyond = {_of_price("bounds", of_provider, line) for line in lines if not fits(line.amount_krw)}
    totals = totals_of(lines)
    sums = (totals.charge_krw, totals.discount_krw, totals.deduction_krw, totals.fee_krw)
    if not beyond and not all(map(fits, sums)):
        beyond = {Missing("bounds", f"{of_provider}/{statement.month}", month=statement.month)}
    return sorted(beyond, key=lambda missing: missing.path)


def _of_price(kind: Literal["price", "bounds"], of_provider: str, use: Use | Line) -> Missing:
    """What is missing, or too much, by the price of a use."""
    path = f"{of_provider}/{use.priced_product}/{use.mode}/{use.period}"
    return Missing(kind, path, use.priced_product, use.mode, use.period)


def _use_order(use: Use) -> tuple[UseKey, bool]:
    return use_key(use), use.adjustment


def use_key(use: Use | Line) -> UseKey:
    """By what lines belong to one month of use: CV-1's difference and BL-8's ceiling are kept by it."""
    units = use.priced_units if isinstance(use, Use) else use.units
    return use.grant_id, use.period, use.priced_product, use.mode, units


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


def _lines_of(
    statement: Statement, use: Use, book: Book, deductions: DeductionPolicy | Missing, earlier: MonthSoFar
) -> tuple[tuple[Line, ...], tuple[Missing, ...]]:
    price = price_in_month(book.prices, use.priced_product, use.mode, use.period)
    discount = discount_in_month(book.discounts, use.period)
    missing = _missing(statement, use, price, discount, deductions)
    if missing:
        return (), missing
    lines = charge_and_discount_lines(use, price, discount, earlier)
    if price is None or isinstance(deductions, Missing):
        return lines, ()
    return (*lines, *deduction_lines(use, price, lines[0].amount_krw, earlier, deductions)), ()


def _missing(
    statement: Statement,
    use: Use,
    price: PriceVersion | None,
    discount: WaitDiscount | None,
    deductions: DeductionPolicy | Missing,
) -> tuple[Missing, ...]:
    if not use.payable:
        return ()
    found = []
    of_provider = f"{statement.programme_code}/{statement.provider_id}"
    if _costs(use) and (price is None or price.pricing != use.pricing):
        found.append(_of_price("price", of_provider, use))
    if use.discounted_unit_hours and discount is None:
        found.append(Missing("wait_discount", f"{of_provider}/wait-discount/{use.period}", month=use.period))
    if isinstance(deductions, Missing) and needs_deduction(use):
        found.append(deductions)
    return tuple(found)


def _costs(use: Use) -> bool:
    return any((use.billable_unit_hours, use.discounted_unit_hours, use.months, use.outage_unit_hours))


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


def split_of(shares: Iterable[Share]) -> Drawn:
    """What a settlement's fees are paid from, all its grants together."""
    shares = tuple(shares)
    return Drawn(
        sum(share.self_payment_krw for share in shares),
        sum(share.subsidy_krw for share in shares),
        sum(share.uncovered_krw for share in shares),
    )


def adjusted_periods(lines: Iterable[Line], month: str) -> tuple[str, ...]:
    """The months of use before a settlement's own that its lines adjust, ascending."""
    return tuple(sorted({line.period for line in lines if line.period < month}))


def check_split(totals: Totals, shares: Iterable[Share]) -> None:
    """Stop where fee = self-payment + subsidy + uncovered does not hold, for any grant or in sum. Raises ValueError."""
    total = 0
    for share in shares:
        if share.fee_krw != share.self_payment_krw + share.subsidy_krw + share.uncovered_krw:
            raise ValueError(f"the split of {share.grant_id} does not add up: {share}")
        total += share.fee_krw
    if total != totals.fee_krw:
        raise ValueError(f"the shares sum to {total}, the fee is {totals.fee_krw}")


def canonical(document: Mapping[str, Any]) -> tuple[bytes, str]:
    """The canonical bytes (RFC 8785) of a settlement's document, and their SHA-256."""
    content = rfc8785.dumps(dict(document))
    return content, hashlib.sha256(content).hexdigest()


def is_kept(before: Settlement, draft: Draft, sha256: str) -> bool:
    """Whether a draft says what is on record already: the same hash, the same state, the same missing values."""
    return (before.sha256, before.state, before.missing) == (sha256, draft.state, draft.missing)


def settlement_document(
    statement: Statement, lines: Sequence[Line], totals: Totals, shares: Sequence[Share] | None
) -> dict[str, Any]:
    """What a settlement says, as plain JSON without times of ours or random ids: same use, same bytes."""
    document: dict[str, Any] = {
        "settlement_id": statement.statement_id,
        "provider": statement.provider_id,
        "programme": statement.programme_code,
        "programme_version": statement.programme_version,
        "month": statement.month,
        "statement_sha256": statement.sha256,
        "charge_krw": str(totals.charge_krw),
        "discount_krw": str(totals.discount_krw),
        "deduction_krw": str(totals.deduction_krw),
        "fee_krw": str(totals.fee_krw),
        "lines": [_line_document(number, line) for number, line in enumerate(lines, start=1)],
    }
    if shares is not None:
        document["shares"] = [
            {
                "grant_id": share.grant_id,
                "fee_krw": str(share.fee_krw),
                "self_payment_krw": str(share.self_payment_krw),
                "subsidy_krw": str(share.subsidy_krw),
                "uncovered_krw": str(share.uncovered_krw),
            }
            for share in shares
        ]
    return document


def _line_document(number: int, line: Line) -> dict[str, Any]:
    return {
        "line": number,
        "kind": line.kind,
        "rules": list(line.rule_ids),
        "grant_id": line.grant_id,
        "period": line.period,
        "adjustment": line.adjustment,
        "mode": line.mode,
        "priced_product": line.priced_product,
        "units": line.units,
        "quantity": str(line.quantity),
        "price_version": line.price_version,
        "uncut_krw": str(line.uncut_krw),
        "shortened_krw": str(line.shortened_krw),
        "amount_krw": str(line.amount_krw),
        "usage_events": line.usage_events,
        "evidence_sha256": line.evidence_sha256,
        "cause": line.cause,
    }
