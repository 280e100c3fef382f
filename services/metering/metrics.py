"""What operators ask of metering, as one typed list."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class MeteringMetrics:
    """Usage and statements of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.items = Counter(
            "dure_metering_usage_items", "Usage items by outcome", ["provider", "outcome"], registry=registry
        )
        self.batch_items = Histogram(
            "dure_metering_usage_batch_items",
            "Items in a batch of usage",
            buckets=(1, 10, 100, 500, 1000, 5000, 10_000),
            registry=registry,
        )
        self.usage_lag_s = Gauge(
            "dure_metering_usage_lag_seconds",
            "Time since the end of the newest hour that a provider reported",
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
            "Months whose statement is due and not closed",
            ["provider", "programme"],
            registry=registry,
        )


REGISTRY = CollectorRegistry()
METRICS = MeteringMetrics(REGISTRY)
