"""What watches a process: `/healthz`, `/readyz` and `/metrics`, on the port of the API or on one of their own.

With `DURE_PROBE_PORT` they stand on that port alone, served by a thread with an event loop of its own: neither a
busy main loop nor an exhausted pool keeps them waiting, and no figure is to be seen on the public port.
"""

import asyncio
import threading
import time

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from libs.common.readiness import Readiness
from libs.common.reasons import in_words

RETRY_AFTER_S = 5
LOOP_STUCK_AFTER_S = 120.0
"""A main loop that has not come round for so long will not come back: the process is to be started again."""
BEAT_EVERY_S = 1.0
JOIN_LIMIT_S = 5.0


class Probes:
    """The three answers of one process."""

    def __init__(self, readiness: Readiness, registry: CollectorRegistry) -> None:
        self._readiness = readiness
        self._registry = registry
        self._beat_at = time.monotonic()
        self.stopping = False

    def add_to(self, app: FastAPI) -> None:
        """Let an application answer them."""

        @app.get("/healthz", include_in_schema=False)
        async def healthz() -> JSONResponse:
            """The process answers, and its main loop still turns."""
            still_s = time.monotonic() - self._beat_at
            if still_s > LOOP_STUCK_AFTER_S:
                return JSONResponse({"status": "stuck", "loop_still_s": int(still_s)}, 503)
            return JSONResponse({"status": "alive"})

        @app.get("/readyz", include_in_schema=False)
        async def readyz() -> JSONResponse:
            """The database answers under the schema that is needed, and the bus makes progress."""
            why_not = "stopping" if self.stopping else await self._readiness.why_not()
            body = {"ready": not why_not, "why_not": why_not, "detail": in_words(why_not)}
            return readiness_answer({**body, "notes": self._readiness.notes()}, ready=not why_not)

        @app.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            """What Prometheus reads: what is known, without asking the database."""
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def beat(self) -> None:
        """Show for ever that the main loop turns; runs in it."""
        while True:
            self._beat_at = time.monotonic()
            await asyncio.sleep(BEAT_EVERY_S)

    async def close(self) -> None:
        """Give the readiness's connection back."""
        await self._readiness.close()


def readiness_answer(body: dict[str, object], *, ready: bool) -> JSONResponse:
    """200, or 503 with the time after which to ask again."""
    return JSONResponse(body, 200 if ready else 503, headers=None if ready else {"Retry-After": str(RETRY_AFTER_S)})


class ProbeServer:
    """Serves the probes on a port of their own, from a thread."""

    def __init__(self, probes: Probes, host: str, port: int) -> None:
        app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        probes.add_to(app)
        config = uvicorn.Config(
            app, host, port, log_config=None, access_log=False, ws="none", lifespan="off", loop="asyncio",
            timeout_keep_alive=15, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._probes = probes
        self._server = uvicorn.Server(config)
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="probes", daemon=True)

    async def start(self) -> None:
        """Return once the port is open. Raises OSError where it cannot be had."""
        self._thread.start()
        while not self._server.started:
            if self._failed or not self._thread.is_alive():
                raise OSError(f"the probe port {self._server.config.port} cannot be opened")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Close the port."""
        self._server.should_exit = True
        await asyncio.to_thread(self._thread.join, JOIN_LIMIT_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except (Exception, SystemExit):  # noqa: BLE001 - uvicorn exits where it cannot bind; the start hears of it
            self._failed = True

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        finally:
            await self._probes.close()
