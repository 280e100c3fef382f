"""HTTP without a token: what an applicant would pay of its own (BL-4)."""

from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import GrantMonths, Positive, Text
from libs.common.web import Body, Db, Now, ServiceRouter, View, problems
from services.billing.model.self_payments import Contribution
from services.billing.operations import cost_preview as operations
from services.billing.operations.cost_preview import Wish

router = ServiceRouter(tags=["공개 · Public"])
CallCode = Annotated[Text, Path(max_length=41, description="사업 코드 · programme")]
Product = Annotated[Text, StringConstraints(min_length=1, max_length=40)]


class CostWish(Body):
    """What somebody thinks of applying for, and what is true of them."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"product": "H100x4", "units": 1, "months": 6, "youth": True}]},
    )

    product: Product
    units: Positive
    months: GrantMonths
    public: bool = False
    """A public institution or university; else a company."""
    youth: bool = False
    regional: bool = False
    youth_first: bool = False
    """Who may claim both reductions asks for the youth one."""

    def told(self) -> Wish:
        """The wish."""
        return Wish(**self.model_dump())


class CostLine(View):
    """What would be owed if cards of this type were given."""

    card_type: str
    cards: int
    rate_krw: int
    """Won per card (server, PF) and month."""
    rate_kind: str | None
    amount_krw: int
    formula_ko: str
    formula_en: str

    @classmethod
    def of(cls, owed: Contribution) -> "CostLine":
        """Tell one amount."""
        ko, en = operations.formula(owed)
        rate_krw, kind = (owed.due.rate_krw, owed.due.rate_kind) if owed.due else (0, None)
        return cls(
            card_type=owed.card_type,
            cards=owed.cards,
            rate_krw=rate_krw,
            rate_kind=kind,
            amount_krw=owed.due_krw,
            formula_ko=ko,
            formula_en=en,
        )


class CostView(View):
    """The self-payment for the whole period, in advance: as asked, and with what may be given instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme": "gpu-rental-2025s",
                    "programme_version": 1,
                    "flow": "own_account",
                    "deposit_days": None,
                    "asked": {
                        "card_type": "H100",
                        "cards": 4,
                        "rate_krw": 400_000,
                        "rate_kind": "standard",
                        "amount_krw": 9_600_000,
                        "formula_ko": "H100 4 × 6개월 × 400,000원(일반, 신청 기준)",
                        "formula_en": "H100 4 × 6 months × 400,000 won (standard, as asked)",
                    },
                    "instead": [],
                }
            ]
        }
    )

    programme: str
    programme_version: int
    flow: str | None
    deposit_days: int | None
    """Days from the agreement within which it is deposited; none where no term runs."""
    asked: CostLine
    instead: list[CostLine]


@router.post("/public/calls/{code}/cost", summary="자부담금 미리 보기 · Preview the cost", responses=problems(404, 409))
async def preview_cost(code: CallCode, body: CostWish, db: Db, now: Now) -> CostView:
    """What would be paid, by which rate, and how it is reckoned; no token, nothing is stored."""
    async with db.transaction() as tx:
        found = await operations.preview(tx, code, body.told(), now)
    asked, *instead = found.owed
    return CostView(
        programme=code,
        programme_version=found.programme_version,
        flow=asked.flow,
        deposit_days=found.deposit_days,
        asked=CostLine.of(asked),
        instead=[CostLine.of(owed) for owed in instead],
    )
