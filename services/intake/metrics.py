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
        self.orphans = Gauge(
            "dure_intake_documents_orphaned",
            "Stored contents that nothing names and whose time of grace runs, as of the last look",
            registry=registry,
        )
        self.collected = Counter(
            "dure_intake_documents_collected", "Stored contents removed that no document named", registry=registry
        )


REGISTRY = CollectorRegistry()
METRICS = IntakeMetrics(REGISTRY)
