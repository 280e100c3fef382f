"""How much one caller, one organisation and one address may ask of a process: so often, and so much at once.

Counts stand in the process's memory: several processes behind one address allow so much each.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import limits
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from libs.common.addresses import read_networks, sender_of
from libs.common.errors import TooMany
from libs.common.identity import Caller
from libs.common.settings import Settings

COUNTS_KEPT_MAX = 20_000


class BoundedMemory(Storage):
    """Counts in memory, the least recently begun forgotten first; no thread and no sweep, unlike the library's own."""

    STORAGE_SCHEME = ["bounded-memory"]  # noqa: RUF012 - as the base class declares it

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """The storage's own errors; counting in memory raises none."""
        return RuntimeError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, beginning anew where the window of `expiry` seconds is over; returns the count."""
        now = time.time()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= now:
            self._counts.pop(key, None)
            while len(self._counts) >= COUNTS_KEPT_MAX:
                self._counts.pop(next(iter(self._counts)))
            count, until = 0, now + expiry
        self._counts[key] = (count + amount, until)
        return count + amount

    def get(self, key: str) -> int:
        """The count in the present window."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the present window is over."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything; returns how many counts."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._counts.pop(key, None)


class _Turns:
    """One caller's requests that are worked on or wait."""

    __slots__ = ("places", "present")

    def __init__(self, parallel_max: int) -> None:
        self.places = asyncio.Semaphore(parallel_max)
        self.present = 0


class CallerLimits:
    """Counts and queues the requests of each caller of one service."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(BoundedMemory())
        self._per_caller = limits.parse(settings.rate_per_caller)
        self._per_organisation = limits.parse(settings.rate_per_organisation)
        self._per_address = limits.parse(settings.rate_per_address)
        self._trusted = read_networks(settings.trusted_proxies)
        self._parallel_max = settings.parallel_per_caller
        self._present_max = settings.parallel_per_caller + settings.waiting_per_caller
        self._turns: dict[str, _Turns] = {}

    def count(self, caller: Caller, as_many: int = 1) -> None:
        """Count a request, one that costs more `as_many`.

        Raises TooMany where the caller or its organisation sent too many in this window.
        """
        self._hit(self._per_caller, "caller", caller.subject, as_many)
        if caller.organisation_id:
            self._hit(self._per_organisation, "organisation", caller.organisation_id, as_many)

    def count_anonymous(self, peer: str, forwarded: Sequence[str]) -> None:
        """Count a request without a caller, by the address it comes from. Raises TooMany."""
        self._hit(self._per_address, "address", sender_of(peer, forwarded, self._trusted))

    def _hit(self, item: limits.RateLimitItem, kind: str, name: str, as_many: int = 1) -> None:
        if self._limiter.hit(item, kind, name, cost=as_many):
            return
        over_at = self._limiter.get_window_stats(item, kind, name).reset_time
        wait_s = max(1, math.ceil(over_at - time.time()))
        raise TooMany("too_many_requests", wait_s, requests_max=item.amount, per_s=item.get_expiry())

    @asynccontextmanager
    async def turn(self, caller: Caller) -> AsyncIterator[None]:
        """Wait until fewer than the most requests of this caller are worked on; others do not wait for them.

        Raises TooMany where too many of this caller wait already.
        """
        turns = self._turns.get(caller.subject)
        if turns is None:
            turns = self._turns[caller.subject] = _Turns(self._parallel_max)
        if turns.present >= self._present_max:
            raise TooMany("too_many_at_once", 1, parallel_max=self._parallel_max)
        turns.present += 1
        try:
            async with turns.places:
                yield
        finally:
            turns.present -= 1
            if not turns.present:
                self._turns.pop(caller.subject, None)
