"""Production is what is tested: the processes of docker-compose.yml and of the rendered manifests, on real engines."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from libs.common.identity import Verifier
from libs.common.issuer_keys import fetch_from
from tests.deploy.installation import Container
from tests.deploy.overlay import ROLES, ROOT, SERVICES
from tests.deploy.production import Production, of_compose, of_kubernetes
from tests.deploy.traffic import announce_to_intake, ask, open_a_call, until_heard
from tests.engines.broker import free_ports, require
from tests.engines.issuer import Keycloak

pytestmark = [pytest.mark.engines, pytest.mark.slow, pytest.mark.timeout(600)]

SCRAPED_S_MAX = 60
NEVER_PUBLIC = ("/healthz", "/readyz", "/metrics")
"""What is not found on the public port."""


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """The issuer of the deployment files."""
    with Keycloak(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture(scope="module", params=["compose", "kubernetes"])
def installed(
    request: pytest.FixtureRequest, keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    """What docker-compose.yml starts, for which no tool of Kubernetes is needed; then the rendered overlay's."""
    require()
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "compose":
        made = of_compose(folder, keycloak)
    else:
        made = of_kubernetes(request.getfixturevalue("rendered"), folder, keycloak)
    with made as production:
        yield production


async def test_f89_the_issuer_of_compose_is_accepted(keycloak: Keycloak) -> None:
    """Keycloak's tokens carry roles, organisation and audience, and the real Verifier takes them."""
    realm = f"{keycloak.url}/realms/dure"
    verifier = Verifier(realm, "dure", fetch_from(f"{realm}/protocol/openid-connect/certs"))
    officer = await verifier.caller(keycloak.token("officer"))
    assert (officer.roles, officer.organisation_id) == (frozenset({"officer"}), "")
    applicant = await verifier.caller(keycloak.token("applicant"))
    assert (applicant.roles, applicant.organisation_id) == (frozenset({"applicant"}), "ORG-000001")
    assert officer.subject != applicant.subject


def test_f03_every_probe_and_every_scrape_is_answered(installed: Production) -> None:
    """F-03: each process answers where it is probed and scraped, and nothing of it on the public port."""
    serving = installed.containers.serving()
    assert sorted(one.name for one in serving) == sorted(f"{service}-{role}" for service in SERVICES for role in ROLES)
    for one in serving:
        assert one.name == f"{one.service}-{one.command[0]}"
        assert {"liveness", "readiness"} <= set(one.probes), one.name
        for kind, url in one.probes.items():
            answer = httpx.get(url, trust_env=False, timeout=30)
            assert answer.status_code == 200, f"{one.name} {kind} {url}: {answer.text}"
        scraped = httpx.get(one.metrics, trust_env=False, timeout=30)
        assert scraped.status_code == 200, f"{one.name} {one.metrics}"
        assert "\ndure_" in scraped.text, one.name
        for path in NEVER_PUBLIC:
            assert httpx.get(one.root + path, trust_env=False, timeout=30).status_code == 404, one.name


@pytest.mark.parametrize("installed", ["compose"], indirect=True)
def test_f03_the_health_checks_of_compose_pass(installed: Production) -> None:
    """F-03: the command by which Docker asks for its health passes in each container."""
    for one in installed.containers.serving():
        program, *arguments = one.check
        assert program == "python"
        done = subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{one.name}: {done.stderr}"


def test_a_request_and_an_event_of_each_service(
    installed: Production, keycloak: Keycloak, tell: Callable[[str], None]
) -> None:
    """An officer of Keycloak opens a call at intake, which the others hear; review's word reaches intake."""
    containers, officer, operator = installed.containers, keycloak.token("officer"), keycloak.token("operator")
    intake, workers = containers.one("intake-api"), containers.workers()
    open_a_call(intake, officer)
    for one in containers.serving():
        told = ask("GET", f"{one.api}/v1/operations/bus", operator)
        assert told.status_code == 200, f"{one.name}: {told.text}"
        assert ask("GET", f"{one.api}/v1/operations/bus").status_code == 401, one.name
    until_heard([one for one in workers if one.service != "intake"])
    asyncio.run(announce_to_intake(containers, installed.broker))
    until_heard(workers)
    application = ask("GET", f"{intake.api}/v1/applications/A-000042", officer)
    assert (application.status_code, application.json()["state"]) == (200, "selected"), application.text
    tell(
        f"{len(containers.serving())} processes of {installed.file} on Apache Kafka {installed.broker.version()},"
        f" PostgreSQL {installed.postgres.version} and Keycloak {keycloak.stated_version()};"
        f" heard by {', '.join(one.name for one in workers)}"
    )


def test_a_provider_is_led_from_the_allocator_to_intake(installed: Production, keycloak: Keycloak) -> None:
    """The address that the allocator is given leads to intake's route, not beside it."""
    officer = keycloak.token("officer")
    allocator, intake = installed.containers.one("allocator-api"), installed.containers.one("intake-api")
    led = ask("POST", f"{allocator.api}/v1/providers", officer, {})
    assert led.status_code == 308, led.text
    assert led.headers["Location"].startswith(f"{installed.intake_outside}/")
    there = led.headers["Location"].replace(installed.intake_outside, intake.root)
    answer = ask("POST", there, officer, {})
    assert answer.status_code == 422, f"{there}: {answer.text}"


def test_f46_processes_run_under_a_role_of_few_rights(installed: Production) -> None:
    """F-46: only a migration logs in as the owner, and each gave the running role its rights."""
    for one in installed.containers.containers:
        owner = f"//{one.service}_owner:" in one.environment["DURE_DATABASE_URL"]
        assert owner == (one.command == ("migrate",)), one.name
        if owner:
            assert "--split-roles" not in installed.containers.log(one.name), installed.containers.log(one.name)


@pytest.mark.parametrize("installed", ["compose"], indirect=True)
def test_f03_prometheus_scrapes_every_target(
    installed: Production, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """F-03: Prometheus with the shipped file finds every target up, and every alert rule loads."""
    prometheus = shutil.which("prometheus")
    if prometheus is None:
        pytest.skip("Prometheus not found (apt install prometheus)")
    serving = installed.containers.serving()
    config = at_addresses(serving, tmp_path)
    (port,) = free_ports(1)
    with (tmp_path / "log").open("wb") as log:
        command = [f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data"]
        process = subprocess.Popen(
            [prometheus, *command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log, cwd=tmp_path
        )
    try:
        until = time.monotonic() + SCRAPED_S_MAX
        while (health := targets(port)) != {"up": len(serving)}:
            assert time.monotonic() < until, f"{health} {(tmp_path / 'log').read_text()[-1000:]}"
            time.sleep(0.3)
        built = httpx.get(f"http://127.0.0.1:{port}/api/v1/status/buildinfo", trust_env=False, timeout=5).json()
        tell(f"Prometheus {built['data']['version']} finds {len(serving)} targets up")
    finally:
        process.terminate()
        process.wait(20)


def at_addresses(serving: list[Container], folder: Path) -> Path:
    """The shipped configuration of Prometheus with each container where it is here, asking every second."""
    shutil.copytree(ROOT / "deploy/prometheus", folder / "etc")
    config = folder / "etc/prometheus.yml"
    text = config.read_text(encoding="utf-8")
    for one in serving:
        text = text.replace(f"{one.name}:", f"{one.address}:")
    config.write_text(text.replace("15s", "1s"), encoding="utf-8")
    return config


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
