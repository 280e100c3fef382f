"""The agreed prices as billing tells them, without their amounts."""

from sqlalchemy import text

from libs.common.db import Tx
from services.metering.model.grants import AgreedPrice


async def keep_price(tx: Tx, programme_code: str, provider_id: str, price: AgreedPrice, round_no: int) -> None:
    """Store whether a price is zero. Of one product, mode and month the last round counts, in whatever order."""
    await tx.execute(
        text(
            "INSERT INTO agreed_price (programme_code, provider_id, product, mode, valid_from, round_no, is_zero)"
            " VALUES (:programme, :provider, :product, :mode, :valid_from, :round_no, :is_zero)"
            " ON CONFLICT (programme_code, provider_id, product, mode, valid_from)"
            " DO UPDATE SET round_no = excluded.round_no, is_zero = excluded.is_zero"
            " WHERE excluded.round_no > agreed_price.round_no"
        ),
        {
            "programme": programme_code,
            "provider": provider_id,
            "product": price.product,
            "mode": price.mode,
            "valid_from": price.valid_from,
            "round_no": round_no,
            "is_zero": price.is_zero,
        },
    )


async def agreed_prices(tx: Tx, provider_id: str, programme_code: str) -> list[AgreedPrice]:
    """The prices of a provider in a programme: one for each product, mode and first month."""
    rows = await tx.execute(
        text(
            "SELECT product, mode, valid_from, is_zero FROM agreed_price"
            " WHERE programme_code = :programme AND provider_id = :provider"
        ),
        {"programme": programme_code, "provider": provider_id},
    )
    return [AgreedPrice(*row) for row in rows]
