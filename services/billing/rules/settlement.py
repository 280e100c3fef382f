"""A provider's month: from the closed usage statement to lines and totals, and its canonical bytes."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

import rfc8785

from libs.common.calendar import next_month
from services.billing.model.disputes import Decided
from services.billing.model.lines import Line, Missing, Stated, Totals, UseKey
from services.billing.model.parked import Held
from services.billing.model.past import NOTHING_PAST, Past
from services.billing.model.prices import Book
from services.billing.model.settlements import Draft, Drawn, Parked, Settlement, Share
from services.billing.model.statements import Statement, Use
from services.billing.policy import DeductionPolicy
from services.billing.rules.bounds import fits
from services.billing.rules.decisions import decided_of
from services.billing.rules.deductions import needs_deduction
from services.billing.rules.months import MonthLines, MonthOfUse, Terms, lines_of_month
from services.billing.rules.prices import discount_in_month, price_in_month
from services.billing.rules.sums import totals_of


def settle(statement: Statement, book: Book, deductions: DeductionPolicy | Missing, past: Past = NOTHING_PAST) -> Draft:
    """BL-11: A settlement is written from closed statements alone; what is missing parks its grant only.

    `statement` is one provider's closed month; `book` that provider's prices (each line is priced in its own
    month of use, so that a late event costs what its hour cost); `deductions` BL-8's divisors, or what is
    missing to know them; `past` what other settlements heard and state and what was decided, of every grant whose
    earlier months may change: by a late event, a decided dispute, another price, or because it was parked. Returns
    the lines in a fixed order (grant, month of use, price key, kind), those of decisions last, and for each grant
    that cannot be written the price, rate or policy value it waits for; none of its lines is written then. Amounts
    of a grant beyond CV-10's bounds park it, sums of the whole beyond them park the whole. Never raises.

    Example: two grants, one without a price for October → one line, and one parked, missing `…/dynamic/2025-10`.
    Source: S1 §3.
    """
    months = _months_of_use(statement, past)
    written: list[MonthLines] = []
    parked: list[Parked] = []
    for _, keys in groupby(sorted(months), key=itemgetter(0)):
        found = _settle_grant(statement, [months[key] for key in keys], book, deductions)
        if isinstance(found, Parked):
            parked.append(found)
        else:
            written += found
    lines = [line for each in written for line in each.by_use] + [line for each in written for line in each.by_decision]
    beyond = _sums_beyond(statement, lines)
    return Draft(() if beyond else tuple(lines), tuple(parked), beyond)


def _months_of_use(statement: Statement, past: Past) -> dict[UseKey, MonthOfUse]:
    """What is known of each use key: of the statement's own, and of the months of use that the past speaks of."""
    new, known = _by_key(statement.uses), _by_key((*past.uses, *statement.uses))
    stated: dict[UseKey, list[Stated]] = {}
    for each in past.lines:
        stated.setdefault(use_key(each.line), []).append(each)
    decided: dict[UseKey, list[Decided]] = {}
    for one in decided_of(past):
        decided.setdefault(use_key(one.line), []).append(one)
    return {
        key: MonthOfUse(tuple(uses), tuple(new.get(key, ())), tuple(stated.get(key, ())), tuple(decided.get(key, ())))
        for key, uses in known.items()
    }


def _by_key(uses: Iterable[Use]) -> dict[UseKey, list[Use]]:
    found: dict[UseKey, list[Use]] = {}
    for use in uses:
        found.setdefault(use_key(use), []).append(use)
    return found


def _settle_grant(
    statement: Statement, months: Sequence[MonthOfUse], book: Book, deductions: DeductionPolicy | Missing
) -> list[MonthLines] | Parked:
    """What a settlement states of one grant, all its months of use, or what the grant waits for."""
    of_provider, grant_id = f"{statement.programme_code}/{statement.provider_id}", months[0].known[0].grant_id
    written: list[MonthLines] = []
    missing: list[Missing] = []
    for month in months:
        use = month.known[-1]
        terms = Terms(
            price_in_month(book.prices, use.priced_product, use.mode, use.period),
            discount_in_month(book.discounts, use.period),
            deductions,
            book,
        )
        lacking = _missing(of_provider, tuple(each for each in month.known if each.payable), terms)
        missing += lacking
        if not lacking:
            written.append(lines_of_month(month, terms, statement.statement_id))
    lines = [line for each in written for line in (*each.by_use, *each.by_decision)]
    missing += [_of_price("bounds", of_provider, line) for line in lines if not fits(line.amount_krw)]
    if not missing and not fits(sum(line.amount_krw for line in lines)):
        missing.append(Missing("bounds", f"{of_provider}/{grant_id}", month=statement.month))
    return Parked(grant_id, tuple(dict.fromkeys(missing))) if missing else written


def _sums_beyond(statement: Statement, lines: Sequence[Line]) -> tuple[Missing, ...]:
    """What parks a settlement whose sums are beyond any won that a ledger holds (CV-10)."""
    totals = totals_of(lines)
    if all(map(fits, (totals.charge_krw, totals.discount_krw, totals.deduction_krw, totals.fee_krw))):
        return ()
    path = f"{statement.programme_code}/{statement.provider_id}/{statement.month}"
    return (Missing("bounds", path, month=statement.month),)


def _of_price(kind: Literal["price", "bounds"], of_provider: str, use: Use | Line) -> Missing:
    """What is missing, or too much, by the price of a use."""
    path = f"{of_provider}/{use.priced_product}/{use.mode}/{use.period}"
    return Missing(kind, path, use.priced_product, use.mode, use.period)


def use_key(use: Use | Line) -> UseKey:
    """By what lines belong to one month of use: CV-1's difference and BL-8's ceiling are kept by it."""
    units = use.priced_units if isinstance(use, Use) else use.units
    return use.grant_id, use.period, use.priced_product, use.mode, units


def _missing(of_provider: str, payable: Sequence[Use], terms: Terms) -> tuple[Missing, ...]:
    """What a month of use cannot be settled without; hours taken back that were never reported cannot be settled."""
    if not payable:
        return ()
    found, use = [], payable[-1]
    if any(map(_costs, payable)) and (terms.price is None or terms.price.pricing != use.pricing):
        found.append(_of_price("price", of_provider, use))
    if any(each.discounted_unit_hours for each in payable) and terms.discount is None:
        found.append(Missing("wait_discount", f"{of_provider}/wait-discount/{use.period}", month=use.period))
    if isinstance(terms.deductions, Missing) and any(map(needs_deduction, payable)):
        found.append(terms.deductions)
    if is_more_back_than_reported(payable):
        found.append(Missing("back", f"{use.grant_id}/{use.period}", month=use.period))
    return tuple(found)


def is_more_back_than_reported(uses: Sequence[Use]) -> bool:
    """Whether all that is known of a month of use is below nothing: more is taken back than was ever reported.

    Example: ten hours, then −11 → yes; ten hours, then −10 → no.
    """
    return any(
        total < 0
        for total in (
            sum(use.billable_unit_hours for use in uses),
            sum(use.discounted_unit_hours for use in uses),
            sum(use.outage_unit_hours for use in uses),
            sum((use.months for use in uses), Fraction(0)),
        )
    )


def _costs(use: Use) -> bool:
    return any((use.billable_unit_hours, use.discounted_unit_hours, use.months, use.outage_unit_hours))


def following(last: Statement, now: dt.datetime) -> Statement:
    """The provider's statement after its last one, as if it closed now and told of no use: what it has to restate."""
    month = next_month(last.month)
    settlement_id = f"{last.provider_id}:{last.programme_code}:{month}"
    return replace(last, statement_id=settlement_id, month=month, closed_at=now, sha256="", uses=())


def is_anything_left(draft: Draft) -> bool:
    """Whether a draft states a line, or would once what it waits for is there. Never raises."""
    return bool(draft.lines or draft.missing)


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


def check_split(totals: Totals, shares: Iterable[Share], parked_krw: int = 0) -> None:
    """Stop where fee = self-payment + subsidy + uncovered does not hold, for any grant or in sum. Raises ValueError.

    `parked_krw` is what of the fee waits for its split: it is part of the sum, and of no share.
    """
    total = parked_krw
    for share in shares:
        if share.fee_krw != share.self_payment_krw + share.subsidy_krw + share.uncovered_krw:
            raise ValueError(f"the split of {share.grant_id} does not add up: {share}")
        total += share.fee_krw
    if total != totals.fee_krw:
        raise ValueError(f"the shares sum to {total}, the fee is {totals.fee_krw}")


def canonical_settlement(
    statement: Statement,
    lines: Sequence[Line],
    totals: Totals,
    shares: Sequence[Share] | None,
    held: Sequence[Held] = (),
) -> tuple[bytes, str]:
    """The canonical bytes (RFC 8785) of a settlement's document, and their SHA-256."""
    content = rfc8785.dumps(settlement_document(statement, lines, totals, shares, held))
    return content, hashlib.sha256(content).hexdigest()


def is_kept(before: Settlement, draft: Draft, sha256: str) -> bool:
    """Whether a draft says what is on record already: the same hash, the same state, the same missing values."""
    return (before.sha256, before.state, before.missing) == (sha256, draft.state, draft.missing)


def settlement_document(
    statement: Statement,
    lines: Sequence[Line],
    totals: Totals,
    shares: Sequence[Share] | None,
    held: Sequence[Held] = (),
) -> dict[str, Any]:
    """What a settlement says, as plain JSON without times of ours or random ids: same use, same bytes.

    `held` are the fees that wait for their split; where there are none, nothing is said of them.
    """
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
    if held:
        document["parked"] = [{"grant_id": each.grant_id, "fee_krw": str(each.fee_krw)} for each in held]
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
