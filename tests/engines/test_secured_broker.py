"""Kafka over TLS with names and passwords, as production has it: against the real broker, every kind of client."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from libs.common.bus import Message, Subscription
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig, KafkaSecurity
from libs.common.kafka_group import unheard
from libs.common.kafka_quiet import QUIET
from libs.common.kafka_topics import ensure_topics
from libs.common.settings import Settings
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.bed import TOPIC, Bed, Counted, Service, make_database, only_hearing
from tests.engines.broker import KafkaBroker, Secured
from tests.engines.certificates import make_certificate
from tests.engines.conftest import USERS

pytestmark = pytest.mark.engines


@pytest.fixture
def config(secured: tuple[KafkaBroker, Secured], monkeypatch: pytest.MonkeyPatch) -> KafkaConfig:
    """What a service makes of its environment."""
    broker, how = secured
    told = {
        "BOOTSTRAP": broker.bootstrap,
        "SECURITY_PROTOCOL": "SASL_SSL",
        "CA_FILE": str(how.certificate.authority),
        "USERNAME": "billing",
        "PASSWORD": USERS["billing"],
    }
    for name, value in told.items():
        monkeypatch.setenv(f"DURE_KAFKA_{name}", value)
    return replace(KafkaConfig.of(Settings()), start_limit_s=20, publish_limit_s=8, retry_max_s=0.5)


@pytest.fixture
async def bed(config: KafkaConfig, durable_server: EmbeddedPostgres) -> AsyncIterator[Bed]:
    """A service that says and one that hears, over the secured broker."""
    saying = Service(make_database(durable_server, "secured_saying"))
    hearing = Service(make_database(durable_server, "secured_hearing"))
    bus = KafkaBus(config, frozenset({TOPIC}))
    bus.subscribe(hearing.subscription("secured"))
    await bus.start()
    yield Bed(bus, saying, hearing)
    await bus.stop()
    await saying.db.close()
    await hearing.db.close()


async def test_f49_events_travel_over_tls_and_scram(bed: Bed, config: KafkaConfig) -> None:
    """F-49: producer, consumer and administration use SASL_SSL with SCRAM-SHA-512; each event has its one effect."""
    await bed.saying.say(*(Counted(line="line", n=n) for n in range(20)))
    await bed.until_effects(20)
    assert await bed.hearing.effects_by_line() == {"line": list(range(20))}
    partitions = only_hearing(bed)._consumer.assignment()
    assert await unheard(config, "secured", partitions) == set()
    assert bed.bus.unhealthy() == ""


async def test_f49_a_wrong_password_is_told(config: KafkaConfig, caplog: pytest.LogCaptureFixture) -> None:
    """F-49: with a wrong password the bus says that the password was refused, and so does the log."""
    QUIET.forget()  # what another test had said of a broker that was away
    bus = KafkaBus(replace(config, security=replace(config.security, password="guessed"), start_limit_s=3))
    bus.subscribe(Subscription("refused", frozenset({TOPIC}), nobody_consumes))
    await bus.start()
    async with asyncio.timeout(20):
        while "SaslAuthenticationFailed" not in bus.unhealthy():  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.1)
    assert "SaslAuthenticationFailed" in caplog.text
    await bus.stop()


async def nobody_consumes(messages: Sequence[Message]) -> None:
    """Never called: the broker gives nothing."""
    raise AssertionError(messages)


@pytest.mark.parametrize("wrong", ["another authority", "no encryption", "another name"])
async def test_f49_a_broker_that_cannot_be_trusted_is_not_spoken_to(
    wrong: str, config: KafkaConfig, tmp_path: Path
) -> None:
    """F-49: an unknown authority, a name that the certificate does not carry, or plain text: no connection."""
    if wrong == "another authority":
        security = replace(config.security, ca_file=make_certificate(tmp_path).authority)
        told = replace(config, security=security)
    elif wrong == "another name":
        told = replace(config, bootstrap=config.bootstrap.replace("127.0.0.1", "127.0.0.2"))
    else:
        told = replace(config, security=KafkaSecurity())
    with pytest.raises((KafkaError, TimeoutError)):
        await ensure_topics(told, {TOPIC})


def test_f49_a_name_without_a_password_fails_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """F-49: what is missing is said when the process starts; an unknown protocol is refused; no password is shown."""
    monkeypatch.setenv("DURE_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("DURE_KAFKA_USERNAME", "billing")
    with pytest.raises(ValueError, match="DURE_KAFKA_PASSWORD"):
        KafkaConfig.of(Settings())
    monkeypatch.setenv("DURE_KAFKA_PASSWORD", "only-billing-knows")
    assert "only-billing-knows" not in repr(KafkaConfig.of(Settings())) + repr(Settings())
    monkeypatch.setenv("DURE_KAFKA_SECURITY_PROTOCOL", "TLS")
    with pytest.raises(ValidationError):
        Settings()
