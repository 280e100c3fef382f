"""Threads for work that few may do at once: who waits for a turn holds no thread that others need."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class NoTurn(Exception):
    """Nobody of those before was through in time."""


class FewThreads:
    """So many threads, started when they are needed; whoever asks first has the first turn."""

    def __init__(self, at_once: int, wait_s_max: float) -> None:
        self._threads = ThreadPoolExecutor(at_once)
        self._wait_s_max = wait_s_max

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a blocking function returns, however long it works. Raises NoTurn where it did not begin in time."""
        asked = self._threads.submit(work, *args, **kwargs)
        awaited = asyncio.wrap_future(asked)
        try:
            done, _ = await asyncio.wait([awaited], timeout=self._wait_s_max)
        except asyncio.CancelledError:
            asked.cancel()  # nobody waits for it any more: what did not begin does not
            raise
        if not done and asked.cancel():
            raise NoTurn
        return await awaited
