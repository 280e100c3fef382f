"""Placements: what was decided together, line by line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, columns, one, values, values_of
from services.allocator.model.cards import Card
from services.allocator.model.placements import Placement, PlacementLine
from services.allocator.tables.placements import placement, placement_line, placement_no


async def next_placement_id(tx: Tx) -> str:
    """The id of a new placement."""
    return f"PL-{(await tx.execute(select(placement_no.next_value()))).scalar_one():06d}"


async def add_placement(tx: Tx, made: Placement, lines: Sequence[PlacementLine]) -> None:
    """Keep a placement and its lines."""
    await tx.execute(insert(placement).values(**values(made)))
    if lines:
        await tx.execute(insert(placement_line), values_of(lines))


async def get_placement(tx: Tx, placement_id: str, *, for_update: bool = False) -> Placement:
    """One placement without its lines; `for_update`: locked against other changes. Raises NotFound."""
    query = select(*columns(placement, Placement)).where(placement.c.placement_id == placement_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).first()
    if row is None:
        raise NotFound("placement", placement_id)
    return one(Placement, row)


async def list_placements(tx: Tx, programme: str | None, after: str, limit: int) -> tuple[Placement, ...]:
    """Placements by id."""
    query = select(*columns(placement, Placement)).where(placement.c.placement_id > after)
    if programme is not None:
        query = query.where(placement.c.programme_code == programme)
    return all_of(Placement, await tx.execute(query.order_by(placement.c.placement_id).limit(limit)))


async def list_lines(tx: Tx, placement_id: str) -> tuple[PlacementLine, ...]:
    """The lines of a placement, by rank."""
    query = select(*columns(placement_line, PlacementLine)).where(placement_line.c.placement_id == placement_id)
    rows = await tx.execute(query.order_by(placement_line.c.rank, placement_line.c.grant_id))
    return tuple(_with_cards(line) for line in all_of(PlacementLine, rows))


def _with_cards(line: PlacementLine) -> PlacementLine:
    if line.named_cards is None:
        return line
    return replace(line, named_cards=tuple(Card(*named) for named in line.named_cards))


async def confirm_placement(tx: Tx, placement_id: str, by: str, at: dt.datetime) -> None:
    """Mark a placement as confirmed."""
    confirmed = update(placement).where(placement.c.placement_id == placement_id)
    await tx.execute(confirmed.values(state="confirmed", confirmed_at=at, confirmed_by=by))
