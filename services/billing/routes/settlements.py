"""HTTP: settlements from draft to payment, their lines, and how each line came about (BL-11)."""

from typing import Annotated

from fastapi import Path, Response
from pydantic import ConfigDict

from libs.common.bounds import KrwDifference, Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.providers import list_names
from libs.common.web import Allowed, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, problems
from services.billing.model.proposals import DisputeDecision
from services.billing.model.settlements import Settlement
from services.billing.operations import disputes as dispute_operations
from services.billing.operations import settlements as operations
from services.billing.operations.explain import explain
from services.billing.operations.releases import pay_released
from services.billing.operations.two_people import DISPUTE_DECISION
from services.billing.routes.explanation_views import ExplanationView, explanation_view
from services.billing.routes.fields import (
    Agency,
    Filter,
    LineNo,
    Officer,
    ProviderReader,
    Reason,
    Reference,
    own_provider,
)
from services.billing.routes.settlement_views import (
    DisputeView,
    LineView,
    SettlementDetail,
    SettlementView,
    detail_view,
    dispute_view,
    line_view,
    settlement_view,
)
from services.billing.store import disputes as dispute_store
from services.billing.store import parked as parked_store
from services.billing.store import settlements as store

router = ServiceRouter(tags=["정산 · Settlements"])

Id = Annotated[Text, Path(max_length=300, description="정산 번호 `<공급사>:<사업>:<월>` · settlement id")]


class Payment(Body):
    """The bank's reference of a payment to the provider."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reference": "20251215-000001"}]})

    reference: Reference


class Contest(Body):
    """Why a line is contested."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "10월 12일 장애 시간이 이중으로 빠졌습니다."}]}
    )

    reason: Reason


class Decision(Body):
    """The line's right amount in won, signed as the line is; without an amount the dispute is rejected."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount_krw": -9800, "reason": "장애 기록 확인 결과 인용"}]}
    )

    amount_krw: KrwDifference | None = None
    reason: Reason


@router.get("/settlements", summary="정산 목록 · List settlements", responses=problems())
async def list_settlements(
    caller: ProviderReader,
    db: Db,
    paging: Paging,
    programme: Filter = None,
    provider: Filter = None,
    month: Filter = None,
    state: Filter = None,
) -> Page[SettlementView]:
    """Settlements with their sums; the split is none until the settlement is approved. A provider sees its own."""
    async with db.transaction() as tx:
        settlements = await store.list_settlements(
            tx,
            after=paging.after_id(),
            limit=paging.limit,
            programme_code=programme,
            provider_id=own_provider(caller, provider),
            month=month,
            state=state,
        )
        names = await list_names(tx, [found.provider_id for found in settlements])
    return paging.page([settlement_view(found, names.get(found.provider_id)) for found in settlements], "id")


@router.get("/settlements/{settlement_id}", summary="정산 조회 · Read a settlement", responses=problems(404))
async def get_settlement(settlement_id: Id, caller: ProviderReader, db: Db) -> SettlementDetail:
    """A settlement with its lines, the split per grant, its disputes, and the grants that are parked in it."""
    async with db.transaction() as tx:
        return await _detail(tx, await operations.visible(tx, caller, settlement_id))


async def _detail(tx: Tx, settlement: Settlement) -> SettlementDetail:
    settlement_id, provider_id = settlement.settlement_id, settlement.provider_id
    return detail_view(
        settlement,
        (await list_names(tx, [provider_id])).get(provider_id),
        await store.list_lines(tx, settlement_id),
        await store.list_shares(tx, settlement_id),
        await dispute_store.list_disputes(tx, settlement_id),
        await parked_store.list_of_settlement(tx, settlement_id),
    )


@router.get("/settlements/{settlement_id}/lines/{line_no}", summary="정산 줄 · Read a line", responses=problems(404))
async def get_settlement_line(settlement_id: Id, line_no: LineNo, caller: ProviderReader, db: Db) -> LineView:
    """One line of a settlement."""
    async with db.transaction() as tx:
        return line_view(line_no, (await explain(tx, caller, settlement_id, line_no)).line)


@router.get(
    "/settlements/{settlement_id}/lines/{line_no}/explain",
    summary="정산 줄 근거 · Explain a line",
    responses=problems(404),
)
async def explain_line(settlement_id: Id, line_no: LineNo, caller: ProviderReader, db: Db) -> ExplanationView:
    """From the amount down to the usage events' evidence, the price version, the cuts and the rules."""
    async with db.transaction() as tx:
        return explanation_view(line_no, await explain(tx, caller, settlement_id, line_no))


@router.get(
    "/settlements/{settlement_id}/canonical",
    summary="정산 원문 · The canonical bytes",
    response_class=Response,
    responses={
        **problems(404),
        200: {"description": "RFC 8785 JSON", "content": {"application/json": {"schema": {"type": "object"}}}},
    },
)
async def get_canonical(settlement_id: Id, caller: ProviderReader, db: Db) -> Response:
    """The settlement's canonical bytes (RFC 8785); their SHA-256 is in `X-Content-SHA256` and in the settlement."""
    async with db.transaction() as tx:
        settlement = await operations.visible(tx, caller, settlement_id)
        canonical = await store.get_canonical(tx, settlement_id)
    headers = {"X-Content-SHA256": settlement.sha256}
    return Response(canonical.encode(), media_type="application/json", headers=headers)


@router.post("/settlements/{settlement_id}/issue", summary="정산 발행 · Issue", responses=problems(400, 404, 409))
async def issue_settlement(
    settlement_id: Id, caller: Agency, db: Db, clock: Timepiece, command: Command
) -> SettlementDetail:
    """Freeze a draft: it never changes any more, and the dispute window begins."""

    async def act(tx: Tx) -> SettlementDetail:
        return await _detail(tx, await operations.issue(tx, caller, settlement_id, clock))

    return await command.once(db, act)


@router.post(
    "/settlements/{settlement_id}/waive-window",
    summary="이의 제기 기간 포기 · Waive the dispute window",
    responses=problems(400, 404, 409),
)
async def waive_dispute_window(
    settlement_id: Id, caller: Annotated[Caller, Allowed("provider")], db: Db, clock: Timepiece, command: Command
) -> SettlementDetail:
    """Give up the rest of the dispute window, by the provider alone and for good; approval need not wait for it."""

    async def act(tx: Tx) -> SettlementDetail:
        return await _detail(tx, await operations.waive_window(tx, caller, settlement_id, clock))

    return await command.once(db, act)


@router.post("/settlements/{settlement_id}/approve", summary="정산 승인 · Approve", responses=problems(400, 404, 409))
async def approve_settlement(
    settlement_id: Id, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> SettlementDetail:
    """Split each grant's fee (self-payment first), draw the subsidy from the budget, post to the ledger.

    By another officer than the one who issued it, once its dispute window is over and no dispute is open.
    """

    async def act(tx: Tx) -> SettlementDetail:
        return await _detail(tx, await operations.approve(tx, caller, settlement_id, clock))

    return await command.once(db, act)


@router.post("/settlements/{settlement_id}/pay", summary="정산 지급 · Pay", responses=problems(400, 404, 409))
async def pay_settlement(
    settlement_id: Id, caller: Officer, db: Db, clock: Timepiece, command: Command, body: Payment
) -> SettlementDetail:
    """Record that the provider has its money, by a third officer, with the bank's reference."""

    async def act(tx: Tx) -> SettlementDetail:
        return await _detail(tx, await operations.pay(tx, caller, settlement_id, body.reference, clock))

    return await command.once(db, act)


@router.post(
    "/settlements/{settlement_id}/parked/{grant_id}/pay",
    summary="나중에 나눈 몫 지급 · Pay a share that was split later",
    responses=problems(400, 404, 409),
)
async def pay_released_share(
    settlement_id: Id,
    grant_id: Annotated[Text, Path(max_length=100, description="과제 번호 · grant id")],
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
    body: Payment,
) -> SettlementDetail:
    """Record that the provider has the money of a share that could be split only after the settlement was paid."""

    async def act(tx: Tx) -> SettlementDetail:
        return await _detail(tx, await pay_released(tx, caller, settlement_id, grant_id, body.reference, clock))

    return await command.once(db, act)


@router.post(
    "/settlements/{settlement_id}/lines/{line_no}/dispute",
    status_code=201,
    summary="정산 줄 이의 · Contest a line",
    responses=problems(400, 404, 409),
)
async def dispute_line(
    settlement_id: Id,
    line_no: LineNo,
    body: Contest,
    caller: Annotated[Caller, Allowed("provider", "officer")],
    db: Db,
    clock: Timepiece,
    command: Command,
) -> DisputeView:
    """Contest one line within the dispute window; if upheld, a later settlement carries the adjustment."""

    async def act(tx: Tx) -> DisputeView:
        return dispute_view(await dispute_operations.dispute(tx, caller, settlement_id, line_no, body.reason, clock))

    return await command.once(db, act)


@router.post(
    "/disputes/{dispute_id}/decision",
    status_code=201,
    summary="이의 결정 제안 · Propose to decide a dispute",
    responses=problems(400, 404, 409),
)
async def propose_decision(
    dispute_id: Annotated[Text, Path(max_length=100)],
    body: Decision,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProposalView:
    """Propose to uphold a dispute with the right amount, or to reject it; another officer confirms it (BL-13).

    Both amounts and the reason stay on record.
    """
    decision = DisputeDecision(dispute_id, body.amount_krw)
    return await proposed(command, db, caller, DISPUTE_DECISION, decision, body.reason, clock)
