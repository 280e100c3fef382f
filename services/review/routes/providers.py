"""HTTP: the order in which a providers' call negotiates, steps, rounds of prices, agreements (RV-15)."""

from typing import Annotated

from fastapi import Path

from libs.common.bounds import Expected
from libs.common.db import Tx
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, problems
from services.review.model.providers import ProviderAgreement
from services.review.operations import providers
from services.review.operations.two_people_providers import PROVIDER_AGREEMENT
from services.review.routes.fields import Agency, InProgrammeIfAny, Officer
from services.review.routes.provider_bodies import AgreeWith, EndStep, KeepRound, MakeOrder
from services.review.routes.provider_views import ProviderSelectionLine, ProviderSelectionView
from services.review.routes.selection_views import GiveReason
from services.review.store import providers as store

router = ServiceRouter(tags=["공급사 선정 · Provider selection"])
ProviderSelectionId = Annotated[
    str,
    Path(max_length=40, pattern=r"^PSL-[0-9]{1,18}$"),
    Expected("공급사 선정 번호(예: PSL-000001)", "a provider selection's id, such as PSL-000001"),
]


@router.post(
    "/provider-selections",
    status_code=201,
    summary="협상 순서 확정 · Make the order of negotiation",
    responses=problems(404, 409),
)
async def make_order(
    body: MakeOrder, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProviderSelectionView:
    """Once all are screened and scored: by score, where the call says so the offerers of all products first (RV-15)."""

    async def act(tx: Tx) -> ProviderSelectionView:
        made = await providers.make_order(tx, caller, body.programme, body.track, body.reason, clock)
        return ProviderSelectionView.whole(made)

    return await command.once(db, act)


@router.get("/provider-selections", summary="공급사 선정 목록 · List provider selections", responses=problems())
async def list_provider_selections(
    _: Agency, db: Db, paging: Paging, programme: InProgrammeIfAny = None
) -> Page[ProviderSelectionLine]:
    """Orders of negotiation by id."""
    async with db.transaction() as tx:
        found = await store.list_selections(tx, paging.after_id(), paging.limit + 1, programme)
    return paging.page([ProviderSelectionLine.of(made) for made in found], "provider_selection_id")


@router.get(
    "/provider-selections/{provider_selection_id}",
    summary="공급사 선정 조회 · Read a provider selection",
    responses=problems(404),
)
async def get_provider_selection(
    provider_selection_id: ProviderSelectionId, _: Agency, db: Db, now: Now
) -> ProviderSelectionView:
    """The order with where every provider stands: steps, rounds, prices, agreement."""
    async with db.transaction() as tx:
        return ProviderSelectionView.whole(await providers.show(tx, provider_selection_id, now))


@router.post(
    "/provider-selections/{provider_selection_id}/steps",
    status_code=201,
    summary="협상 단계 결과 · End a step",
    responses=problems(404, 409),
)
async def end_step(
    provider_selection_id: ProviderSelectionId,
    body: EndStep,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProviderSelectionView:
    """A step is passed, or failed with its reason: that ends it for the provider, and the next in the order comes."""

    async def act(tx: Tx) -> ProviderSelectionView:
        ended = await providers.decide_step(tx, caller, provider_selection_id, body.told(), clock)
        return ProviderSelectionView.whole(ended)

    return await command.once(db, act)


@router.post(
    "/provider-selections/{provider_selection_id}/price-rounds",
    status_code=201,
    summary="가격협상 기록 · Record a round of prices",
    responses=problems(404, 409),
)
async def record_price_round(
    provider_selection_id: ProviderSelectionId,
    body: KeepRound,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProviderSelectionView:
    """A round of the price negotiation, at most as many as the call says; the last price of a product counts."""

    async def act(tx: Tx) -> ProviderSelectionView:
        told = await providers.record_round(tx, caller, provider_selection_id, body.told(), clock)
        return ProviderSelectionView.whole(told)

    return await command.once(db, act)


@router.post(
    "/provider-selections/{provider_selection_id}/several",
    status_code=201,
    summary="복수 선정 결정 · Decide for several providers",
    responses=problems(404, 409),
)
async def decide_for_several(
    provider_selection_id: ProviderSelectionId,
    body: GiveReason,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProviderSelectionView:
    """One provider is selected in principle; several by this decision, with its reason."""

    async def act(tx: Tx) -> ProviderSelectionView:
        decided = await providers.decide_for_several(tx, caller, provider_selection_id, body.reason, clock)
        return ProviderSelectionView.whole(decided)

    return await command.once(db, act)


@router.post(
    "/provider-selections/{provider_selection_id}/agreements",
    status_code=201,
    summary="공급사 협약 제안 · Propose an agreement with a provider",
    responses=problems(404, 409),
)
async def propose_agreement(
    provider_selection_id: ProviderSelectionId,
    body: AgreeWith,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> ProposalView:
    """Propose the agreement at the last prices; another officer confirms it, and the provider offers and is paid."""
    told = ProviderAgreement(provider_selection_id, body.application_id, body.agreed_on)
    return await proposed(command, db, caller, PROVIDER_AGREEMENT, told, body.reason, clock)
