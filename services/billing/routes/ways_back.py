"""HTTP: take a price or a wait discount rate back that was wrong, by two people (BL-13)."""

from pydantic import ConfigDict

from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, problems
from services.billing.model.proposals import PriceWithdrawal, RateWithdrawal
from services.billing.operations.two_people_back import PRICE_WITHDRAWAL, RATE_WITHDRAWAL
from services.billing.routes.fields import Officer, Reason, Version

router = ServiceRouter(tags=["단가 · Prices"])

_WHY = {"reason": "협상 결과를 잘못 입력"}


class WithdrawPrice(Body):
    """Which price is taken back, by its version, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"price_version": "hpc-2025-gpu/alpha/H100x1/dynamic/2025-10/r3", **_WHY}]},
    )

    price_version: Version
    reason: Reason


class WithdrawWaitDiscount(Body):
    """Which wait discount rate is taken back, by its version, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"discount_version": "hpc-2025-gpu/alpha/wait-discount/2025-10", **_WHY}]},
    )

    discount_version: Version
    reason: Reason


@router.post(
    "/prices/withdrawals",
    status_code=201,
    summary="단가 취소 제안 · Propose to take a price back",
    responses=problems(400, 404, 409),
)
async def propose_price_withdrawal(
    body: WithdrawPrice, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to take a price back that was wrong: its negotiation round is free again.

    Months that were settled at it are stated anew by the next settlement. Another officer confirms it (BL-13).
    """
    asked = PriceWithdrawal(body.price_version)
    return await proposed(command, db, caller, PRICE_WITHDRAWAL, asked, body.reason, clock)


@router.post(
    "/wait-discounts/withdrawals",
    status_code=201,
    summary="대기 할인율 취소 제안 · Propose to take a wait discount rate back",
    responses=problems(400, 404, 409),
)
async def propose_rate_withdrawal(
    body: WithdrawWaitDiscount, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to take a wait discount rate back that was wrong: its month can be given another one.

    Months that were settled at it are stated anew by the next settlement. Another officer confirms it (BL-13).
    """
    asked = RateWithdrawal(body.discount_version)
    return await proposed(command, db, caller, RATE_WITHDRAWAL, asked, body.reason, clock)
