"""What the one-machine mode adds to the services: home page, overall health and metrics, issuer, clock."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import Metric

from libs.common.app import BODY_BYTES_MAX
from libs.common.bounds import Instant
from libs.common.probes import readiness_answer
from libs.common.reasons import in_words
from libs.common.web import Allowed, Body, ServiceRoute
from libs.embedded.home import Home
from libs.embedded.issuer import ISSUER
from libs.embedded.pages import home_page
from libs.embedded.postgres_home import postgres_version
from libs.embedded.together import Together

router = APIRouter(include_in_schema=False, route_class=ServiceRoute, max_body_size=BODY_BYTES_MAX)
"""Behind the same gate as the services' routes: it knows the caller before it reads a body."""


class Report(StaticFiles):
    """The demo's report: before the first demo every address below it answers 404."""

    async def check_config(self) -> None:
        """Skip the check at the start: the folder is made with the first report."""


def report_of(home: Home) -> Report:
    """The demo's report in a data folder, whether it is there yet or not."""
    return Report(directory=home.report, html=True, check_dir=False)


class ClockSetting(Body):
    """Where the clock is to stand; null lets it run. Held jobs run only when the clock is moved."""

    at: Instant | None
    hold_jobs: bool = False
    rest: bool = True
    """Whether to answer only once all events are delivered and all jobs have run."""


async def _together(request: Request) -> Together:
    together: Together = request.app.state.together
    return together


Everything = Annotated[Together, Depends(_together)]
ForOperators = Allowed("operator")


def install(app: FastAPI, home: Home, together: Together) -> None:
    """Add all of it to the application that holds the services."""
    app.state.together = together
    app.state.home = home
    app.state.runtime = next(iter(together.runtimes.values()))  # whose verifier and limits the gate asks
    app.include_router(router)
    app.mount("/report", report_of(home), name="report")


@router.get("/")
async def show_home(request: Request, together: Everything) -> HTMLResponse:
    """What runs, for a person."""
    home: Home = request.app.state.home
    page = home_page(
        {name: not why_not for name, why_not in (await together.readiness()).items()},
        together.clock.now(),
        simulated=together.clock.frozen_at is not None,
        url=str(request.base_url).rstrip("/"),
        report=(home.report / "index.html").exists(),
        postgres=".".join(postgres_version().split(".")[:2]),
    )
    return HTMLResponse(page)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(together: Everything) -> JSONResponse:
    """All five services are ready."""
    reasons = {name: why_not for name, why_not in (await together.readiness()).items() if why_not}
    words = {"detail": {name: in_words(why_not) for name, why_not in reasons.items()}} if reasons else {}
    return readiness_answer({"ready": not reasons, "why_not": reasons, **words}, ready=not reasons)


@router.get("/embedded/v1/status")
async def status(together: Everything) -> dict[str, Any]:
    """The same with the clock, for `./dure status`."""
    reasons = await together.readiness()
    return {
        "ready": not any(reasons.values()),
        "services": {name: not why_not for name, why_not in reasons.items()},
        "why_not": {name: why_not for name, why_not in reasons.items() if why_not},
        **_clock(together),
    }


@router.get("/metrics")
async def metrics(together: Everything) -> Response:
    """All services' metrics in one answer, each sample with its service's name."""
    return Response(generate_latest(_Merged(together)), media_type=CONTENT_TYPE_LATEST)


@router.get("/issuer/jwks")
async def jwks(together: Everything) -> dict[str, Any]:
    """The keys with which tokens are checked."""
    return together.jwks


@router.get("/issuer/.well-known/openid-configuration")
async def discovery(request: Request) -> dict[str, Any]:
    """Where the keys lie, as OIDC clients ask for it."""
    base = str(request.base_url).rstrip("/")
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{base}/issuer/jwks",
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }


@router.get("/embedded/v1/clock", dependencies=[ForOperators])
async def read_clock(together: Everything) -> dict[str, Any]:
    """The time that all services read."""
    return _clock(together)


@router.put("/embedded/v1/clock", dependencies=[ForOperators])
async def set_clock(body: ClockSetting, together: Everything) -> dict[str, Any]:
    """Move the clock, then answer once all events are delivered and all jobs have run at the new instant."""
    together.clock.set(body.at)
    together.jobs_held = body.hold_jobs
    if not body.rest:
        return _clock(together)
    return {**await together.come_to_rest(), **_clock(together)}


@router.post("/embedded/v1/settle", dependencies=[ForOperators])
async def settle(together: Everything) -> dict[str, Any]:
    """Answer once all events are delivered and all jobs have run, without moving the clock."""
    return {**await together.come_to_rest(), **_clock(together)}


def _clock(together: Together) -> dict[str, Any]:
    now: dt.datetime = together.clock.now()
    return {"now": now.isoformat(), "simulated": together.clock.frozen_at is not None, "jobs_held": together.jobs_held}


class _Merged:
    """The registries of all services as one, told apart by a label."""

    def __init__(self, together: Together) -> None:
        self._together = together

    def collect(self) -> Iterator[Metric]:
        """Each family once, with every service's samples."""
        families: dict[str, Metric] = {}
        for name, runtime in self._together.runtimes.items():
            for metric in runtime.service.registry.collect():
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                family.samples += [
                    sample._replace(labels={**sample.labels, "service": name}) for sample in metric.samples
                ]
        yield from families.values()
