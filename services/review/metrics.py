"""What operators ask review."""

from prometheus_client import CollectorRegistry, Counter


class ReviewMetrics:
    """Reviewers who were late."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.late_reviewers = Counter(
            "dure_review_late_reviewers", "Seats that owed sheets after their panel's due time", registry=registry
        )


REGISTRY = CollectorRegistry()
METRICS = ReviewMetrics(REGISTRY)
