"""A page of 10,000 applications, against its one SQL statement and an answer that holds nothing, in the same run.

Intake behind ASGI, PostgreSQL beside it. The ratio is the time of a page without `count=`, over that of the same page
asked from the database alone and of `GET /v1/tasks` of an auditor, for whom nothing waits, together: at most 3.
`python -m tests.bench.bench_lists [--json]`.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from libs.common.db import Database
from libs.common.lists import Wanted
from libs.embedded.postgres import EmbeddedPostgres
from services.intake.store.application_lists import ApplicationsWanted, list_applications
from tests.faults.uploads import intake_standing
from tests.services.intake.people import Office

APPLICATIONS = 10_000
LIMIT = 50
RATIO_MAX = 3.0
FILL = text(
    "INSERT INTO application (application_id, programme_code, organisation_id, state, version, title, track, product,"
    " units, months, wished_start, youth_claimed, created_by, created_at, receipt_no, received_at)"
    " SELECT 'A-' || lpad((n + 100000)::text, 6, '0'), programme_code, organisation_id, 'submitted', 2, 'title ' || n,"
    " track, product, units, months, wished_start, false, created_by, created_at, 'bench-' || n,"
    " created_at + n * interval '1 second' FROM application, generate_series(1, :rows) AS n"
    " WHERE application_id = :like"
)


@dataclass(frozen=True)
class Result:
    """Milliseconds of each, medians, and the ratio of the page to the other two together."""

    order: str
    page_ms: float
    sql_ms: float
    empty_ms: float
    ratio: float


async def timed(rounds: int, run: Callable[[], Awaitable[Any]]) -> float:
    """How many milliseconds it takes, the median of so many; what is loaded at the first is there before."""
    took = []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        await run()
        took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took[3:])


async def measure(folder: Path, postgres: EmbeddedPostgres, rounds: int) -> list[Result]:
    """A page in its default order, and by when applications were received."""
    async with intake_standing(postgres, folder) as (stand, office):
        like = await office.draft(await office.organisation())
        db = Database(stand.told["DURE_DATABASE_URL"])
        try:
            async with db.transaction() as tx:
                await tx.execute(FILL, {"rows": APPLICATIONS, "like": like})
                await tx.execute(text("ANALYZE"))
            return [await measure_order(office, db, sort, rounds) for sort in ("", "-received_at")]
        finally:
            await db.close()


async def measure_order(office: Office, db: Database, sort: str, rounds: int) -> Result:
    """One order."""
    officer, auditor = office.client.as_("officer"), office.client.as_("auditor")
    params: dict[str, Any] = {"limit": LIMIT, **({"sort": sort} if sort else {})}
    wanted = Wanted(fetch=LIMIT + 1, sort=sort.removeprefix("-"), descending=sort.startswith("-"))

    async def page() -> None:
        answer = await office.http.get("/v1/applications", params=params, headers=officer)
        assert len(answer.json()["items"]) == LIMIT, answer.text

    async def sql() -> None:
        async with db.transaction() as tx:
            await list_applications(tx, wanted, ApplicationsWanted(), None)

    async def empty() -> None:
        answer = await office.http.get("/v1/tasks", headers=auditor)
        assert answer.json()["items"] == [], answer.text

    page_ms, sql_ms, empty_ms = await timed(rounds, page), await timed(rounds, sql), await timed(rounds, empty)
    ratio = page_ms / (sql_ms + empty_ms)
    return Result(sort or "application_id", *(round(ms, 2) for ms in (page_ms, sql_ms, empty_ms)), round(ratio, 2))


async def run(rounds: int) -> list[Result]:
    """The same with a PostgreSQL server of its own."""
    with tempfile.TemporaryDirectory(prefix="dure-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "pg", durable=False)
        await asyncio.to_thread(postgres.start)
        try:
            return await measure(Path(folder), postgres, rounds)
        finally:
            await asyncio.to_thread(postgres.remove)


def main() -> None:
    """Measure once and tell; ends with 1 where a page takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = asyncio.run(run(arguments.rounds))
    for one in results:
        sys.stdout.write(json.dumps(asdict(one)) + "\n" if arguments.json else line(one))
    sys.exit(any(one.ratio > RATIO_MAX for one in results))


def line(one: Result) -> str:
    """The figures as people read them."""
    return (
        f"{LIMIT} of {APPLICATIONS} by {one.order}: page {one.page_ms} ms, its SQL {one.sql_ms} ms,"
        f" an empty answer {one.empty_ms} ms, ratio {one.ratio} (at most {RATIO_MAX})\n"
    )


if __name__ == "__main__":
    main()
