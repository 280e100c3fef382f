"""What is asked of an installation: requests with tokens of its issuer, events over its broker."""

import time

import asyncpg
import httpx

from libs.common.bus import Message
from libs.common.db_address import connect_arguments
from libs.common.definition.files import load_definition
from libs.common.events.review import SelectionAnnounced
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from tests.deploy.installation import Container, Installation
from tests.deploy.overlay import ROOT
from tests.engines.broker import KafkaBroker

HEARD_S_MAX = 60
PROGRAMME = "hpc-2025-gpu"
ELIGIBLE = (
    (
        "INSERT INTO organisation (organisation_id, name, business_no, kind, legal_form, representatives, affiliates,"
        " registered_by, registered_at)"
        " VALUES ('ORG-000042', 'n', '42', 'university', 'f', '[]', '{}', 'p', '2025-10-01Z')"
    ),
    (
        "INSERT INTO application (application_id, programme_code, organisation_id, state, version, title, track,"
        " product, units, months, wished_start, youth_claimed, created_by, created_at) VALUES ('A-000042',"
        " 'hpc-2025-gpu', 'ORG-000042', 'eligible', 1, 't', '1', 'A100x2', 1, 1, '2025-11-01', false, 'p',"
        " '2025-10-01Z')"
    ),
)
"""What a long way through the interface would come to."""


def ask(method: str, url: str, token: str = "", body: object = None) -> httpx.Response:
    """A request, with whose token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(method, url, json=body, headers=headers, trust_env=False, timeout=30)


def open_a_call(intake: Container, officer: str) -> None:
    """An officer's call for applications: what the other services hear of."""
    definition = load_definition(ROOT / f"programmes/{PROGRAMME}.yaml").model_dump(mode="json", by_alias=True)
    made = ask("POST", f"{intake.api}/v1/programmes", officer, definition)
    assert made.status_code == 201, made.text
    opened = ask("POST", f"{intake.api}/v1/programmes/{PROGRAMME}/open", officer)
    assert opened.status_code == 200, opened.text


async def announce_to_intake(installed: Installation, broker: KafkaBroker) -> None:
    """An eligible application stands in intake's database, and review's word that it is selected goes out on Kafka."""
    intake = await asyncpg.connect(**connect_arguments(installed.one("intake-api").environment["DURE_DATABASE_URL"]))
    for statement in ELIGIBLE:
        await intake.execute(statement)
    await intake.close()
    golden = (ROOT / f"tests/contracts/golden/{SelectionAnnounced.TYPE}.json").read_text(encoding="utf-8")
    bus = KafkaBus(KafkaConfig(broker.bootstrap))
    await bus.publish([Message(SelectionAnnounced.topic(), "A-000042", golden)])
    await bus.stop()


def until_heard(workers: list[Container]) -> None:
    """Return once each of these workers has handled an event."""
    until = time.monotonic() + HEARD_S_MAX
    while deaf := [one.name for one in workers if handled(one.metrics) < 1]:
        assert time.monotonic() < until, f"{deaf} heard nothing"
        time.sleep(0.2)


def handled(url: str) -> float:
    """How many events a worker has handled, by its own metrics."""
    text = httpx.get(url, trust_env=False).text
    (line,) = [line for line in text.splitlines() if line.startswith("dure_events_handled_total")]
    return float(line.split()[-1])
