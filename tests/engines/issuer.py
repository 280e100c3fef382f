"""The issuer that docker-compose.yml brings, started from its distribution: Keycloak with our realm, on loopback."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import pytest
import yaml

from tests.engines.broker import _DIES_WITH_PARENT, DOWNLOAD_S_MAX, STOP_S_MAX, free_ports

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "keycloak"
START_S_MAX = 300
JVM = {"JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m", "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
"""Little memory, and no time spent on compiling well what runs for a minute."""
USER_AND_PASSWORD = "{role}-1", "dev-only-{role}"


def version() -> str:
    """The version of the image that docker-compose.yml names."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return str(compose["services"]["keycloak"]["image"].split(":")[1])


def require() -> Path:
    """The unpacked distribution. Where it cannot be had, a skip says why; with DURE_REQUIRE_ENGINES=1 an error."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    reason = f"no Keycloak: {' and '.join(lacking)} not found" if lacking else _fetch()
    if not reason:
        return KEPT / f"keycloak-{version()}"
    if os.environ.get("DURE_REQUIRE_ENGINES") == "1":
        raise RuntimeError(reason)
    pytest.skip(reason)


def _fetch() -> str:
    """Fetch and unpack the distribution once; what went wrong, in a sentence."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (KEPT / f"keycloak-{version()}" / "complete").exists():
            return ""
        artifact = f"org.keycloak:keycloak-quarkus-dist:{version()}:tar.gz"
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={KEPT}"]
        done = subprocess.run(
            command, cwd=KEPT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_S_MAX,
            check=False,
        )  # fmt: skip
        if done.returncode:
            return f"no Keycloak: Maven could not fetch {artifact}: {done.stdout[-500:]}"
        archive = KEPT / f"keycloak-quarkus-dist-{version()}.tar.gz"
        with tarfile.open(archive) as packed:
            packed.extractall(KEPT, filter="data")
        archive.unlink()
        (KEPT / f"keycloak-{version()}" / "complete").touch()
    return ""


class Keycloak:
    """One Keycloak with the realm of docker-compose.yml; dies with the process that started it."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        home = self._folder / "keycloak"
        shutil.copytree(require(), home, symlinks=True)
        shutil.copytree(ROOT / "deploy/keycloak", home / "data/import")
        command = [str(home / "bin/kc.sh"), "start-dev", "--import-realm", f"--http-port={self.port}"]
        with (self._folder / "keycloak.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command, "--http-host=127.0.0.1"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "KC_HOSTNAME": self.url, **JVM},
            )  # fmt: skip
        until = time.monotonic() + START_S_MAX
        while "Listening on" not in self.log():
            if self._process.poll() is not None or time.monotonic() > until:
                self.__exit__(None, None, None)
                raise RuntimeError(f"Keycloak did not start: {self.log()[-3000:]}")
            time.sleep(0.2)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_S_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def log(self) -> str:
        """All that it has said."""
        return (self._folder / "keycloak.log").read_text(errors="replace")

    def stated_version(self) -> str:
        """The version which the running server states in its log."""
        (found,) = re.findall(r"Keycloak (\S+) on JVM", self.log())
        return str(found)

    def token(self, role: str) -> str:
        """An access token of the realm's user with this role."""
        name, password = (part.format(role=role) for part in USER_AND_PASSWORD)
        answer = httpx.post(
            f"{self.url}/realms/dure/protocol/openid-connect/token", trust_env=False, timeout=30,
            data={"client_id": "dure-dev", "grant_type": "password", "username": name, "password": password},
        )  # fmt: skip
        assert answer.is_success, answer.text
        return str(answer.json()["access_token"])
