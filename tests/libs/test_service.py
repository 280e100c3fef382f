"""Jobs of a service: who may run them, and when."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from libs.common import service as service_module
from libs.common.db import Database, try_lock
from libs.common.service import Job, Runtime
from tests.conftest import ServiceClient

Make = Callable[[str], Awaitable[ServiceClient]]


class Ran:
    """How often each of two jobs ran."""

    def __init__(self) -> None:
        self.counts = {"change": 0, "measure": 0}

    def jobs(self) -> list[Job]:
        """One that changes something and one that only measures, both due every few milliseconds."""
        return [
            Job("change", 0.01, self._run("change")),
            Job("measure", 0.01, self._run("measure"), only_measures=True),
        ]

    def _run(self, name: str) -> Callable[[Database, dt.datetime], Awaitable[None]]:
        async def run(_db: Database, _now: dt.datetime) -> None:
            self.counts[name] += 1

        return run


async def runtime_of(make: Make, ran: Ran) -> Runtime:
    """A runtime of billing's that has these jobs."""
    client = await make("billing")
    client.runtime.service = replace(client.runtime.service, jobs=ran.jobs())
    return client.runtime


async def test_while_another_worker_holds_a_job_only_measuring_goes_on(
    service_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes something waits for the other worker to be done; each worker's gauges are its own."""
    monkeypatch.setattr(service_module, "FIRST_MEASURE_S", 0.0)
    ran = Ran()
    runtime = await runtime_of(service_client, ran)
    async with runtime.db.transaction() as other_worker:
        assert await try_lock(other_worker, "job:change")
        runtime.start()
        async with asyncio.timeout(10):
            while ran.counts["measure"] < 3:  # noqa: ASYNC110 - nobody here could set an event
                await asyncio.sleep(0.01)
        assert ran.counts["change"] == 0
    async with asyncio.timeout(10):
        while not ran.counts["change"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_running_all_jobs_now_leaves_out_what_only_measures(service_client: Make) -> None:
    """Coming to rest needs what changes something; gauges refresh by themselves."""
    ran = Ran()
    runtime = await runtime_of(service_client, ran)
    await runtime.run_jobs()
    assert ran.counts == {"change": 1, "measure": 0}
