"""What was taken back of the price book: a row beside the price or rate, which stays."""

from collections.abc import Sequence

from sqlalchemy import Table, insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, among, changes
from services.billing.model.prices import Withdrawn
from services.billing.tables.prices import price, price_withdrawal, wait_discount, wait_discount_withdrawal


async def add_price_withdrawal(tx: Tx, told: Withdrawn) -> None:
    """Append that a price was taken back; once, which the table holds."""
    await tx.execute(insert(price_withdrawal).values(price_version=told.version, **changes(told, "version")))


async def add_rate_withdrawal(tx: Tx, told: Withdrawn) -> None:
    """Append that a wait discount rate was taken back; once, which the table holds."""
    await tx.execute(insert(wait_discount_withdrawal).values(discount_version=told.version, **changes(told, "version")))


async def list_withdrawn_versions(tx: Tx, programme_code: str, provider_id: str) -> frozenset[str]:
    """The versions of a provider's prices and rates in a programme that were taken back."""
    found: set[str] = set()
    for recorded, gone in ((price, price_withdrawal), (wait_discount, wait_discount_withdrawal)):
        query = (
            select(*gone.primary_key)
            .select_from(gone.join(recorded))
            .where(recorded.c.programme_code == programme_code, recorded.c.provider_id == provider_id)
        )
        found |= set((await tx.execute(query)).scalars())
    return frozenset(found)


async def list_of_prices(tx: Tx, versions: Sequence[str]) -> dict[str, Withdrawn]:
    """Which of these prices were taken back, by version."""
    return await _list(tx, price_withdrawal, versions)


async def list_of_rates(tx: Tx, versions: Sequence[str]) -> dict[str, Withdrawn]:
    """Which of these wait discount rates were taken back, by version."""
    return await _list(tx, wait_discount_withdrawal, versions)


async def _list(tx: Tx, gone: Table, versions: Sequence[str]) -> dict[str, Withdrawn]:
    (version,) = gone.primary_key
    query = select(version, gone.c.reason, gone.c.withdrawn_by, gone.c.withdrawn_at).where(among(version, versions))
    return {told.version: told for told in all_of(Withdrawn, await tx.execute(query))}
