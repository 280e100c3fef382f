"""The five services in one process: one clock, one local bus, one issuer; and a way to let all of it come to rest."""

import asyncio
import importlib
import time
from dataclasses import replace
from typing import Any

from libs.common.clock import SettableClock
from libs.common.identity import Verifier
from libs.common.service import Job, Runtime, Service
from libs.common.settings import WorkerSettings
from libs.embedded.home import Home
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES

REST_LIMIT_S = 110.0
LOOK_AGAIN_S = 0.005
RELAY_GATHER_S = 0.02
"""All five services share one core: what is said within so short a time goes out together."""


class Together:
    """The runtimes of all five services, started and stopped as one."""

    def __init__(self, home: Home, postgres: EmbeddedPostgres) -> None:
        self.clock = SettableClock(home.clock)
        self.jobs_held = False
        """While true, jobs change things only when the clock is moved: a rehearsal goes the same way every time."""
        self._resting = asyncio.Lock()
        self._job_by_hand = False
        bus = LocalBus()
        issuer = Issuer.open(home.key)
        self.jwks = issuer.jwks()
        self.runtimes: dict[str, Runtime] = {}
        for name in SERVICES:
            settings = WorkerSettings(
                database_url=postgres.url(name), state_dir=home.folder, relay_gather_s=RELAY_GATHER_S
            )
            verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
            self.runtimes[name] = Runtime(self._with_held_jobs(load(name)), settings, self.clock, bus, verifier)
            bus.subscribe(self.runtimes[name].subscription())

    def start(self) -> None:
        """Begin every relay and every job."""
        for runtime in self.runtimes.values():
            runtime.start()
            runtime.start_measuring()

    async def close(self) -> None:
        """End the loops and give the connections back."""
        await asyncio.gather(*(runtime.close() for runtime in self.runtimes.values()))

    async def readiness(self) -> dict[str, str]:
        """Per service why it is not ready; empty words where it is."""
        reasons = await asyncio.gather(*(runtime.not_ready() for runtime in self.runtimes.values()))
        return dict(zip(self.runtimes, reasons, strict=True))

    async def come_to_rest(self) -> dict[str, Any]:
        """Deliver all events and run all jobs until nothing more happens; tells whether that was reached.

        Events first, because jobs judge what has been heard; then once more, because jobs say things too.
        """
        async with self._resting:
            until = time.monotonic() + REST_LIMIT_S
            delivered, quiet = await self._deliver(until)
            self._job_by_hand = True
            try:
                for runtime in self.runtimes.values():
                    await runtime.run_jobs()
            finally:
                self._job_by_hand = False
            more, quiet_after = await self._deliver(until)
        return {"delivered": delivered + more, "quiet": quiet and quiet_after}

    async def _deliver(self, until: float) -> tuple[int, bool]:
        total = 0
        while time.monotonic() < until:
            waiting = [runtime for runtime in self.runtimes.values() if await runtime.has_to_say()]
            if not waiting:
                return total, True
            delivered = 0
            for runtime in waiting:
                delivered += await runtime.relay_all()
            total += delivered
            # a relay of the background may hold the last rows: they count as published once they are handled
            if not delivered:
                if any(runtime.stopped_because for runtime in self.runtimes.values()):
                    return total, False
                await asyncio.sleep(LOOK_AGAIN_S)
        return total, False

    def _with_held_jobs(self, service: Service) -> Service:
        return replace(service, jobs=[job if job.only_measures else self._held(job) for job in service.jobs])

    def _held(self, job: Job) -> Job:
        async def run(db: Any, clock: Any) -> None:
            if self._job_by_hand or not self.jobs_held:
                await job.run(db, clock)

        return replace(job, run=run)


def load(name: str) -> Service:
    """The service of this name, as its own processes know it."""
    service: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return service
