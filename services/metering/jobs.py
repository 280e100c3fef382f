"""What runs on a clock: the figures that operators watch."""

from libs.common.clock import Clock
from libs.common.db import Database
from services.metering.metrics import METRICS
from services.metering.operations.figures import read_figures

OUTCOMES = ("accepted", "duplicates", "conflicts", "rejected")


async def watch(db: Database, clock: Clock) -> None:
    """Measure usage by outcome, usage lag, hours without events, open outages and overdue statements."""
    now = clock.now()
    async with db.transaction() as tx:
        figures = await read_figures(tx, now)
    METRICS.items.clear()
    for counts in figures.items:
        for outcome in OUTCOMES:
            labels = (counts.provider_id, counts.programme_code, outcome.removesuffix("s"))
            METRICS.items.labels(*labels).set(getattr(counts, outcome))
    for gauge, values in (
        (METRICS.usage_lag_s, figures.usage_lag_s),
        (METRICS.hours_without_events, figures.hours_without_events),
        (METRICS.outages_open, figures.outages_open),
    ):
        gauge.clear()
        for provider_id, value in values.items():
            gauge.labels(provider_id).set(value)
    METRICS.statements_overdue.clear()
    for (provider_id, programme_code), months in figures.statements_overdue.items():
        METRICS.statements_overdue.labels(provider_id, programme_code).set(months)
