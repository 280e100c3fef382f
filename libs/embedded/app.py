"""The one process of the one-machine mode: PostgreSQL beside it, the five services in it, on 127.0.0.1.

`python -m libs.embedded.serve --port 8080`; people use `./dure up`, which looks first and then becomes this.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from libs.common import log
from libs.common.app import Mounted, build_app
from libs.common.incoming import sweep
from libs.common.kept_outside import StartRefused
from libs.common.messages.facts import with_particles
from libs.common.server import allow_open_files, http_options
from libs.common.settings import Settings
from libs.embedded.control import install
from libs.embedded.databases import DataInTheWay, prepare, renew
from libs.embedded.home import Home
from libs.embedded.keeping import KeepWhatPeopleMake
from libs.embedded.postgres import EmbeddedPostgres
from libs.embedded.postgres_home import PostgresUnavailable
from libs.embedded.postgres_process import end_with_parent
from libs.embedded.together import Together, load
from libs.operator.services import SERVICES

LOG_BYTES_MAX = 50_000_000
STOP_LIMIT_S = 5
LOOPS_AFTER_S = 0.5


def main() -> int:
    """Serve until told to stop. Returns 1 where it cannot start, with one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m libs.embedded.serve")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--for-demo", action="store_true", help="start from empty databases, and end with the parent")
    arguments = parser.parse_args()
    began = time.monotonic()
    if arguments.for_demo:
        end_with_parent(signal.SIGTERM)
    home = Home.here()
    home.make()
    allow_open_files()
    try:
        listener = _listen(arguments.port)
    except OSError as error:
        _complain(
            f"포트 {arguments.port}을(를) 쓸 수 없습니다. 다른 포트로: ./dure up --port 8081",
            f"port {arguments.port} cannot be used ({error.strerror}): ./dure up --port 8081",
        )
        return 1
    log.configure(stream=_log_file(home.log))
    postgres = EmbeddedPostgres(home.postgres)
    try:
        _load_while(lambda: _start(postgres, home, anew=arguments.for_demo))
        if prepare(postgres):
            log.get(__name__).info("migrated")
        return _serve(home, postgres, listener, began=began, as_json=arguments.json)
    except PostgresUnavailable as error:
        _complain(f"PostgreSQL을 시작하지 못했습니다: {error}", "PostgreSQL did not start; ./dure doctor may tell why")
        return 1
    except StartRefused as refused:
        _complain(refused.ko, refused.en)
        return 1
    except DataInTheWay as error:
        _complain(str(error), "./dure demo --reset")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        postgres.stop()
        home.tell_stopped()


def build(home: Home, together: Together) -> ASGIApp:
    """The one application: each service at `/<service>`, and the home page."""
    apps = {name: build_app(runtime) for name, runtime in together.runtimes.items()}
    parent = Mounted(apps)
    install(parent, home, together)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        for folder in {runtime.settings.incoming_dir for runtime in together.runtimes.values()}:
            await asyncio.to_thread(sweep, folder)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(together.close)
            # the parent application runs the lifespan of each application that it mounts
            for app in apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            # the first requests, which ask whether all is ready, need not wait for the first round of every loop
            loops = asyncio.get_running_loop().call_later(LOOPS_AFTER_S, together.start)
            stack.callback(loops.cancel)
            yield

    parent.router.lifespan_context = life
    return KeepWhatPeopleMake(parent, home)


def _start(postgres: EmbeddedPostgres, home: Home, *, anew: bool) -> None:
    postgres.start()
    if anew:
        renew(postgres, home)


def _load_while(start: Callable[[], None]) -> None:
    """Load the services' code while the server is being started: both take about as long."""
    with ThreadPoolExecutor(max_workers=1) as starting:
        started = starting.submit(start)
        for name in SERVICES:
            load(name)
        started.result()


def _serve(home: Home, postgres: EmbeddedPostgres, listener: socket.socket, *, began: float, as_json: bool) -> int:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve_all(home, postgres, listener, began, as_json=as_json))
    return 0


async def _serve_all(
    home: Home, postgres: EmbeddedPostgres, listener: socket.socket, began: float, *, as_json: bool
) -> None:
    together = Together(home, postgres)
    try:
        await together.confirm()
    except StartRefused:
        await together.close()
        raise
    config = uvicorn.Config(
        build(home, together),
        access_log=False,
        **http_options(Settings()),
        lifespan="on",
        timeout_graceful_shutdown=STOP_LIMIT_S,
    )
    port = listener.getsockname()[1]
    server = _Server(config, lambda: _tell_ready(home, port, time.monotonic() - began, as_json=as_json))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, tell_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_ready = tell_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: uvicorn would raise the signal again at its end and cut the clean-up short."""
        yield


def _tell_ready(home: Home, port: int, seconds: float, *, as_json: bool) -> None:
    gc.freeze()  # what is loaded now stays loaded, so the collector need not look through it again
    gc.enable()
    home.tell_running(port)
    url = f"http://127.0.0.1:{port}"
    if as_json:
        print(json.dumps({"url": url, "pid": os.getpid(), "seconds": round(seconds, 2)}), flush=True)
    else:
        print(f"두레가 돌고 있습니다 · Dure runs: {url}/  ({seconds:.1f} s, Ctrl-C: 멈춤 · stop)", flush=True)


def _listen(port: int) -> socket.socket:
    """Take the port before anything else is started."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _log_file(path: Path) -> TextIO:
    """The log, begun anew when it has grown too large; the one before is kept."""
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_suffix(".log.1"))
    return path.open("a", encoding="utf-8", buffering=1)


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415  (not to be had on every platform)
    except ImportError:
        return None
    return uvloop.new_event_loop


def _complain(ko: str, en: str) -> None:
    print(f"dure: {with_particles(ko)} · {en}", file=sys.stderr, flush=True)
