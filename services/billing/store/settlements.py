"""Settlements, their lines and shares. Lines of an issued settlement cannot be written: a trigger refuses."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, among, as_json, changes, columns, values, whole
from libs.common.reckoning import at_once
from services.billing.model.lines import Line
from services.billing.model.settlements import APPROVED, Drawn, Settlement, Share
from services.billing.store.lines import line_from, line_values
from services.billing.tables.settlements import settlement, settlement_line, settlement_share

COLUMNS = columns(settlement, Settlement)
FIXED = ("settlement_id", "provider_id", "programme_code", "month")
"""What the running role may not even write the same again: see `rights.py`."""


async def find_settlement(tx: Tx, settlement_id: str, *, locked: bool = False) -> Settlement | None:
    """One settlement; None if there is none."""
    query = select(*COLUMNS).where(settlement.c.settlement_id == settlement_id)
    row = (await tx.execute(query.with_for_update() if locked else query)).first()
    return whole(Settlement, row) if row else None


async def get_settlement(tx: Tx, settlement_id: str, *, locked: bool = False) -> Settlement:
    """One settlement. Raises NotFound."""
    found = await find_settlement(tx, settlement_id, locked=locked)
    if found is None:
        raise NotFound("settlement", settlement_id)
    return found


async def get_canonical(tx: Tx, settlement_id: str) -> str:
    """The canonical text under a settlement's hash. Raises NotFound."""
    query = select(settlement.c.canonical).where(settlement.c.settlement_id == settlement_id)
    found: str | None = (await tx.execute(query)).scalar()
    if found is None:
        raise NotFound("settlement", settlement_id)
    return found


async def change_settlement(tx: Tx, changed: Settlement, canonical: str | None = None) -> None:
    """Write a settlement back, and its canonical text where that changed with it."""
    row = {**changes(changed, *FIXED), "missing": as_json(changed.missing)}
    if canonical is not None:
        row["canonical"] = canonical
    await tx.execute(update(settlement).where(settlement.c.settlement_id == changed.settlement_id).values(row))


async def change_lines(tx: Tx, settlement_id: str, lines: Sequence[Line]) -> None:
    """Replace the lines of an open settlement."""
    await tx.execute(delete(settlement_line).where(settlement_line.c.settlement_id == settlement_id))
    for some in at_once(tuple(enumerate(lines, start=1))):
        await tx.execute(insert(settlement_line), [line_values(settlement_id, number, line) for number, line in some])


async def list_lines(tx: Tx, settlement_id: str) -> tuple[Line, ...]:
    """A settlement's lines in order of their numbers."""
    query = select(settlement_line).where(settlement_line.c.settlement_id == settlement_id)
    rows = (await tx.execute(query.order_by(settlement_line.c.line_no))).mappings()
    return tuple(line_from(row) for row in rows)


async def get_line(tx: Tx, settlement_id: str, line_no: int) -> Line:
    """One line. Raises NotFound for an unknown number."""
    query = select(settlement_line).where(
        settlement_line.c.settlement_id == settlement_id, settlement_line.c.line_no == line_no
    )
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("settlement line", f"{settlement_id}/{line_no}")
    return line_from(row)


async def add_shares(tx: Tx, settlement_id: str, shares: Sequence[Share]) -> None:
    """Append who pays which grant's fee."""
    if shares:
        rows = [{"settlement_id": settlement_id, **values(share)} for share in shares]
        await tx.execute(insert(settlement_share), rows)


async def list_shares(tx: Tx, settlement_id: str) -> tuple[Share, ...]:
    """Who pays which grant's fee, in order of grant."""
    query = select(*columns(settlement_share, Share)).where(settlement_share.c.settlement_id == settlement_id)
    return all_of(Share, await tx.execute(query.order_by(settlement_share.c.grant_id)))


async def list_drawn(tx: Tx, grant_ids: Sequence[str]) -> dict[str, Drawn]:
    """What each grant's fees were paid from so far, by grant."""
    share = settlement_share.c
    query = (
        select(
            share.grant_id,
            func.sum(share.self_payment_krw),
            func.sum(share.subsidy_krw),
            func.sum(share.uncovered_krw),
        )
        .where(among(share.grant_id, grant_ids))
        .group_by(share.grant_id)
    )
    return {row[0]: Drawn(int(row[1]), int(row[2]), int(row[3])) for row in (await tx.execute(query)).all()}


async def is_month_settled(tx: Tx, provider_id: str, programme_code: str, month: str) -> bool:
    """Whether the provider's month is approved or paid."""
    query = select(func.count()).where(
        settlement.c.provider_id == provider_id,
        settlement.c.programme_code == programme_code,
        settlement.c.month == month,
        settlement.c.state.in_(APPROVED),
    )
    return bool((await tx.execute(query)).scalar_one())


async def list_settlements(
    tx: Tx,
    *,
    programme_code: str | None,
    provider_id: str | None,
    month: str | None,
    state: str | None,
    after: str,
    limit: int,
) -> tuple[Settlement, ...]:
    """A page of settlements in order of id, one more than `limit`; filtered by what is not None."""
    query = select(*COLUMNS).where(settlement.c.settlement_id > after)
    for column, asked in (
        (settlement.c.programme_code, programme_code),
        (settlement.c.provider_id, provider_id),
        (settlement.c.month, month),
        (settlement.c.state, state),
    ):
        if asked is not None:
            query = query.where(column == asked)
    ordered = query.order_by(settlement.c.settlement_id).limit(limit + 1)
    return tuple(whole(Settlement, row) for row in await tx.execute(ordered))


async def count_by_state(tx: Tx, programme_code: str | None) -> dict[str, int]:
    """How many settlements stand in each state."""
    query = select(settlement.c.state, func.count()).group_by(settlement.c.state)
    if programme_code is not None:
        query = query.where(settlement.c.programme_code == programme_code)
    return {state: int(count) for state, count in (await tx.execute(query)).all()}
