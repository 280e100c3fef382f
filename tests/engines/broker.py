"""A real Apache Kafka broker for the engine tests: one KRaft node on loopback, in a folder of its own.

The jars come once through Maven (`kafka/pom.xml`). The broker dies with the process that started it, even when
that one is killed: no orphan is left behind.
"""

import atexit
import contextlib
import fcntl
import functools
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines.certificates import Certificate

RECIPE = Path(__file__).parent / "kafka"
JARS = RECIPE / "libs"
STARTED = "Kafka Server started"  # the open port comes a second earlier and is no sign of readiness
START_S_MAX = 60
DOWNLOAD_S_MAX = 600
STOP_S_MAX = 20
PORTS = 12_000, 32_000
PORT_TRIES_MAX = 100
SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"

# Linux kills the child when its parent dies, however that dies; elsewhere `atexit` has to do.
_DIES_WITH_PARENT = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


def missing() -> str:
    """What this machine lacks to run a broker, as one phrase; empty when nothing."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return " and ".join(lacking)


def require() -> None:
    """Skip the test visibly where Java or Maven are missing; with DURE_REQUIRE_ENGINES=1 that is an error."""
    if not (lacking := missing()):
        return
    reason = f"no real Kafka broker: {lacking} not found (install a JDK 17 or later and Maven)"
    if os.environ.get("DURE_REQUIRE_ENGINES") == "1":
        raise RuntimeError(reason)
    pytest.skip(reason)


def prepare_jars() -> None:
    """Fetch the broker's jars through Maven unless they are there already for this very `pom.xml`."""
    JARS.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256((RECIPE / "pom.xml").read_bytes()).hexdigest()
    mark = JARS / "complete"
    with (JARS / "lock").open("w") as lock:  # two test processes may want the jars at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text() == wanted:
            return
        for jar in JARS.glob("*.jar"):
            jar.unlink()
        command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"]
        done = subprocess.run(
            command,
            cwd=RECIPE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_S_MAX,
            check=False,  # what Maven said is told below
        )
        if done.returncode != 0:
            raise RuntimeError(f"Maven could not fetch the jars of Kafka: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        mark.write_text(wanted)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now.

    They lie below those that the kernel gives to connections: a broker that is away for a moment finds its own
    free again, whatever the tests beside it open meanwhile.
    """
    with contextlib.ExitStack() as held:
        return [_bound(held.enter_context(socket.socket())) for _ in range(count)]


def _bound(one: socket.socket) -> int:
    """Bind to a port of ours that is free; its number. Raises OSError where none of many is."""
    for _ in range(PORT_TRIES_MAX):
        port = secrets.choice(range(*PORTS))
        with contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port of loopback between {PORTS[0]} and {PORTS[1]} is free")


@dataclass(frozen=True, slots=True)
class Secured:
    """SASL_SSL with SCRAM-SHA-512 on the broker's one listener, its certificate and its users."""

    certificate: Certificate
    users: dict[str, str]
    """Name → password; the first is the broker's own."""

    def settings(self, port: int) -> str:
        """What is said after, and so instead of, the plain listener's lines."""
        own, password = next(iter(self.users.items()))
        login = (
            f'org.apache.kafka.common.security.scram.ScramLoginModule required username="{own}" password="{password}";'
        )
        return (RECIPE / "secured.properties").read_text().format(
            port=port, login=login, keystore=self.certificate.both, truststore=self.certificate.authority
        )  # fmt: skip

    def format_arguments(self) -> list[str]:
        """What makes the users when the data folder is formatted."""
        made = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in self.users.items()]
        return [part for one in made for part in ("--add-scram", one)]


class KafkaBroker:
    """One broker: `start`, `kill9`, `restart` on the same port and data, `stop`."""

    def __init__(self, folder: Path, secured: "Secured | None" = None) -> None:
        """`secured`: clients come over TLS and name themselves, as in production; else anybody may."""
        self.folder = folder
        self._secured = secured
        self.port, self._controller_port = free_ports(2)
        self.log = folder / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients connect: `host:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The broker's process id; none when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> "KafkaBroker":
        """Format the data folder on the first start, start the broker and wait until it serves."""
        prepare_jars()
        if not self.log.exists():
            self._format()
        self._run()
        return self

    def version(self) -> str:
        """The version which the running broker states in its own log."""
        stated = re.findall(r"Kafka version: (\S+)", self.log.read_text())
        if not stated:
            raise RuntimeError(f"the broker states no version in {self.log.name}")
        return str(stated[-1])

    def kill9(self) -> None:
        """Kill the broker as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Bring the broker back on the same port with the same data."""
        self._end(signal.SIGTERM)
        self._run()

    def stop(self) -> None:
        """Stop the broker in an orderly way; harmless when it is gone already."""
        self._end(signal.SIGTERM)

    def _java(self, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={RECIPE / 'log4j2.properties'}"
        memory = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return ["java", *memory, logging, "-cp", f"{JARS}/*", *arguments]

    def _format(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = (RECIPE / "server.properties").read_text()
        places = {"port": str(self.port), "controller_port": str(self._controller_port), "data": f"{self.folder}/data"}
        for name, value in places.items():
            settings = settings.replace(f"{{{name}}}", value)
        if self._secured is not None:
            settings += self._secured.settings(self.port)
        (self.folder / "server.properties").write_text(settings)
        tool = functools.partial(subprocess.run, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        cluster = f"--cluster-id={secrets.token_urlsafe(16)}"  # what `random-uuid` tells, without a JVM for it
        config = str(self.folder / "server.properties")
        users = [] if self._secured is None else self._secured.format_arguments()
        tool(self._java("kafka.tools.StorageTool", "format", "--standalone", cluster, "-c", config, *users))

    def _run(self) -> None:
        command = self._java("kafka.Kafka", str(self.folder / "server.properties"))
        with self.log.open("ab") as log:
            seen = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        atexit.register(self.stop)
        deadline = time.monotonic() + START_S_MAX
        while STARTED not in self._said_since(seen):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._end(signal.SIGKILL)
                raise RuntimeError(f"the broker did not start: {self._said_since(seen)[-3000:]}")
            time.sleep(0.1)

    def _said_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@functools.cache
def shared_broker() -> KafkaBroker:
    """The one broker of this test process, started at first use and stopped at its end."""
    require()
    folder = Path(tempfile.mkdtemp(prefix="dure kafka "))  # a space in the path must not matter
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return KafkaBroker(folder).start()
