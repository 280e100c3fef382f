"""What a service is made of, and the loops that keep it going: relay, consumer, jobs."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry
from sqlalchemy import MetaData

from libs.common import dead_letters, inbox, listening, log, outbox, streams
from libs.common.bus import Bus, Message, Subscription
from libs.common.caller_limits import CallerLimits
from libs.common.clock import Clock
from libs.common.db import Database, Limits
from libs.common.held import HeldMessages
from libs.common.identity import Verifier
from libs.common.kept_outside import KeptOutside, NothingOutside
from libs.common.messages.catalogue import Message as MessageWords
from libs.common.messages.words import register
from libs.common.metrics import CommonMetrics, common_metrics_of
from libs.common.proposals.model import Kinds
from libs.common.readiness import Readiness
from libs.common.settings import Settings
from libs.common.tasks import TasksOf
from libs.common.trouble import LastFailure, Trouble
from libs.common.turn import keeping_turn, try_turn

RETRY_FIRST_S = 0.05
RETRY_MAX_S = 5.0
FIRST_MEASURE_S = 0.5
"""When a process's figures are measured first: apart from the relay, so that one connection does for both."""
PAUSE_GATHERS = 10
"""After how many times the gathering time without a batch a relay speaks at once again."""
STANDS_UNTOLD_S = 60.0
"""How long a consumer counts as standing when it does not fail again: another worker may have its share."""
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What runs on a clock: every `every_s` seconds, on one worker at a time. It opens its own transactions,
    and reads the clock after whatever lock it waits for.

    One that `only_measures` refreshes its process's gauges and changes nothing: every worker runs it itself."""

    name: str
    every_s: float
    run: Callable[..., Awaitable[None]]
    only_measures: bool = False
    outside: bool = False  # it is also given what the service keeps outside of its database


@dataclass(frozen=True)
class Service:
    """One service: its routes, what it hears, what runs on a clock, its tables, its words.

    Raises ValueError where its messages explain a code that another owner explains otherwise.
    """

    name: str
    title: str
    routers: Sequence[APIRouter]
    handlers: Mapping[Any, inbox.Handler]
    jobs: Sequence[Job]
    metadata: MetaData
    messages: Mapping[str, MessageWords] = field(default_factory=dict)
    kept_outside: Callable[[Database, Settings, Clock], KeptOutside] = lambda *_: NothingOutside()
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    lock_first: inbox.LockFirst | None = None
    kinds: Kinds = field(default_factory=dict)
    tasks: TasksOf | None = None
    """What two people decide here, and what waits for a caller."""

    def __post_init__(self) -> None:
        """From now on this process knows what the service's codes say."""
        register(self.messages)

    @cached_property
    def common_metrics(self) -> CommonMetrics:
        """The figures that every service tells, in its registry."""
        return common_metrics_of(self.registry)

    def topics(self) -> frozenset[str]:
        """The topics on which it hears something."""
        return frozenset(contract.topic() for contract in self.handlers)


class Runtime:
    """A service at work: its database, clock, bus and verifier, shared by its routes and its loops."""

    def __init__(self, service: Service, settings: Settings, clock: Clock, bus: Bus, verifier: Verifier) -> None:
        self.service = service
        self.settings = settings
        self.clock = clock
        self.bus = bus
        self.verifier = verifier
        self.db = Database(settings.database_url, pool_max=settings.database_pool_max, limits=Limits.of(settings))
        self.caller_limits = CallerLimits(settings)
        self.metrics = service.common_metrics
        self.metrics.expect_jobs([job.name for job in service.jobs])
        self.kept_outside = service.kept_outside(self.db, settings, clock)
        others, notes = (self.in_the_way, verifier.keys.in_the_way), verifier.keys.notes
        self.readiness = Readiness(service.name, settings.database_url, others, notes, self.kept_outside.in_the_way)
        self._trouble = Trouble(STANDS_UNTOLD_S)
        self._notes = streams.Notes(self.db, clock)
        self._failed, self._relay_failed, self._relayed_at = LastFailure(), LastFailure(), 0.0
        self._wake = asyncio.Event()
        self._measuring = asyncio.Lock()
        """One measurement at a time, so that they share a connection."""
        self._tasks: list[asyncio.Task[None]] = []

    def subscription(self) -> Subscription:
        """What this service hears, to be given to the bus."""
        held = HeldMessages(self.db, self.clock)
        return Subscription(self.service.name, self.service.topics(), self.consume, held)

    @property
    def stopped_because(self) -> str:
        """Why the consumer of this process stands; empty while it does not."""
        return self._trouble.words

    async def consume(self, messages: Sequence[Message]) -> None:
        """Handle a batch through the inbox; raises when nothing of it took effect."""
        in_hand = inbox.InHand()
        try:
            with self._trouble.kept():  # however long it takes, it is not over before it is known to be
                handled = await inbox.consume(
                    self.db,
                    self.service.handlers,
                    messages,
                    clock=self.clock,
                    dead_letters_max=self.settings.dead_letters_max,
                    in_hand=in_hand,
                    takeover_s=self.settings.takeover_s,
                    lock_first=self.service.lock_first,
                )
        except Exception as error:
            await self._stand(error, in_hand)
            raise
        self._trouble.clear()
        self._failed.clear()
        await self._notes.consumer_goes_on()
        self.metrics.handled.inc(handled)

    async def _stand(self, error: Exception, in_hand: inbox.InHand) -> None:
        """Tell that the consumer stands, why, and at which event, for every process of the service to see."""
        self.metrics.consumer_failures.inc()
        if self._failed.is_new(error, in_hand.event_id):
            _log.error("consumer_failed", service=self.service.name, event_id=in_hand.event_id, exc_info=error)
        self._trouble.tell(repr(error)[:300])
        if in_hand.message is None:
            return  # not at an event: the database is away
        at_limit = isinstance(error, inbox.DeadLetterLimit)
        event_id = in_hand.event_id or (streams.LIMIT if at_limit else streams.mark_of(in_hand.message))
        code = streams.LIMIT if at_limit else streams.FAILED
        await self._notes.consumer_stands(in_hand.message, event_id, error, code)

    async def relay_all(self) -> int:
        """Publish what the outbox holds now; returns how many events. Raises RowRefused, and tells where it stands."""
        total, most = 0, self.settings.relay_batch_max
        while True:
            try:
                done = await outbox.relay_batch(self.db, self.bus, self.clock.now(), most, self.settings.takeover_s)
            except outbox.RowRefused as refused:
                self.metrics.published.inc(refused.published)
                await self._notes.relay_stands(refused)
                raise
            total += done.count
            self.metrics.published.inc(done.count)
            if done.count:
                await self._notes.relay_goes_on()
            if done.count < most and not done.cut:
                return total

    async def has_to_say(self) -> bool:
        """Whether the outbox holds anything that is not published."""
        async with self.db.looking() as tx:
            return await outbox.has_unpublished(tx)

    async def run_jobs(self) -> None:
        """Run every job that can change something once, now."""
        for job in (one for one in self.service.jobs if not one.only_measures):
            await self._run_job(job)

    def start(self) -> None:
        """Begin the loops of a worker: relay, its wake-up, and one for each job."""
        self._tasks += [
            asyncio.create_task(self._relay_loop(), name=f"{self.service.name}-relay"),
            asyncio.create_task(
                listening.keep_listening(
                    self.settings.database_url, outbox.CHANNEL, self._wake, self.settings.database_connect_timeout_s
                ),
                name=f"{self.service.name}-listen",
            ),
            *(
                asyncio.create_task(self._job_loop(job), name=f"{self.service.name}-{job.name}")
                for job in self.service.jobs
            ),
        ]

    def start_measuring(self) -> None:
        """Keep the gauges of outbox, dead letters and lag fresh in this process, whatever else it does."""
        self._tasks.append(asyncio.create_task(self._measure_loop(), name=f"{self.service.name}-measure"))

    async def stop(self) -> None:
        """End the loops; what was in hand is rolled back and comes again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def close(self) -> None:
        """Stop and give the database connections back."""
        await self.stop()
        await self.readiness.close()
        await self.db.close()

    async def _relay_loop(self) -> None:
        pause_s = RETRY_FIRST_S
        while True:
            self._wake.clear()
            try:
                await self.relay_all()
                pause_s = RETRY_FIRST_S
                self._relay_failed.clear()
            except Exception as error:  # noqa: BLE001 - whatever it is: it is told, and tried again
                new = self._relay_failed.is_new(error)
                _log.error("relay_failed", service=self.service.name, detail=repr(error)[:300], exc_info=new)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.settings.relay_poll_s)
                await self._gather()

    async def _gather(self) -> None:
        """Under load, let more be said before the next batch; what comes after a pause goes out at once."""
        gather_s = self.settings.relay_gather_s
        if time.monotonic() - self._relayed_at < PAUSE_GATHERS * gather_s:
            await asyncio.sleep(gather_s)
        self._relayed_at = time.monotonic()

    async def _job_loop(self, job: Job) -> None:
        await asyncio.sleep(FIRST_MEASURE_S if job.only_measures else job.every_s)
        while True:
            try:
                await self._run_job(job)
            except Exception:  # noqa: BLE001 - whatever it is: it is told, and tried again
                self.metrics.job_failures.labels(job.name).inc()
                _log.exception("job_failed", service=self.service.name, job=job.name)
            await asyncio.sleep(job.every_s)

    async def _run_job(self, job: Job) -> None:
        given = (self.db, self.clock, *((self.kept_outside,) if job.outside else ()))
        if job.only_measures:
            async with self._measuring:
                await job.run(*given)
            return
        async with self.db.transaction() as guard:
            if await try_turn(guard, f"job:{job.name}", self.settings.takeover_s):
                async with keeping_turn(guard, self.settings.takeover_s):
                    await job.run(*given)

    async def measure(self) -> None:
        """Bring the gauges of outbox, dead letters and lag up to date."""
        async with self.db.transaction() as tx:
            waiting = await outbox.pending(tx)
            self.metrics.dead_letters.set(await dead_letters.count_open(tx))
            standing = await streams.count_standing(tx)
        oldest = waiting["oldest_said_at"]
        self.metrics.outbox_rows.set(waiting["rows"])
        self.metrics.outbox_oldest_s.set((self.clock.now() - oldest).total_seconds() if oldest else 0)
        lag = (await self.bus.lag()).get(self.service.name)
        self.metrics.consumer_lag.set(math.nan if lag is None else lag)
        self.metrics.tell_standing(standing, self.in_the_way())
        self.metrics.measured_at.set_to_current_time()

    async def not_ready(self) -> str:
        """Why requests should not come here; empty when they may."""
        return await self.readiness.why_not()

    def in_the_way(self) -> str:
        """Why the consumer or the publisher of this process does not go on; empty while they do."""
        return self.stopped_because or self.bus.unhealthy(self.service.name)

    async def _measure_loop(self) -> None:
        await asyncio.sleep(FIRST_MEASURE_S)
        while True:
            try:
                async with self._measuring:
                    await self.measure()
            except Exception as error:  # noqa: BLE001 - the figures stay as known; readiness says what is away
                _log.warning("measuring_failed", service=self.service.name, error=repr(error)[:300])
            await asyncio.sleep(self.settings.measure_every_s)
