"""Outages: reported once, closed once."""

from sqlalchemy import func, insert, select, update

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, one, values
from services.metering.model.grants import Outage
from services.metering.model.outages import ReportedOutage
from services.metering.tables.outages import outage, outage_no


async def next_id(tx: Tx) -> str:
    """The next outage's id."""
    number = (await tx.execute(select(outage_no.next_value()))).scalar_one()
    return f"OUT-{number:06d}"


async def add_outage(tx: Tx, reported: ReportedOutage) -> None:
    """Store a reported outage; one reported with its end is closed from the start."""
    await tx.execute(insert(outage).values(values(reported)))


async def end_outage(tx: Tx, closed: ReportedOutage) -> None:
    """Keep when an outage ended and by whom that was stated; the rest of it never changes."""
    row = {"ended_at": closed.ended_at, "closed_by": closed.closed_by, "closed_at": closed.closed_at}
    await tx.execute(update(outage).where(outage.c.outage_id == closed.outage_id).values(row))


async def find_outage(tx: Tx, outage_id: str, *, locked: bool = False) -> ReportedOutage | None:
    """One outage with everything on record, or None."""
    query = select(*columns(outage, ReportedOutage)).where(outage.c.outage_id == outage_id)
    row = (await tx.execute(query.with_for_update() if locked else query)).first()
    return one(ReportedOutage, row) if row else None


async def list_outages(
    tx: Tx, provider_id: str | None, is_open: bool | None, after_id: str, limit: int
) -> tuple[ReportedOutage, ...]:
    """Outages by id, of one provider and in one state where asked."""
    query = select(*columns(outage, ReportedOutage)).where(outage.c.outage_id > after_id)
    if provider_id is not None:
        query = query.where(outage.c.provider_id == provider_id)
    if is_open is not None:
        query = query.where(outage.c.ended_at.is_(None) if is_open else outage.c.ended_at.is_not(None))
    return all_of(ReportedOutage, await tx.execute(query.order_by(outage.c.outage_id).limit(limit)))


async def list_of_provider(tx: Tx, provider_id: str) -> tuple[Outage, ...]:
    """Every outage of a provider."""
    query = select(*columns(outage, Outage)).where(outage.c.provider_id == provider_id).order_by(outage.c.outage_id)
    return all_of(Outage, await tx.execute(query))


async def count_open(tx: Tx) -> dict[str, int]:
    """Provider → outages that are still open."""
    query = select(outage.c.provider_id, func.count().label("open")).where(outage.c.ended_at.is_(None))
    return {row.provider_id: row.open for row in await tx.execute(query.group_by(outage.c.provider_id))}
