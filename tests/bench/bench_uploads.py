"""Memory and time of uploads in parallel: how far the api's memory grows, against the bytes that were sent.

Intake's api as it is deployed, PostgreSQL beside it, so many callers with valid tokens each sending one file in one
draft each. The ratio is the growth of the process's memory at its peak (RSS) over all bytes sent together: 1 means
that everything was held in memory, 0 that nothing was. `python -m tests.bench.bench_uploads [--json]`.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.uploads import FORM, MB, form, intake_standing
from tests.services.intake.people import PDF, Office

WATCH_EVERY_S = 0.01


@dataclass(frozen=True)
class Result:
    """What was sent, how long it took, and how far the memory grew meanwhile."""

    uploads: int
    sent_mb: int
    seconds: float
    before_mb: float
    peak_mb: float
    ratio: float


async def upload(office: Office, application_id: str, nth: int, size_mb: int) -> None:
    """One caller's upload, under a key, as a browser would repeat it. Raises AssertionError where it is not kept."""
    headers = {**office.of(application_id, f"applicant-{nth}"), **FORM, "Idempotency-Key": f"upload-{nth}"}
    path = f"/v1/applications/{application_id}/documents"
    answer = await office.http.post(path, content=form(size_mb, PDF + f"{nth}\n".encode()), headers=headers)
    assert answer.status_code == 201, answer.text


async def watch(process: psutil.Process, peak: list[float]) -> None:
    """Keep the largest memory of a process that was seen."""
    while True:
        peak[0] = max(peak[0], process.memory_info().rss / MB)
        await asyncio.sleep(WATCH_EVERY_S)


async def measure(folder: Path, postgres: EmbeddedPostgres, uploads: int, size_mb: int) -> Result:
    """Send all uploads together; returns what they cost."""
    async with intake_standing(postgres, folder) as (stand, office):
        drafts = [await office.draft(await office.organisation()) for _ in range(uploads)]
        await upload(office, drafts[0], uploads, 1)  # what is loaded at the first is there before
        assert stand.process is not None
        process = psutil.Process(stand.process.pid)
        before = process.memory_info().rss / MB
        peak = [before]
        watching = asyncio.create_task(watch(process, peak))
        began = time.perf_counter()
        await asyncio.gather(*(upload(office, draft, nth, size_mb) for nth, draft in enumerate(drafts)))
        seconds = time.perf_counter() - began
        watching.cancel()
    sent = uploads * size_mb
    return Result(
        uploads, sent, round(seconds, 2), round(before, 1), round(peak[0], 1), round((peak[0] - before) / sent, 3)
    )


async def run(uploads: int, size_mb: int) -> Result:
    """The same with a PostgreSQL server of its own."""
    with tempfile.TemporaryDirectory(prefix="dure-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "pg", durable=False)
        await asyncio.to_thread(postgres.start)
        try:
            return await measure(Path(folder), postgres, uploads, size_mb)
        finally:
            await asyncio.to_thread(postgres.remove)


def main() -> None:
    """Measure once and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=8)
    parser.add_argument("--size-mb", type=int, default=49)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = asyncio.run(run(arguments.uploads, arguments.size_mb))
    sys.stdout.write(json.dumps(asdict(result)) + "\n" if arguments.json else table(result))


def table(result: Result) -> str:
    """The figures as people read them."""
    return (
        f"{result.uploads} uploads, {result.sent_mb} MB together, in {result.seconds} s\n"
        f"memory of the api: {result.before_mb} MB before, {result.peak_mb} MB at its peak\n"
        f"ratio: {result.ratio} (growth of memory / bytes sent)\n"
    )


if __name__ == "__main__":
    main()
