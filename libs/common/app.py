"""Builds a service's web application: routes, problems, metrics, health, documentation without internet."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import log, openapi, problems
from libs.common.history_routes import router as history_router
from libs.common.operator_routes import router as operator_router
from libs.common.probes import Probes
from libs.common.proposals.routes import router as proposal_router
from libs.common.service import Runtime
from libs.common.size_limits import ProblemForLargeBody, ShortAddresses
from libs.common.task_routes import router as task_router
from libs.common.web import Replayed

BODY_BYTES_MAX = 1 << 20
STATIC = "/static-docs"


def build_app(runtime: Runtime) -> FastAPI:
    """The application of one service over its runtime; it is mounted at `/<service>`."""
    app = FastAPI(
        title=runtime.service.title,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_BYTES_MAX,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.runtime = runtime
    problems.install(app)
    app.add_exception_handler(Replayed, _replay)
    # a route added after a router makes FastAPI build all of the router's routes again
    if not runtime.settings.probe_port:
        Probes(runtime.readiness, runtime.service.registry).add_to(app)
    _add_docs(app)
    proposals = [proposal_router] if runtime.service.kinds else []
    tasks = [task_router] if runtime.service.tasks else []
    for router in (*runtime.service.routers, *proposals, *tasks, history_router, operator_router):
        app.include_router(router)
    openapi.tell_problems(app)
    app.add_middleware(ShortAddresses)
    app.add_middleware(Correlated, runtime=runtime)
    _reshape_large_bodies(app)
    return app


def _reshape_large_bodies(app: FastAPI) -> None:
    """Stand outside FastAPI's own body limiter, which lies around all middleware and answers in plain text."""
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: ProblemForLargeBody(build())  # type: ignore[method-assign]


class Mounted(FastAPI):
    """Each service at `/<service>`, and beside them what is added here; it neither starts nor stops the services.

    A request for a service goes straight to it: all that stands around this application would be passed twice.
    """

    def __init__(self, services: Mapping[str, FastAPI]) -> None:
        super().__init__(openapi_url=None, docs_url=None, redoc_url=None)
        self._services = services
        problems.install(self)
        _reshape_large_bodies(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the service whose name begins its path; answer every other one."""
        root = scope.get("root_path", "")
        name = scope["path"].removeprefix(root).split("/", 2)[1:2] if scope["type"] == "http" else []
        service = self._services.get(name[0]) if name else None
        if service is None:
            await super().__call__(scope, receive, send)
            return
        told = {"app_root_path": scope.get("app_root_path", root), "root_path": f"{root}/{name[0]}"}
        await service({**scope, **told}, receive, send)


async def _replay(_: Request, replayed: Exception) -> Response:
    assert isinstance(replayed, Replayed)  # noqa: S101 - registered for this type only
    return replayed.response


def _add_docs(app: FastAPI) -> None:
    app.mount(STATIC, StaticFiles(packages=[("fastapi_offline", "static")]), name="static-docs")

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        """The interface, to be tried out."""
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title=app.title,
            swagger_js_url=f"{root}{STATIC}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{STATIC}/swagger-ui.css",
            swagger_favicon_url=f"{root}{STATIC}/favicon.png",
        )

    @app.get("/redoc", include_in_schema=False)
    async def redoc(request: Request) -> HTMLResponse:
        """The interface, to be read."""
        root = request.scope.get("root_path", "")
        return get_redoc_html(
            openapi_url=f"{root}/openapi.json",
            title=app.title,
            redoc_js_url=f"{root}{STATIC}/redoc.standalone.js",
            redoc_favicon_url=f"{root}{STATIC}/favicon.png",
            with_google_fonts=False,
        )


class Correlated:
    """Gives every request a correlation id, taken from the caller or made, and counts it."""

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self.app = app
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its answer carries the correlation id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        correlation = headers.get(b"x-correlation-id", b"").decode("latin-1")[:100] or _fresh_id()
        log.correlation_id.set(correlation)
        log.causation_id.set(None)
        log.traceparent.set(headers.get(b"traceparent", b"").decode("latin-1")[:100] or None)
        began = time.perf_counter()
        status = 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-correlation-id", correlation.encode("latin-1"))]
            await send(message)

        try:
            await self.app(scope, receive, tell)
        finally:
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, took_s: float) -> None:
        route: Any = scope.get("route")
        path = getattr(route, "path", "other")
        self._runtime.metrics.http_seconds.labels(scope["method"], path, str(status)).observe(took_s)


def _fresh_id() -> str:
    return uuid.uuid4().hex
