"""The price book's rows."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, exists, func, insert, select

from libs.common.db import Tx
from services.billing.model.prices import Book, PriceVersion, WaitDiscount
from services.billing.tables import price, settlement, settlement_line, wait_discount

SETTLED = ("issued", "approved", "paid")


def price_from(row: Any) -> PriceVersion:
    """A price from its row."""
    return PriceVersion(
        programme_code=row["programme_code"],
        provider_id=row["provider_id"],
        product=row["product"],
        mode=row["mode"],
        pricing=row["pricing"],
        unit_price_krw=row["unit_price_krw"],
        valid_from=row["valid_from"],
        round_no=row["round_no"],
    )


def _discount(row: Any) -> WaitDiscount:
    return WaitDiscount(row.programme_code, row.provider_id, Fraction(row.rate_pct), row.valid_from)


async def book_of(tx: Tx, programme_code: str, provider_id: str) -> Book:
    """The whole price book of a provider in a programme."""
    prices = await tx.execute(
        select(price)
        .where(price.c.programme_code == programme_code, price.c.provider_id == provider_id)
        .order_by(price.c.price_version)
    )
    rates = await tx.execute(
        select(wait_discount)
        .where(wait_discount.c.programme_code == programme_code, wait_discount.c.provider_id == provider_id)
        .order_by(wait_discount.c.valid_from)
    )
    return Book(tuple(price_from(row) for row in prices.mappings()), tuple(_discount(row) for row in rates))


async def add_price(tx: Tx, offered: PriceVersion, programme_version: int, by: str, now: dt.datetime) -> None:
    """Append one round's price."""
    await tx.execute(
        insert(price).values(
            price_version=offered.version,
            programme_code=offered.programme_code,
            provider_id=offered.provider_id,
            product=offered.product,
            mode=offered.mode,
            pricing=offered.pricing,
            unit_price_krw=offered.unit_price_krw,
            valid_from=offered.valid_from,
            round_no=offered.round_no,
            programme_version=programme_version,
            recorded_by=by,
            recorded_at=now,
        )
    )


async def add_wait_discount(tx: Tx, rate: WaitDiscount, programme_version: int, by: str, now: dt.datetime) -> None:
    """Append a provider's wait discount rate."""
    await tx.execute(
        insert(wait_discount).values(
            discount_version=rate.version,
            programme_code=rate.programme_code,
            provider_id=rate.provider_id,
            rate_pct=Decimal(rate.rate_pct.numerator) / rate.rate_pct.denominator,
            valid_from=rate.valid_from,
            programme_version=programme_version,
            recorded_by=by,
            recorded_at=now,
        )
    )


async def price_settled_in(tx: Tx, offered: PriceVersion) -> str | None:
    """The latest month of use from the offer's on that an issued settlement priced by this key; None if none."""
    return await _latest_settled(
        tx,
        offered.programme_code,
        offered.provider_id,
        offered.valid_from,
        and_(
            settlement_line.c.priced_product == offered.product,
            settlement_line.c.mode == offered.mode,
            settlement_line.c.price_version.is_not(None),
        ),
    )


async def discount_settled_in(tx: Tx, rate: WaitDiscount) -> str | None:
    """The latest month of use from the rate's on whose discount an issued settlement states; None if none."""
    return await _latest_settled(
        tx, rate.programme_code, rate.provider_id, rate.valid_from, settlement_line.c.kind == "discount"
    )


async def _latest_settled(tx: Tx, programme_code: str, provider_id: str, valid_from: str, which: Any) -> str | None:
    issued = exists().where(
        settlement.c.settlement_id == settlement_line.c.settlement_id,
        settlement.c.programme_code == programme_code,
        settlement.c.provider_id == provider_id,
        settlement.c.state.in_(SETTLED),
    )
    query = select(func.max(settlement_line.c.period)).where(issued, settlement_line.c.period >= valid_from, which)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def list_prices(
    tx: Tx, *, programme_code: str | None, provider_id: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """A page of prices in order of version, one more than `limit`."""
    query = select(price).where(price.c.price_version > after).order_by(price.c.price_version).limit(limit + 1)
    if programme_code is not None:
        query = query.where(price.c.programme_code == programme_code)
    if provider_id is not None:
        query = query.where(price.c.provider_id == provider_id)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def list_wait_discounts(
    tx: Tx, *, programme_code: str | None, provider_id: str | None, after: str, limit: int
) -> list[WaitDiscount]:
    """A page of wait discount rates in order of version, one more than `limit`."""
    table = wait_discount
    query = select(table).where(table.c.discount_version > after).order_by(table.c.discount_version).limit(limit + 1)
    if programme_code is not None:
        query = query.where(table.c.programme_code == programme_code)
    if provider_id is not None:
        query = query.where(table.c.provider_id == provider_id)
    return [_discount(row) for row in await tx.execute(query)]


async def recorded(tx: Tx, version: str) -> dict[str, Any] | None:
    """The price or wait discount rate of a version, with when and by whom it was recorded; None if unknown."""
    of_price = select(price).where(price.c.price_version == version)
    of_rate = select(wait_discount).where(wait_discount.c.discount_version == version)
    for query, name in ((of_price, "price_version"), (of_rate, "discount_version")):
        row = (await tx.execute(query)).mappings().first()
        if row:
            return {"version": row[name], **row}
    return None
