"""Parked grants: one row each time a grant is parked in a settlement."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import after_number, among, as_json, by_number, columns, field_names, values, whole
from services.billing.model.parked import NewlyParked, ParkedGrant
from services.billing.model.settlements import ISSUED, Settlement
from services.billing.tables.parked import parked_grant, parked_no
from services.billing.tables.settlements import settlement

COLUMNS = columns(parked_grant, ParkedGrant)
OPEN = parked_grant.c.ended_at.is_(None)


async def add_parked(tx: Tx, begun: Sequence[NewlyParked], now: dt.datetime) -> None:
    """Append grants that are parked from now on, in their order."""
    if not begun:
        return
    counted = select(parked_no.next_value()).select_from(func.generate_series(1, len(begun)))
    numbers = sorted((await tx.execute(counted)).scalars())
    nouns = [
        ParkedGrant(f"PK-{number:06}", parked_at=now, **{name: getattr(new, name) for name in field_names(NewlyParked)})
        for number, new in zip(numbers, begun, strict=True)
    ]
    await tx.execute(insert(parked_grant), [{**values(noun), "reasons": as_json(noun.reasons)} for noun in nouns])


async def end_parked(tx: Tx, parked_ids: Sequence[str], ended_by: str | None, now: dt.datetime) -> None:
    """Grants are not parked any more; `ended_by` is the settlement that states their lines."""
    if parked_ids:
        which = among(parked_grant.c.parked_id, parked_ids)
        await tx.execute(update(parked_grant).where(which).values(ended_at=now, ended_by=ended_by))


async def change_payment(tx: Tx, parked_ids: Sequence[str], by: str, reference: str, now: dt.datetime) -> None:
    """Shares that were split after the approval are paid."""
    if parked_ids:
        paid = {"paid_at": now, "paid_by": by, "payment_reference": reference}
        await tx.execute(update(parked_grant).where(among(parked_grant.c.parked_id, parked_ids)).values(paid))


async def _list(tx: Tx, *which: ColumnElement[bool]) -> tuple[ParkedGrant, ...]:
    query = select(*COLUMNS).where(*which).order_by(*by_number(parked_grant.c.parked_id))
    return tuple(whole(ParkedGrant, row) for row in await tx.execute(query))


async def list_of_settlement(tx: Tx, settlement_id: str, *, only_open: bool = True) -> tuple[ParkedGrant, ...]:
    """The grants parked in a settlement, now or (also) ever, in order of id."""
    of_it = parked_grant.c.settlement_id == settlement_id
    return await (_list(tx, of_it, OPEN) if only_open else _list(tx, of_it))


async def list_left_out_by_issued(
    tx: Tx, provider_id: str, programme_code: str, besides: Sequence[str]
) -> tuple[ParkedGrant, ...]:
    """The grants, besides some, whose lines issued settlements of a provider leave out and none states yet."""
    issued = select(settlement.c.settlement_id).where(
        settlement.c.provider_id == provider_id,
        settlement.c.programme_code == programme_code,
        settlement.c.state.in_(ISSUED),
    )
    return await _list(
        tx,
        OPEN,
        parked_grant.c.stage == "lines",
        parked_grant.c.settlement_id.in_(issued),
        ~among(parked_grant.c.grant_id, besides),
    )


async def list_open_shares(tx: Tx) -> tuple[ParkedGrant, ...]:
    """The approved shares that nobody could split yet, oldest first."""
    return await _list(tx, OPEN, parked_grant.c.stage == "share")


async def list_unpaid_shares(tx: Tx, settlement_id: str, grant_id: str | None = None) -> tuple[ParkedGrant, ...]:
    """The shares of a settlement (and grant) that were split after its approval and not paid yet."""
    which = [
        parked_grant.c.settlement_id == settlement_id,
        parked_grant.c.stage == "share",
        ~OPEN,
        parked_grant.c.paid_at.is_(None),
    ]
    if grant_id is not None:
        which.append(parked_grant.c.grant_id == grant_id)
    return await _list(tx, *which)


async def get_unpaid_share(tx: Tx, settlement: Settlement, grant_id: str) -> ParkedGrant:
    """The share of a grant that was split after its settlement's approval and not paid yet. Raises NotFound."""
    found = await list_unpaid_shares(tx, settlement.settlement_id, grant_id)
    if not found:
        raise NotFound("grant", f"{settlement.settlement_id}/{grant_id}")
    return found[0]


async def list_parked(
    tx: Tx,
    *,
    programme_code: str | None,
    provider_id: str | None,
    grant_id: str | None,
    only_open: bool,
    after: str,
    limit: int,
) -> tuple[ParkedGrant, ...]:
    """A page of parked grants in order of id, one more than `limit`; filtered by what is not None."""
    query = (
        select(*COLUMNS)
        .join(settlement, settlement.c.settlement_id == parked_grant.c.settlement_id)
        .where(after_number(parked_grant.c.parked_id, after))
    )
    for column, asked in (
        (settlement.c.programme_code, programme_code),
        (settlement.c.provider_id, provider_id),
        (parked_grant.c.grant_id, grant_id),
    ):
        if asked is not None:
            query = query.where(column == asked)
    if only_open:
        query = query.where(OPEN)
    ordered = query.order_by(*by_number(parked_grant.c.parked_id)).limit(limit + 1)
    return tuple(whole(ParkedGrant, row) for row in await tx.execute(ordered))


async def count_by_code(tx: Tx) -> dict[str, int]:
    """How many grants are parked now for each reason; one that waits for two things counts for both."""
    reason = func.jsonb_array_elements(parked_grant.c.reasons, type_=JSONB).table_valued("value").lateral()
    code = reason.c.value.op("->>")("code")
    of_each = parked_grant.join(reason, true())
    query = select(code, func.count(parked_grant.c.parked_id.distinct())).select_from(of_each).where(OPEN)
    return {name: int(count) for name, count in (await tx.execute(query.group_by(code))).all()}
