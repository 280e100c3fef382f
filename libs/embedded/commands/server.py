"""`dure up | down | status`: the one process with everything in it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from libs.embedded.home import CHECKOUT, Home, Running
from libs.operator.terminal import JSON_HELP, emit, fail, note, say, step

START_LIMIT_S = 90
STOP_LIMIT_S = 30
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def up(
    port: Annotated[int, typer.Option(min=0, max=65535, help="포트, 0이면 빈 포트 · port, 0 takes a free one")] = 8080,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="뒤에서 돌립니다 · return and leave it running")
    ] = False,
    reset: Annotated[bool, typer.Option("--reset", help="자료를 지우고 새로 · remove all data first")] = False,
    json: Json = False,
) -> None:
    """PostgreSQL과 다섯 서비스를 시작합니다 · start PostgreSQL and the five services on http://127.0.0.1:8080."""
    home = Home.here()
    running = home.running()
    if running is not None and not reset:
        _tell_up(running, json)
        return
    if running is not None:
        stop_server(running)
    if reset:
        home.reset()
    home.make()
    command = [sys.executable, "-P", "-m", "libs.embedded.serve", "--port", str(port), *(["--json"] if json else [])]
    if not detach:
        # the server takes over this very process, which so sheds all that only the command line needed
        os.execve(command[0], command, _environment())  # noqa: S606
    with step("두레를 시작합니다 · starting Dure"):
        running = launch(home, command)
    _tell_up(running, json)


def launch(home: Home, command: list[str]) -> Running:
    """Start the server in the background and wait until it is ready; failing that, end with the reason it gave."""
    return start(home, command)[1]


def start(home: Home, command: list[str]) -> tuple[subprocess.Popen[bytes], Running]:
    """The same for who waits for its end: the server's process too."""
    said = home.folder / "start.log"
    with said.open("w") as log:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment(),
        )
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and server.poll() is None:
        running = home.running()
        if running is not None and running.pid == server.pid:
            return server, running
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        server.terminate()
    note(said.read_text().strip()[-2000:])
    return fail("시작하지 못했습니다. ./dure doctor 로 살펴보세요", "it did not start: ./dure doctor may tell why")


def _environment() -> dict[str, str]:
    """The server finds its code wherever it is started from."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


def down(json: Json = False) -> None:
    """모두 멈춥니다 · stop everything."""
    running = Home.here().running()
    if running is not None:
        with step("두레를 멈춥니다 · stopping Dure"):
            stop_server(running)
    if json:
        emit({"stopped": running is not None})
    else:
        say("멈췄습니다 · stopped" if running else "돌고 있지 않습니다 · not running")


def status(json: Json = False) -> None:
    """무엇이 돌고 있는지 보여 줍니다 · show what runs. Exit code 1 where not everything is ready."""
    running = Home.here().running()
    if running is None:
        if json:
            emit({"running": False})
        else:
            say("돌고 있지 않습니다 · not running")
        raise typer.Exit(1)
    told = _ask(running)
    document = {
        "running": True, "ready": told["ready"], "url": running.url, "pid": running.pid,
        "memory_mb": memory_mb(running.pid), **told,
    }  # fmt: skip
    if json:
        emit(document)
    else:
        say(f"{running.url}  pid {running.pid}  {document['memory_mb']} MB  {told['now']}")
        for name, ready in told["services"].items():
            say(f"  {'✓' if ready else '✗'} {name}")
    raise typer.Exit(0 if told["ready"] else 1)


def memory_mb(pid: int) -> int:
    """Memory of the server and all it started, shared pages counted once where the system tells (PSS), in MB."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415

    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error, OSError):
                total += _resident_bytes(one)
    return round(total / 1e6)


def _resident_bytes(process: Any) -> int:
    shares = Path(f"/proc/{process.pid}/smaps_rollup")
    with contextlib.suppress(OSError):
        for line in shares.read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return int(process.memory_info().rss)


def stop_server(running: Running) -> None:
    """Ask the server to stop, then insist."""
    from libs.embedded.home import began_at  # noqa: PLC0415

    for sign, limit_s in ((signal.SIGTERM, STOP_LIMIT_S), (signal.SIGKILL, STOP_LIMIT_S)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, sign)
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            if began_at(running.pid) != running.process_began_at:
                return
            time.sleep(0.02)
    fail(f"프로세스 {running.pid}이(가) 멈추지 않습니다", f"process {running.pid} does not stop")


def _ask(running: Running) -> dict[str, Any]:
    import httpx  # noqa: PLC0415

    try:
        told: dict[str, Any] = httpx.get(f"{running.url}/embedded/v1/status", timeout=10, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return {"ready": False, "services": {}, "now": "?"}
    return told


def _tell_up(running: Running, json: bool) -> None:
    if json:
        emit({"url": running.url, "pid": running.pid})
    else:
        say(f"두레가 돌고 있습니다 · Dure runs: {running.url}/  (./dure down)")
