"""The agreed prices as billing tells them, without their amounts."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from services.metering.model.grants import AgreedPrice
from services.metering.tables.grants import agreed_price

NO_ROUND = 0
"""The round of a month whose prices were all taken back: what held before goes on."""


async def keep_price(tx: Tx, programme_code: str, provider_id: str, price: AgreedPrice, round_no: int) -> None:
    """Store whether a price is zero. Of one product, mode and month the last round counts, in whatever order."""
    statement = upsert(agreed_price).values(
        programme_code=programme_code,
        provider_id=provider_id,
        product=price.product,
        mode=price.mode,
        valid_from=price.valid_from,
        round_no=round_no,
        is_zero=price.is_zero,
    )
    told = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=list(agreed_price.primary_key),
            set_={"round_no": told.round_no, "is_zero": told.is_zero},
            where=told.round_no > agreed_price.c.round_no,
        )
    )


async def change_price(tx: Tx, programme_code: str, provider_id: str, price: AgreedPrice, round_no: int) -> None:
    """Store which round of a product, mode and month is left after one was taken back; `NO_ROUND` for none."""
    mine = agreed_price.c
    await tx.execute(
        update(agreed_price)
        .where(
            mine.programme_code == programme_code,
            mine.provider_id == provider_id,
            mine.product == price.product,
            mine.mode == price.mode,
            mine.valid_from == price.valid_from,
        )
        .values(round_no=round_no, is_zero=price.is_zero)
    )


async def list_agreed_prices(tx: Tx, provider_id: str, programme_code: str) -> tuple[AgreedPrice, ...]:
    """The prices of a provider in a programme: one for each product, mode and first month."""
    table = agreed_price.c
    query = select(table.product, table.mode, table.valid_from, table.is_zero)
    mine = (table.programme_code == programme_code, table.provider_id == provider_id, table.round_no > NO_ROUND)
    rows = await tx.execute(query.where(*mine))
    return tuple(AgreedPrice(*row) for row in rows)
