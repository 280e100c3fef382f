"""Looks into files of strangers in a process of its own: with little memory, little time, and nothing of ours in it.

A file that is made to take for ever or to fill the memory ends such a process and not the service. The process is
started with the first file, serves one after another, and ends by itself with its parent.
"""

import atexit
import contextlib
import importlib
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from libs.common import log
from libs.common.errors import DureError
from libs.common.few_threads import FewThreads, NoTurn

PROCESSES_MAX = 2
MEMORY_BYTES_MAX = 768 << 20
CPU_S_MAX = 15
WAIT_S_MAX = 20.0
TURN_S_MAX = 60.0
"""How long a file waits for those before it."""
BAD = (ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError)
_log = log.get(__name__)


class TooMuch(Exception):
    """A file took more time or memory than it may, or broke what looked into it."""


class LookersBusy(DureError):
    """Too many files wait to be looked into (503)."""

    status = 503
    retry_after_s = 10

    def __init__(self) -> None:
        super().__init__("lookers_busy")


class _Looker:
    """One such process, used by one file at a time."""

    def __init__(self) -> None:
        told = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from libs.common.apart import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**told, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
            start_new_session=True,
        )
        self.pid = self._process.pid

    def ask(self, function: str, path: Path) -> Any:
        """What the function finds in the file. Blocks. Raises TooMuch; the process is not to be used afterwards."""
        overdue = threading.Timer(WAIT_S_MAX, self._process.kill)
        overdue.daemon = True
        overdue.start()
        try:
            asked, answers = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
            asked.write(json.dumps([function, str(path)]).encode() + b"\n")
            asked.flush()
            answer = answers.readline()
        except OSError as error:
            raise TooMuch from error
        finally:
            overdue.cancel()
        if not answer.endswith(b"\n"):
            raise TooMuch
        told = json.loads(answer)
        if "error" in told:
            _log.warning("look_failed", function=function, error=told["error"])
            raise TooMuch
        return told["found"]

    def lives(self) -> bool:
        """Whether the process can be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                cast("BinaryIO", pipe).close()
        self._process.wait()


class Lookers:
    """So many processes at most, each started when a file finds none that is free."""

    def __init__(self) -> None:
        self._free: list[_Looker] = []
        self._turns = FewThreads(PROCESSES_MAX, TURN_S_MAX)

    async def look(self, function: str, path: Path) -> Any:
        """What a function, named `module:function`, finds in a file: JSON. Raises TooMuch, LookersBusy.

        The function is given the open file; it is of ours, and pure.
        """
        try:
            return await self._turns.run(self._look, function, path)
        except NoTurn as error:
            raise LookersBusy from error

    def _look(self, function: str, path: Path) -> Any:
        looker = self._free_one() or _Looker()
        try:
            found = looker.ask(function, path)
        except BaseException:
            looker.end()
            raise
        self._free.append(looker)
        return found

    def _free_one(self) -> _Looker | None:
        """One that lives; those that something else ended meanwhile are put away."""
        while self._free:
            looker = self._free.pop()
            if looker.lives():
                return looker
            looker.end()
        return None

    def close(self) -> None:
        """End all that are free."""
        while self._free:
            self._free.pop().end()


LOOKERS = Lookers()
atexit.register(LOOKERS.close)


async def look_apart(function: str, path: Path) -> Any:
    """What a function, named `module:function`, finds in a file, in a process apart. Raises TooMuch, LookersBusy."""
    return await LOOKERS.look(function, path)


def serve() -> None:
    """What the process apart does until its parent closes the pipe: one question a line, one answer a line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        _bound_time()
        sys.stdout.buffer.write(json.dumps(_answer(*json.loads(line))).encode() + b"\n")
        sys.stdout.buffer.flush()


def _bound_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_S_MAX
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _answer(function: str, path: str) -> dict[str, Any]:
    module, _, name = function.partition(":")
    look: Callable[[BinaryIO], Any] = getattr(importlib.import_module(module), name)
    try:
        with _opened(path) as file:
            return {"found": look(file)}
    except (*BAD, OSError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


@contextlib.contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    with Path(path).open("rb") as file:
        yield file
