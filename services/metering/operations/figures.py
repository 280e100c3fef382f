"""The figures that operators watch, read together."""

import datetime as dt
from collections import Counter
from typing import NamedTuple

from libs.common.calendar import month_of, next_month
from libs.common.db import Tx
from libs.common.errors import DureError
from libs.common.programmes import programme_at
from services.metering.policy import StatementPolicy
from services.metering.rules.statement import due_at
from services.metering.store import grants, outages, statements, usage_views

HOUR = dt.timedelta(hours=1)
LOOK_BACK = dt.timedelta(days=2)


class Figures(NamedTuple):
    """Metering's state at an instant, by provider."""

    usage_lag_s: dict[str, int]
    hours_without_events: dict[str, int]
    outages_open: dict[str, int]
    statements_overdue: dict[tuple[str, str], int]


async def read_figures(tx: Tx, now: dt.datetime) -> Figures:
    """Read them. An hour counts as missing once it has been over for an hour."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    latest = await usage_views.latest_hours(tx)
    return Figures(
        usage_lag_s={provider: max(0, int((now - hour - HOUR).total_seconds())) for provider, hour in latest.items()},
        hours_without_events=await usage_views.hours_without_events(tx, this_hour - LOOK_BACK, this_hour - HOUR),
        outages_open=await outages.count_open(tx),
        statements_overdue=await _overdue(tx, now),
    )


async def _overdue(tx: Tx, now: dt.datetime) -> dict[tuple[str, str], int]:
    closed = await statements.closed_pairs(tx)
    overdue: Counter[tuple[str, str]] = Counter()
    for provider_id, programme_code, first in await grants.providers_of(tx):
        try:
            policy = StatementPolicy.of(await programme_at(tx, programme_code, now))
        except DureError:
            continue  # an unset value stops the statement itself, with its own problem; figures go on
        month = month_of(first)
        while (due := due_at(month, policy.due_day)) is not None and due <= now:
            overdue[provider_id, programme_code] += (provider_id, programme_code, month) not in closed
            month = next_month(month)
    return dict(overdue)
