"""What docker-compose.yml starts, started here: same commands, environment and ports, each at its own address.

Of a container three things are missing, and replaced one for one: the image's files lie in a folder, laid there as the
Dockerfile's COPY lines say; names of hosts become addresses of loopback; `DURE_HOST` is the container's own address.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from tests.engines.broker import _DIES_WITH_PARENT
from tests.libs.test_operator import assemble

ROOT = Path(__file__).parents[2]
MIGRATE_S_MAX = 120
LOG_TAIL = 3000


@dataclass(frozen=True, slots=True)
class Container:
    """One entry of the compose file that is one of our processes."""

    name: str
    service: str
    command: tuple[str, ...]
    environment: dict[str, str]
    address: str

    @property
    def probes(self) -> str:
        """Where its probes answer."""
        return f"http://{self.address}:{self.environment['DURE_PROBE_PORT']}"

    @property
    def api(self) -> str:
        """Where its interface answers."""
        return f"http://{self.address}:{self.environment['DURE_PORT']}/{self.service}"


def expanded(text: str) -> str:
    """A value of the compose file as a newcomer's machine makes it: every default."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$")


def compose() -> dict[str, Any]:
    """The compose file's entries."""
    tree: dict[str, Any] = yaml.safe_load(expanded((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    return dict(tree["services"])


def image_environment() -> dict[str, str]:
    """What the Dockerfile's last ENV says of Dure."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return dict(re.findall(r"(DURE_\w+)=(\S+)", text))


def containers(folder: Path, hosts: dict[str, str]) -> list[Container]:
    """Our processes as the compose file tells them, with hosts named there replaced."""
    found = []
    for name, entry in compose().items():
        if "build" not in entry:
            continue
        service = entry["build"]["args"]["SERVICE"]
        address = f"127.0.1.{len(found) + 1}"
        told = {key: str(value) for key, value in {**image_environment(), **entry["environment"]}.items()}
        for host, instead in hosts.items():
            told = {key: value.replace(host, instead) for key, value in told.items()}
        told |= {"DURE_HOST": address, "DURE_STATE_DIR": str(folder / "state" / service), "SERVICE": service}
        found.append(Container(name, service, tuple(entry["command"]), told, address))
    return found


class Installation:
    """All containers of ours: `migrate` first, then api and worker of each service."""

    def __init__(self, folder: Path, hosts: dict[str, str]) -> None:
        self.containers = containers(folder, hosts)
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for service in {one.service for one in self.containers}:
            assemble(self._folder / "image" / service, service)
        migrations = {one.name: self._spawn(one) for one in self.containers if one.command == ("migrate",)}
        codes = {name: process.wait(MIGRATE_S_MAX) for name, process in migrations.items()}
        assert set(codes.values()) == {0}, f"{codes}{self.logs()}"
        self._running = {one.name: self._spawn(one) for one in self.serving()}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            sys.stderr.write(self.logs())
        for process in self._running.values():
            process.kill()
            process.wait()

    def serving(self) -> list[Container]:
        """Those that stay."""
        return [one for one in self.containers if one.command != ("migrate",)]

    def one(self, name: str) -> Container:
        """The container of this name."""
        (found,) = [one for one in self.containers if one.name == name]
        return found

    def log(self, name: str) -> str:
        """What a container has said."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        """The end of what each has said."""
        return "".join(f"\n--- {one.name}\n{self.log(one.name)[-LOG_TAIL:]}" for one in self.serving())

    def _spawn(self, one: Container) -> subprocess.Popen[bytes]:
        # the image's ENTRYPOINT: `exec python -m services.$SERVICE "$@"` in the folder /app
        command = [sys.executable, "-m", f"services.{one.service}", *one.command]
        with (self._folder / f"{one.name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command],
                cwd=self._folder / "image" / one.service,
                env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **one.environment},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
