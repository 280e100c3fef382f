"""A service as processes of its own: `python -m services.X api | worker | migrate`, on Kafka."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import uvicorn

from libs.common import log
from libs.common.app import Mounted, build_app
from libs.common.clock import Clock, SettableClock, SystemClock
from libs.common.identity import KEYS_KEPT_S, Claims, Verifier
from libs.common.incoming import sweep
from libs.common.issuer_keys import fetch_from
from libs.common.kept_outside import StartRefused, confirm_in_time, try_to_confirm
from libs.common.probes import Probes, ProbeServer
from libs.common.server import allow_open_files, http_options
from libs.common.service import Runtime, Service
from libs.common.settings import Settings, WorkerSettings


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
    if missing := missing_settings(settings, process):
        parser.error(f"이 설정이 비어 있습니다 · these settings are empty: {', '.join(missing)}")
    log.configure(settings.log_level)
    allow_open_files()
    if process == "migrate":
        from libs.common import migrating  # noqa: PLC0415 - api and worker never load Alembic

        migrating.run(service.name, split_apart=told.split_roles)
    else:
        sys.exit(_run(_serve(service, settings, works=process == "worker")))


def missing_settings(settings: Settings, process: str) -> list[str]:
    """The environment variables without which this process could only answer errors."""
    needed = {"DURE_DATABASE_URL": settings.database_url}
    if process == "worker":
        needed["DURE_KAFKA_BOOTSTRAP"] = settings.kafka_bootstrap
    if process == "api":
        needed |= {
            "DURE_OIDC_ISSUER": settings.oidc_issuer,
            "DURE_OIDC_AUDIENCE": settings.oidc_audience,
            "DURE_OIDC_JWKS_URL": settings.oidc_jwks_url,
        }
    return [name for name, value in needed.items() if not value.strip()]


def _run(coroutine: Coroutine[Any, Any, int]) -> int:
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(coroutine)
    return 0


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

    verifier = Verifier(
        settings.oidc_issuer,
        settings.oidc_audience,
        fetch_from(settings.oidc_jwks_url, settings.oidc_fetch_timeout_s),
        claims=Claims(settings.oidc_roles_claim, settings.oidc_organisation_claim),
        leeway_s=settings.oidc_leeway_s,
        outlive_s=settings.oidc_keys_outlive_s,
        fetch_timeout_s=settings.oidc_fetch_timeout_s,
    )
    return Runtime(service, settings, clock_of(settings), KafkaBus(KafkaConfig.of(settings)), verifier)


async def _serve(service: Service, settings: Settings, *, works: bool) -> int:
    """Answer HTTP; a worker relays, consumes and runs jobs beside it, and its port serves health and metrics.

    Returns the exit status: 1 where what the service keeps outside of its database is not the right one.
    """
    runtime = runtime_of(service, settings)
    try:
        confirmed = await try_to_confirm(runtime.kept_outside)
    except StartRefused as refused:
        await runtime.close()
        return _complain(service, refused)
    probes = Probes(runtime.readiness, service.registry)
    app = Mounted({service.name: build_app(runtime)})
    if not settings.probe_port:
        probes.add_to(app)
    config = uvicorn.Config(
        app,
        settings.host,
        settings.port,
        lifespan="on",
        timeout_graceful_shutdown=settings.stop_timeout_s,
        **http_options(settings),
    )
    server = uvicorn.Server(config)
    app.router.lifespan_context = lambda _: _life(runtime, probes, works=works)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    if confirmed:
        await server.serve()
        return 0
    return await _serve_unconfirmed(server, runtime)


async def _serve_unconfirmed(server: uvicorn.Server, runtime: Runtime) -> int:
    """Serve while the database is still awaited; end as soon as it is known that the start is to be refused."""
    serving = asyncio.create_task(server.serve())
    confirming = asyncio.create_task(confirm_in_time(runtime.kept_outside))
    await asyncio.wait((serving, confirming), return_when=asyncio.FIRST_COMPLETED)
    if not confirming.done():
        confirming.cancel()
        return 0
    refused = confirming.exception()
    if refused is not None:
        server.should_exit = True
    await serving
    return _complain(runtime.service, refused) if isinstance(refused, StartRefused) else 0


def _complain(service: Service, refused: StartRefused) -> int:
    sys.stderr.write(f"dure-{service.name}: {refused.ko} · {refused.en}\n")
    return 1


async def _work(runtime: Runtime) -> None:
    """Hear first, then relay and run jobs. A worker that cannot begin ends, so that it is started anew."""
    try:
        await runtime.bus.start()
        runtime.start()
    except Exception:  # noqa: BLE001 - whatever it is: nobody awaits this, and a worker that does nothing helps nobody
        log.get(__name__).exception("work_not_begun", service=runtime.service.name)
        signal.raise_signal(signal.SIGTERM)


@asynccontextmanager
async def _life(runtime: Runtime, probes: Probes, *, works: bool) -> AsyncIterator[None]:
    """What runs beneath the HTTP server; the probes come first and go last, so that they tell of a slow start."""
    settings = runtime.settings
    await asyncio.to_thread(sweep, settings.incoming_dir)
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
            # whoever asks, or ends the process, need not wait for a broker that is away
            working = asyncio.create_task(_work(runtime))
            stack.callback(working.cancel)
        else:
            asking = asyncio.create_task(runtime.verifier.keys.keep_fresh(KEYS_KEPT_S / 2))
            stack.callback(asking.cancel)
        yield
        probes.stopping = True
