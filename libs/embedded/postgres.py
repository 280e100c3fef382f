"""The embedded PostgreSQL server: started with us, watched, restarted after a crash, stopped with us.

One `EmbeddedPostgres` supervises one server on one data folder. It listens on a socket in a private folder only. The
kernel (Linux) signals the server when this process ends, and the server stops by itself, so that not even `kill -9`
leaves an orphan; elsewhere the next start stops a left-over before it begins.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from libs.embedded.postgres_home import PostgresHome, PostgresUnavailable, discard, major_version, settle, socket_dir
from libs.embedded.postgres_process import SETTINGS, STOP_LIMIT_S, STOP_SIGNALS, UNSAFE_BUT_FAST, end_leftover, spawn

RESTARTS_MAX = 5
HEALTHY_AFTER_S = 60.0


class EmbeddedPostgres:
    """A PostgreSQL server on `data_dir`; `durable=False` trades safety against speed (tests only)."""

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        start_limit_s: float = 60.0,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`settings`: PostgreSQL's own, instead of those that it would be started with."""
        self.data_dir = Path(data_dir).absolute()
        self._settings = {**SETTINGS, **({} if durable else UNSAFE_BUT_FAST), **(settings or {})}
        self._durable = durable
        self._start_limit_s = start_limit_s
        self._home: PostgresHome | None = None
        self._socket_dir: Path | None = None
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def binaries(self) -> Path:
        """The folder of the server's programs. Raises PostgresUnavailable before the start."""
        if self._home is None:
            raise PostgresUnavailable("the embedded PostgreSQL has not been started")
        return self._home.binaries

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the server and return when it takes connections; `PostgresUnavailable` says why it cannot."""
        if self.pid is not None:
            return
        home = self._home = settle(self.data_dir)
        self._take_lock()
        try:
            end_leftover(home)
            self._make_cluster(home)
            self._socket_dir = socket_dir(home)
            self._stopping.clear()
            # the kernel ties the server's life to the THREAD that starts it: it must be one that lives as long as we
            self._watcher = threading.Thread(
                target=self._watch, args=(home, self._socket_dir), name="postgres", daemon=True
            )
            self._watcher.start()
            self._await_ready(home)
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the server (open transactions are rolled back) and wait until it is gone. Never fails."""
        self._stopping.set()
        atexit.unregister(self.stop)
        for sign in STOP_SIGNALS:
            if self._process is None or self.pid is None:
                break
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                self._process.send_signal(sign)
                self._process.wait(STOP_LIMIT_S)
        if self._watcher is not None:
            self._watcher.join(STOP_LIMIT_S)
        self._process = self._watcher = None
        if self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            self._socket_dir = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def url(self, database: str, role: str = "postgres") -> str:
        """The SQLAlchemy address of `database` for one role, the server's administrator where none is named.

        It is for asyncpg, over the private socket, whose folder keeps everybody else out: no role has a password.
        """
        if self._socket_dir is None:
            raise PostgresUnavailable("the embedded PostgreSQL has not been started")
        return f"postgresql+asyncpg://{quote(role)}@/{quote(database)}?host={quote(str(self._socket_dir))}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create `name`, empty or as a copy of `template` (which nobody may be connected to)."""
        source = f' TEMPLATE "{template}"' if template else ""
        self.execute(f'CREATE DATABASE "{name}"{source}')

    def drop_databases(self, *names: str) -> None:
        """Drop those of these databases that are there, ending their connections."""
        if names:
            self._psql([f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names])

    def databases(self) -> list[str]:
        """Names of the databases, without PostgreSQL's own."""
        own = ("postgres", "template0", "template1")
        return [name for name in self.execute("SELECT datname FROM pg_database ORDER BY 1").split() if name not in own]

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run one statement through psql and give its plain output; for set-up only."""
        return self._psql([sql], database)

    def _psql(self, statements: Sequence[str], database: str = "postgres") -> str:
        if self._home is None or self._socket_dir is None:
            raise PostgresUnavailable("the embedded PostgreSQL has not been started")
        psql = [str(self._home.binaries / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        told = [part for statement in statements for part in ("-c", statement)]
        target = ["-h", str(self._socket_dir), "-U", "postgres", "-d", database]
        done = subprocess.run(
            [*psql, *target, *told], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"{'; '.join(statements)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def remove(self) -> None:
        """Stop the server and remove all its data."""
        self.stop()
        discard(self.data_dir)

    def _take_lock(self) -> None:
        """Hold the data folder for ourselves; the kernel lets go of it when we die, however we die."""
        lock = (self.data_dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise PostgresUnavailable(f"{self.data_dir} is in use by process {holder}: ./dure down") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _make_cluster(self, home: PostgresHome) -> None:
        """Make the cluster once, under another name until it is whole."""
        version_file = home.cluster / "PG_VERSION"
        if version_file.exists():
            found = version_file.read_text().strip()
            if found != major_version():
                raise PostgresUnavailable(
                    f"{home.cluster} was written by PostgreSQL {found}, installed is {major_version()}: "
                    "./dure up --reset starts anew"
                )
            return
        fresh = home.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        how = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        how += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *([] if self._durable else ["--no-sync"])]
        with (self.data_dir / "postgres.log").open("ab") as log:
            done = spawn(home, "initdb", ["-D", str(fresh), *how], log).wait()
        if done:
            raise PostgresUnavailable(f"initdb failed ({done}):\n{self._log_tail()}")
        shutil.rmtree(home.cluster, ignore_errors=True)
        fresh.rename(home.cluster)

    def _watch(self, home: PostgresHome, sockets: Path) -> None:
        """Run the server; start it again after an unexpected end, a limited number of times."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = ["-D", str(home.cluster), "-k", str(sockets), *settings]
        deaths = 0
        while deaths <= RESTARTS_MAX:
            began = time.monotonic()
            with (self.data_dir / "postgres.log").open("ab") as log:
                self._process = spawn(home, "postgres", command, log)
            if self._stopping.is_set():
                self._process.send_signal(STOP_SIGNALS[0])
            self._process.wait()
            deaths = 1 if time.monotonic() - began > HEALTHY_AFTER_S else deaths + 1
            if self._stopping.wait(0.2 * deaths):
                return

    def _await_ready(self, home: PostgresHome) -> None:
        """Wait for the server's own word in its pid file; recovery after a crash may take a while."""
        pid_file = home.cluster / "postmaster.pid"
        until = time.monotonic() + self._start_limit_s
        while time.monotonic() < until and self._watcher is not None and self._watcher.is_alive():
            with contextlib.suppress(FileNotFoundError):
                lines = pid_file.read_text().split("\n")
                if lines[0] == str(self.pid) and len(lines) > 7 and lines[7].strip() == "ready":
                    return
            time.sleep(0.005)
        raise PostgresUnavailable(f"PostgreSQL did not start in {self._start_limit_s:.0f} s:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        text = (self.data_dir / "postgres.log").read_bytes()[-2000:].decode(errors="replace")
        return "\n".join(text.splitlines()[-8:])
