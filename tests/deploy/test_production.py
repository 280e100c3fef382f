"""Production is what is tested: the processes of docker-compose.yml on a real PostgreSQL, Kafka and Keycloak."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest
import yaml

from libs.common.bus import Message
from libs.common.db_address import connect_arguments
from libs.common.definition.files import load_definition
from libs.common.events.review import SelectionAnnounced
from libs.common.identity import Verifier
from libs.common.issuer_keys import fetch_from
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from libs.embedded.postgres import EmbeddedPostgres
from tests.deploy.installation import ROOT, Container, Installation, compose
from tests.engines.broker import KafkaBroker, free_ports, require
from tests.engines.issuer import Keycloak

pytestmark = [pytest.mark.engines, pytest.mark.slow, pytest.mark.timeout(600)]

READY_S_MAX = 120
SCRAPED_S_MAX = 60
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


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """The issuer of the compose file."""
    with Keycloak(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """An empty broker."""
    require()
    broker = KafkaBroker(tmp_path_factory.mktemp("production") / "broker")
    try:
        yield broker.start()
    finally:
        broker.stop()


class Server(NamedTuple):
    """A running database server."""

    port: int
    version: str


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL that takes passwords over TCP, made ready by the script that the compose file mounts."""
    (port,) = free_ports(1)
    rules = tmp_path_factory.mktemp("rules") / "pg_hba.conf"
    rules.write_text("local all postgres trust\nhost all all 127.0.0.0/8 scram-sha-256\n")
    for folder in (rules, *rules.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)  # the server's user reads it
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules), "max_connections": "300"}
    server = EmbeddedPostgres(tmp_path_factory.mktemp("server"), durable=False, settings=settings)
    server.start()
    yield Server(port, first_run(server, port))
    server.remove()


def first_run(server: EmbeddedPostgres, port: int) -> str:
    """Run the compose file's first-time script, as its image would; returns the server's version, as it tells it."""
    told = {name: value for name, value in compose()["postgres"]["environment"].items() if name.startswith("DURE_")}
    sockets = server.url("postgres").rsplit("host=", 1)[1].replace("%2F", "/")
    path = f"{server.binaries}:{os.environ['PATH']}"
    environment = {**told, "PATH": path, "POSTGRES_USER": "postgres", "PGHOST": sockets, "PGPORT": str(port)}
    script = ["sh", str(ROOT / "deploy/postgres/10-databases.sh")]
    done = subprocess.run(script, check=False, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    asking = ["psql", "-X", "-A", "-t", "-U", "postgres", "-c", "SHOW server_version"]
    asked = subprocess.run(asking, check=True, capture_output=True, text=True, timeout=60, env=environment)
    return asked.stdout.strip()


@pytest.fixture(scope="module")
def installed(
    postgres: Server, broker: KafkaBroker, keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """All ten processes, ready."""
    hosts = {
        "@postgres/": f"@127.0.0.1:{postgres.port}/",
        "kafka:9092": broker.bootstrap,
        "http://keycloak:8080": keycloak.url,
        "http://127.0.0.1:8081": keycloak.url,
    }
    with Installation(tmp_path_factory.mktemp("installation"), hosts) as installation:
        until = time.monotonic() + READY_S_MAX
        for one in installation.serving():
            while (why_not := unready(one.probes)) and time.monotonic() < until:
                time.sleep(0.2)
            assert not why_not, f"{one.name}: {why_not}"
        yield installation


def unready(url: str) -> str:
    """Why a process is not ready; empty where it is."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
    except httpx.TransportError as error:
        return repr(error)
    return "" if answer.is_success else answer.text


async def test_f89_the_issuer_of_compose_is_accepted(keycloak: Keycloak) -> None:
    """Keycloak's tokens carry roles, organisation and audience, and the real Verifier takes them."""
    realm = f"{keycloak.url}/realms/dure"
    verifier = Verifier(realm, "dure", fetch_from(f"{realm}/protocol/openid-connect/certs"))
    officer = await verifier.caller(keycloak.token("officer"))
    assert (officer.roles, officer.organisation_id) == (frozenset({"officer"}), "")
    applicant = await verifier.caller(keycloak.token("applicant"))
    assert (applicant.roles, applicant.organisation_id) == (frozenset({"applicant"}), "ORG-000001")
    assert officer.subject != applicant.subject


def test_f03_every_probe_of_compose_and_kubernetes_answers(installed: Installation) -> None:
    """F-03: each process answers health and readiness where the manifests ask, and nothing of it on the public port."""
    rendered = {(d["kind"], d["metadata"]["name"]): d for d in manifests()}
    for one in installed.serving():
        kind = "Deployment" if one.command == ("api",) else "StatefulSet"
        container = rendered[kind, one.name]["spec"]["template"]["spec"]["containers"][0]
        assert container["args"] == list(one.command)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["http"] == int(one.environment["DURE_PORT"])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[probe]["httpGet"]
            answer = httpx.get(f"http://{one.address}:{ports[asked['port']]}{asked['path']}", trust_env=False)
            assert answer.status_code == 200, f"{one.name} {asked}: {answer.text}"
        for path in ("/healthz", "/readyz", "/metrics"):
            assert httpx.get(one.api.rsplit("/", 1)[0] + path, trust_env=False).status_code == 404, one.name
    check = compose()["intake-api"]["healthcheck"]["test"]
    code = str(check[-1]).replace("127.0.0.1", installed.one("intake-api").address)
    subprocess.run([sys.executable, *check[2:-1], code], check=True, timeout=30)


def manifests() -> list[dict[str, Any]]:
    """The dev overlay as kubectl renders it."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: the overlay is not rendered")
    command = ["kubectl", "kustomize", str(ROOT / "deploy/k8s/overlays/dev")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def test_a_request_and_an_event_of_each_service(
    installed: Installation,
    broker: KafkaBroker,
    postgres: Server,
    keycloak: Keycloak,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An officer of Keycloak opens a call at intake, which the others hear; review's word reaches intake."""
    officer = {"Authorization": f"Bearer {keycloak.token('officer')}"}
    definition = load_definition(ROOT / f"programmes/{PROGRAMME}.yaml").model_dump(mode="json", by_alias=True)
    intake = installed.one("intake-api").api
    made = httpx.post(f"{intake}/v1/programmes", json=definition, headers=officer, trust_env=False, timeout=30)
    assert made.status_code == 201, made.text
    opened = httpx.post(f"{intake}/v1/programmes/{PROGRAMME}/open", headers=officer, trust_env=False, timeout=30)
    assert opened.status_code == 200, opened.text
    operator = {"Authorization": f"Bearer {keycloak.token('operator')}"}
    for one in installed.serving():
        told = httpx.get(f"{one.api}/v1/operations/bus", headers=operator, trust_env=False, timeout=30)
        assert told.status_code == 200, f"{one.name}: {told.text}"
        nobody = httpx.get(f"{one.api}/v1/operations/bus", trust_env=False, timeout=30)
        assert nobody.status_code == 401, one.name
    workers = [one for one in installed.serving() if one.command == ("worker",)]
    until_heard([one for one in workers if one.service != "intake"])
    asyncio.run(announce_to_intake(installed, broker))
    until_heard(workers)
    told = httpx.get(f"{intake}/v1/applications/A-000042", headers=officer, trust_env=False, timeout=30)
    assert (told.status_code, told.json()["state"]) == (200, "selected"), told.text
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(installed.serving())} processes of docker-compose.yml on Apache Kafka {broker.version()},"
            f" PostgreSQL {postgres.version} and Keycloak {keycloak.stated_version()};"
            f" heard by {', '.join(one.name for one in workers)}\n"
        )


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
    until = time.monotonic() + SCRAPED_S_MAX
    while deaf := [one.name for one in workers if handled(one.probes) < 1]:
        assert time.monotonic() < until, f"{deaf} heard nothing"
        time.sleep(0.2)


def handled(url: str) -> float:
    """How many events a worker has handled, by its own metrics."""
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    (line,) = [line for line in text.splitlines() if line.startswith("dure_events_handled_total")]
    return float(line.split()[-1])


def test_a_provider_is_led_from_the_allocator_to_intake(installed: Installation, keycloak: Keycloak) -> None:
    """The address that compose gives the allocator leads to intake's route, not beside it."""
    officer = {"Authorization": f"Bearer {keycloak.token('officer')}"}
    allocator, intake = installed.one("allocator-api"), installed.one("intake-api")
    led = httpx.post(f"{allocator.api}/v1/providers", json={}, headers=officer, trust_env=False, timeout=30)
    assert led.status_code == 308, led.text
    published = compose()["intake-api"]["ports"][0].rsplit(":", 1)[0]
    there = led.headers["Location"].replace(f"http://{published}", intake.api.rsplit("/", 1)[0])
    answer = httpx.post(there, json={}, headers=officer, trust_env=False, timeout=30)
    assert answer.status_code == 422, f"{there}: {answer.text}"


def test_f46_processes_run_under_a_role_of_few_rights(installed: Installation) -> None:
    """F-46: only a migration logs in as the owner, and each gave the running role its rights."""
    for one in installed.containers:
        owner = f"//{one.service}_owner:" in one.environment["DURE_DATABASE_URL"]
        assert owner == (one.command == ("migrate",)), one.name
        if owner:
            assert "--split-roles" not in installed.log(one.name), installed.log(one.name)


def test_f03_prometheus_scrapes_every_target(
    installed: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F-03: Prometheus with the shipped file finds every target up, and every alert rule loads."""
    prometheus = shutil.which("prometheus")
    if prometheus is None:
        pytest.skip("Prometheus not found (apt install prometheus)")
    shutil.copytree(ROOT / "deploy/prometheus", tmp_path / "etc")
    config = tmp_path / "etc/prometheus.yml"
    text = config.read_text(encoding="utf-8")
    for one in installed.serving():
        text = text.replace(f"{one.name}:", f"{one.address}:")
    config.write_text(text.replace("15s", "1s"))
    (port,) = free_ports(1)
    with (tmp_path / "log").open("wb") as log:
        command = [f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data"]
        process = subprocess.Popen(
            [prometheus, *command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log, cwd=tmp_path
        )
    try:
        until = time.monotonic() + SCRAPED_S_MAX
        while (health := targets(port)) != {"up": len(installed.serving())}:
            assert time.monotonic() < until, f"{health} {(tmp_path / 'log').read_text()[-1000:]}"
            time.sleep(0.3)
        built = httpx.get(f"http://127.0.0.1:{port}/api/v1/status/buildinfo", trust_env=False, timeout=5).json()
        with capsys.disabled():
            sys.stdout.write(f"\nPrometheus {built['data']['version']} finds {len(installed.serving())} targets up\n")
    finally:
        process.terminate()
        process.wait(20)


def targets(port: int) -> dict[str, int]:
    """How many targets Prometheus finds in which state."""
    try:
        told = httpx.get(f"http://127.0.0.1:{port}/api/v1/targets", trust_env=False, timeout=5)
    except httpx.TransportError:
        return {}
    counted: dict[str, int] = {}
    for one in told.json()["data"]["activeTargets"] if told.is_success else []:
        counted[one["health"]] = counted.get(one["health"], 0) + 1
    return counted
