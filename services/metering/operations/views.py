"""What people may look at: their own hours, discounts and conflicts, and the summary."""

import datetime as dt
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.metering.model.grants import Placement
from services.metering.model.statements import Balance, Sums
from services.metering.model.usage import OutcomeCounts, RecordedEvent, UsageConflict, UsageHour
from services.metering.operations.histories import load_histories
from services.metering.policy import StatementPolicy
from services.metering.rules.balance import balance_at
from services.metering.rules.placements import placement_in_force
from services.metering.store import grants, statements, usage_views


@dataclass(frozen=True, slots=True)
class Summary:
    """Items by outcome over all batches, and hours over all closed statements, of one programme or of all."""

    programme: str | None
    items: tuple[OutcomeCounts, ...]
    """By provider and programme; items whose grant is not known stand under the empty code."""
    hours: Sums


async def visible_placements(tx: Tx, caller: Caller, grant_id: str) -> tuple[Placement, ...]:
    """A grant at its providers, as far as the caller may see them. Raises NotFound where that is nothing."""
    placements = tuple(
        placement_in_force(told)
        for told in await grants.list_placements_of_grant(tx, grant_id)
        if caller.owns(told.organisation_id) or caller.owns(told.provider_id)
    )
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
) -> tuple[UsageHour, ...]:
    """Hour totals of a grant, or of all grants of the caller (MT-12). Raises NotFound for a grant of others."""
    provider_id = caller.organisation_id if "provider" in caller.roles and not caller.sees_all() else None
    if grant_id is not None:
        await visible_placements(tx, caller, grant_id)
        ids: tuple[str, ...] = (grant_id,)
    else:
        organisation_id = None if caller.sees_all() or provider_id else caller.organisation_id
        ids = await grants.list_grant_ids(tx, organisation_id=organisation_id, provider_id=provider_id)
    return await usage_views.list_hours(tx, ids, provider_id, since, until, after, limit)


async def list_events(
    tx: Tx, caller: Caller, grant_id: str, since: dt.datetime, until: dt.datetime, after_id: str, limit: int
) -> tuple[RecordedEvent, ...]:
    """The events behind a grant's hours, corrected ones too. Raises NotFound for a grant of others."""
    provider_id = (await visible_placements(tx, caller, grant_id))[-1].provider_id
    return await usage_views.list_events(tx, provider_id, grant_id, since, until, after_id, limit)


async def list_conflicts(tx: Tx, caller: Caller, after_no: int, limit: int) -> tuple[UsageConflict, ...]:
    """Items that contradict what is recorded: a provider's own, or all."""
    provider_id = None if caller.sees_all() else caller.organisation_id
    return await usage_views.list_conflicts(tx, provider_id, after_no, limit)


async def read_discounts(tx: Tx, caller: Caller, grant_id: str, now: dt.datetime) -> tuple[Balance, ...]:
    """A grant's balance of discounted hours at each provider, as of now (MT-6). Raises NotFound."""
    found = []
    for placement in await visible_placements(tx, caller, grant_id):
        policy = StatementPolicy.of(await programme_at(tx, placement.programme_code, now))
        (history,) = await load_histories(tx, placement.provider_id, [placement], policy, now)
        found.append(balance_at(history, now))
    return tuple(found)


async def summarise(tx: Tx, programme_code: str | None, now: dt.datetime) -> Summary:
    """Items by outcome and hours of closed statements, of one programme or of all. Raises NotFound."""
    if programme_code is not None:
        await programme_at(tx, programme_code, now)
    items = await usage_views.list_outcome_counts(tx, programme_code)
    return Summary(programme_code, items, await statements.sum_hours(tx, programme_code))
