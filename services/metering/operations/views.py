"""What people may look at: their own hours, discounts and conflicts, and the programme's summary."""

import datetime as dt
from typing import Any

from libs.common.calendar import month_of
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.metering.model.grants import Placement
from services.metering.model.time import instant_of, us_of
from services.metering.operations.histories import load_histories
from services.metering.policy import StatementPolicy
from services.metering.rules.shares import month_shares
from services.metering.store import grants, statements, usage_views


async def visible_placements(tx: Tx, caller: Caller, grant_id: str) -> list[Placement]:
    """A grant at its providers, as far as the caller may see them. Raises NotFound where that is nothing."""
    placements = [
        placement
        for placement in await grants.placements_of(tx, grant_id)
        if caller.owns(placement.organisation_id) or caller.owns(placement.provider_id)
    ]
    if not placements:
        raise NotFound("grant", grant_id)
    return placements


async def list_hours(
    tx: Tx,
    caller: Caller,
    grant_id: str | None,
    since: dt.datetime,
    until: dt.datetime,
    after: tuple[str, str, str, dt.datetime] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Hour totals of a grant, or of all grants of the caller (MT-12). Raises NotFound for a grant of others."""
    provider_id = caller.organisation_id if "provider" in caller.roles and not caller.sees_all() else None
    if grant_id is not None:
        await visible_placements(tx, caller, grant_id)
        ids = [grant_id]
    else:
        organisation_id = None if caller.sees_all() or provider_id else caller.organisation_id
        ids = await grants.grant_ids(tx, organisation_id=organisation_id, provider_id=provider_id)
    return await usage_views.hours(tx, ids, provider_id, since, until, after, limit)


async def list_events(
    tx: Tx, caller: Caller, grant_id: str, since: dt.datetime, until: dt.datetime, after_id: str, limit: int
) -> list[dict[str, Any]]:
    """The events behind a grant's hours, corrected ones too. Raises NotFound for a grant of others."""
    placements = await visible_placements(tx, caller, grant_id)
    return await usage_views.events_of_hours(tx, placements[-1].provider_id, grant_id, since, until, after_id, limit)


async def list_conflicts(tx: Tx, caller: Caller, after_no: int, limit: int) -> list[dict[str, Any]]:
    """Items that contradict what is recorded: a provider's own, or all."""
    provider_id = None if caller.sees_all() else caller.organisation_id
    return await usage_views.conflicts(tx, provider_id, after_no, limit)


async def read_discounts(tx: Tx, caller: Caller, grant_id: str, now: dt.datetime) -> list[dict[str, Any]]:
    """A grant's balance of discounted hours at each provider, as of now (MT-6). Raises NotFound."""
    found = []
    for placement in await visible_placements(tx, caller, grant_id):
        policy = StatementPolicy.of(await programme_at(tx, placement.programme_code, now))
        (history,) = await load_histories(tx, placement.provider_id, [placement], policy, now)
        until = max(now, placement.starts_at)
        shares, _ = month_shares(history, month_of(until), us_of(until))
        earned = sum(wait.unit_hours for wait in history.waits)
        used = sum(share.discounted_unit_hours for share in shares.values())
        found.append(
            {
                "grant_id": grant_id,
                "provider_id": placement.provider_id,
                "rule_id": "MT-6",
                "earned_unit_hours": earned,
                "used_unit_hours": used,
                "left_unit_hours": 0 if placement.ends_at <= now else earned - used,
                "waits": [
                    {
                        "session_id": wait.session_id,
                        "requested_at": instant_of(wait.requested_us),
                        "ended_at": instant_of(wait.ended_us),
                        "unit_hours": wait.unit_hours,
                    }
                    for wait in history.waits
                ],
            }
        )
    return found


async def summarise(tx: Tx, programme_code: str, now: dt.datetime) -> dict[str, Any]:
    """Items by outcome over all batches, and hours over all closed statements, of one programme. Raises NotFound."""
    await programme_at(tx, programme_code, now)
    counts = await usage_views.counts(tx, programme_code)
    return {"programme": programme_code, **counts, **await statements.sums(tx, programme_code)}
