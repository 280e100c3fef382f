"""HTTP: the price book and the wait discount rates (BL-1)."""

from fractions import Fraction
from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Day, Krw, Positive
from libs.common.db import Tx
from libs.common.money import Krw as Won
from libs.common.money import supply_value_krw
from libs.common.providers import list_names
from libs.common.web import Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.billing.model.prices import Mode, Pricing, RecordedPrice, WaitDiscount
from services.billing.operations.prices import offer_price, set_wait_discount
from services.billing.routes.fields import Code, Filter, Officer, ProviderReader, RatePct, own_provider
from services.billing.store import prices

router = ServiceRouter(tags=["단가 · Prices"])

_PRICE: dict[str, Any] = {
    "programme": "hpc-2025-gpu",
    "provider_id": "alpha",
    "product": "H100x1",
    "mode": "dynamic",
    "unit_price_krw": 5500,
    "valid_from": "2025-10-01",
    "round": 1,
}


class PriceOffer(Body):
    """The price of one negotiation round, VAT included, in won per unit and hour (or month)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{**_PRICE, "wait_discount_pct": "30"}]})

    programme: Code
    provider_id: Code
    product: Code
    mode: Mode
    unit_price_krw: Krw
    valid_from: Day
    """The first day of a month (KST): a month of use has one price."""
    round: Positive
    wait_discount_pct: RatePct | None = None


class PriceView(View):
    """A price of the book, with its supply value and VAT."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_PRICE,
                    "price_version": "hpc-2025-gpu/alpha/H100x1/dynamic/2025-10/r1",
                    "pricing": "hourly",
                    "supply_krw": 5000,
                    "vat_krw": 500,
                    "valid_from": "2025-10",
                    "rule_id": "BL-1",
                }
            ]
        }
    )

    price_version: str
    programme: str
    provider_id: str
    provider_name: str | None = None
    product: str
    mode: Mode
    pricing: Pricing
    unit_price_krw: int
    supply_krw: int
    vat_krw: int
    valid_from: str
    round: int
    rule_id: str = "BL-1"
    programme_version: int
    recorded_by: str
    recorded_at: AwareDatetime


class WaitDiscountOffer(Body):
    """A provider's wait discount rate, in per cent of the price."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"programme": "hpc-2025-gpu", "provider_id": "alpha", "rate_pct": "30"}]},
    )

    programme: Code
    provider_id: Code
    rate_pct: RatePct
    valid_from: Day | None = None
    """The first day of a month; none: from the programme's first month of use."""


class WaitDiscountView(View):
    """A wait discount rate from a month on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "discount_version": "hpc-2025-gpu/alpha/wait-discount/2025-10",
                    "programme": "hpc-2025-gpu",
                    "provider_id": "alpha",
                    "rate_pct": "30",
                    "valid_from": "2025-10",
                    "rule_id": "BL-1",
                }
            ]
        }
    )

    discount_version: str
    programme: str
    provider_id: str
    rate_pct: str
    valid_from: str
    rule_id: str = "BL-1"


def _price_view(recorded: RecordedPrice, name: str | None = None) -> PriceView:
    price = recorded.price
    supply, vat = supply_value_krw(Won(price.unit_price_krw))
    return PriceView(
        price_version=price.version,
        programme=price.programme_code,
        provider_id=price.provider_id,
        provider_name=name,
        product=price.product,
        mode=price.mode,
        pricing=price.pricing,
        unit_price_krw=price.unit_price_krw,
        supply_krw=supply,
        vat_krw=vat,
        valid_from=price.valid_from,
        round=price.round_no,
        programme_version=recorded.programme_version,
        recorded_by=recorded.recorded_by,
        recorded_at=recorded.recorded_at,
    )


def _rate_view(rate: WaitDiscount) -> WaitDiscountView:
    return WaitDiscountView(
        discount_version=rate.version,
        programme=rate.programme_code,
        provider_id=rate.provider_id,
        rate_pct=format(rate.decimal_pct.normalize(), "f"),
        valid_from=rate.valid_from,
    )


@router.post(
    "/prices", status_code=201, summary="단가 등록 · Record a negotiated price", responses=problems(400, 404, 409)
)
async def record_price(body: PriceOffer, caller: Officer, db: Db, clock: Timepiece, command: Command) -> PriceView:
    """Record the price of one negotiation round (at most three); a fixed hourly one is at most half the dynamic one."""

    async def act(tx: Tx) -> PriceView:
        recorded = await offer_price(
            tx,
            caller,
            programme_code=body.programme,
            provider_id=body.provider_id,
            product=body.product,
            mode=body.mode,
            unit_price_krw=body.unit_price_krw,
            valid_from=body.valid_from,
            round_no=body.round,
            clock=clock,
        )
        if body.wait_discount_pct is not None:
            await set_wait_discount(
                tx,
                caller,
                programme_code=body.programme,
                provider_id=body.provider_id,
                rate_pct=Fraction(body.wait_discount_pct),
                valid_from=body.valid_from,
                clock=clock,
            )
        return _price_view(recorded)

    return await command.once(db, act)


@router.get("/prices", summary="단가 목록 · List prices", responses=problems())
async def list_prices(
    caller: ProviderReader, db: Db, paging: Paging, programme: Filter = None, provider: Filter = None
) -> Page[PriceView]:
    """The price book, every round and version of it; a provider sees its own."""
    async with db.transaction() as tx:
        found = await prices.list_prices(
            tx,
            programme_code=programme,
            provider_id=own_provider(caller, provider),
            after=paging.after_id(),
            limit=paging.limit,
        )
        names = await list_names(tx, [recorded.price.provider_id for recorded in found])
    views = [_price_view(recorded, names.get(recorded.price.provider_id)) for recorded in found]
    return paging.page(views, "price_version")


@router.post(
    "/wait-discounts",
    status_code=201,
    summary="대기 할인율 등록 · Record a wait discount rate",
    responses=problems(400, 404, 409),
)
async def record_wait_discount(
    body: WaitDiscountOffer, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> WaitDiscountView:
    """Record what a provider takes off an hour that was waited for too long."""

    async def act(tx: Tx) -> WaitDiscountView:
        rate = await set_wait_discount(
            tx,
            caller,
            programme_code=body.programme,
            provider_id=body.provider_id,
            rate_pct=Fraction(body.rate_pct),
            valid_from=body.valid_from,
            clock=clock,
        )
        return _rate_view(rate)

    return await command.once(db, act)


@router.get("/wait-discounts", summary="대기 할인율 목록 · List wait discount rates", responses=problems())
async def list_wait_discounts(
    caller: ProviderReader, db: Db, paging: Paging, programme: Filter = None, provider: Filter = None
) -> Page[WaitDiscountView]:
    """Every rate that was recorded; a provider sees its own."""
    async with db.transaction() as tx:
        rates = await prices.list_wait_discounts(
            tx,
            programme_code=programme,
            provider_id=own_provider(caller, provider),
            after=paging.after_id(),
            limit=paging.limit,
        )
    return paging.page([_rate_view(rate) for rate in rates], "discount_version")
