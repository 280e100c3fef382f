"""What the Kafka adapter is told: addresses, patience and batch sizes."""

from dataclasses import dataclass
from typing import Self

from libs.common.settings import Settings


@dataclass(frozen=True, slots=True)
class KafkaConfig:
    """How to reach the brokers and how long to wait for what; the defaults are for production."""

    bootstrap: str
    """`host:port,…`."""
    fetch_max_wait_ms: int = 5
    """How long the broker may hold an empty fetch: the price of latency against idle requests."""
    session_timeout_ms: int = 10_000
    """After this the partitions of a killed worker go to another one."""
    instance_id: str = ""
    """Static membership: a name that outlives a restart, so that a rolling restart moves no partition."""
    stuck_after_s: float = 30.0
    """Lag without progress for this long: the consumer is rebuilt."""
    replication: int = 1
    batch_max: int = 500
    """Messages in one transaction."""
    publish_limit_s: float = 30.0
    """An idempotent producer waits for ever: after this the batch is given back to the outbox."""
    join_limit_s: float = 60.0
    start_limit_s: float = 30.0
    """How long `start` waits for the groups; after it, joining goes on in the background."""
    retry_s: float = 0.1
    """First pause before trying again; it doubles up to `retry_max_s`."""
    retry_max_s: float = 15.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the environment says."""
        return cls(
            bootstrap=settings.kafka_bootstrap,
            fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            instance_id=settings.kafka_instance_id,
            stuck_after_s=settings.kafka_stuck_after_s,
            replication=settings.kafka_replication,
        )
