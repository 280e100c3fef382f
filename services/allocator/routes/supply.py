"""HTTP: providers, data centres, offers and cards that are down."""

from typing import Annotated

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.keys import person_key
from libs.common.web import Allowed, Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, problems
from services.allocator.model.supply import DataCentre, Downtime, Offer, Provider, Specification
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
from services.allocator.rules.relations import business_key

router = ServiceRouter(tags=["공급 · Supply"])

Officer = Annotated[Caller, Allowed("officer")]
Supplier = Annotated[Caller, Allowed("officer", "provider")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


@router.post("/providers", status_code=201, summary="공급사 등록 · Register a provider", responses=problems(409))
async def register_provider(body: RegisterProvider, _: Officer, command: Command, db: Db, now: Now) -> ProviderView:
    """Register a provider; representatives and affiliates are what AL-5 compares."""
    told = Provider(
        provider_id=body.provider_id,
        organisation_id=None,
        name=body.name,
        business_no=business_key(body.business_no),
        members=(),
        representative_keys=tuple(person_key(person.name, person.born_on) for person in body.representatives),
        affiliates=tuple(business_key(number) for number in body.affiliates),
        registered_at=now,
        changed_at=now,
    )

    async def act(tx: Tx) -> ProviderView:
        return ProviderView.model_validate(await operations.register_provider(tx, told))

    return await command.once(db, act)


@router.get("/providers", summary="공급사 목록 · Providers", responses=problems())
async def list_providers(_: Reader, db: Db, paging: Paging) -> Page[ProviderView]:
    """All providers, by code."""
    async with db.transaction() as tx:
        found = await operations.list_providers(tx, paging.after_id(), paging.limit + 1)
    return paging.page([ProviderView.model_validate(provider) for provider in found], "provider_id")


@router.post(
    "/data-centres", status_code=201, summary="데이터센터 등록 · Register a data centre", responses=problems(404, 409)
)
async def register_data_centre(body: RegisterDataCentre, _: Officer, command: Command, db: Db) -> DataCentreView:
    """Register a data centre of a provider."""
    told = DataCentre(body.provider_id, body.data_centre, body.name, body.address)

    async def act(tx: Tx) -> DataCentreView:
        return DataCentreView.model_validate(await operations.register_data_centre(tx, told))

    return await command.once(db, act)


@router.post("/offers", status_code=201, summary="자원 제안 등록 · Register an offer", responses=problems(404, 409))
async def register_offer(
    body: RegisterOffer, caller: Supplier, command: Command, db: Db, clock: Timepiece
) -> OfferView:
    """Offer servers to a programme; each of their cards becomes allocatable."""
    told = Offer(
        provider_id=body.provider_id,
        offer_id=body.offer_id,
        data_centre=body.data_centre,
        programme_code=body.programme,
        card_type=body.card_type,
        mode=body.mode,
        specification=Specification(**body.specification.model_dump()),
        offered_from=body.offered_from,
        offered_until=body.offered_until,
        servers={server.server_id: server.cards for server in body.servers},
    )
    names = tuple(server.server_id for server in body.servers)

    async def act(tx: Tx) -> OfferView:
        return OfferView.model_validate(await operations.register_offer(tx, caller, told, names, clock))

    return await command.once(db, act)


@router.get("/offers", summary="자원 제안 목록 · Offers", responses=problems())
async def list_offers(caller: Reader, db: Db, paging: Paging, programme: CodeQuery = None) -> Page[OfferView]:
    """Offers by code and provider; a provider sees its own."""
    code, provider, *_ = *(str(part) for part in paging.after or ()), "", ""
    async with db.transaction() as tx:
        found = await operations.list_offers(tx, caller, programme, (code, provider), paging.limit + 1)
    return paging.page([OfferView.model_validate(offer) for offer in found], "offer_id", "provider_id")


@router.post(
    "/offers/{offer_id}/conformance",
    status_code=201,
    summary="규격 충족 판단 · Decide an offer in doubt",
    responses=problems(404, 409),
)
async def decide_conformance(
    offer_id: CodePath,
    body: DecideConformance,
    caller: Officer,
    command: Command,
    db: Db,
    now: Now,
    provider: CodeQuery = None,
) -> ConformanceView:
    """Decide, with a reason, whether an offer between two readings of the notice is payable (AL-6).

    `provider`: whose offer, where two chose one code.
    """
    reading = operations.Reading(body.product, body.payable, body.reason)

    async def act(tx: Tx) -> ConformanceView:
        return ConformanceView.model_validate(
            await operations.decide_conformance(tx, caller, offer_id, provider, reading, now)
        )

    return await command.once(db, act)


@router.post(
    "/servers/{server_id}/down",
    status_code=201,
    summary="카드 고장 · Take cards down",
    responses=problems(404, 409),
)
async def take_down(
    server_id: CodePath, body: TakeDown, caller: Supplier, command: Command, db: Db, provider: CodeQuery = None
) -> DownView:
    """Cards that nobody holds are down over an interval; nobody is placed on them.

    `provider`: whose server, where two chose one code.
    """
    down = Downtime(server_id, body.cards, body.from_at, body.until, body.reason)

    async def act(tx: Tx) -> DownView:
        return DownView.model_validate(await operations.take_down(tx, caller, provider, down))

    return await command.once(db, act)
