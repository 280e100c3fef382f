"""Placements: what was decided together, line by line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, insert, select, update

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import after_number, all_of, by_number, columns, one, values, values_of
from services.allocator.model.cards import Card, Span, seconds_after, seconds_of
from services.allocator.model.placements import Placement, PlacementLine
from services.allocator.store.cards import ENDLESS
from services.allocator.tables.placements import placement, placement_line, placement_no
from services.allocator.tables.pools import pool
from services.allocator.tables.supply import card, holding, offer, server

FORMER_WINDOW = "use_window"


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
    """Placements in order of the number in their id, those after `after`."""
    query = select(*columns(placement, Placement)).where(after_number(placement.c.placement_id, after))
    if programme is not None:
        query = query.where(placement.c.programme_code == programme)
    return all_of(Placement, await tx.execute(query.order_by(*by_number(placement.c.placement_id)).limit(limit)))


async def list_lines(tx: Tx, placement_id: str) -> tuple[PlacementLine, ...]:
    """The lines of a placement, by rank."""
    query = select(*columns(placement_line, PlacementLine)).where(placement_line.c.placement_id == placement_id)
    rows = await tx.execute(query.order_by(placement_line.c.rank, *by_number(placement_line.c.grant_id)))
    return tuple(_as_named_now(line) for line in all_of(PlacementLine, rows))


async def list_pool_spans(tx: Tx, programme: str) -> dict[str, tuple[Span, ...]]:
    """For each pool of a programme the spans over which its cards are offered, while they are the pool's."""
    query = (
        select(pool.c.pool_id, offer.c.offered_from, func.upper(holding.c.during).label("until"))
        .join(holding, (holding.c.holder_id == pool.c.pool_id) & (holding.c.kind == "pool"))
        .join(card, card.c.card_id == holding.c.card_id)
        .join(server, (server.c.provider_id == card.c.provider_id) & (server.c.server_id == card.c.server_id))
        .join(offer, (offer.c.provider_id == server.c.provider_id) & (offer.c.offer_id == server.c.offer_id))
        .where(pool.c.programme_code == programme, ~func.isempty(holding.c.during))
        .order_by(pool.c.pool_id, holding.c.holding_no)
    )
    spans: dict[str, list[Span]] = {}
    for row in await tx.execute(query):
        span = Span(seconds_after(row.offered_from), seconds_of(row.until or ENDLESS))
        spans.setdefault(row.pool_id, []).append(span)
    return {pool_id: tuple(of_pool) for pool_id, of_pool in spans.items()}


def _as_named_now(line: PlacementLine) -> PlacementLine:
    """A line with its cards as cards, and with the limit that was once called `use_window` by the name of the rule."""
    if line.limit_reached == FORMER_WINDOW:
        line = replace(line, limit_reached="window")
    if line.named_cards is None:
        return line
    return replace(line, named_cards=tuple(Card(*named) for named in line.named_cards))


async def confirm_placement(tx: Tx, placement_id: str, by: str, at: dt.datetime) -> None:
    """Mark a placement as confirmed."""
    confirmed = update(placement).where(placement.c.placement_id == placement_id)
    await tx.execute(confirmed.values(state="confirmed", confirmed_at=at, confirmed_by=by))
