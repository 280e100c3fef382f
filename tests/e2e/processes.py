"""The five services as ten processes on Kafka, and the demo's driver speaking to them."""

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from demo.api import Api, Unexpected
from libs.common.clock import SettableClock
from libs.embedded.issuer import ISSUER, Issuer
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES
from tests.engines.broker import _DIES_WITH_PARENT, KafkaBroker, free_ports

ROOT = Path(__file__).parents[2]
START_S_MAX = 90
REST_S_MAX = 90
LOOK_AGAIN_S = 0.05
QUIET_LOOKS = 3
"""Looks at all services that must tell the same: an event on its way between two of them is seen by the third."""
STOP_S_MAX = 20
LOG_TAIL = 4000
Process = subprocess.Popen[bytes]


@contextlib.contextmanager
def key_server(issuer: Issuer) -> Iterator[str]:
    """An issuer's key set over HTTP on loopback; gives its address."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(issuer.jwks()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever, name="jwks")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jwks"
        finally:
            server.shutdown()
            thread.join()


class Fleet:
    """Every service's api and worker: `python -m services.X api | worker`, told what they need by environment."""

    def __init__(self, folder: Path, postgres: EmbeddedPostgres, broker: KafkaBroker, jwks_url: str) -> None:
        self.clock = SettableClock(folder / "clock.json")
        ports = free_ports(2 * len(SERVICES))
        kinds = [(name, kind) for name in SERVICES for kind in ("api", "worker")]
        self._ports = dict(zip(kinds, ports, strict=True))
        self._running: dict[tuple[str, str], Process] = {}
        self._folder = folder
        self._postgres = postgres
        self._told = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "DURE_KAFKA_BOOTSTRAP": broker.bootstrap,
            "DURE_KAFKA_SESSION_TIMEOUT_MS": "6000",
            "DURE_KAFKA_FETCH_MAX_WAIT_MS": "50",  # ten processes share a test machine: fewer empty fetches
            "DURE_OIDC_ISSUER": ISSUER,
            "DURE_OIDC_JWKS_URL": jwks_url,
            "DURE_CLOCK_FILE": str(folder / "clock.json"),
            "DURE_DATABASE_POOL_MAX": "5",
            "DURE_RATE_PER_CALLER": "1000000/minute",  # the demo is in more of a hurry than people
            "DURE_RATE_PER_ORGANISATION": "1000000/minute",
        }

    def __enter__(self) -> Self:
        for name in SERVICES:
            self._postgres.create_database(self._database(name))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            sys.stderr.write(self.logs())
        for process in self._running.values():
            process.kill()
            process.wait()
        for name in SERVICES:
            self._postgres.drop_databases(self._database(name))

    def migrate(self) -> None:
        """`python -m services.X migrate` for every service, side by side; a failure shows its log."""
        migrations = {name: self._spawn(name, "migrate", 0) for name in SERVICES}
        codes = {name: process.wait(START_S_MAX) for name, process in migrations.items()}
        assert set(codes.values()) == {0}, f"{codes}\n{self.logs()}"

    def start(self) -> None:
        """Start all ten, and return when each says that it is ready."""
        for name, kind in self._ports:
            self.begin(name, kind)
        for name, kind in self._ports:
            self.await_ready(name, kind)

    def begin(self, name: str, kind: str) -> None:
        """Start one process; it becomes ready by and by."""
        self._running[name, kind] = self._spawn(name, kind, self._ports[name, kind])

    def await_ready(self, name: str, kind: str) -> None:
        """Wait until the process says that it is ready. Raises AssertionError where it ends or takes too long."""
        until = time.monotonic() + START_S_MAX
        answer = "nothing"
        while True:
            with contextlib.suppress(httpx.TransportError):
                told = httpx.get(f"{self.url(name, kind)}/{name}/readyz", trust_env=False)
                answer = told.text
                if told.is_success:
                    return
            code = self._running[name, kind].poll()
            assert code is None, f"{name} {kind} ended with {code}"
            assert time.monotonic() < until, f"{name} {kind} is not ready: {answer}"
            time.sleep(0.1)

    def kill9(self, name: str, kind: str) -> None:
        """End one process as a crash would."""
        process = self._running.pop((name, kind))
        process.kill()
        assert process.wait() == -signal.SIGKILL

    def terminate(self) -> dict[tuple[str, str], int]:
        """Send SIGTERM to all; returns each process's exit code. Raises TimeoutExpired for one that goes on."""
        until = time.monotonic() + STOP_S_MAX
        for process in self._running.values():
            process.terminate()
        codes = {which: process.wait(max(0.1, until - time.monotonic())) for which, process in self._running.items()}
        self._running = {}
        return codes

    def url(self, name: str, kind: str) -> str:
        """Where a process listens."""
        return f"http://127.0.0.1:{self._ports[name, kind]}"

    def dead(self) -> list[str]:
        """The processes that have ended by themselves."""
        return [f"{name} {kind}" for (name, kind), process in self._running.items() if process.poll() is not None]

    def logs(self) -> str:
        """The end of every process's log."""
        files = sorted(self._folder.glob("*.log"))
        return "".join(f"\n--- {file.stem}\n{file.read_text(errors='replace')[-LOG_TAIL:]}" for file in files)

    def log_of(self, name: str, kind: str) -> str:
        """All that a service's processes of this kind have said."""
        return (self._folder / f"{name}-{kind}.log").read_text(errors="replace")

    def _database(self, name: str) -> str:
        return f"processes_{name}"

    def _spawn(self, name: str, kind: str, port: int) -> Process:
        own = {
            "DURE_DATABASE_URL": self._postgres.url(self._database(name)),
            "DURE_PORT": str(port),
            "DURE_STATE_DIR": str(self._folder / name),
        }
        command = [sys.executable, "-m", f"services.{name}", kind]
        with (self._folder / f"{name}-{kind}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command],
                cwd=self._folder,  # a process needs nothing of the folder that it is started in
                env={**self._told, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


class FleetApi(Api):
    """The demo's view of the services, where each has ports of its own and rest is waited for from outside."""

    def __init__(self, fleet: Fleet, issuer: Issuer) -> None:
        super().__init__("http://127.0.0.1", issuer)
        self._fleet = fleet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, to the api process of the service that the path begins with."""
        if path.startswith("/"):
            path = self._fleet.url(path.split("/")[1], "api") + path
        return super().ask(method, path, **more)

    def clock(self, at: dt.datetime, *, rest: bool = True) -> None:
        """Move the time that all processes read from one file."""
        self._fleet.clock.set(at)
        self.now = at
        if rest:
            self.settle()

    def settle(self) -> None:
        """Wait until no outbox holds anything, no worker lags and no session runs beyond its declared end."""
        until = time.monotonic() + REST_S_MAX
        looks: list[Any] = []
        while len(looks) < QUIET_LOOKS:
            if looks:
                time.sleep(LOOK_AGAIN_S)
            told = self._look()
            looks = [] if told is None else [*looks, told] if told in looks[-1:] else [told]
            if not looks:
                if time.monotonic() > until or self._fleet.dead():
                    raise Unexpected(
                        f"the events do not come to rest at {self.now}: {self.buses()} {self._fleet.dead()}"
                    )
                time.sleep(LOOK_AGAIN_S)

    def buses(self) -> dict[str, Any]:
        """What each worker tells of its events; None of one that does not answer."""
        told: dict[str, Any] = {}
        for name in SERVICES:
            told[name] = None
            with contextlib.suppress(httpx.TransportError):
                told[name] = self.get(f"{self._fleet.url(name, 'worker')}/{name}/v1/operations/bus", role="operator")
        return told

    def _look(self) -> dict[str, int] | None:
        """Events published, by service; None while anything is still on its way."""
        told = self.buses()
        if any(bus is None or bus["outbox_rows"] or bus["lag"] or bus["stopped_because"] for bus in told.values()):
            return None
        if self._overdue_sessions():
            return None
        return {name: bus["published"] for name, bus in told.items()}

    def _overdue_sessions(self) -> list[str]:
        """Sessions whose declared maximum is over: the allocator's worker is about to end them."""
        running = self.all("/allocator/v1/sessions", role="operator", params={"state": "running"})
        return [
            one["session_id"]
            for one in running
            if one["max_duration_s"] is not None
            and dt.datetime.fromisoformat(one["assigned_at"]) + dt.timedelta(seconds=one["max_duration_s"]) <= self.now
        ]
