"""Cards and who holds them: what is free, what is held, what is let go."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Text, bindparam, case, cast, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.nouns import all_of
from services.allocator.model.cards import Span, seconds_after, seconds_of
from services.allocator.model.supply import CardCount, FreeCard, LastingCard, StockServer
from services.allocator.tables.supply import card, holding, offer, server

ENDLESS = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
Layer = Literal["allotment", "session"]
Kind = Literal["fixed", "pool", "down", "session"]


@dataclass(frozen=True, slots=True)
class Hold:
    """One holder's hold of one card over `[from_at, until)`; without an end until it is let go.

    `holder_id` tells holders of one kind apart: a server may be named like a pool, a pool like a grant or a session.
    """

    holder_id: str
    card_id: int
    from_at: dt.datetime
    until: dt.datetime | None


async def list_stock(tx: Tx, programme: str, *, fixed_only: bool) -> tuple[StockServer, ...]:
    """The servers offered to a programme with the spans in which their cards are held.

    Their ids are `provider/server`, as two providers may have chosen one name. `fixed_only`: only those of offers
    that take part fixed from the start.
    """
    query = (
        select(
            server.c.provider_id,
            server.c.server_id,
            offer.c.data_centre,
            offer.c.card_type,
            offer.c.offered_from,
            offer.c.offered_until,
            card.c.card_index,
            holding.c.during,
        )
        .join(offer, (offer.c.provider_id == server.c.provider_id) & (offer.c.offer_id == server.c.offer_id))
        .join(card, (card.c.provider_id == server.c.provider_id) & (card.c.server_id == server.c.server_id))
        .outerjoin(
            holding,
            (holding.c.card_id == card.c.card_id) & (holding.c.layer == "allotment") & ~func.isempty(holding.c.during),
        )
        .where(offer.c.programme_code == programme)
        .order_by(server.c.provider_id, server.c.server_id, card.c.card_index, holding.c.during)
    )
    if fixed_only:
        query = query.where(offer.c.mode == "fixed")
    servers: dict[tuple[str, str], Any] = {}
    held: dict[tuple[str, str], dict[int, list[Span]]] = {}
    for row in await tx.execute(query):
        servers[row.provider_id, row.server_id] = row
        spans = held.setdefault((row.provider_id, row.server_id), {}).setdefault(row.card_index, [])
        if row.during is not None:
            # whole seconds: a hold is never shorter here than it is, an offer never longer
            spans.append(Span(seconds_of(row.during.lower), seconds_after(row.during.upper or ENDLESS)))
    return tuple(
        StockServer(
            f"{provider_id}/{server_id}",
            provider_id,
            row.data_centre,
            row.card_type,
            tuple(tuple(spans) for _, spans in sorted(held[provider_id, server_id].items())),
            Span(seconds_after(row.offered_from), seconds_of(row.offered_until)),
        )
        for (provider_id, server_id), row in servers.items()
    )


async def list_unheld(
    tx: Tx, provider_id: str, server_ids: Collection[str], from_at: dt.datetime, until: dt.datetime
) -> tuple[FreeCard, ...]:
    """The cards of a provider's servers that no grant, pool or fault holds at any instant of `[from_at, until)`."""
    taken = select(literal(1)).where(
        holding.c.card_id == card.c.card_id,
        holding.c.layer == "allotment",
        holding.c.during.op("&&")(func.tstzrange(from_at, until)),
    )
    query = select(card.c.card_id, card.c.server_id, card.c.card_index).where(
        card.c.provider_id == provider_id, card.c.server_id.in_(server_ids), ~taken.exists()
    )
    return all_of(FreeCard, await tx.execute(query.order_by(card.c.server_id, card.c.card_index)))


async def list_unheld_while_offered(
    tx: Tx, provider_id: str, server_ids: Collection[str], from_at: dt.datetime
) -> tuple[LastingCard, ...]:
    """The cards of a provider's servers that nobody holds from an instant to the end of their offers.

    Those that leave last come first; an offer that begins later counts from its beginning on.
    """
    begins = func.greatest(offer.c.offered_from, bindparam("from_at", from_at, type_=Instant))
    taken = select(literal(1)).where(
        holding.c.card_id == card.c.card_id,
        holding.c.layer == "allotment",
        holding.c.during.op("&&")(func.tstzrange(begins, offer.c.offered_until)),
    )
    query = (
        select(card.c.card_id, begins, offer.c.offered_until)
        .join(server, (server.c.provider_id == card.c.provider_id) & (server.c.server_id == card.c.server_id))
        .join(offer, (offer.c.provider_id == server.c.provider_id) & (offer.c.offer_id == server.c.offer_id))
        .where(card.c.provider_id == provider_id, card.c.server_id.in_(server_ids), ~taken.exists())
        .order_by(offer.c.offered_until.desc(), card.c.server_id, card.c.card_index)
    )
    return all_of(LastingCard, await tx.execute(query))


async def hold(tx: Tx, layer: Layer, kind: Kind, holds: Sequence[Hold], reason: str = "") -> None:
    """Give cards to holders; the database refuses a second holder of one card in one layer (AL-10)."""
    common = {"layer": layer, "kind": kind, "reason": reason}
    rows = [
        {**common, "card_id": h.card_id, "holder_id": h.holder_id, "during": Range(h.from_at, h.until)} for h in holds
    ]
    if rows:
        await tx.execute(insert(holding), rows)


_LET_GO = (
    update(holding)
    .where(
        holding.c.holder_id == bindparam("holder"),
        holding.c.kind == bindparam("of_kind"),
        ~func.isempty(holding.c.during),
        or_(func.upper_inf(holding.c.during), func.upper(holding.c.during) > bindparam("at", type_=Instant)),
    )
    .values(
        during=func.tstzrange(
            func.lower(holding.c.during),
            func.greatest(func.lower(holding.c.during), bindparam("at", type_=Instant)),
            type_=TSTZRANGE,
        )
    )
)


async def let_go(tx: Tx, kind: Kind, ends: Sequence[tuple[str, dt.datetime]]) -> None:
    """End what holders of a kind (id, instant) hold beyond the instant; what began later is emptied."""
    if ends:
        await tx.execute(_LET_GO, [{"of_kind": kind, "holder": holder, "at": at} for holder, at in ends])


async def count_cards(tx: Tx, now: dt.datetime) -> tuple[CardCount, ...]:
    """Cards per provider by what holds them at an instant; one that nobody holds is free only while it is offered."""
    allotted, used = holding.alias("allotted"), holding.alias("used")
    at = bindparam("now", now, type_=Instant)
    offered = (offer.c.offered_from <= at) & (at < offer.c.offered_until)
    state = case(
        (allotted.c.kind == "pool", case((used.c.card_id.is_(None), "pool_free"), else_="pool_used")),
        (allotted.c.kind.is_not(None), allotted.c.kind),
        (offered, "free"),
        else_="not_offered",
    )
    query = (
        select(offer.c.provider_id, cast(state, Text).label("state"), func.count())
        .join(server, (server.c.provider_id == offer.c.provider_id) & (server.c.offer_id == offer.c.offer_id))
        .join(card, (card.c.provider_id == server.c.provider_id) & (card.c.server_id == server.c.server_id))
        .outerjoin(
            allotted,
            (allotted.c.card_id == card.c.card_id) & (allotted.c.layer == "allotment") & allotted.c.during.op("@>")(at),
        )
        .outerjoin(used, (used.c.card_id == card.c.card_id) & (used.c.layer == "session") & used.c.during.op("@>")(at))
        .group_by(offer.c.provider_id, "state")
        .order_by(offer.c.provider_id, "state")
    )
    return all_of(CardCount, await tx.execute(query))
