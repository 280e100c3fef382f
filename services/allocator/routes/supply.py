"""HTTP: providers, data centres, offers and cards that are down."""

from typing import Annotated

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Command, Db, Now, Page, Paging, ServiceRouter, problems
from services.allocator.operations import supply as operations
from services.allocator.routes.fields import CodePath, CodeQuery
from services.allocator.routes.supply_views import (
    ConformanceView,
    DataCentreView,
    DecideConformance,
    DownView,
    OfferView,
    ProviderView,
    RegisterDataCentre,
    RegisterOffer,
    RegisterProvider,
    TakeDown,
)

router = ServiceRouter(tags=["공급 · Supply"])

Officer = Annotated[Caller, Allowed("officer")]
Supplier = Annotated[Caller, Allowed("officer", "provider")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


@router.post("/providers", status_code=201, summary="공급사 등록 · Register a provider", responses=problems(409))
async def register_provider(body: RegisterProvider, _: Officer, command: Command, db: Db, now: Now) -> ProviderView:
    """Register a provider; representatives and affiliates are what AL-5 compares."""
    people = [(person.name, person.born_on) for person in body.representatives]

    async def act(tx: Tx) -> ProviderView:
        made = await operations.register_provider(
            tx, body.provider_id, body.name, body.business_no, people, body.affiliates, now
        )
        return ProviderView.model_validate(made)

    return await command.once(db, act)


@router.get("/providers", summary="공급사 목록 · Providers", responses=problems())
async def list_providers(_: Reader, db: Db, paging: Paging) -> Page[ProviderView]:
    """All providers, by code."""
    async with db.transaction() as tx:
        rows = await operations.list_providers(tx, paging.after_id(), paging.limit + 1)
    return paging.page([ProviderView.model_validate(row) for row in rows], "provider_id")


@router.post(
    "/data-centres", status_code=201, summary="데이터센터 등록 · Register a data centre", responses=problems(404, 409)
)
async def register_data_centre(body: RegisterDataCentre, _: Officer, command: Command, db: Db) -> DataCentreView:
    """Register a data centre of a provider."""

    async def act(tx: Tx) -> DataCentreView:
        return DataCentreView.model_validate(
            await operations.register_data_centre(tx, body.data_centre, body.provider_id, body.name, body.address)
        )

    return await command.once(db, act)


@router.post("/offers", status_code=201, summary="자원 제안 등록 · Register an offer", responses=problems(404, 409))
async def register_offer(body: RegisterOffer, caller: Supplier, command: Command, db: Db, now: Now) -> OfferView:
    """Offer servers to a programme; each of their cards becomes allocatable."""
    values = {
        "offer_id": body.offer_id,
        "provider_id": body.provider_id,
        "data_centre": body.data_centre,
        "programme_code": body.programme,
        "card_type": body.card_type,
        "mode": body.mode,
        "specification": body.specification.model_dump(),
        "offered_from": body.offered_from,
        "offered_until": body.offered_until,
    }
    servers = [(server.server_id, server.cards) for server in body.servers]

    async def act(tx: Tx) -> OfferView:
        return OfferView.model_validate(await operations.register_offer(tx, caller, values, servers, now))

    return await command.once(db, act)


@router.get("/offers", summary="자원 제안 목록 · Offers", responses=problems())
async def list_offers(caller: Reader, db: Db, paging: Paging, programme: CodeQuery = None) -> Page[OfferView]:
    """Offers by id; a provider sees its own."""
    async with db.transaction() as tx:
        rows = await operations.list_offers(tx, caller, programme, paging.after_id(), paging.limit + 1)
    return paging.page([OfferView.model_validate(row) for row in rows], "offer_id")


@router.post(
    "/offers/{offer_id}/conformance",
    status_code=201,
    summary="규격 충족 판단 · Decide an offer in doubt",
    responses=problems(404),
)
async def decide_conformance(
    offer_id: CodePath, body: DecideConformance, caller: Officer, command: Command, db: Db, now: Now
) -> ConformanceView:
    """Decide, with a reason, whether an offer between two readings of the notice is payable (AL-6)."""

    async def act(tx: Tx) -> ConformanceView:
        return ConformanceView.model_validate(
            await operations.decide_conformance(tx, caller, offer_id, body.product, body.payable, body.reason, now)
        )

    return await command.once(db, act)


@router.post(
    "/servers/{server_id}/down",
    status_code=201,
    summary="카드 고장 · Take cards down",
    responses=problems(404, 409),
)
async def take_down(server_id: CodePath, body: TakeDown, caller: Supplier, command: Command, db: Db) -> DownView:
    """Cards that nobody holds are down over an interval; nobody is placed on them."""

    async def act(tx: Tx) -> DownView:
        return DownView.model_validate(
            await operations.take_down(tx, caller, server_id, body.cards, body.from_at, body.until, body.reason)
        )

    return await command.once(db, act)
