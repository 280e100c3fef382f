"""What runs beneath the HTTP server of a process."""

import asyncio
import signal
from typing import Any

from libs.common.clock import SystemClock
from libs.common.identity import Verifier
from libs.common.probes import Probes
from libs.common.process import _life
from libs.common.service import Runtime
from libs.common.settings import WorkerSettings
from libs.embedded.local_bus import LocalBus
from tests.conftest import service_named


class BrokenBus(LocalBus):
    """A bus that cannot be started."""

    async def start(self) -> None:
        """Fail."""
        raise RuntimeError("no bus")


async def test_a_worker_that_cannot_begin_its_work_ends(tmp_path: Any) -> None:
    """It tells itself to end, so that its supervisor starts it anew, and is not left answering and idle."""
    settings = WorkerSettings(database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none", state_dir=tmp_path)
    verifier: Any = Verifier("nobody", "nobody", lambda: None)  # type: ignore[arg-type, return-value]
    runtime = Runtime(service_named("review"), settings, SystemClock(), BrokenBus(), verifier)
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told_to_end.set)
    try:
        async with _life(runtime, Probes(runtime.readiness, runtime.service.registry), works=True):
            await asyncio.wait_for(told_to_end.wait(), 10)
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    assert told_to_end.is_set()
