"""A database server as a deployment file starts it: its arguments, environment and first-time script."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from libs.embedded.postgres import EmbeddedPostgres
from tests.engines.broker import free_ports

SCRIPT_S_MAX = 120


class Engine(NamedTuple):
    """What a deployment file says of its database server."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    script: str
    """What its image runs once, on an empty volume."""

    def settings(self) -> dict[str, str]:
        """Its arguments `-c name=value`."""
        flags, values = self.arguments[::2], self.arguments[1::2]
        assert set(flags) <= {"-c"}, self.arguments
        return dict(value.split("=", 1) for value in values)


class Server(NamedTuple):
    """A running database server."""

    port: int
    version: str


@contextmanager
def running(engine: Engine, folder: Path) -> Iterator[Server]:
    """A PostgreSQL that takes passwords over TCP, made ready by its first-time script."""
    (port,) = free_ports(1)
    rules = folder / "pg_hba.conf"
    rules.write_text("local all postgres trust\nhost all all 127.0.0.0/8 scram-sha-256\n")
    for path in (rules, *rules.parents[:4]):  # up to pytest's own folder, also in a parallel run
        if (mode := path.stat().st_mode) & 0o055 != 0o055:
            path.chmod(mode | 0o055)  # the server's user reads it
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules), **engine.settings()}
    server = EmbeddedPostgres(folder / "server", durable=False, settings=settings)
    server.start()
    try:
        yield Server(port, _first_run(server, port, engine, folder / "first-run.sh"))
    finally:
        server.remove()


def _first_run(server: EmbeddedPostgres, port: int, engine: Engine, script: Path) -> str:
    """Run the first-time script, as the image would; returns the server's version, as it tells it."""
    sockets = server.url("postgres").rsplit("host=", 1)[1].replace("%2F", "/")
    path = f"{server.binaries}:{os.environ['PATH']}"
    environment = {**engine.environment, "PATH": path, "POSTGRES_USER": "postgres", "PGHOST": sockets}
    environment["PGPORT"] = str(port)
    script.write_text(engine.script, encoding="utf-8")
    command = ["sh", str(script)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SCRIPT_S_MAX, env=environment)
    assert done.returncode == 0, done.stderr
    asking = ["psql", "-X", "-A", "-t", "-U", "postgres", "-c", "SHOW server_version"]
    asked = subprocess.run(asking, check=True, capture_output=True, text=True, timeout=60, env=environment)
    return asked.stdout.strip()
