"""The two installations: what docker-compose.yml starts and what the dev overlay starts, each on empty engines."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.deploy import composed, pods
from tests.deploy.installation import Installation
from tests.deploy.overlay import ROOT, Tree
from tests.deploy.servers import Engine, Server, running
from tests.engines.broker import KafkaBroker
from tests.engines.issuer import Keycloak

OF_COMPOSE = {
    "postgres": "@postgres/",
    "kafka": "kafka:9092",
    "keycloak": "http://keycloak:8080",
    "issuer": "http://127.0.0.1:8081",
}
"""The engines by the addresses under which the compose file knows them."""


class Production(NamedTuple):
    """Ten processes that are ready, and what they stand on."""

    file: str
    """Which file said how they are started."""
    containers: Installation
    broker: KafkaBroker
    postgres: Server
    intake_outside: str
    """Where a person reaches intake."""


@contextmanager
def of_compose(folder: Path, keycloak: Keycloak) -> Iterator[Production]:
    """What docker-compose.yml starts."""
    with ExitStack() as stack:
        server, broker, hosts = _engines(stack, folder, composed.postgres(), OF_COMPOSE, keycloak)
        installation = stack.enter_context(Installation(folder, composed.containers(folder, hosts)))
        yield Production("docker-compose.yml", installation, broker, server, composed.published("intake-api"))


@contextmanager
def of_kubernetes(rendered: list[Tree], folder: Path, keycloak: Keycloak) -> Iterator[Production]:
    """What the rendered dev overlay starts."""
    cluster = pods.Cluster(rendered)
    with ExitStack() as stack:
        server, broker, hosts = _engines(stack, folder, pods.postgres(cluster), pods.engines(cluster), keycloak)
        installation = stack.enter_context(Installation(folder, pods.containers(cluster, folder, hosts)))
        yield Production("deploy/k8s/overlays/dev", installation, broker, server, _forwarded(cluster, "intake-api"))


def _engines(
    stack: ExitStack, folder: Path, postgres: Engine, known: dict[str, str], keycloak: Keycloak
) -> tuple[Server, KafkaBroker, dict[str, str]]:
    """An empty database server and an empty broker; and by what each address of an engine is replaced here."""
    server = stack.enter_context(running(postgres, folder))
    broker = KafkaBroker(folder / "broker")
    stack.callback(broker.stop)
    broker.start()
    here = {
        "postgres": f"@127.0.0.1:{server.port}/",
        "kafka": broker.bootstrap,
        "keycloak": keycloak.url,
        "issuer": keycloak.url,
    }
    return server, broker, {address: here[engine] for engine, address in known.items()}


def _forwarded(cluster: pods.Cluster, service: str) -> str:
    """Where deploy/README.md lets a person reach a Service of the dev overlay."""
    text = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
    ((outside, inside),) = re.findall(rf"port-forward service/{service} (\d+):(\d+)", text)
    assert int(inside) == cluster.service_port(service)
    return f"http://127.0.0.1:{outside}"
