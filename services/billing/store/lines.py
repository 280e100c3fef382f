"""How settlement lines are kept: exact amounts as text such as `17/30`."""

from fractions import Fraction
from typing import Any

from sqlalchemy import RowMapping

from services.billing.model.lines import Line, Words


def line_values(settlement_id: str, number: int, line: Line) -> dict[str, Any]:
    """What to insert for a settlement line: an exact amount as text, the formula by language."""
    return {
        "settlement_id": settlement_id,
        "line_no": number,
        "kind": line.kind,
        "rule_ids": list(line.rule_ids),
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
        "amount_krw": line.amount_krw,
        "formula_ko": line.formula.ko,
        "formula_en": line.formula.en,
        "usage_events": line.usage_events,
        "evidence_sha256": line.evidence_sha256,
        "cause": line.cause,
    }


def line_from(row: RowMapping) -> Line:
    """A settlement line from its row."""
    return Line(
        kind=row["kind"],
        rule_ids=tuple(row["rule_ids"]),
        grant_id=row["grant_id"],
        period=row["period"],
        adjustment=row["adjustment"],
        mode=row["mode"],
        priced_product=row["priced_product"],
        units=row["units"],
        quantity=Fraction(row["quantity"]),
        price_version=row["price_version"],
        uncut_krw=Fraction(row["uncut_krw"]),
        amount_krw=row["amount_krw"],
        shortened_krw=Fraction(row["shortened_krw"]),
        formula=Words(row["formula_ko"], row["formula_en"]),
        usage_events=row["usage_events"],
        evidence_sha256=row["evidence_sha256"],
        cause=row["cause"],
    )
