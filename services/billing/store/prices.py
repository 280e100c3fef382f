"""The price book's rows."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.billing.model.prices import Book, PriceVersion, RecordedDiscount, RecordedPrice, WaitDiscount
from services.billing.model.settlements import ISSUED
from services.billing.tables.prices import price, wait_discount
from services.billing.tables.settlements import settlement, settlement_line

_PRICE = columns(price, PriceVersion)
_DISCOUNT = columns(wait_discount, WaitDiscount)


def _discount(row: Sequence[Any]) -> WaitDiscount:
    programme_code, provider_id, rate_pct, valid_from = row
    return WaitDiscount(programme_code, provider_id, Fraction(rate_pct), valid_from)


async def get_book(tx: Tx, programme_code: str, provider_id: str) -> Book:
    """The whole price book of a provider in a programme; an empty one where nothing is recorded."""
    prices = await tx.execute(
        select(*_PRICE)
        .where(price.c.programme_code == programme_code, price.c.provider_id == provider_id)
        .order_by(price.c.price_version)
    )
    rates = await tx.execute(
        select(*_DISCOUNT)
        .where(wait_discount.c.programme_code == programme_code, wait_discount.c.provider_id == provider_id)
        .order_by(wait_discount.c.valid_from)
    )
    return Book(all_of(PriceVersion, prices), tuple(_discount(row) for row in rates))


async def add_price(tx: Tx, offered: PriceVersion, programme_version: int, by: str, now: dt.datetime) -> RecordedPrice:
    """Append one round's price; returns it as recorded."""
    row = {"price_version": offered.version, **values(offered)}
    when = {"programme_version": programme_version, "recorded_by": by, "recorded_at": now}
    await tx.execute(insert(price).values(row | when))
    return RecordedPrice(offered, programme_version, by, now)


async def add_wait_discount(tx: Tx, rate: WaitDiscount, programme_version: int, by: str, now: dt.datetime) -> None:
    """Append a provider's wait discount rate."""
    row = {"discount_version": rate.version, **values(rate), "rate_pct": rate.decimal_pct}
    when = {"programme_version": programme_version, "recorded_by": by, "recorded_at": now}
    await tx.execute(insert(wait_discount).values(row | when))


async def list_settled_months(tx: Tx, offered: PriceVersion) -> tuple[str, ...]:
    """The months of use from the offer's on that issued settlements price by this key, ascending."""
    query = (
        select(settlement_line.c.period)
        .join(settlement, settlement.c.settlement_id == settlement_line.c.settlement_id)
        .where(
            settlement.c.programme_code == offered.programme_code,
            settlement.c.provider_id == offered.provider_id,
            settlement.c.state.in_(ISSUED),
            settlement_line.c.period >= offered.valid_from,
            settlement_line.c.priced_product == offered.product,
            settlement_line.c.mode == offered.mode,
            settlement_line.c.price_version.is_not(None),
        )
    )
    return tuple((await tx.execute(query.distinct().order_by(settlement_line.c.period))).scalars())


async def find_month_discounted(tx: Tx, rate: WaitDiscount) -> str | None:
    """The latest month of use from the rate's on whose discount an issued settlement states; None if none."""
    return await _latest_settled(
        tx, rate.programme_code, rate.provider_id, rate.valid_from, settlement_line.c.kind == "discount"
    )


async def _latest_settled(
    tx: Tx, programme_code: str, provider_id: str, valid_from: str, which: ColumnElement[bool]
) -> str | None:
    issued = exists().where(
        settlement.c.settlement_id == settlement_line.c.settlement_id,
        settlement.c.programme_code == programme_code,
        settlement.c.provider_id == provider_id,
        settlement.c.state.in_(ISSUED),
    )
    query = select(func.max(settlement_line.c.period)).where(issued, settlement_line.c.period >= valid_from, which)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def list_prices(
    tx: Tx, *, programme_code: str | None, provider_id: str | None, after: str, limit: int
) -> tuple[RecordedPrice, ...]:
    """A page of prices in order of version, one more than `limit`."""
    query = _with_recording(price.c.price_version > after).order_by(price.c.price_version).limit(limit + 1)
    if programme_code is not None:
        query = query.where(price.c.programme_code == programme_code)
    if provider_id is not None:
        query = query.where(price.c.provider_id == provider_id)
    return tuple(_recorded(row) for row in await tx.execute(query))


def _with_recording(which: ColumnElement[bool]) -> Select[Any]:
    return select(price.c.programme_version, price.c.recorded_by, price.c.recorded_at, *_PRICE).where(which)


def _recorded(row: Sequence[Any]) -> RecordedPrice:
    programme_version, by, at, *told = row
    return RecordedPrice(PriceVersion(*told), programme_version, by, at)


async def list_wait_discounts(
    tx: Tx, *, programme_code: str | None, provider_id: str | None, after: str, limit: int
) -> tuple[WaitDiscount, ...]:
    """A page of wait discount rates in order of version, one more than `limit`."""
    table = wait_discount
    query = select(*_DISCOUNT).where(table.c.discount_version > after).order_by(table.c.discount_version)
    if programme_code is not None:
        query = query.where(table.c.programme_code == programme_code)
    if provider_id is not None:
        query = query.where(table.c.provider_id == provider_id)
    return tuple(_discount(row) for row in await tx.execute(query.limit(limit + 1)))


async def find_recorded(tx: Tx, version: str) -> RecordedPrice | RecordedDiscount | None:
    """The price or wait discount rate of a version, with when and by whom it was recorded; None if unknown."""
    row = (await tx.execute(_with_recording(price.c.price_version == version))).first()
    if row:
        return _recorded(row)
    table = wait_discount.c
    query = select(table.programme_version, table.recorded_by, table.recorded_at, *_DISCOUNT)
    found = (await tx.execute(query.where(table.discount_version == version))).first()
    return RecordedDiscount(_discount(found[3:]), *found[:3]) if found else None
