"""Solve a written placement problem in a process of its own, which is killed at its time limit."""

import asyncio
import os
import sys

from libs.common.errors import Conflict
from services.allocator.model.placements import PlacementResult
from services.allocator.rules.search_process import read_result

SEARCH_MODULE = "services.allocator.rules.search_process"


async def search(problem: bytes, limit_s: int) -> PlacementResult:
    """The result of a written problem. Raises Conflict where it takes longer than `limit_s` seconds."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SEARCH_MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        written, failed = await asyncio.wait_for(process.communicate(problem), limit_s)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise Conflict("placement_took_too_long", "AL-4", limit_s=limit_s) from error
    if process.returncode:
        raise RuntimeError(f"the search process failed: {failed.decode(errors='replace')[-2000:]}")
    return read_result(written)
