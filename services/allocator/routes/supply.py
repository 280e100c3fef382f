"""HTTP: providers, data centres and offers."""

from typing import Annotated, Any

from fastapi import Response

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.web import Allowed, Command, Db, Page, Paging, ServiceRouter, Timepiece, problems
from services.allocator.model.supply import DataCentre, Offer, Provider, Specification
from services.allocator.operations import supply as operations
from services.allocator.routes.fields import CodePath, CodeQuery, view_of
from services.allocator.routes.supply_views import (
    CollisionsView,
    CollisionView,
    ConformanceView,
    DataCentreView,
    DecideConformance,
    OfferView,
    ProviderView,
    RegisterDataCentre,
    RegisterOffer,
)
from services.allocator.settings import AllocatorSettings

LOCATION: dict[str, Any] = {"Location": {"schema": {"type": "string"}, "description": "`/intake/v1/providers`"}}

router = ServiceRouter(tags=["공급 · Supply"])

Officer = Annotated[Caller, Allowed("officer")]
Supplier = Annotated[Caller, Allowed("officer", "provider")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]


@router.post(
    "/providers",
    status_code=308,
    summary="공급사 등록은 접수 서비스에서 · Register a provider at intake",
    responses={308: {"description": "접수 서비스의 주소 · intake's address", "headers": LOCATION}, **problems()},
    response_class=Response,
    deprecated=True,
)
async def register_provider(_: Officer) -> Response:
    """Providers are organisations in intake: send the same body there. The allocator hears of them as events."""
    location = f"{AllocatorSettings().intake_url.rstrip('/')}/v1/providers"
    return Response(status_code=308, headers={"Location": location})


@router.get("/providers", summary="공급사 목록 · Providers", responses=problems())
async def list_providers(caller: Reader, db: Db, paging: Paging) -> Page[ProviderView]:
    """All providers as intake told them, by code; to officers with the keys of those that intake still lacks."""
    async with db.transaction() as tx:
        found = await operations.list_providers(tx, paging.after_id(), paging.limit + 1)
    keys_told = "officer" in caller.roles
    return paging.page([_provider(provider, keys_told=keys_told) for provider in found], "provider_id")


def _provider(provider: Provider, *, keys_told: bool) -> ProviderView:
    lacking = keys_told and provider.organisation_id is None
    return view_of(ProviderView, provider, representative_keys=provider.representative_keys if lacking else ())


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
    code, provider = paging.after_pair()
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
    clock: Timepiece,
    provider: CodeQuery = None,
) -> ConformanceView:
    """Decide, with a reason, whether an offer between two readings of the notice is payable (AL-6).

    `provider`: whose offer, where two chose one code.
    """
    reading = operations.Reading(body.product, body.payable, body.reason)

    async def act(tx: Tx) -> ConformanceView:
        return ConformanceView.model_validate(
            await operations.decide_conformance(tx, caller, offer_id, provider, reading, clock)
        )

    return await command.once(db, act)


@router.get("/code-collisions", summary="같은 것으로 보이는 이름 · Codes that fold alike", responses=problems())
async def list_code_collisions(_: Officer, db: Db) -> CollisionsView:
    """Codes that are one by CV-9 and were registered as several before codes were folded. Nothing is merged."""
    async with db.transaction() as tx:
        found = await operations.list_collisions(tx)
    return CollisionsView(items=[CollisionView.model_validate(collision) for collision in found])
