"""What watches a process gets its answers: at the root, on a port of its own, and whatever is away."""

import asyncio
from pathlib import Path

import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.proxy import Proxy, to_port
from tests.faults.stand import standing

PROBES = ("/healthz", "/readyz", "/metrics")
START_TIMEOUT_S = 30.0
"""How long a worker waits for its groups before it relays and runs its jobs."""


@pytest.mark.parametrize("service", ["intake", "metering"])
async def test_f_03_probes_answer_at_the_root_of_the_api_port(
    service: str, frail: EmbeddedPostgres, tmp_path: Path
) -> None:
    """F-03: Without a probe port, liveness, readiness and metrics answer 200 at the root of the process."""
    async with standing(service, frail, tmp_path, own_probe_port=False) as stand:
        await stand.await_ready()
        assert {path: (await stand.http.get(path)).status_code for path in PROBES} == dict.fromkeys(PROBES, 200)


async def test_f_47_with_a_probe_port_they_answer_there_alone(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-03, F-47: With a probe port, metrics and probes are not to be had on the public port at any address."""
    async with standing("billing", frail, tmp_path) as stand:
        await stand.await_ready()
        assert {path: (await stand.probe.get(path)).status_code for path in PROBES} == dict.fromkeys(PROBES, 200)
        for path in (*PROBES, *(f"/billing{path}" for path in PROBES)):
            assert (await stand.http.get(path)).status_code == 404, path
        assert (await stand.http.get("/billing/openapi.json")).status_code == 200
        text = (await stand.probe.get("/metrics")).text
        assert 'dure_job_failures_total{job="' in text, "F-89: a job's failures are told before the first one"


async def test_f_03_a_worker_whose_broker_is_away_tells_so(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-03: A worker whose broker is away answers on its probe port: alive, not ready, with the reason."""
    async with standing("review", frail, tmp_path, kind="worker") as stand:
        assert (await stand.first_answer("/healthz")).status_code == 200
        assert (await stand.probe.get("/metrics")).status_code == 200
        ready = await stand.probe.get("/readyz")
        assert ready.status_code == 503
        assert "review" in ready.json()["why_not"]
        assert ready.headers["Retry-After"]


@pytest.mark.parametrize("broker", ["is not there", "says nothing"])
async def test_f_84_a_worker_that_waits_for_its_broker_answers_and_ends(
    frail: EmbeddedPostgres, tmp_path: Path, broker: str
) -> None:
    """F-84: Long before the time to join its groups is over, its API answers, and SIGTERM ends it in order."""
    async with Proxy(to_port(1)) as kafka:
        kafka.blackhole()
        told = {"DURE_KAFKA_BOOTSTRAP": f"127.0.0.1:{kafka.port}"} if broker == "says nothing" else {}
        async with standing("review", frail, tmp_path, kind="worker", **told) as stand:
            await stand.port_open(START_TIMEOUT_S / 2)
            assert (await stand.http.get("/review/v1/operations/bus", headers=stand.as_("operator"))).is_success
            assert stand.process is not None
            stand.process.terminate()
            assert await asyncio.to_thread(stand.process.wait, START_TIMEOUT_S / 2) == 0


async def test_f_84_a_worker_that_never_joined_knows_no_lag(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-84: While its broker is away a worker's lag is `unknown` in REST and NaN in the metric, never zero."""
    told = {"DURE_MEASURE_EVERY_S": "0.2"}
    async with standing("review", frail, tmp_path, kind="worker", **told) as stand:
        await stand.port_open()
        async with asyncio.timeout(30):
            while "dure_outbox_rows 0.0" not in (metrics := (await stand.probe.get("/metrics")).text):  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # another process
        assert "\ndure_consumer_lag NaN\n" in metrics
        bus = await stand.http.get("/review/v1/operations/bus", headers=stand.as_("operator"))
        assert (bus.status_code, bus.json()["lag"], bus.json()["outbox_rows"]) == (200, "unknown", 0)


async def test_f_82_an_older_schema_is_not_ready(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-82: Readiness compares the database's revision with the newest migration."""
    async with standing("metering", frail, tmp_path, migrated=False) as stand:
        ready = await stand.first_answer("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "schema")
        assert "migrate" in ready.json()["detail"]["ko"]
        assert "run migrate first" in ready.json()["detail"]["en"]
