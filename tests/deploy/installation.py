"""What a deployment file starts, started here: same commands, environment and ports, each at its own address.

Of a container four things are missing, and replaced one for one: the image's files lie in a folder, laid there as the
Dockerfile's COPY lines say; names of hosts become addresses of loopback; what is mounted is a folder of this machine;
`DURE_HOST` is the container's own address.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.deploy.overlay import ROOT
from tests.engines.broker import _DIES_WITH_PARENT
from tests.libs.test_operator import assemble

MIGRATE_S_MAX = 120
READY_S_MAX = 120
LOG_TAIL = 3000
EVERYWHERE = "0.0.0.0"  # noqa: S104  (what the image listens on)


@dataclass(frozen=True, slots=True)
class Container:
    """One process of ours, as a deployment file tells it."""

    name: str
    service: str
    command: tuple[str, ...]
    environment: dict[str, str]
    address: str
    port: int
    """Of its interface."""
    probes: dict[str, str]
    """What is asked of it by whom, and where: `{"readiness": "http://…/readyz"}`."""
    metrics: str
    """Where it is scraped."""
    check: tuple[str, ...] = ()
    """A command of its own that tells its health."""

    @property
    def root(self) -> str:
        """The root of its interface's port."""
        return f"http://{self.address}:{self.port}"

    @property
    def api(self) -> str:
        """Where its interface answers."""
        return f"{self.root}/{self.service}"


def image_environment(service: str) -> dict[str, str]:
    """What the Dockerfile's last ENV says of Dure."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return {**dict(re.findall(r"(DURE_\w+)=(\S+)", text)), "SERVICE": service}


def placed(told: dict[str, str], hosts: dict[str, str], mounts: dict[str, Path], address: str) -> dict[str, str]:
    """A container's environment on this machine: engines, folders and itself where they are here, all else as told."""
    assert told["DURE_HOST"] == EVERYWHERE, "a container listens where its network reaches it"
    here = {key: mounted(value, mounts) for key, value in told.items()}
    for host, instead in hosts.items():
        here = {key: value.replace(host, instead) for key, value in here.items()}
    return {**here, "DURE_HOST": address}


def mounted(value: str, mounts: dict[str, Path]) -> str:
    """A path below something mounted as it is found here; any other value as it is."""
    for inside, here in mounts.items():
        if value == inside or value.startswith(f"{inside}/"):
            here.mkdir(parents=True, exist_ok=True)
            return f"{here}{value.removeprefix(inside)}"
    return value


class Installation:
    """All containers of ours: `migrate` first, then api and worker of each service; entered once they are ready."""

    def __init__(self, folder: Path, containers: list[Container]) -> None:
        self.containers = containers
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for one in self.serving():
            kept = one.environment["DURE_STATE_DIR"]
            assert Path(kept).is_relative_to(self._folder), (
                f"{one.name} keeps files in {kept}, where nothing is mounted"
            )
        for service in {one.service for one in self.containers}:
            assemble(self._folder / "image" / service, service)
        migrations = {one.name: self._spawn(one) for one in self.containers if one.command == ("migrate",)}
        codes = {name: process.wait(MIGRATE_S_MAX) for name, process in migrations.items()}
        assert set(codes.values()) == {0}, f"{codes}{self.logs()}"
        self._running = {one.name: self._spawn(one) for one in self.serving()}
        try:
            self._await_ready()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
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

    def workers(self) -> list[Container]:
        """Those that hear events."""
        return [one for one in self.containers if one.command == ("worker",)]

    def one(self, name: str) -> Container:
        """The container of this name."""
        (found,) = [one for one in self.containers if one.name == name]
        return found

    def log(self, name: str) -> str:
        """What a container has said."""
        file = self._folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def logs(self) -> str:
        """The end of what each has said."""
        return "".join(f"\n--- {one.name}\n{self.log(one.name)[-LOG_TAIL:]}" for one in self.containers)

    def _await_ready(self) -> None:
        until = time.monotonic() + READY_S_MAX
        for one in self.serving():
            while why_not := unready(one.probes["readiness"]):
                assert time.monotonic() < until, f"{one.name}: {why_not}"
                time.sleep(0.2)

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


def unready(url: str) -> str:
    """Why a process is not ready; empty where it is."""
    try:
        answer = httpx.get(url, timeout=5, trust_env=False)
    except httpx.TransportError as error:
        return repr(error)
    return "" if answer.is_success else answer.text
