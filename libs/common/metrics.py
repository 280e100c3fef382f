"""The metrics that every service tells, one typed list; each service has a registry of its own."""

import math
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STANDING = ("handler_failed", "dead_letter_limit", "publish_refused")
"""Why a consumer or the relay stands: `libs.common.streams` names them so."""


class CommonMetrics:
    """HTTP, outbox and consumer figures of one service."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.http_seconds = Histogram(
            "dure_http_request_seconds",
            "Time from request to answer",
            ["method", "route", "status"],
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.outbox_rows = Gauge("dure_outbox_rows", "Events said and not yet published", registry=registry)
        self.outbox_oldest_s = Gauge(
            "dure_outbox_oldest_seconds", "Age of the oldest unpublished event", registry=registry
        )
        self.published = Counter("dure_events_published", "Events acknowledged by the bus", registry=registry)
        self.handled = Counter("dure_events_handled", "Events that had their effect here", registry=registry)
        self.dead_letters = Gauge("dure_dead_letters", "Dead letters that wait for people", registry=registry)
        self.consumer_lag = Gauge("dure_consumer_lag", "Messages published and not yet handled here", registry=registry)
        self.consumer_failures = Counter(
            "dure_consumer_failures", "Batches rolled back and tried again", registry=registry
        )
        self.consumer_stands = Gauge(
            "dure_consumer_stands",
            "Events at which the consumer stands and tries again, by why",
            ["reason"],
            registry=registry,
        )
        self.bus_trouble = Gauge(
            "dure_bus_trouble", "1 while this process's consumer or publisher does not go on", registry=registry
        )
        for reason in STANDING:
            self.consumer_stands.labels(reason)
        self.job_failures = Counter("dure_job_failures", "Runs of a job that failed", ["job"], registry=registry)
        self.measured_at = Gauge(
            "dure_measured_timestamp_seconds", "When outbox, dead letters and lag were counted last", registry=registry
        )
        for unknown in (self.outbox_rows, self.outbox_oldest_s, self.dead_letters, self.consumer_lag):
            unknown.set(math.nan)  # until they are counted: unknown is not zero

    def tell_standing(self, events: Mapping[str, int], in_the_way: str) -> None:
        """How many events stand for each reason, and whether anything keeps this process's bus from going on."""
        for reason in STANDING:
            self.consumer_stands.labels(reason).set(events.get(reason, 0))
        self.bus_trouble.set(1 if in_the_way else 0)

    def expect_jobs(self, names: Iterable[str]) -> None:
        """Tell a job's failures from the start: a rate needs the zero before the first one."""
        for name in names:
            self.job_failures.labels(name)


_made: WeakKeyDictionary[CollectorRegistry, CommonMetrics] = WeakKeyDictionary()


def common_metrics_of(registry: CollectorRegistry) -> CommonMetrics:
    """The common figures of a registry, made once: a service that is set up again in one process keeps counting."""
    if registry not in _made:
        _made[registry] = CommonMetrics(registry)
    return _made[registry]
