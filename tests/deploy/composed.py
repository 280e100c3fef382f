"""What docker-compose.yml starts, on a machine on which nothing is set."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.installation import Container, image_environment, placed
from tests.deploy.overlay import ROOT, Tree
from tests.deploy.servers import Engine


def entries() -> dict[str, Any]:
    """The compose file's entries, every value as a newcomer's machine makes it: every default."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    tree: Tree = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$"))
    return dict(tree["services"])


def scraped() -> dict[str, str]:
    """Where the shipped Prometheus file asks each entry for its metrics: port and path."""
    (job,) = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    targets = [target.split(":") for group in job["static_configs"] for target in group["targets"]]
    return {name: f"{port}{job['metrics_path']}" for name, port in targets}


def published(name: str) -> str:
    """Where a person's machine reaches an entry: `http://127.0.0.1:8001`."""
    (port,) = entries()[name]["ports"]
    return f"http://{port.rsplit(':', 1)[0]}"


def containers(folder: Path, hosts: dict[str, str]) -> list[Container]:
    """Our processes as the compose file tells them, with hosts named there replaced."""
    found: list[Container] = []
    metrics = scraped()
    for name, entry in entries().items():
        if "build" not in entry:
            continue
        service = entry["build"]["args"]["SERVICE"]
        address = f"127.0.1.{len(found) + 1}"
        told = {**image_environment(service), **{key: str(value) for key, value in entry["environment"].items()}}
        inside = [port.rsplit(":", 1)[1] for port in entry.get("ports", [])]
        command, migrates = tuple(entry["command"]), entry["command"] == ["migrate"]
        at = f"http://{address}:{told['DURE_PROBE_PORT']}"
        mounts = {path: folder / "volumes" / volume for volume, path in map(split, entry.get("volumes", []))}
        found.append(
            Container(
                name, service, command, placed(told, hosts, mounts, address), address,
                int(inside[0] if inside else told["DURE_PORT"]),
                probes={} if migrates else {"liveness": f"{at}/healthz", "readiness": f"{at}/readyz"},
                metrics="" if migrates else f"http://{address}:{metrics[name]}",
                check=() if migrates else healthcheck(entry, address),
            )
        )  # fmt: skip
    return found


def split(volume: str) -> list[str]:
    """The name of a volume and where it is mounted."""
    return volume.split(":")


def healthcheck(entry: Tree, address: str) -> tuple[str, ...]:
    """The command by which Docker asks for the health of a container at this address."""
    kind, *command = entry["healthcheck"]["test"]
    assert kind == "CMD"
    return tuple(str(part).replace("127.0.0.1", address) for part in command)


def postgres() -> Engine:
    """How the compose file starts its database server."""
    entry = entries()["postgres"]
    (script,) = [volume.split(":")[0] for volume in entry["volumes"] if "docker-entrypoint-initdb.d" in volume]
    return Engine(tuple(entry["command"][1:]), entry["environment"], (ROOT / script).read_text(encoding="utf-8"))
