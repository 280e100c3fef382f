"""What operators ask of metering, as one typed list."""

from prometheus_client import CollectorRegistry, Gauge, Histogram


class MeteringMetrics:
    """Usage and statements of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.items = Gauge(
            "dure_metering_usage_items",
            "Usage items by outcome over all batches, as the summary counts them",
            ["provider", "programme", "outcome"],
            registry=registry,
        )
        self.batch_items = Histogram(
            "dure_metering_usage_batch_items",
            "Items in a batch of usage",
            buckets=(1, 10, 100, 500, 1000, 5000, 10_000),
            registry=registry,
        )
        self.usage_lag_s = Gauge(
            "dure_metering_usage_lag_seconds",
            "Time since the end of the newest hour that a provider reported, or since it first held units",
            ["provider"],
            registry=registry,
        )
        self.hours_without_events = Gauge(
            "dure_metering_hours_without_events",
            "Session hours of the last two days, an hour old, for which no event came",
            ["provider"],
            registry=registry,
        )
        self.outages_open = Gauge(
            "dure_metering_outages_open", "Outages that are not over", ["provider"], registry=registry
        )
        self.statements_overdue = Gauge(
            "dure_metering_statements_overdue",
            "Months with a grant whose statement is due and not closed",
            ["provider", "programme"],
            registry=registry,
        )


REGISTRY = CollectorRegistry()
METRICS = MeteringMetrics(REGISTRY)
