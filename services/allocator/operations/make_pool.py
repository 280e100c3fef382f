"""Make a dynamic pool of a provider's servers."""

from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.keys import fold_key
from services.allocator.model.cards import Span, seconds_of
from services.allocator.model.pools import Pool, PoolFigures
from services.allocator.model.supply import OfferedServer
from services.allocator.operations.unsound import refuse_unsound
from services.allocator.rules.places import capacity_breaches, held_in_offers, site_of
from services.allocator.store import cards, pools, supply


@dataclass(frozen=True, slots=True)
class PoolAsk:
    """A pool's code, its programme and servers; what is told of their site must agree with them."""

    pool_id: str
    programme: str
    server_ids: tuple[str, ...]
    cards_max: int | None = None
    provider_id: str | None = None
    data_centre: str | None = None
    card_type: str | None = None


async def create_pool(tx: Tx, ask: PoolAsk, clock: Clock) -> PoolFigures:
    """Make a dynamic pool of a provider's servers, or of the first `cards_max` of their cards. It holds them (AL-3)."""
    await lock(tx, "allotment")
    if await pools.find_pool(tx, ask.pool_id):
        raise Conflict("already_there", thing="pool", id=ask.pool_id)
    servers = await supply.list_servers(tx, ask.server_ids, ask.provider_id)
    found = {fold_key(server.server_id) for server in servers}
    missing = sorted(name for name in set(ask.server_ids) if fold_key(name) not in found)
    if missing:
        raise NotFound("server", ", ".join(missing))
    first = servers[0]
    if any(_site(server) != _site(first) for server in servers) or not _agrees(ask, first):
        raise Invalid("pool_of_one_site", "AL-9", pool_id=ask.pool_id)
    from_at = min(server.offered_from for server in servers)
    until = max(server.offered_until for server in servers)
    free = await cards.list_unheld(tx, first.provider_id, [s.server_id for s in servers], from_at, until)
    wanted = ask.cards_max if ask.cards_max is not None else sum(server.cards for server in servers)
    if len(free) < wanted:
        raise Conflict("cards_held", "AL-3", wanted=wanted, free=len(free))
    offered = {server.server_id: (server.offered_from, server.offered_until) for server in servers}
    holds = [cards.Hold(ask.pool_id, card.card_id, *offered[card.server_id]) for card in free[:wanted]]
    await _check(tx, ask.programme, first, holds)
    await cards.hold(tx, "allotment", "pool", holds)
    now = clock.now()
    made = Pool(
        ask.pool_id, first.provider_id, first.data_centre, ask.programme, first.card_type, "dynamic", wanted, now, now
    )
    await pools.add_pool(tx, made)
    return (await pools.list_figures(tx, pool_id=ask.pool_id))[0]


def _site(server: OfferedServer) -> tuple[str, str, str, str]:
    return server.provider_id, server.data_centre, server.card_type, server.programme_code


def _agrees(ask: PoolAsk, server: OfferedServer) -> bool:
    """Whether what was told of a pool's site is that of its servers."""
    told = (
        (ask.programme, server.programme_code),
        (ask.provider_id, server.provider_id),
        (ask.data_centre, server.data_centre),
        (ask.card_type, server.card_type),
    )
    return all(wanted is None or fold_key(wanted) == fold_key(found) for wanted, found in told)


async def _check(tx: Tx, programme: str, server: OfferedServer, holds: list[cards.Hold]) -> None:
    """The pool and all that is held already keep within what is offered at every instant (AL-3)."""
    stock = await cards.list_stock(tx, programme, fixed_only=False)
    available = [(site_of(s), s.offered, s.cards) for s in stock]
    site = (server.provider_id, server.data_centre, server.card_type)
    held = [(site, Span(seconds_of(h.from_at), seconds_of(h.until or cards.ENDLESS)), 1) for h in holds]
    breaches = capacity_breaches(available, [*held_in_offers(stock), *held])
    refuse_unsound("pool", programme, [f"over capacity: {breach}" for breach in breaches])
