"""Starts the server's programs so that they end with this process and do not receive its Ctrl-C."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import warnings
from typing import IO

from libs.embedded.postgres_home import PostgresHome

PR_SET_PDEATHSIG = 1
STOP_LIMIT_S = 15.0
# fast shutdown, immediate shutdown, kill
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # one machine, no replica: less log to write, fewer processes to keep
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    # /dev/shm is 64 MB in many containers, and parallel workers would ask it for more
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
# for throw-away databases of tests: a crash of the machine may lose them
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def spawn(home: PostgresHome, program: str, arguments: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start one of PostgreSQL's programs as the home's user; it gets SIGINT when the calling thread ends."""
    owner = home.owner()
    uid, gid = owner or (None, None)
    with warnings.catch_warnings():
        # Python warns of forking beside threads; the child only calls prctl before it becomes the program
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            [home.binaries / program, *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=uid, group=gid, extra_groups=[] if owner else None, umask=0o077,
            start_new_session=True,  # this process handles Ctrl-C first and then stops the server
            preexec_fn=_DeathWish() if sys.platform == "linux" else None,  # noqa: PLW1509  (one call to prctl)
        )  # fmt: skip


def end_leftover(home: PostgresHome) -> None:
    """Stop the server of a supervisor that died, and clear a pid file that names somebody else's process."""
    pid_file = home.cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  (only a start after a crash pays for it)

    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        if str(home.cluster) not in process.cmdline():
            pid_file.unlink()  # the number has been given to another program since
            return
        for sign in STOP_SIGNALS:
            process.send_signal(sign)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(STOP_LIMIT_S)
                return
    except (psutil.NoSuchProcess, ValueError, FileNotFoundError):
        return  # gone meanwhile; PostgreSQL clears a pid file of the dead by itself


def end_with_parent(sign: signal.Signals) -> None:
    """Have this very process get `sign` when the one that started it dies (where the kernel offers that)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign, 0, 0, 0)


class _DeathWish:
    """Asks the kernel, in the child, for a fast shutdown when the parent dies."""

    def __init__(self) -> None:
        # looked up before the fork: the child must not import or allocate much
        self._prctl = ctypes.CDLL(None).prctl
        self._parent = os.getpid()

    def __call__(self) -> None:
        self._prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != self._parent:
            os._exit(1)  # it died before we could ask
