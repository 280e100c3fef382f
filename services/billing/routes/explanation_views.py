"""What a line's explanation looks like in an answer."""

from pydantic import AwareDatetime, ConfigDict

from libs.common.web import View
from services.billing.model.prices import RecordedDiscount, RecordedPrice
from services.billing.model.settlements import SettlementState
from services.billing.operations.explain import Explanation
from services.billing.routes.settlement_views import DisputeView, LineView, ShareView, dispute_view, line_view
from services.billing.rules.lines import cut_off_krw, exact_won, plain


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
                    "statement_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
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


def explanation_view(number: int, found: Explanation) -> ExplanationView:
    """A line's explanation."""
    settlement, line = found.settlement, found.line
    return ExplanationView(
        settlement_id=settlement.settlement_id,
        state=settlement.state,
        statement_id=settlement.settlement_id,
        statement_sha256=settlement.statement_sha256,
        programme=settlement.programme_code,
        programme_version=settlement.programme_version,
        rule_ids=list(line.rule_ids),
        line=line_view(number, line),
        formula={"ko": line.formula.ko, "en": line.formula.en},
        uncut_krw=exact_won(line.uncut_krw),
        shortened_krw=exact_won(line.shortened_krw),
        cut_krw=exact_won(cut_off_krw(line)),
        amount_krw=line.amount_krw,
        supply_value_krw=found.supply_value_krw,
        vat_krw=found.vat_krw,
        prices=[_price_used(recorded) for recorded in found.prices],
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
        share=ShareView.model_validate(found.share) if found.share else None,
        disputes=[dispute_view(dispute) for dispute in found.disputes],
    )


def _price_used(recorded: RecordedPrice | RecordedDiscount) -> PriceUsed:
    of_price = recorded.price if isinstance(recorded, RecordedPrice) else None
    of_rate = recorded.rate if isinstance(recorded, RecordedDiscount) else None
    return PriceUsed(
        version=of_price.version if of_price else of_rate.version if of_rate else "",
        unit_price_krw=of_price.unit_price_krw if of_price else None,
        rate_pct=plain(of_rate.rate_pct) if of_rate else None,
        valid_from=of_price.valid_from if of_price else of_rate.valid_from if of_rate else "",
        round=of_price.round_no if of_price else None,
        programme_version=recorded.programme_version,
        recorded_by=recorded.recorded_by,
        recorded_at=recorded.recorded_at,
    )
