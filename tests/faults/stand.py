"""One service's real process over a real PostgreSQL and a real issuer, each behind a proxy that can fail."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from libs.common.migrate import migrate
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.broker import _DIES_WITH_PARENT, free_ports
from tests.faults.proxy import Proxy, to_port, to_socket

ROOT = Path(__file__).parents[2]
START_S_MAX = 60.0


class KeyServer:
    """Serves a key set over HTTP; the answer can be replaced, and can drip."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.drip_s = 0.0
        """How long each byte of an answer waits: long before its end, and never long enough to seem silent."""
        self.port = 0
        self.tell(answer)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "KeyServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def tell(self, answer: dict[str, Any]) -> None:
        """Answer this from now on."""
        self._answer = json.dumps(answer).encode()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self._answer)}\r\nConnection: close\r\n\r\n"
            whole = head.encode() + self._answer
            if not self.drip_s:
                writer.write(whole)
            for nth in range(len(whole) if self.drip_s else 0):
                writer.write(whole[nth : nth + 1])
                await asyncio.sleep(self.drip_s)
            await writer.drain()
        writer.close()


class Stand:
    """A service's process, how to reach it, and what it depends on."""

    def __init__(
        self, issuer: Issuer, database: Proxy, keys: Proxy, key_server: KeyServer, ports: tuple[int, int]
    ) -> None:
        self.issuer = issuer
        self.database = database
        self.keys = keys
        self.key_server = key_server
        self.port, self.probe_port = ports
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60, trust_env=False)
        self.probe = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.probe_port}", timeout=60, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None
        self.log = Path()
        self.told: dict[str, str] = {}
        """The environment of the process, to start it again."""

    def as_(self, role: str, **more: Any) -> dict[str, str]:
        """The headers of a caller with this role."""
        return {"Authorization": f"Bearer {self.issuer.token(role, **more)}"}

    async def first_answer(self, path: str, limit_s: float = START_S_MAX) -> httpx.Response:
        """What the probe port answers as soon as it is open."""
        async with asyncio.timeout(limit_s):
            while True:
                try:
                    return await self.probe.get(path)
                except httpx.TransportError:
                    assert self.process is None or self.process.poll() is None, self.log.read_text()[-3000:]
                    await asyncio.sleep(0.1)

    async def port_open(self, limit_s: float = START_S_MAX) -> None:
        """Return once the API's port takes connections."""
        async with asyncio.timeout(limit_s):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await self.http.get("/")
                    return
                await asyncio.sleep(0.1)

    async def await_ready(self, limit_s: float = START_S_MAX) -> None:
        """Return once the process says that it is ready. Raises AssertionError where it does not in time."""
        answer = "nothing"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while True:
                    assert self.process is None or self.process.poll() is None, self.log.read_text()[-3000:]
                    with contextlib.suppress(httpx.TransportError):
                        told = await self.probe.get("/readyz")
                        if told.is_success:
                            return
                        answer = told.text
                    await asyncio.sleep(0.1)
        raise AssertionError(f"not ready: {answer}\n{self.log.read_text()[-3000:]}")

    async def close(self) -> None:
        """End the process."""
        await self.http.aclose()
        await self.probe.aclose()
        if self.process is not None:
            self.process.terminate()
            try:
                await asyncio.to_thread(self.process.wait, 25)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def socket_of(postgres: EmbeddedPostgres) -> str:
    """The file by which a server is reached."""
    return postgres.url("x").rsplit("host=", 1)[1].replace("%2F", "/") + "/.s.PGSQL.5432"


def spawn(module: str, kind: str, told: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a service's process that ends with this one; what it says goes to `log`."""
    command = [sys.executable, "-m", module, kind]
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command],
            cwd=log.parent,
            env={name: value for name, value in told.items() if value},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@asynccontextmanager
async def standing(
    service: str,
    postgres: EmbeddedPostgres,
    folder: Path,
    *,
    own_probe_port: bool = True,
    kind: str = "api",
    migrated: bool = True,
    issuer_hangs: str = "",
    proxied: bool = True,
    **environment: str,
) -> AsyncIterator[Stand]:
    """Start `python -m services.<service> api` as it is deployed, and end it.

    `issuer_hangs` "silent": the issuer takes connections and says nothing; "dripping": it never comes to an end.
    `proxied` False: nothing stands between the process and its database.
    """
    issuer = Issuer.open(folder / "key.json")
    name = f"stand_{service}_{free_ports(1)[0]}"
    await asyncio.to_thread(postgres.create_database, name)
    if migrated:
        await migrate(service, postgres.url(name))
    port, probe_port = free_ports(2)
    async with (
        KeyServer(issuer.jwks()) as key_server,
        Proxy(to_port(key_server.port)) as keys,
        Proxy(to_socket(socket_of(postgres))) as database,
    ):
        ports = (port, probe_port if own_probe_port else port)
        stand = Stand(issuer, database, keys, key_server, ports)
        told = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "DURE_DATABASE_URL": (
                f"postgresql+asyncpg://postgres@127.0.0.1:{database.port}/{name}" if proxied else postgres.url(name)
            ),
            "DURE_OIDC_ISSUER": ISSUER,
            "DURE_OIDC_AUDIENCE": AUDIENCE,
            "DURE_OIDC_JWKS_URL": f"http://127.0.0.1:{keys.port}/jwks",
            "DURE_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "DURE_PORT": str(port),
            "DURE_STATE_DIR": str(folder / "state"),
            **({"DURE_PROBE_PORT": str(probe_port)} if own_probe_port else {}),
            **environment,
        }
        if issuer_hangs == "silent":
            keys.blackhole()
        if issuer_hangs == "dripping":
            key_server.drip_s = 0.5
        stand.log = folder / f"{name}.log"
        stand.told = told
        stand.process = spawn(f"services.{service}", kind, told, stand.log)
        try:
            yield stand
        finally:
            await stand.close()
    await asyncio.to_thread(postgres.drop_databases, name)


@asynccontextmanager
async def beside(stand: Stand, service: str) -> AsyncIterator[int]:
    """A second process of the same service, as deployed beside the first; gives its port."""
    port, probe_port = free_ports(2)
    told = {**stand.told, "DURE_PORT": str(port), "DURE_PROBE_PORT": str(probe_port)}
    process = spawn(f"services.{service}", "api", told, stand.log)
    try:
        async with asyncio.timeout(START_S_MAX), httpx.AsyncClient(trust_env=False, timeout=60) as http:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"http://127.0.0.1:{probe_port}/readyz")).is_success:
                        break
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 25)
