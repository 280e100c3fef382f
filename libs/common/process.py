"""A service as processes of its own: `python -m services.X api | worker | migrate`, on Kafka."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import uvicorn

from libs.common import log
from libs.common.app import build_app, mounted
from libs.common.clock import Clock, SettableClock, SystemClock
from libs.common.identity import Verifier, fetch_from
from libs.common.probes import Probes, ProbeServer
from libs.common.service import Runtime, Service
from libs.common.settings import Settings, WorkerSettings

STOP_LIMIT_S = 20


def main(service: Service) -> None:
    """Run one of a service's processes, as the command line says; settings come from the environment."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}", description=service.title)
    parser.add_argument("process", choices=["api", "worker", "migrate"])
    parser.add_argument(
        "--split-roles",
        action="store_true",
        help="with migrate, as administrator: part owner and running role",
    )
    told = parser.parse_args()
    process = told.process
    settings = WorkerSettings() if process == "worker" else Settings()
    log.configure(settings.log_level)
    if process == "migrate":
        from libs.common import migrating  # noqa: PLC0415 - api and worker never load Alembic

        migrating.run(service.name, split=told.split_roles)
    else:
        _run(_serve(service, settings, works=process == "worker"))


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(coroutine)


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415 - not to be had on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or in a rehearsal the one whose instant a file holds."""
    return SettableClock(settings.clock_file) if settings.clock_file else SystemClock()


def runtime_of(service: Service, settings: Settings) -> Runtime:
    """A service over Kafka and a real issuer."""
    from libs.common.kafka_bus import KafkaBus  # noqa: PLC0415 - the one-machine mode never loads aiokafka
    from libs.common.kafka_config import KafkaConfig  # noqa: PLC0415

    verifier = Verifier(settings.oidc_issuer, settings.oidc_audience, fetch_from(settings.oidc_jwks_url))
    return Runtime(service, settings, clock_of(settings), KafkaBus(KafkaConfig.of(settings)), verifier)


async def _serve(service: Service, settings: Settings, *, works: bool) -> None:
    """Answer HTTP; a worker relays, consumes and runs jobs beside it, and its port serves health and metrics."""
    runtime = runtime_of(service, settings)
    probes = Probes(runtime.readiness, service.registry)
    app = mounted({service.name: build_app(runtime)})
    if not settings.probe_port:
        probes.add_to(app)
    config = uvicorn.Config(
        app, settings.host, settings.port, log_config=None, lifespan="on", timeout_graceful_shutdown=STOP_LIMIT_S
    )
    server = uvicorn.Server(config)
    app.router.lifespan_context = lambda _: _life(runtime, probes, works=works)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    await server.serve()


@asynccontextmanager
async def _life(runtime: Runtime, probes: Probes, *, works: bool) -> AsyncIterator[None]:
    """What runs beneath the HTTP server; the probes come first and go last, so that they tell of a slow start."""
    settings = runtime.settings
    async with AsyncExitStack() as stack:
        beating = asyncio.create_task(probes.beat())
        stack.callback(beating.cancel)
        if settings.probe_port:
            server = ProbeServer(probes, settings.host, settings.probe_port)
            await server.start()
            stack.push_async_callback(server.stop)
        stack.push_async_callback(runtime.close)
        runtime.start_measuring()
        if works:
            stack.push_async_callback(runtime.bus.stop)
            stack.push_async_callback(runtime.stop)
            runtime.bus.subscribe(runtime.subscription())
            await runtime.bus.start()
            runtime.start()
        yield
        probes.stopping = True
