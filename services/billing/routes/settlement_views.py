"""What settlements, lines and explanations look like in an answer."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.web import View
from services.billing.model.prices import Mode
from services.billing.model.settlements import Line, LineKind, SettlementState, Share
from services.billing.operations.explain import Explanation
from services.billing.rules.lines import exact_won

_SUMS: dict[str, Any] = {
    "id": "alpha:hpc-2025-gpu:2025-10",
    "state": "approved",
    "provider": "alpha",
    "programme": "hpc-2025-gpu",
    "month": "2025-10",
    "charge_krw": 550000,
    "discount_krw": 9900,
    "deduction_krw": 0,
    "fee_krw": 540100,
    "self_payment_krw": 400000,
    "subsidy_krw": 140100,
    "uncovered_krw": 0,
    "statement_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class MissingView(View):
    """What a parked settlement waits for."""

    kind: str
    path: str


class SettlementView(View):
    """A settlement's sums: fee = charge − discount − deduction = self-payment + subsidy + uncovered."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_SUMS]})

    id: str
    state: SettlementState
    provider: str
    programme: str
    programme_version: int
    month: str
    charge_krw: int
    discount_krw: int
    deduction_krw: int
    fee_krw: int
    self_payment_krw: int | None
    """None, as the two that follow, until the settlement is approved."""
    subsidy_krw: int | None
    uncovered_krw: int | None
    statement_sha256: str
    sha256: str
    issued_sha256: str | None
    missing: list[MissingView]
    issued_at: AwareDatetime | None
    dispute_until: AwareDatetime | None
    approved_at: AwareDatetime | None
    paid_at: AwareDatetime | None
    payment_reference: str | None


class LineView(View):
    """One line: exact before, whole won after the cut."""

    line: int
    kind: LineKind
    rule_ids: list[str]
    grant_id: str
    period: str
    adjustment: bool
    mode: Mode
    priced_product: str
    units: int
    quantity: str
    price_version: str | None
    uncut_krw: str
    shortened_krw: str
    amount_krw: int
    formula_ko: str
    formula_en: str
    usage_events: int
    evidence_sha256: str
    cause: str


class ShareView(View):
    """Who pays a grant's fee of the month."""

    grant_id: str
    fee_krw: int
    self_payment_krw: int
    subsidy_krw: int
    uncovered_krw: int


class DisputeView(View):
    """A contested line and what was decided; `carried_by` is the settlement with the adjustment."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "dispute_id": "DP-000001",
                    "settlement_id": "alpha:hpc-2025-gpu:2025-10",
                    "line": 3,
                    "state": "upheld",
                    "reason": "장애 시간이 이중으로 빠졌습니다.",
                    "line_krw": -9900,
                    "decided_krw": -9800,
                    "carried_by": "alpha:hpc-2025-gpu:2025-11",
                }
            ]
        },
    )

    dispute_id: str
    settlement_id: str
    line: int
    state: str
    reason: str
    raised_by: str
    raised_at: AwareDatetime
    line_krw: int
    decided_krw: int | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    carried_by: str | None


class SettlementDetail(SettlementView):
    """A settlement with its lines, the split per grant and the disputes."""

    lines: list[LineView]
    shares: list[ShareView]
    disputes: list[DisputeView]


class PriceUsed(View):
    """A price or wait discount rate as it was recorded."""

    version: str
    unit_price_krw: int | None = None
    rate_pct: str | None = None
    valid_from: str
    round: int | None = None
    programme_version: int
    recorded_by: str
    recorded_at: AwareDatetime


class ExplanationView(View):
    """Everything a line's amount came from."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "settlement_id": "alpha:hpc-2025-gpu:2025-10",
                    "statement_id": "alpha:hpc-2025-gpu:2025-10",
                    "statement_sha256": _SUMS["statement_sha256"],
                    "programme": "hpc-2025-gpu",
                    "programme_version": 1,
                    "rule_ids": ["BL-2", "MT-6", "CV-1"],
                    "formula": {
                        "ko": "대기 초과 할인 6시간 × 시간당 5,500원 × 30% = -9,900원, 원 미만 절사 -9,900원",
                        "en": "6 discounted unit-hours × 5,500 won × 30 % = -9,900 won, cut to -9,900 won",
                    },
                    "uncut_krw": "-9,900",
                    "shortened_krw": "0",
                    "cut_krw": "0",
                    "amount_krw": -9900,
                }
            ]
        },
    )

    settlement_id: str
    state: SettlementState
    statement_id: str
    statement_sha256: str
    programme: str
    programme_version: int
    rule_ids: list[str]
    line: LineView
    formula: dict[str, str]
    uncut_krw: str
    """The exact amount before shortening and cutting, e.g. `-1,650.3` or `(83 + 1/3)`."""
    shortened_krw: str
    """What BL-8's ceiling took away from a deduction."""
    cut_krw: str
    """What CV-1's cut to whole won took away."""
    amount_krw: int
    supply_value_krw: int
    vat_krw: int
    prices: list[PriceUsed]
    usage_events: int
    evidence_sha256: str
    share: ShareView | None
    disputes: list[DisputeView]


def _sums(row: dict[str, Any]) -> dict[str, Any]:
    fields = {name: row[name] for name in SettlementView.model_fields if name in row}
    names = {"id": row["settlement_id"], "provider": row["provider_id"], "programme": row["programme_code"]}
    return {**fields, **names}


def settlement_view(row: dict[str, Any]) -> SettlementView:
    """A settlement's sums."""
    return SettlementView(**_sums(row))


def line_view(number: int, line: Line) -> LineView:
    """A line with its number."""
    same = "kind grant_id period adjustment mode priced_product units price_version amount_krw usage_events"
    return LineView(
        line=number,
        rule_ids=list(line.rule_ids),
        quantity=str(line.quantity),
        uncut_krw=str(line.uncut_krw),
        shortened_krw=str(line.shortened_krw),
        formula_ko=line.formula.ko,
        formula_en=line.formula.en,
        evidence_sha256=line.evidence_sha256,
        cause=line.cause,
        **{name: getattr(line, name) for name in same.split()},
    )


def dispute_view(row: dict[str, Any]) -> DisputeView:
    """A dispute."""
    return DisputeView(**{name: row["line_no" if name == "line" else name] for name in DisputeView.model_fields})


def detail_view(
    row: dict[str, Any], lines: Sequence[Line], shares: Sequence[Share], disputes: Sequence[dict[str, Any]]
) -> SettlementDetail:
    """A settlement with everything in it."""
    return SettlementDetail(
        **_sums(row),
        lines=[line_view(number, line) for number, line in enumerate(lines, start=1)],
        shares=[ShareView.model_validate(share) for share in shares],
        disputes=[dispute_view(found) for found in disputes],
    )


def explanation_view(number: int, found: Explanation) -> ExplanationView:
    """A line's explanation."""
    row, line = found.settlement, found.line
    sign = -1 if line.uncut_krw < 0 else 1
    cut = line.uncut_krw - sign * line.shortened_krw - line.amount_krw
    return ExplanationView(
        settlement_id=row["settlement_id"],
        state=row["state"],
        statement_id=row["settlement_id"],
        statement_sha256=row["statement_sha256"],
        programme=row["programme_code"],
        programme_version=row["programme_version"],
        rule_ids=list(line.rule_ids),
        line=line_view(number, line),
        formula={"ko": line.formula.ko, "en": line.formula.en},
        uncut_krw=exact_won(line.uncut_krw),
        shortened_krw=exact_won(line.shortened_krw),
        cut_krw=exact_won(Fraction(cut)),
        amount_krw=line.amount_krw,
        supply_value_krw=found.supply_value_krw,
        vat_krw=found.vat_krw,
        prices=[_price_used(price) for price in found.prices],
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
        share=ShareView.model_validate(found.share) if found.share else None,
        disputes=[dispute_view(dispute) for dispute in found.disputes],
    )


def _price_used(price: dict[str, Any]) -> PriceUsed:
    return PriceUsed(
        version=price["version"],
        unit_price_krw=price.get("unit_price_krw"),
        rate_pct=format(price["rate_pct"].normalize(), "f") if "rate_pct" in price else None,
        valid_from=price["valid_from"],
        round=price.get("round_no"),
        programme_version=price["programme_version"],
        recorded_by=price["recorded_by"],
        recorded_at=price["recorded_at"],
    )
