"""A call's last minute: nothing lost, nothing late that was in time; how fast, beside a bare insert of the same rows.

Two processes of intake, as they are deployed, on one durable PostgreSQL and one folder of documents. A thousand
applicants upload three files each, then all submit in the last minute before the call closes, a fifth of them in its
last second, and a few after it. Then the same rows are inserted by themselves, in as many transactions and as many
at once. `python -m tests.bench.bench_last_minute [--applicants N] [--json]`; it ends with 1 where something was lost
or wrongly refused.
"""

import argparse
import asyncio
import datetime as dt
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg

from libs.common.db_address import connect_arguments
from libs.embedded.postgres import EmbeddedPostgres
from tests.bench.last_minute import (
    FILES,
    Applicant,
    Hall,
    hall,
    lost,
    submit_at,
    upload_all,
    wrongly_in_time,
    wrongly_late,
)
from tests.services.intake.people import CLOSES

TOGETHER = 50
MINUTE_S = 60.0
LAST_SECOND = 5
"""One in so many submits in the last second."""
LATE = 20
"""One more in so many submits when the call is closed."""
OWN = ("document", "application_history", "screening_run")
"""Tables whose rows are one application's, beside the application itself."""


@dataclass(frozen=True)
class Times:
    """How long requests took, in seconds."""

    p50_s: float
    p99_s: float
    most_s: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """Of at least two."""
        cuts = statistics.quantiles(seconds, n=100)
        return cls(round(cuts[49], 4), round(cuts[98], 4), round(max(seconds), 4))


@dataclass(frozen=True)
class Result:
    """What was asked of intake in a call's last minute, and how it answered."""

    submissions: int
    files: int
    late: int
    lost: int
    wrongly_late: int
    wrongly_in_time: int
    told_to_wait: int
    uploads_per_s: float
    upload: Times
    submit: Times
    last_second_answered_s: float
    """From the first submit of the last second to the last answer."""
    bare_uploads_per_s: float
    bare_upload: Times
    bare_submits_per_s: float
    bare_submit: Times


def plans(applicants: Sequence[Applicant], late: Sequence[Applicant]) -> list[tuple[Applicant, dt.datetime]]:
    """Who submits when."""
    rng = random.Random(1)
    made = []
    for nth, one in enumerate(applicants):
        before_s = rng.uniform(0.001, 1) if nth % LAST_SECOND == 0 else rng.uniform(1, MINUTE_S - 1)
        made.append((one, CLOSES - dt.timedelta(seconds=before_s)))
    return made + [(one, CLOSES + dt.timedelta(seconds=rng.uniform(0.001, 0.5))) for one in late]


class Bare:
    """The rows that the submissions left, inserted again into tables of the same form and indexes, and nothing else."""

    def __init__(self, database_url: str, applicants: Sequence[Applicant]) -> None:
        self._told = connect_arguments(database_url)
        self._ids = [one.application_id for one in applicants]

    async def measure(self) -> tuple[float, Times, float, Times]:
        """Uploads per second and their times, submits per second and theirs."""
        connection = await asyncpg.connect(**self._told)
        uploads, submits = await self._rows(connection)
        await connection.close()
        return (*await self._insert(uploads), *await self._insert(submits))

    async def _rows(self, connection: asyncpg.Connection) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """What one transaction inserts: for every upload and for every submit the rows of each table, as JSON."""
        await connection.execute("CREATE SCHEMA bare")
        for table in ("application", *OWN, "act", "idempotency_key", "outbox"):
            await connection.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")
        uploads: list[dict[str, str]] = []
        submits: dict[str, dict[str, str]] = {known: {} for known in self._ids}
        keys = await self._by(connection, "idempotency_key", "key")
        acts = await self._by(connection, "act", "thing_id || did")
        for row in await connection.fetch("SELECT application_id, kind, to_json(document) AS row FROM document"):
            known, kind = row["application_id"], row["kind"]
            if known in submits:
                uploads.append({"document": f"[{row['row']}]", "idempotency_key": keys[f"{known}-{kind}"]})
                uploads[-1]["act"] = acts[f"{known}upload_document"] if kind == "plan" else "[]"
        for table in ("application", "application_history", "screening_run"):
            for known, rows in (await self._by(connection, table, "application_id")).items():
                if known in submits:
                    submits[known][table] = rows
        for known, rows in (await self._by(connection, "outbox", "key")).items():
            if known in submits:
                submits[known]["outbox"] = rows
        for known in submits:
            submits[known] |= {"idempotency_key": keys[f"{known}-submit"], "act": acts[f"{known}submit_application"]}
        return uploads, list(submits.values())

    @staticmethod
    async def _by(connection: asyncpg.Connection, table: str, key: str) -> dict[str, str]:
        query = f"SELECT {key} AS told, json_agg(row_to_json({table})) AS rows FROM {table} GROUP BY 1"
        return {row["told"]: row["rows"] for row in await connection.fetch(query)}

    async def _insert(self, transactions: Sequence[dict[str, str]]) -> tuple[float, Times]:
        waiting, took = list(reversed(transactions)), []

        async def lane(connection: asyncpg.Connection) -> None:
            while waiting:
                rows = waiting.pop()
                began = time.perf_counter()
                async with connection.transaction():
                    for table, told in rows.items():
                        await connection.execute(
                            f"INSERT INTO bare.{table} OVERRIDING SYSTEM VALUE"
                            f" SELECT * FROM json_populate_recordset(NULL::bare.{table}, $1)",
                            told,
                        )
                took.append(time.perf_counter() - began)

        lanes = [await asyncpg.connect(**self._told) for _ in range(TOGETHER)]
        began = time.perf_counter()
        await asyncio.gather(*(lane(connection) for connection in lanes))
        seconds = time.perf_counter() - began
        await asyncio.gather(*(connection.close() for connection in lanes))
        return round(len(took) / seconds, 1), Times.of(took)


async def measure(there: Hall, count: int) -> Result:
    """Play the last minute with so many applicants."""
    everybody = await there.prepare(count + count // LATE)
    there.clock.run_from(CLOSES - dt.timedelta(days=1))
    uploaded_s = await upload_all(there, everybody, TOGETHER)
    in_time, late = everybody[:count], everybody[count:]
    there.clock.run_from(CLOSES - dt.timedelta(seconds=MINUTE_S))
    await submit_at(there, plans(in_time, late))
    submits = [one.submit for one in in_time if one.submit is not None]
    uploads = [sent for one in everybody for sent in one.uploads]
    last = [sent for sent in submits if sent.began_at >= CLOSES - dt.timedelta(seconds=1)]
    first_at = min(sent.began_at for sent in last)
    last_second_s = max((sent.began_at - first_at).total_seconds() + sent.took_s for sent in last)
    missing = await lost(there, everybody)
    sys.stderr.writelines(f"{line}\n" for line in missing[:20])
    taken = [one for one in everybody if one.submit is not None and one.submit.status == 200]
    bare = await Bare(there.database_url, taken).measure()
    return Result(
        count,
        count * FILES,
        len(late),
        len(missing),
        len(wrongly_late(everybody)),
        len(wrongly_in_time(everybody)),
        sum(sent.tries - 1 for sent in (*submits, *uploads)),
        round(len(uploads) / uploaded_s, 1),
        Times.of([sent.took_s for sent in uploads]),
        Times.of([sent.took_s for sent in submits]),
        round(last_second_s, 2),
        *bare,
    )


async def run(count: int) -> Result:
    """The same with a durable PostgreSQL server of its own."""
    with tempfile.TemporaryDirectory(prefix="dure-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "pg")
        await asyncio.to_thread(postgres.start)
        try:
            async with hall(postgres, Path(folder)) as there:
                return await measure(there, count)
        finally:
            await asyncio.to_thread(postgres.remove)


def table(result: Result) -> str:
    """The figures as people read them."""
    ratio = result.bare_uploads_per_s / result.uploads_per_s
    return (
        f"{result.submissions} submissions with {result.files} files, and {result.late} after the closing\n"
        f"lost {result.lost}, refused though in time {result.wrongly_late}, "
        f"taken though late {result.wrongly_in_time}, told to wait {result.told_to_wait}\n"
        f"uploads, {TOGETHER} at once: {result.uploads_per_s}/s, {_told(result.upload)}\n"
        f"  bare insert of their rows: {result.bare_uploads_per_s}/s, {_told(result.bare_upload)}; "
        f"{ratio:.1f} × as many\n"
        f"submits in the last minute: {_told(result.submit)}; "
        f"those of the last second answered within {result.last_second_answered_s} s\n"
        f"  bare insert of their rows: {result.bare_submits_per_s}/s, {_told(result.bare_submit)}\n"
    )


def _told(times: Times) -> str:
    return f"p50 {times.p50_s * 1000:.0f} ms, p99 {times.p99_s * 1000:.0f} ms"


def main() -> int:
    """Measure once and tell; 1 where a submission was lost, or judged by anything but its arrival."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = asyncio.run(run(arguments.applicants))
    sys.stdout.write(json.dumps(asdict(result)) + "\n" if arguments.json else table(result))
    return 1 if result.lost or result.wrongly_late or result.wrongly_in_time else 0


if __name__ == "__main__":
    sys.exit(main())
