"""Make a dynamic pool of a provider's servers."""

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.keys import fold_key
from services.allocator.model.cards import Span, seconds_after, seconds_of
from services.allocator.model.pools import Pool, PoolAsk, PoolFigures
from services.allocator.model.supply import OfferedServer
from services.allocator.operations.unsound import refuse_unsound
from services.allocator.rules.offered import is_offer_over
from services.allocator.rules.places import pool_breaches
from services.allocator.rules.pools import is_of_one_site, pool_cards
from services.allocator.rules.supply import cards_refusal
from services.allocator.store import cards, pools, supply


async def create_pool(tx: Tx, ask: PoolAsk, clock: Clock) -> PoolFigures:
    """Make a dynamic pool of a provider's servers, or of `cards_max` of their cards, those first that leave last.

    It holds each from now on while its offer lasts (AL-3); a server whose offer is over is refused.
    """
    await lock(tx, "allotment")
    if await pools.find_pool(tx, ask.pool_id):
        raise Conflict("already_there", thing="pool", id=ask.pool_id)
    servers = await supply.list_servers(tx, ask.server_ids, ask.provider_id)
    found = {fold_key(server.server_id) for server in servers}
    missing = sorted(name for name in set(ask.server_ids) if fold_key(name) not in found)
    if missing:
        raise NotFound("server", ", ".join(missing))
    first = servers[0]
    if not is_of_one_site(ask, servers):
        raise Invalid("pool_of_one_site", "AL-9", pool_id=ask.pool_id)
    now = clock.now()
    over = [server.server_id for server in servers if is_offer_over(server.offered_until, now)]
    if over:
        raise Conflict("offer_over", "AL-3", servers=", ".join(over))
    free = await cards.list_unheld_while_offered(tx, first.provider_id, [s.server_id for s in servers], now)
    wanted = pool_cards(ask, servers)
    refusal = cards_refusal(wanted, len(free))
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    holds = [cards.Hold(ask.pool_id, card.card_id, card.from_at, card.until) for card in free[:wanted]]
    await _check(tx, ask.programme, first, holds)
    await cards.hold(tx, "allotment", "pool", holds)
    made = Pool(
        ask.pool_id, first.provider_id, first.data_centre, ask.programme, first.card_type, "dynamic", wanted, now, now
    )
    await pools.add_pool(tx, made)
    return (await pools.list_figures(tx, now, pool_id=ask.pool_id))[0]


async def _check(tx: Tx, programme: str, server: OfferedServer, holds: list[cards.Hold]) -> None:
    """The pool and all that is held already keep within what is offered at every instant (AL-3)."""
    stock = await cards.list_stock(tx, programme, fixed_only=False)
    site = (server.provider_id, server.data_centre, server.card_type)
    spans = [Span(seconds_after(h.from_at), seconds_of(h.until or cards.ENDLESS)) for h in holds]
    breaches = pool_breaches(stock, site, spans)
    refuse_unsound("pool", programme, [f"over capacity: {breach}" for breach in breaches])
