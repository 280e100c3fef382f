"""The price book's rows."""

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values
from services.billing.model.prices import Book, Compared, PriceVersion, RecordedDiscount, RecordedPrice, WaitDiscount
from services.billing.model.settlements import ISSUED
from services.billing.store import withdrawals
from services.billing.tables.prices import price, price_withdrawal, wait_discount
from services.billing.tables.settlements import settlement, settlement_line

_PRICE = columns(price, PriceVersion)
_DISCOUNT = columns(wait_discount, WaitDiscount)


def _discount(row: Sequence[Any]) -> WaitDiscount:
    programme_code, provider_id, rate_pct, valid_from, nth = row
    return WaitDiscount(programme_code, provider_id, Fraction(rate_pct), valid_from, nth)


async def get_book(tx: Tx, programme_code: str, provider_id: str) -> Book:
    """The whole price book of a provider in a programme, with what was withdrawn; empty where nothing is recorded."""
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
    gone = await withdrawals.list_withdrawn_versions(tx, programme_code, provider_id)
    return _parted(all_of(PriceVersion, prices), [_discount(row) for row in rates], gone)


def _parted(prices: Iterable[PriceVersion], rates: Iterable[WaitDiscount], gone: Set[str]) -> Book:
    """A book of which the versions in `gone` were withdrawn."""
    told, stated = tuple(prices), tuple(rates)
    return Book(
        prices=tuple(one for one in told if one.version not in gone),
        discounts=tuple(rate for rate in stated if rate.version not in gone),
        former_prices=tuple(one for one in told if one.version in gone),
        former_discounts=tuple(rate for rate in stated if rate.version in gone),
    )


async def list_dynamic_of_others(tx: Tx, offered: PriceVersion) -> tuple[PriceVersion, ...]:
    """The dynamic prices of a product that the other providers of its programme have, without those withdrawn."""
    gone = select(price_withdrawal.c.price_version)
    query = select(*_PRICE).where(
        price.c.programme_code == offered.programme_code,
        price.c.product == offered.product,
        price.c.mode == "dynamic",
        price.c.provider_id != offered.provider_id,
        price.c.price_version.not_in(gone),
    )
    return all_of(PriceVersion, await tx.execute(query.order_by(price.c.price_version)))


async def add_price(
    tx: Tx, offered: PriceVersion, programme_version: int, compared: Compared | None, by: str, now: dt.datetime
) -> RecordedPrice:
    """Append one round's price, with what it was compared with; returns it as recorded."""
    row = {"price_version": offered.version, **values(offered)}
    when = {"programme_version": programme_version, "recorded_by": by, "recorded_at": now}
    if compared is not None:
        row |= {"compared_krw": compared.krw, "compared_with": compared.against}
    await tx.execute(insert(price).values(row | when))
    return RecordedPrice(offered, programme_version, by, now, compared)


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
    told = ("programme_version", "recorded_by", "recorded_at", "compared_krw", "compared_with")
    return select(*(price.c[name] for name in told), *_PRICE).where(which)


def _recorded(row: Sequence[Any]) -> RecordedPrice:
    programme_version, by, at, krw, against, *told = row
    compared = None if against is None else Compared(krw, against)
    return RecordedPrice(PriceVersion(*told), programme_version, by, at, compared)


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
