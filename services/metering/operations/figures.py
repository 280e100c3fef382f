"""The figures that operators watch, read together."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from libs.common.db import Tx
from libs.common.errors import DureError
from libs.common.programmes import programme_at
from services.metering.model.grants import ProgrammeUse
from services.metering.model.usage import OutcomeCounts
from services.metering.policy import StatementPolicy
from services.metering.rules.watch import hours_looked_at, last_ends, overdue_months, programme_uses, silent_s
from services.metering.store import grants, outages, statements, usage_views


class Figures(NamedTuple):
    """Metering's state at an instant, by provider."""

    items: tuple[OutcomeCounts, ...]
    usage_lag_s: dict[str, int]
    hours_without_events: dict[str, int]
    outages_open: dict[str, int]
    statements_overdue: dict[tuple[str, str], int]


async def read_figures(tx: Tx, now: dt.datetime) -> Figures:
    """Read them."""
    uses = programme_uses(await grants.list_every_placement(tx))
    return Figures(
        items=await usage_views.list_outcome_counts(tx),
        usage_lag_s=await _lags(tx, uses, now),
        hours_without_events=await usage_views.count_hours_without_events(tx, *hours_looked_at(now)),
        outages_open=await outages.count_open(tx),
        statements_overdue=await _overdue(tx, uses, now),
    )


async def _lags(tx: Tx, uses: Sequence[ProgrammeUse], now: dt.datetime) -> dict[str, int]:
    newest, first_held = await usage_views.list_latest_hours(tx), await grants.list_first_holdings(tx)
    lags = {
        provider_id: silent_s(newest.get(provider_id), first_held.get(provider_id), end, now)
        for provider_id, end in last_ends(uses).items()
    }
    return {provider_id: lag for provider_id, lag in lags.items() if lag is not None}


async def _overdue(tx: Tx, uses: Sequence[ProgrammeUse], now: dt.datetime) -> dict[tuple[str, str], int]:
    closed = await statements.list_closed(tx)
    overdue: dict[tuple[str, str], int] = {}
    for use in uses:
        try:
            policy = StatementPolicy.of(await programme_at(tx, use.programme_code, now))
        except DureError:
            continue  # an unset value stops the statement itself, with its own problem; figures go on
        overdue[use.provider_id, use.programme_code] = overdue_months(use, closed, policy.due_day, now)
    return overdue
