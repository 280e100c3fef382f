"""What the house holds in memory after 1,000 and after 10,000 mixed requests: `python -m tests.bench.bench_memory`.

The one-machine mode as people start it, over HTTP: reads, commands, uploads and errors at all five services, by callers
of every role. Memory is that of the server and its PostgreSQL together, shared pages counted once (PSS). It may grow by
what was stored since, not by what was asked: the ratio stays below 1.2.
"""

import argparse
import asyncio
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from libs.embedded.commands.server import memory_mb
from libs.embedded.home import CHECKOUT, Home, Running
from tests.bench.mixed_requests import Mix, furnish

MARKS = (1_000, 10_000)
RATIO_MAX = 1.2
CALLERS = 6
"""How many requests are on their way together."""
START_LIMIT_S = 120


@contextmanager
def house() -> Iterator[tuple[Home, Running]]:
    """The one-machine Dure in a folder of its own, stopped and removed afterwards."""
    home = Home(Path(tempfile.mkdtemp(prefix="dure-bench-memory-")))
    command = [sys.executable, "-P", "-m", "libs.embedded.serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "DURE_HOME": str(home.folder)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield home, _await_ready(home, server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
        home.reset()


def _await_ready(home: Home, server: subprocess.Popen[bytes]) -> Running:
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and server.poll() is None:
        running = home.running()
        if running is not None:
            return running
        time.sleep(0.05)
    raise TimeoutError(f"the house did not start within {START_LIMIT_S} s")


async def measure(running: Running, mix: Mix) -> dict[str, Any]:
    """Send as many requests as the last mark says; memory at each mark, in MB, and how often each status came."""
    asked = iter(range(1, MARKS[-1] + 1))
    answers: collections.Counter[int] = collections.Counter()
    memory = {0: await asyncio.to_thread(memory_mb, running.pid)}
    async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as client:

        async def send_until(mark: int) -> None:
            for number in asked:
                answer = await client.send(mix.request(client, number))
                answers[answer.status_code] += 1
                if answer.is_server_error:
                    sys.stderr.write(f"{answer.status_code} {answer.request.method} {answer.request.url.path}\n")
                if number >= mark - CALLERS:
                    return

        for mark in MARKS:
            await asyncio.gather(*(send_until(mark) for _ in range(CALLERS)))
            memory[mark] = await asyncio.to_thread(memory_mb, running.pid)
    return {"memory_mb": memory, "answers": dict(sorted(answers.items()))}


def run() -> dict[str, Any]:
    """Start the house, furnish it, measure, stop it."""
    with house() as (home, running):
        told = asyncio.run(measure(running, furnish(running.url, home)))
    memory = told["memory_mb"]
    return {**told, "ratio": round(memory[MARKS[1]] / memory[MARKS[0]], 2), "ratio_max": RATIO_MAX}


def table(figures: dict[str, Any]) -> str:
    """The figures as people read them."""
    lines = [
        *(f"memory after {asked:>6,} requests  {mb:>5} MB" for asked, mb in figures["memory_mb"].items()),
        f"ratio                         {figures['ratio']:>5.2f}      (at most {figures['ratio_max']})",
        f"answers by status             {figures['answers']}",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table, or one JSON object. Returns 1 where memory grew beyond the bound, or a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = run()
    sys.stdout.write(json.dumps(figures) + "\n" if asked.json else table(figures))
    failed = any(status >= 500 for status in figures["answers"])
    return 1 if failed or figures["ratio"] > RATIO_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
