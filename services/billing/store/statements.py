"""Closed usage statements, as billing heard them: each is kept with its settlement."""

from collections.abc import Sequence

from sqlalchemy import literal, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import as_json, field_names, whole
from services.billing.model.settlements import ISSUED, OPEN, UNAPPROVED
from services.billing.model.statements import Statement
from services.billing.tables.parked import parked_grant
from services.billing.tables.settlements import settlement, settlement_line

_NAMED = {
    "statement_id": settlement.c.settlement_id,
    "closed_at": settlement.c.statement_closed_at,
    "sha256": settlement.c.statement_sha256,
}
"""What a statement calls otherwise than the row of its settlement does."""
_KEPT = [_NAMED[name] if name in _NAMED else settlement.c[name] for name in field_names(Statement)]


async def add_statement(tx: Tx, heard: Statement) -> bool:
    """Append a closed statement with an empty settlement; False where it was heard before."""
    statement = upsert(settlement).values(
        settlement_id=heard.statement_id,
        provider_id=heard.provider_id,
        programme_code=heard.programme_code,
        programme_version=heard.programme_version,
        month=heard.month,
        statement_sha256=heard.sha256,
        statement_closed_at=heard.closed_at,
        uses=as_json(heard.uses),
        state="parked",
        missing=[],
        charge_krw=0,
        discount_krw=0,
        deduction_krw=0,
        fee_krw=0,
        canonical="",
        sha256="",
    )
    result = await tx.execute(statement.on_conflict_do_nothing().returning(settlement.c.settlement_id))
    return result.scalar() is not None


async def get_statement(tx: Tx, settlement_id: str) -> Statement:
    """The closed statement behind a settlement that is there."""
    query = select(*_KEPT).where(settlement.c.settlement_id == settlement_id)
    return whole(Statement, (await tx.execute(query)).one())


async def list_open_statements(tx: Tx, programme_code: str, provider_id: str | None = None) -> tuple[Statement, ...]:
    """The statements whose settlements may still be written, locked, in order of month."""
    query = select(*_KEPT).where(settlement.c.programme_code == programme_code, settlement.c.state.in_(OPEN))
    if provider_id is not None:
        query = query.where(settlement.c.provider_id == provider_id)
    ordered = query.order_by(settlement.c.month, settlement.c.settlement_id).with_for_update()
    return tuple(whole(Statement, row) for row in await tx.execute(ordered))


async def list_parked_statements(tx: Tx) -> tuple[Statement, ...]:
    """The statements of all programmes whose settlements can be written and wait for something, locked, by month."""
    query = select(*_KEPT).where(settlement.c.state.in_(OPEN), settlement.c.missing != literal([], JSONB))
    ordered = query.order_by(settlement.c.month, settlement.c.settlement_id).with_for_update()
    return tuple(whole(Statement, row) for row in await tx.execute(ordered))


async def list_open_months(tx: Tx, provider_id: str, programme_code: str, months: Sequence[str]) -> tuple[str, ...]:
    """Which of these months of a provider and programme have a draft that is not issued yet, ascending.

    A settlement that is parked as a whole states nothing and keeps no later one from being issued.
    """
    query = select(settlement.c.month).where(
        settlement.c.provider_id == provider_id,
        settlement.c.programme_code == programme_code,
        settlement.c.month.in_(months),
        settlement.c.state == "draft",
    )
    return tuple((await tx.execute(query.order_by(settlement.c.month))).scalars())


async def list_last_of_grant(tx: Tx, grant_id: str) -> tuple[Statement, ...]:
    """The last closed statement of each provider and programme whose settlements state lines of a grant."""
    provider, programme = settlement.c.provider_id, settlement.c.programme_code
    stating = (
        select(provider, programme)
        .join(settlement_line, settlement_line.c.settlement_id == settlement.c.settlement_id)
        .where(settlement_line.c.grant_id == grant_id)
    )
    query = select(*_KEPT).where(tuple_(provider, programme).in_(stating)).ext(distinct_on(provider, programme))
    ordered = query.order_by(provider, programme, settlement.c.month.desc())
    return tuple(whole(Statement, row) for row in await tx.execute(ordered))


async def list_last_issued(tx: Tx, programme_code: str | None, provider_id: str | None) -> tuple[Statement, ...]:
    """The last closed statement of each provider and programme, where its settlement is issued, by both."""
    last = select(settlement.c.settlement_id, settlement.c.state).ext(
        distinct_on(settlement.c.provider_id, settlement.c.programme_code)
    )
    for column, asked in ((settlement.c.programme_code, programme_code), (settlement.c.provider_id, provider_id)):
        if asked is not None:
            last = last.where(column == asked)
    newest = last.order_by(settlement.c.provider_id, settlement.c.programme_code, settlement.c.month.desc()).subquery()
    query = (
        select(*_KEPT)
        .join(newest, newest.c.settlement_id == settlement.c.settlement_id)
        .where(newest.c.state.in_(ISSUED))
        .order_by(settlement.c.programme_code, settlement.c.provider_id)
    )
    return tuple(whole(Statement, row) for row in await tx.execute(query))


async def list_unapproved_of_grant(tx: Tx, grant_id: str) -> tuple[str, ...]:
    """The settlements not approved yet that state a grant's use, or lines of it, and those in which it is parked."""
    unapproved = select(settlement.c.settlement_id).where(
        settlement.c.state.in_(UNAPPROVED), settlement.c.uses.contains([{"grant_id": grant_id}])
    )
    parked = select(parked_grant.c.settlement_id).where(
        parked_grant.c.grant_id == grant_id, parked_grant.c.ended_at.is_(None)
    )
    stated = (
        select(settlement.c.settlement_id)
        .join(settlement_line, settlement_line.c.settlement_id == settlement.c.settlement_id)
        .where(settlement.c.state.in_(UNAPPROVED), settlement_line.c.grant_id == grant_id)
    )
    found = unapproved.union(parked, stated)
    return tuple((await tx.execute(found.order_by("settlement_id"))).scalars())
