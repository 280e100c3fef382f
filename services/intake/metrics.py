"""What operators ask intake."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class IntakeMetrics:
    """Submissions received and refused, and where applications stand."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.submissions = Counter("dure_intake_submissions", "Applications received", ["programme"], registry=registry)
        self.refused_submissions = Counter(
            "dure_intake_refused_submissions", "Final submits refused, by reason", ["code"], registry=registry
        )
        self.applications = Gauge(
            "dure_intake_applications", "Applications, by call and state", ["programme", "state"], registry=registry
        )


REGISTRY = CollectorRegistry()
METRICS = IntakeMetrics(REGISTRY)
