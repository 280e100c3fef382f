"""Grants: what was awarded, which gates are open, where they are placed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, insert, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import after_number, all_of, by_number, columns, one, values
from services.allocator.model.grants import EarlyFact, Grant, GrantChange, GrantState
from services.allocator.tables.grants import award, award_change, early_fact

_GRANTS: Select[Any] = select(*columns(award, Grant))
_BY_ID = _GRANTS.where(award.c.grant_id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()


async def find_grant(tx: Tx, grant_id: str, *, for_update: bool = False) -> Grant | None:
    """One grant; `for_update`: locked against other changes until the transaction ends."""
    row = (await tx.execute(_BY_ID_LOCKED if for_update else _BY_ID, {"id": grant_id})).first()
    return one(Grant, row) if row else None


_NEW = upsert(award).on_conflict_do_nothing().returning(award.c.grant_id)
_CHANGE = update(award).where(award.c.grant_id == bindparam("id"))


async def add_grant(tx: Tx, grant: Grant) -> bool:
    """Create a grant; False where it is there already."""
    return (await tx.execute(_NEW, values(grant))).scalar() is not None


async def change_grant(tx: Tx, before: Grant, after: Grant) -> None:
    """Keep what changed of a grant; the caller holds its lock."""
    was, told = values(before), values(after)
    changed = {name: value for name, value in told.items() if value != was[name]}
    if changed:
        await tx.execute(_CHANGE, {**changed, "id": before.grant_id})


async def add_change(tx: Tx, change: GrantChange) -> None:
    """Append what was lowered, with both values and the reason."""
    await tx.execute(insert(award_change).values(**values(change)))


async def list_changes(tx: Tx, grant_id: str) -> tuple[GrantChange, ...]:
    """What was lowered of a grant, in order."""
    query = select(*columns(award_change, GrantChange)).where(award_change.c.grant_id == grant_id)
    return all_of(GrantChange, await tx.execute(query.order_by(award_change.c.change_no)))


async def list_grants(
    tx: Tx, programme: str | None, state: GrantState | None, organisation: str | None, after: str, limit: int
) -> tuple[Grant, ...]:
    """Grants by the number in their id; `organisation` sees those it was awarded and those that it supplies."""
    query = _GRANTS.where(after_number(award.c.grant_id, after)).order_by(*by_number(award.c.grant_id)).limit(limit)
    if programme is not None:
        query = query.where(award.c.programme_code == programme)
    if state is not None:
        query = query.where(award.c.state == state)
    if organisation is not None:
        query = query.where(or_(award.c.organisation_id == organisation, award.c.provider_id == organisation))
    return all_of(Grant, await tx.execute(query))


async def list_awaiting(tx: Tx, programme: str) -> tuple[Grant, ...]:
    """The unplaced grants of a programme, by rank, then by the number in their id."""
    query = _GRANTS.where(award.c.programme_code == programme, award.c.state == "awaiting")
    return all_of(Grant, await tx.execute(query.order_by(award.c.rank, *by_number(award.c.grant_id))))


async def list_locked(tx: Tx, grant_ids: Sequence[str]) -> dict[str, Grant]:
    """Grants by id, locked against other changes."""
    query = _GRANTS.where(award.c.grant_id.in_(grant_ids)).order_by(award.c.grant_id).with_for_update()
    return {grant.grant_id: grant for grant in all_of(Grant, await tx.execute(query))}


async def list_due(tx: Tx, now: dt.datetime) -> tuple[Grant, ...]:
    """Active grants whose period is over, earliest end first, locked against other changes."""
    query = _GRANTS.where(award.c.state == "active", award.c.ends_at <= now)
    # rows are locked in the order of their ids, as everybody does who locks several
    due = all_of(Grant, await tx.execute(query.order_by(award.c.grant_id).with_for_update()))
    return tuple(sorted(due, key=lambda grant: (grant.ends_at or now, grant.grant_id)))


async def keep_early(tx: Tx, early: EarlyFact) -> None:
    """Keep a fact about a grant that is not announced here yet; a later one of its kind replaces it."""
    told = {"fact": cast(cast(early.fact, Text), JSONB), "heard_at": early.heard_at}
    statement = upsert(early_fact).values(grant_id=early.grant_id, kind=early.kind, **told)
    await tx.execute(statement.on_conflict_do_update(index_elements=["grant_id", "kind"], set_=told))


async def has_early_end(tx: Tx, grant_ids: Sequence[str]) -> bool:
    """Whether the end of one of these grants was heard before its announcement."""
    early = select(early_fact.c.grant_id).where(early_fact.c.grant_id.in_(grant_ids), early_fact.c.kind == "ended")
    return bool(grant_ids) and (await tx.execute(early.limit(1))).first() is not None


async def list_early(tx: Tx, grant_id: str) -> tuple[EarlyFact, ...]:
    """What was heard of a grant before its announcement, in order."""
    c = early_fact.c
    query = select(c.grant_id, c.kind, cast(c.fact, Text), c.heard_at).where(c.grant_id == grant_id)
    return all_of(EarlyFact, await tx.execute(query.order_by(c.heard_at, c.kind)))
