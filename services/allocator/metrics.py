"""What operators ask of the allocator, as one typed list."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class AllocatorMetrics:
    """Queues and cards as the last watch saw them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.queue_requests = Gauge(
            "dure_allocator_queue_requests", "Requests that wait for cards", ["pool"], registry=registry
        )
        self.oldest_wait_s = Gauge(
            "dure_allocator_oldest_wait_seconds", "Age of the oldest waiting request", ["pool"], registry=registry
        )
        self.cards = Gauge("dure_allocator_cards", "Cards by what holds them", ["provider", "state"], registry=registry)
        self.over_wait_limit = Gauge(
            "dure_allocator_requests_over_wait_limit",
            "Requests that waited or wait longer than the programme's limit",
            ["pool"],
            registry=registry,
        )
        self.reports_overdue = Gauge(
            "dure_allocator_fallback_reports_overdue", "Switches whose report is overdue", ["pool"], registry=registry
        )
        self.unsound = Counter(
            "dure_allocator_unsound_allocations",
            "Placements and pools that an independent check refused to store",
            ["kind"],
            registry=registry,
        )
        for kind in ("placement", "pool"):
            self.unsound.labels(kind)


REGISTRY = CollectorRegistry()
METRICS = AllocatorMetrics(REGISTRY)
