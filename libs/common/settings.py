"""What every service is told from outside, by environment variables that begin with `DURE_`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.db_address import with_tls


class Settings(BaseSettings):
    """Settings of a service's processes. A value that is wrong fails the start, not the first request."""

    model_config = SettingsConfigDict(env_prefix="DURE_", extra="ignore")

    database_url: str = ""
    """`postgresql+asyncpg://…` of this service's own database."""
    database_sslmode: Literal["", "disable", "prefer", "require", "verify-ca", "verify-full"] = ""
    """As libpq's words mean: `verify-full` in production; empty: the address says it, else as the server offers."""
    database_sslrootcert: str = ""
    """PEM of the authority that signed the database server's certificate; without it those of the machine count."""
    database_role: str = ""
    """For `migrate`: the running role that is given its rights; empty: the one named as the service."""
    database_pool_max: int = 10
    database_connect_timeout_s: float = 3.0
    """How long a new connection may take."""
    database_pool_timeout_s: float = 5.0
    """How long a request waits for a connection of the pool before it is told 503."""
    database_lock_timeout_s: float = 5.0
    """How long a statement waits for a lock that another transaction holds."""
    database_statement_timeout_s: float = 15.0
    """How long a statement may run; one second later the process itself gives it up, should the server be frozen."""
    database_idle_timeout_s: float = 60.0
    """How long a transaction may stand idle: what a hung process holds is freed then."""
    kafka_bootstrap: str = ""
    """`host:port,…` of the Kafka brokers."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_ca_file: Path | None = None
    """PEM of the authority that signed the brokers' certificates; without it those of the machine count."""
    kafka_certificate_file: Path | None = None
    """With `kafka_key_file`: the certificate by which the brokers know this client (mutual TLS)."""
    kafka_key_file: Path | None = None
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_fetch_max_wait_ms: int = 50
    kafka_session_timeout_ms: int = 6_000
    """After so long without word from a worker its partitions go to another one."""
    kafka_instance_id: str = ""
    """Static group membership: a name that outlives a restart."""
    kafka_stuck_after_s: int = 30
    """Lag without progress for so long: the consumer is rebuilt."""
    kafka_publish_timeout_s: float = 30.0
    """How long a batch may take to be acknowledged; then it is given back to the outbox."""
    kafka_retry_max_s: float = 15.0
    """The longest pause between two tries of a consumer that fails; the first is 0.1 s, and each doubles it."""
    kafka_join_timeout_s: float = 60.0
    """How long joining a group may take; then the consumer is rebuilt."""
    kafka_start_timeout_s: float = 30.0
    """How long the start of a process waits for its groups; after it, joining goes on in the background."""
    kafka_replication: int = 1
    oidc_issuer: str = ""
    oidc_audience: str = "dure"
    oidc_jwks_url: str = ""
    oidc_roles_claim: str = "roles"
    """Where a token lists its roles: a claim, or a path of names such as `realm_access.roles`."""
    oidc_organisation_claim: str = "organisation_id"
    """Where a token names the caller's organisation (a provider's code), in the same way."""
    oidc_leeway_s: int = 60
    """How far the issuer's clock may be ahead of ours."""
    oidc_fetch_timeout_s: float = 3.0
    """How long reading the issuer's keys may take."""
    oidc_keys_outlive_s: float = 86_400.0
    """How long the last known keys serve while the issuer is away; after that the answer is 503."""
    rate_per_caller: str = "1200/minute"
    """How often one caller may ask each process of a service; beyond it 429 with `Retry-After`."""
    rate_per_organisation: str = "6000/minute"
    """The same for all callers of one organisation together."""
    rate_per_address: str = "30/minute"
    """The same for what one address asks without a token."""
    trusted_proxies: str = ""
    """Networks or addresses, by commas, of proxies whose `X-Forwarded-For` is believed."""
    parallel_per_caller: int = 6
    """How many requests of one caller are worked on together: fewer than the pool has connections."""
    waiting_per_caller: int = 200
    """How many more of them may wait; beyond it 429."""
    body_timeout_s: float = 30.0
    """How long a body may take to arrive, beside what its size allows at `body_bytes_per_s_min`."""
    body_bytes_per_s_min: int = 262_144
    clock_file: Path | None = None
    """Only for rehearsals: the file that holds the simulated instant."""
    head_timeout_s: float = 10.0
    """How long the head of a request may take, from the connection on or from its first byte."""
    linger_timeout_s: float = 15.0
    """How long the rest of a body is still taken, and thrown away, after its answer went out."""
    unread_timeout_s: float = 60.0
    """How long an answer waits for a caller that reads nothing of it."""
    keep_alive_s: int = 75
    """How long an idle connection stays open: longer than proxies keep theirs, so that they close first."""
    stop_timeout_s: int = 20
    """How long a process that is told to stop works on at what is in hand."""
    host: str = "127.0.0.1"
    port: int = 8000
    probe_port: int = 0
    """Where `/healthz`, `/readyz` and `/metrics` answer, alone; 0: at the root of the API's port."""
    measure_every_s: float = 10.0
    """How old the figures of outbox, dead letters and lag may be on `/metrics`."""
    log_level: str = "INFO"
    relay_batch_max: int = 1000
    relay_poll_s: float = 1.0
    relay_gather_s: float = 0.0
    """How long a relay that is woken lets more be said before it publishes: fewer, larger batches, each later."""
    takeover_s: float = Field(default=8.0, ge=0)
    """A worker that the database does not hear for so long loses relay, jobs and the batch in hand to another one
    (0: never). Rules that may reckon that long do so by `reckoning.reckon`, which lets the database hear from them."""
    dead_letters_max: int = 100
    """With more open dead letters than this the consumer stops instead (0: the first one stops it)."""
    state_dir: Path = Path(".dure")
    """Where a service keeps files, such as uploaded documents."""

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if self.database_url and (self.database_sslmode or self.database_sslrootcert):
            self.database_url = with_tls(self.database_url, self.database_sslmode, self.database_sslrootcert)
        return self

    @property
    def incoming_dir(self) -> Path:
        """Where files lie while their request lasts: on the disk on which they are kept, as they are moved there."""
        return self.state_dir / "incoming"

    def body_limit_s(self, bytes_max: int | None) -> float:
        """How long the body of a route that takes up to so many bytes may take to arrive."""
        return self.body_timeout_s + (bytes_max or 0) / self.body_bytes_per_s_min


class WorkerSettings(Settings):
    """The same for a process that relays, consumes and runs jobs: its statements may take longer."""

    database_lock_timeout_s: float = 10.0
    database_statement_timeout_s: float = 300.0
    database_idle_timeout_s: float = 120.0
