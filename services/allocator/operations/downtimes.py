"""Cards that are down are brought back, by whom and why; the history of a server's downtimes."""

import datetime as dt
from dataclasses import dataclass, replace

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import Conflict, NotFound, Refusal, Refused
from libs.common.identity import Caller
from services.allocator.model.supply import Downtime, DowntimeEnd, OfferedServer
from services.allocator.rules.downtimes import meant_downtime, up_from, up_refusal
from services.allocator.store import cards, downtimes, supply


@dataclass(frozen=True, slots=True)
class UpAsk:
    """Which downtime of a server is over (the only one that lasts, where none is named), as of when, and why."""

    server_id: str
    provider_id: str | None
    down_id: str | None
    up_at: dt.datetime | None
    reason: str


async def bring_up(tx: Tx, caller: Caller, ask: UpAsk, clock: Clock) -> Downtime:
    """Cards that were down are up again, with a reason; the downtime and who took it stay on record (AL-3)."""
    await lock(tx, "allotment")
    server = await own_server(tx, caller, ask.server_id, ask.provider_id)
    now = clock.now()
    known = await downtimes.list_downtimes(tx, server.provider_id, server.server_id)
    meant = meant_downtime(known, ask.down_id, now)
    refusal = meant if isinstance(meant, Refusal) else up_refusal(ask.up_at, now)
    if isinstance(meant, Refusal) or refusal is not None:
        raise Refused([refusal] if refusal is not None else [])
    end = DowntimeEnd(meant.down_no, up_from(meant, ask.up_at, now), ask.reason, caller.subject, now)
    await downtimes.add_end(tx, end)
    await cards.let_go(tx, "down", [(meant.down_id, end.up_at)])
    return replace(
        meant,
        up_at=end.up_at,
        up_reason=end.up_reason,
        brought_up_by=end.brought_up_by,
        brought_up_at=end.brought_up_at,
    )


async def list_downtimes(
    tx: Tx, caller: Caller, server_id: str, provider_id: str | None, after: int, limit: int
) -> tuple[Downtime, ...]:
    """The downtimes of a server by number, those that are over too."""
    server = await own_server(tx, caller, server_id, provider_id)
    return await downtimes.list_downtimes(tx, server.provider_id, server.server_id, after, limit)


async def own_server(tx: Tx, caller: Caller, server_id: str, provider_id: str | None) -> OfferedServer:
    """The server of this name that the caller may see. Raises NotFound; Conflict where several providers chose it."""
    known = [s for s in await supply.list_servers(tx, [server_id], provider_id) if caller.owns(s.provider_id)]
    match known:
        case []:
            raise NotFound("server", server_id)
        case [server]:
            return server
        case _:
            providers = ", ".join(s.provider_id for s in known)
            raise Conflict("provider_needed", "CV-9", id=server_id, providers=providers)
