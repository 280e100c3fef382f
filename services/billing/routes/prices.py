"""HTTP: the price book and the wait discount rates (BL-1)."""

from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Day, Krw, Positive
from libs.common.money import Krw as Won
from libs.common.money import supply_value_krw
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.providers import list_names
from libs.common.web import Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.billing.model.prices import Mode, Pricing, RecordedPrice, WaitDiscount, Withdrawn
from services.billing.model.proposals import PriceOffer, RateOffer
from services.billing.operations.two_people import PRICE, WAIT_DISCOUNT
from services.billing.routes.fields import Code, Filter, Officer, ProviderReader, RatePct, Reason, own_provider
from services.billing.store import prices, withdrawals

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
_RATE = {"programme": "hpc-2025-gpu", "provider_id": "alpha", "rate_pct": "30"}


class OfferPrice(Body):
    """The price of one negotiation round, VAT included, in won per unit and hour (or month)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{**_PRICE, "wait_discount_pct": "30", "reason": "1차 협상 합의"}]},
    )

    programme: Code
    provider_id: Code
    product: Code
    mode: Mode
    unit_price_krw: Krw
    valid_from: Day
    """The first day of a month (KST): a month of use has one price."""
    round: Positive
    wait_discount_pct: RatePct | None = None
    reason: Reason

    def told(self) -> PriceOffer:
        """The command that two people take."""
        return PriceOffer(
            programme_code=self.programme,
            provider_id=self.provider_id,
            product=self.product,
            mode=self.mode,
            unit_price_krw=self.unit_price_krw,
            valid_from=self.valid_from,
            round_no=self.round,
            wait_discount_pct=self.wait_discount_pct,
        )


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
    compared_krw: int | None = None
    """Of a fixed hourly price: the dynamic price with which it was compared when it was agreed."""
    compared_with: str | None = None
    """That price's version, or the path of the policy value; what others agree later changes nothing of it."""
    withdrawn_by: str | None = None
    """Who confirmed that it was wrong: it never held then, and its round is free again."""
    withdrawn_at: AwareDatetime | None = None
    withdrawal_reason: str = ""


class OfferWaitDiscount(Body):
    """A provider's wait discount rate, in per cent of the price."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{**_RATE, "reason": "협상 합의서 제4조"}]},
    )

    programme: Code
    provider_id: Code
    rate_pct: RatePct
    valid_from: Day | None = None
    """The first day of a month; none: from the programme's first month of use."""
    reason: Reason

    def told(self) -> RateOffer:
        """The command that two people take."""
        return RateOffer(self.programme, self.provider_id, self.rate_pct, self.valid_from)


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
    withdrawn_by: str | None = None
    withdrawn_at: AwareDatetime | None = None
    withdrawal_reason: str = ""


def _price_view(recorded: RecordedPrice, name: str | None, gone: Withdrawn | None) -> PriceView:
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
        compared_krw=recorded.compared.krw if recorded.compared else None,
        compared_with=recorded.compared.against if recorded.compared else None,
        **_withdrawn(gone),
    )


def _withdrawn(gone: Withdrawn | None) -> dict[str, Any]:
    """Who took it back, when and why; nothing where it stands."""
    if gone is None:
        return {}
    return {
        "withdrawn_by": gone.withdrawn_by,
        "withdrawn_at": gone.withdrawn_at,
        "withdrawal_reason": gone.reason,
    }


def _rate_view(rate: WaitDiscount, gone: Withdrawn | None) -> WaitDiscountView:
    return WaitDiscountView(
        discount_version=rate.version,
        programme=rate.programme_code,
        provider_id=rate.provider_id,
        rate_pct=format(rate.decimal_pct.normalize(), "f"),
        valid_from=rate.valid_from,
        **_withdrawn(gone),
    )


@router.post(
    "/prices", status_code=201, summary="단가 제안 · Propose a negotiated price", responses=problems(400, 404, 409)
)
async def propose_price(body: OfferPrice, caller: Officer, db: Db, clock: Timepiece, command: Command) -> ProposalView:
    """Propose the price of one negotiation round (at most three); a fixed hourly one is at most half the dynamic one.

    It enters the book once another officer confirms it (BL-13).
    """
    return await proposed(command, db, caller, PRICE, body.told(), body.reason, clock)


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
        gone = await withdrawals.list_of_prices(tx, [recorded.price.version for recorded in found])
    views = [
        _price_view(recorded, names.get(recorded.price.provider_id), gone.get(recorded.price.version))
        for recorded in found
    ]
    return paging.page(views, "price_version")


@router.post(
    "/wait-discounts",
    status_code=201,
    summary="대기 할인율 제안 · Propose a wait discount rate",
    responses=problems(400, 404, 409),
)
async def propose_wait_discount(
    body: OfferWaitDiscount, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose what a provider takes off an hour that was waited for too long; another officer confirms it."""
    return await proposed(command, db, caller, WAIT_DISCOUNT, body.told(), body.reason, clock)


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
        gone = await withdrawals.list_of_rates(tx, [rate.version for rate in rates])
    return paging.page([_rate_view(rate, gone.get(rate.version)) for rate in rates], "discount_version")
