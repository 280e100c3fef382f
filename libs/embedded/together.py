"""The five services in one process: one clock, one local bus, one issuer; and a way to let all of it come to rest."""

import asyncio
import importlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from libs.common import log
from libs.common.clock import SettableClock
from libs.common.identity import Verifier
from libs.common.service import Job, Runtime, Service
from libs.common.settings import WorkerSettings
from libs.embedded.home import Home
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES

T = TypeVar("T")
_log = log.get(__name__)

REST_LIMIT_S = 110.0
LOOK_AGAIN_S = 0.005
NO_LIMIT = "1000000/minute"
"""One machine, one person: a demo sends in seconds what an officer sends in weeks."""
RELAY_GATHER_S = 0.02
"""All five services share one core: what is said within so short a time goes out together."""


class SharedSettings(WorkerSettings):
    """One pool serves people and jobs: a statement may take as long as jobs need here, and nobody waits for minutes."""

    database_statement_timeout_s: float = 30.0


class Together:
    """The runtimes of all five services, started and stopped as one."""

    def __init__(self, home: Home, postgres: EmbeddedPostgres) -> None:
        self.clock = SettableClock(home.clock)
        self.jobs_held = False
        """While true, jobs change things only when the clock is moved: a rehearsal goes the same way every time."""
        self._resting = asyncio.Lock()
        self._job_by_hand = False
        self._starting: asyncio.Task[None] | None = None
        self.bus = bus = LocalBus()
        issuer = Issuer.open(home.key)
        self.jwks = issuer.jwks()
        self.runtimes: dict[str, Runtime] = {}
        for name in SERVICES:
            settings = SharedSettings(
                database_url=postgres.url(name, name),
                state_dir=home.folder,
                relay_gather_s=RELAY_GATHER_S,
                takeover_s=0,
                rate_per_caller=NO_LIMIT,
                rate_per_organisation=NO_LIMIT,
            )
            verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
            self.runtimes[name] = Runtime(self._with_held_jobs(load(name)), settings, self.clock, bus, verifier)
            bus.subscribe(self.runtimes[name].subscription())

    def start(self) -> None:
        """Begin every relay and every job, and go on with what was held before a restart."""
        self._starting = asyncio.create_task(self.bus.start())
        for runtime in self.runtimes.values():
            runtime.start()
            runtime.start_measuring()

    async def confirm(self) -> None:
        """Find out that what each service keeps outside of its database is the right one. Raises StartRefused."""
        for runtime in self.runtimes.values():
            await runtime.kept_outside.confirm()

    async def close(self) -> None:
        """End the loops and give the connections back."""
        await self.bus.stop()
        await asyncio.gather(*(runtime.close() for runtime in self.runtimes.values()))

    async def readiness(self) -> dict[str, str]:
        """Per service why it is not ready; empty words where it is."""
        reasons = await asyncio.gather(*(runtime.not_ready() for runtime in self.runtimes.values()))
        return dict(zip(self.runtimes, reasons, strict=True))

    async def come_to_rest(self) -> dict[str, Any]:
        """Deliver all events and run all jobs until nothing more happens; tells whether that was reached, and if not,
        which service stands and why.

        Events first, because jobs judge what has been heard; then once more, because jobs say things too.
        """
        async with self._resting:
            until = time.monotonic() + REST_LIMIT_S
            stands: dict[str, str] = {}
            delivered = await self._deliver(until, stands)
            self._job_by_hand = True
            try:
                for name, runtime in self.runtimes.items():
                    await self._try(name, runtime.run_jobs, stands)
            finally:
                self._job_by_hand = False
            delivered += await self._deliver(until, stands)
            stands |= {name: why for name in self.runtimes if (why := self.bus.unhealthy(name))}
            quiet = not stands and not any((await self.bus.lag()).values()) and time.monotonic() < until
        return {"delivered": delivered, "quiet": quiet, "stands": stands}

    async def _deliver(self, until: float, stands: dict[str, str]) -> int:
        """Relay and hand over what is held until nothing is left that goes on; returns how many events."""
        total = 0
        while time.monotonic() < until:
            delivered = await self.bus.catch_up()
            waiting = {
                name: one for name, one in self.runtimes.items() if name not in stands and await one.has_to_say()
            }
            for name, runtime in waiting.items():
                delivered += await self._try(name, runtime.relay_all, stands) or 0
            if not waiting and not delivered:
                return total
            total += delivered
            # a relay of the background may hold the last rows: they count as published once they are handed over
            if not delivered:
                await asyncio.sleep(LOOK_AGAIN_S)
        return total

    async def _try(self, name: str, work: Callable[[], Awaitable[T]], stands: dict[str, str]) -> T | None:
        """Let one service work; where it fails, keep why: the others go on."""
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to whoever asked for rest
            _log.exception("stands", service=name)
            stands[name] = repr(error)[:300]
            return None

    def _with_held_jobs(self, service: Service) -> Service:
        return replace(service, jobs=[job if job.only_measures else self._held(job) for job in service.jobs])

    def _held(self, job: Job) -> Job:
        async def run(*given: Any) -> None:
            if self._job_by_hand or not self.jobs_held:
                await job.run(*given)

        return replace(job, run=run)


def load(name: str) -> Service:
    """The service of this name, as its own processes know it."""
    service: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return service
