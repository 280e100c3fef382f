"""A worker says in `/readyz` why Kafka does not take it: a refused password, a certificate that is not trusted."""

import asyncio
from pathlib import Path

import httpx
import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.broker import KafkaBroker, Secured
from tests.engines.certificates import make_certificate
from tests.engines.conftest import USERS
from tests.faults.stand import Stand, standing

pytestmark = pytest.mark.engines

WAIT_S_MAX = 90.0


async def refusal(stand: Stand, words: str) -> httpx.Response:
    """The first readiness whose reason holds these words."""
    answer = await stand.first_answer("/readyz")
    async with asyncio.timeout(WAIT_S_MAX):
        while words not in answer.text:
            await asyncio.sleep(0.2)
            answer = await stand.probe.get("/readyz")
    return answer


def told(broker: KafkaBroker, authority: Path, password: str) -> dict[str, str]:
    """What a worker is told of the broker."""
    return {
        "DURE_KAFKA_BOOTSTRAP": broker.bootstrap,
        "DURE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "DURE_KAFKA_CA_FILE": str(authority),
        "DURE_KAFKA_USERNAME": "billing",
        "DURE_KAFKA_PASSWORD": password,
    }


async def test_f_82_a_refused_password_is_the_reason(
    secured: tuple[KafkaBroker, Secured], durable_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """F-82: with a wrong password the worker is not ready, names the refusal, and says what to look at."""
    broker, how = secured
    environment = told(broker, how.certificate.authority, "guessed")
    async with standing("billing", durable_server, tmp_path, kind="worker", **environment) as stand:
        answer = await refusal(stand, "SaslAuthenticationFailed")
        assert answer.status_code == 503
        detail = answer.json()["detail"]
        assert "DURE_KAFKA_PASSWORD" in detail["ko"]
        assert "refused the name or the password" in detail["en"]
        assert "guessed" not in answer.text


async def test_f_82_a_certificate_that_is_not_trusted_is_the_reason(
    secured: tuple[KafkaBroker, Secured], durable_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """F-82: with another authority the worker trusts no broker, and readiness says that TLS is at fault."""
    broker, _ = secured
    authority = make_certificate(tmp_path / "another").authority
    environment = told(broker, authority, USERS["billing"])
    async with standing("billing", durable_server, tmp_path, kind="worker", **environment) as stand:
        answer = await refusal(stand, "SSLCertVerificationError")
        assert answer.status_code == 503
        assert "DURE_KAFKA_CA_FILE" in answer.json()["detail"]["en"]


async def test_with_the_right_password_the_worker_is_ready(
    secured: tuple[KafkaBroker, Secured], durable_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The same worker, told rightly, joins: the two refusals above are about what they name."""
    broker, how = secured
    environment = told(broker, how.certificate.authority, USERS["billing"])
    async with standing("billing", durable_server, tmp_path, kind="worker", **environment) as stand:
        await stand.await_ready(WAIT_S_MAX)
        assert (await stand.probe.get("/readyz")).json()["detail"] == {}
