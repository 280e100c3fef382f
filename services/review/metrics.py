"""What operators ask review."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class ReviewMetrics:
    """Reviewers who were late, and sheets that are late now."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.late_reviewers = Counter(
            "dure_review_late_reviewers", "Seats that owed sheets after their panel's due time", registry=registry
        )
        self.late_sheets = Gauge(
            "dure_review_late_sheets", "Sheets past their due time and still awaited", ["programme"], registry=registry
        )


REGISTRY = CollectorRegistry()
METRICS = ReviewMetrics(REGISTRY)
