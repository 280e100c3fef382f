"""Providers, data centres, offers, servers, cards and who holds them."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert

from libs.common.db import Tx
from services.allocator.model import Party, Span, StockServer, seconds_of
from services.allocator.store.query import fetch, fetch_one, run
from services.allocator.tables import conformance_decision, data_centre, offer, provider, server

ENDLESS = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


async def add_provider(tx: Tx, **values: Any) -> None:
    """Register a provider."""
    await tx.execute(insert(provider).values(**values))


async def provider_of(tx: Tx, provider_id: str) -> dict[str, Any] | None:
    """One provider."""
    return await fetch_one(tx, "SELECT * FROM provider WHERE provider_id = :id", id=provider_id)


async def providers(tx: Tx) -> list[dict[str, Any]]:
    """All providers, by code."""
    return await fetch(tx, "SELECT * FROM provider ORDER BY provider_id")


async def provider_parties(tx: Tx) -> dict[str, Party]:
    """What AL-5 compares of each provider."""
    return {row["provider_id"]: party_of(row) for row in await providers(tx)}


def party_of(row: dict[str, Any]) -> Party:
    """What AL-5 compares of a provider or an applicant."""
    return Party(
        row["business_no"] or "",
        frozenset(row["representative_keys"] or ()),
        frozenset(row["affiliates"] or ()),
    )


async def add_data_centre(tx: Tx, **values: Any) -> None:
    """Register a data centre."""
    await tx.execute(insert(data_centre).values(**values))


async def data_centre_of(tx: Tx, name: str) -> dict[str, Any] | None:
    """One data centre."""
    return await fetch_one(tx, "SELECT * FROM data_centre WHERE data_centre = :id", id=name)


async def add_offer(tx: Tx, values: dict[str, Any], servers: Sequence[tuple[str, int]]) -> None:
    """Register an offer with its servers and their cards."""
    await tx.execute(insert(offer).values(**values))
    if servers:
        rows = [{"server_id": s, "offer_id": values["offer_id"], "cards": cards} for s, cards in servers]
        await tx.execute(insert(server), rows)
        await run(
            tx,
            "INSERT INTO card (server_id, card_index) SELECT s.server_id, i FROM server s,"
            " generate_series(0, s.cards - 1) AS i WHERE s.offer_id = :offer ORDER BY s.server_id, i",
            offer=values["offer_id"],
        )


async def known_servers(tx: Tx, server_ids: Collection[str]) -> list[dict[str, Any]]:
    """Those of the servers that are registered, each with its offer."""
    return await fetch(
        tx,
        "SELECT s.server_id, s.cards, o.* FROM server s JOIN offer o USING (offer_id)"
        " WHERE s.server_id = ANY(:ids) ORDER BY s.server_id",
        ids=list(server_ids),
    )


async def offer_of(tx: Tx, offer_id: str) -> dict[str, Any] | None:
    """One offer with its servers."""
    rows = await offers(tx, offer_id=offer_id)
    return rows[0] if rows else None


async def offers(
    tx: Tx,
    *,
    offer_id: str | None = None,
    programme: str | None = None,
    provider: str | None = None,
    after: str = "",
    limit: int = 1000,
) -> list[dict[str, Any]]:
    """Offers with their servers and number of cards, by id."""
    return await fetch(
        tx,
        "SELECT o.*, coalesce(sum(s.cards), 0)::int AS cards,"
        " coalesce(jsonb_object_agg(s.server_id, s.cards) FILTER (WHERE s.server_id IS NOT NULL), '{}') AS servers"
        " FROM offer o LEFT JOIN server s USING (offer_id)"
        " WHERE (cast(:offer AS text) IS NULL OR o.offer_id = :offer)"
        " AND (cast(:programme AS text) IS NULL OR o.programme_code = :programme) AND o.offer_id > :after"
        " AND (cast(:provider AS text) IS NULL OR o.provider_id = :provider)"
        " GROUP BY o.offer_id ORDER BY o.offer_id LIMIT :limit",
        offer=offer_id,
        programme=programme,
        provider=provider,
        after=after,
        limit=limit,
    )


async def offers_of_servers(tx: Tx, server_ids: Collection[str]) -> list[dict[str, Any]]:
    """The offers behind servers, each with the cards of all of its servers."""
    return await fetch(
        tx,
        "SELECT o.*, sum(s.cards)::int AS cards FROM offer o JOIN server s USING (offer_id) WHERE o.offer_id IN"
        " (SELECT offer_id FROM server WHERE server_id = ANY(:ids)) GROUP BY o.offer_id ORDER BY o.offer_id",
        ids=list(server_ids),
    )


async def add_conformance(tx: Tx, **values: Any) -> None:
    """Append an officer's decision about an offer in doubt."""
    await tx.execute(insert(conformance_decision).values(**values))


async def conformance_of(tx: Tx, offer_id: str, product: str) -> dict[str, Any] | None:
    """The latest decision about an offer and a product."""
    return await fetch_one(
        tx,
        "SELECT * FROM conformance_decision WHERE offer_id = :offer AND product = :product"
        " ORDER BY decision_no DESC LIMIT 1",
        offer=offer_id,
        product=product,
    )


async def stock_of(tx: Tx, programme: str, *, fixed_only: bool) -> list[StockServer]:
    """The servers offered to a programme with the spans in which their cards are held.

    `fixed_only`: only those of offers that take part fixed from the start.
    """
    rows = await fetch(
        tx,
        "SELECT s.server_id, o.provider_id, o.data_centre, o.card_type, o.offered_from, o.offered_until, c.card_index,"
        " array_agg(lower(h.during)) FILTER (WHERE h.card_id IS NOT NULL) AS froms,"
        " array_agg(upper(h.during)) FILTER (WHERE h.card_id IS NOT NULL) AS untils"
        " FROM offer o JOIN server s USING (offer_id) JOIN card c USING (server_id)"
        " LEFT JOIN holding h ON h.card_id = c.card_id AND h.layer = 'allotment' AND NOT isempty(h.during)"
        " WHERE o.programme_code = :programme AND (NOT :fixed_only OR o.mode = 'fixed')"
        " GROUP BY s.server_id, o.offer_id, c.card_index ORDER BY s.server_id, c.card_index",
        programme=programme,
        fixed_only=fixed_only,
    )
    stock: dict[str, tuple[dict[str, Any], list[tuple[Span, ...]]]] = {}
    for row in rows:
        held = zip(row["froms"] or (), row["untils"] or (), strict=True)
        spans = tuple(sorted(Span(seconds_of(a), seconds_of(b or ENDLESS)) for a, b in held))
        stock.setdefault(row["server_id"], (row, []))[1].append(spans)
    return [
        StockServer(
            server_id,
            row["provider_id"],
            row["data_centre"],
            row["card_type"],
            tuple(cards),
            Span(seconds_of(row["offered_from"]), seconds_of(row["offered_until"])),
        )
        for server_id, (row, cards) in stock.items()
    ]


async def unheld_cards(
    tx: Tx, server_ids: Collection[str], from_at: dt.datetime, until: dt.datetime | None
) -> list[dict[str, Any]]:
    """The cards of servers that no grant, pool or fault holds at any instant of an interval."""
    return await fetch(
        tx,
        "SELECT c.card_id, c.server_id, c.card_index FROM card c WHERE c.server_id = ANY(:ids) AND NOT EXISTS"
        " (SELECT FROM holding h WHERE h.card_id = c.card_id AND h.layer = 'allotment'"
        " AND h.during && tstzrange(:from_at, :until)) ORDER BY c.server_id, c.card_index",
        ids=list(server_ids),
        from_at=from_at,
        until=until,
    )


async def card_ids(tx: Tx, server_ids: Collection[str]) -> dict[tuple[str, int], int]:
    """Card ids by server and index."""
    rows = await fetch(
        tx, "SELECT card_id, server_id, card_index FROM card WHERE server_id = ANY(:ids)", ids=list(server_ids)
    )
    return {(row["server_id"], row["card_index"]): row["card_id"] for row in rows}


async def hold(
    tx: Tx,
    *,
    layer: str,
    kind: str,
    holders: Sequence[tuple[str, int]],
    from_at: dt.datetime,
    until: dt.datetime | None,
    reason: str = "",
) -> None:
    """Give cards to holders (holder id, card id) over an interval; the database refuses a second holder."""
    if not holders:
        return
    await run(
        tx,
        "INSERT INTO holding (card_id, layer, kind, holder_id, during, reason)"
        " SELECT card_id, :layer, :kind, holder_id, tstzrange(:from_at, :until), :reason"
        " FROM unnest(cast(:holder_ids AS text[]), cast(:card_ids AS bigint[])) AS given (holder_id, card_id)",
        layer=layer,
        kind=kind,
        holder_ids=[holder for holder, _ in holders],
        card_ids=[card_id for _, card_id in holders],
        from_at=from_at,
        until=until,
        reason=reason,
    )


async def let_go(tx: Tx, ends: Sequence[tuple[str, dt.datetime]]) -> None:
    """End what holders (id, instant) hold beyond the instant; what began later is emptied."""
    if not ends:
        return
    await run(
        tx,
        "UPDATE holding h SET during = tstzrange(lower(h.during), greatest(lower(h.during), e.at))"
        " FROM unnest(cast(:ids AS text[]), cast(:ats AS timestamptz[])) AS e (holder_id, at)"
        " WHERE h.holder_id = e.holder_id AND NOT isempty(h.during)"
        " AND (upper_inf(h.during) OR upper(h.during) > e.at)",
        ids=[holder for holder, _ in ends],
        ats=[at for _, at in ends],
    )


async def cards_by_state(tx: Tx, now: dt.datetime) -> list[dict[str, Any]]:
    """Cards per provider by what holds them at an instant: fixed, pool_used, pool_free, down or free."""
    return await fetch(
        tx,
        "SELECT o.provider_id, coalesce(CASE WHEN a.kind = 'pool' THEN CASE WHEN u.card_id IS NULL THEN 'pool_free'"
        " ELSE 'pool_used' END ELSE a.kind END, 'free') AS state, count(*) AS cards"
        " FROM card c JOIN server s USING (server_id) JOIN offer o USING (offer_id)"
        " LEFT JOIN holding a ON a.card_id = c.card_id AND a.layer = 'allotment'"
        " AND a.during @> cast(:now AS timestamptz)"
        " LEFT JOIN holding u ON u.card_id = c.card_id AND u.layer = 'session'"
        " AND u.during @> cast(:now AS timestamptz)"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        now=now,
    )
