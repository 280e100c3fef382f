"""What the Kafka adapter is told: addresses, who we are there, patience and batch sizes."""

import ssl
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from libs.common.settings import Settings


@dataclass(frozen=True)
class KafkaSecurity:
    """How a connection to the brokers is protected, and under which name it is opened; the default is not at all.

    `SASL_SSL` with SCRAM is what production uses; `SSL` with a client's certificate names the client by that.
    """

    protocol: str = "PLAINTEXT"
    """`PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`."""
    ca_file: Path | None = None
    """The authority that signed the brokers' certificates; without it those of the machine count."""
    certificate_file: Path | None = None
    key_file: Path | None = None
    mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError where a name is to be told and none is there."""
        if self.protocol.startswith("SASL") and not (self.username and self.password):
            raise ValueError(f"DURE_KAFKA_USERNAME and DURE_KAFKA_PASSWORD are needed for {self.protocol}")

    @cached_property
    def context(self) -> ssl.SSLContext | None:
        """What checks the brokers' certificates and names; None where nothing is encrypted. Raises OSError."""
        if not self.protocol.endswith("SSL"):
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file is not None:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context


@dataclass(frozen=True, slots=True)
class KafkaConfig:
    """How to reach the brokers and how long to wait for what; the defaults are for production."""

    bootstrap: str
    """`host:port,…`."""
    security: KafkaSecurity = KafkaSecurity()
    fetch_max_wait_ms: int = 50
    """How long the broker may hold an empty fetch: the price of latency against idle requests."""
    session_timeout_ms: int = 6_000
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
            security=KafkaSecurity(
                protocol=settings.kafka_security_protocol,
                ca_file=settings.kafka_ca_file,
                certificate_file=settings.kafka_certificate_file,
                key_file=settings.kafka_key_file,
                mechanism=settings.kafka_sasl_mechanism,
                username=settings.kafka_username,
                password=settings.kafka_password.get_secret_value(),
            ),
            fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            instance_id=settings.kafka_instance_id,
            stuck_after_s=settings.kafka_stuck_after_s,
            publish_limit_s=settings.kafka_publish_timeout_s,
            join_limit_s=settings.kafka_join_timeout_s,
            start_limit_s=settings.kafka_start_timeout_s,
            retry_max_s=settings.kafka_retry_max_s,
            replication=settings.kafka_replication,
        )

    def connection(self) -> dict[str, Any]:
        """Where and how to connect, as every client of aiokafka takes it: producer, consumer and admin alike."""
        security = self.security
        told: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": security.protocol,
            "ssl_context": security.context,
        }
        if security.protocol.startswith("SASL"):
            told |= {
                "sasl_mechanism": security.mechanism,
                "sasl_plain_username": security.username,
                "sasl_plain_password": security.password,
            }
        return told
