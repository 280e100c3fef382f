"""Usage events ingested per second through HTTP, against a raw COPY of the same rows into the same table.

Validated, deduplicated, totalled, told to the outbox and committed, in batches of 1,000 over four connections; the
raw COPY is one connection's, from ready Python rows. Both run in turn on the same machine, so the ratio is the
figure. `python -m tests.bench.bench_ingest [--rounds 3] [--batches 60] [--json]`.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn

from libs.common.app import build_app
from libs.common.clock import SettableClock
from libs.common.db import Database
from libs.common.db_address import connect_arguments
from libs.common.events.allocator import GrantPlaced, SessionAssigned
from libs.common.identity import Verifier
from libs.common.migrate import migrate
from libs.common.service import Runtime
from libs.common.settings import Settings
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from libs.embedded.postgres import EmbeddedPostgres
from services.metering.__main__ import SERVICE
from services.metering.operations import hear
from services.metering.routes.usage_document import read_batch
from services.metering.store.copying import EVENT_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
BATCH = 1_000
CONNECTIONS = 4
SESSIONS = 200
START = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
TABLES = "usage_event, usage_hour, usage_batch, outbox"


def item(number: int) -> dict[str, Any]:
    """The event of one session and hour."""
    session, hour = number % SESSIONS, number // SESSIONS
    return {
        "specversion": "1.0",
        "id": f"alpha-{hour:05d}-S-{session:06d}",
        "source": "/providers/alpha",
        "type": "kr.dure.usage.reported.v1",
        "subject": f"A-{session % 50:06d}",
        "data": {
            "grant_id": f"A-{session % 50:06d}",
            "session_id": f"S-{session:06d}",
            "hour": (START + dt.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "units": 1,
            "held_s": 3600,
            "utilisation_pct": 40 + (number * 37) % 600 / 10,
            "evidence": f"meter/{hour:05d}/{session:06d}",
            "corrects": None,
        },
    }


def serve(database_url: str, key: str, port: int) -> None:
    """The real application under uvicorn, as a process of its own."""
    clock = SettableClock()
    clock.set(NOW)
    issuer = Issuer.open(Path(key))
    settings = Settings(database_url=database_url)
    runtime = Runtime(SERVICE, settings, clock, LocalBus(), Verifier(ISSUER, AUDIENCE, issuer.keys))
    uvicorn.run(build_app(runtime), host="127.0.0.1", port=port, log_level="warning", access_log=False)


async def prepare(database_url: str) -> None:
    """Fifty grants and two hundred sessions of one provider."""
    await migrate("metering", database_url)
    db = Database(database_url)
    async with db.transaction() as tx:
        for number in range(50):
            await hear.hear_placement(tx, _grant(f"A-{number:06d}"), NOW)
        for number in range(SESSIONS):
            await hear.hear_assignment(tx, _session(f"S-{number:06d}", f"A-{number % 50:06d}"), NOW)
    await db.close()


def _grant(grant_id: str) -> GrantPlaced:
    return GrantPlaced(
        grant_id=grant_id,
        programme_code="hpc-2025-gpu",
        programme_version=1,
        organisation_id="O-000001",
        placement_id="PL-000001",
        provider_id="alpha",
        data_centre="alpha-dc1",
        pool_id="alpha-h100",
        servers={},
        mode="dynamic",
        product="2",
        units=4,
        months=9,
        card_type="H100",
        cards=4,
        asked_card_type="H100",
        priced_product="2",
        priced_units=4,
        payable=True,
        starts_at=START,
        ends_at=NOW,
        rank=1,
    )


def _session(session_id: str, grant_id: str) -> SessionAssigned:
    return SessionAssigned(
        session_id=session_id,
        grant_id=grant_id,
        programme_code="hpc-2025-gpu",
        provider_id="alpha",
        data_centre="alpha-dc1",
        pool_id="alpha-h100",
        mode="dynamic",
        units=1,
        servers={"alpha-s01": 1},
        requested_at=START,
        assigned_at=START,
        continues=None,
    )


async def raw_copy(connection: Any, rows: list[tuple[Any, ...]]) -> float:
    """Rows a second of one COPY into the empty table."""
    await connection.execute(f"TRUNCATE {TABLES}")
    began = time.perf_counter()
    await connection.copy_records_to_table("usage_event", records=rows, columns=EVENT_COLUMNS)
    return len(rows) / (time.perf_counter() - began)


async def through_http(connection: Any, url: str, token: str, bodies: list[bytes]) -> float:
    """Events a second of all batches, over four connections, into the empty tables."""
    await connection.execute(f"TRUNCATE {TABLES}")
    waiting = iter(bodies)
    accepted = 0

    async def send(client: httpx.AsyncClient) -> None:
        nonlocal accepted
        for body in waiting:
            answer = await client.post("/v1/usage", content=body)
            answer.raise_for_status()
            accepted += answer.json()["accepted"]

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        began = time.perf_counter()
        await asyncio.gather(*(send(client) for _ in range(CONNECTIONS)))
        took_s = time.perf_counter() - began
    stored = await connection.fetchval("SELECT count(*) FROM usage_event")
    totalled = await connection.fetchval("SELECT sum(events) FROM usage_hour")
    told = await connection.fetchval("SELECT count(*) FROM outbox")
    if not (stored == totalled == accepted == len(bodies) * BATCH and told == len(bodies)):
        raise RuntimeError(f"accepted {accepted}, stored {stored}, totalled {totalled}, told {told}")
    return accepted / took_s


async def measure(database_url: str, url: str, token: str, rounds: int, batches: int) -> dict[str, Any]:
    """Alternate both measures and give the medians and their ratio."""
    bodies = [
        json.dumps([item(number) for number in range(first, first + BATCH)]).encode()
        for first in range(0, batches * BATCH, BATCH)
    ]
    rows = [
        ("alpha", u.event_id, 1, u.hour, u.units, u.held_s, u.utilisation_bp, u.digest, *u[2:4], u.evidence, u.corrects)
        for body in bodies
        for u in read_batch(body, "alpha").usages
    ]
    connection = await asyncpg.connect(**connect_arguments(database_url))
    await through_http(connection, url, token, bodies[: 2 * CONNECTIONS])
    copied: list[float] = []
    ingested: list[float] = []
    for _ in range(rounds):
        copied.append(await raw_copy(connection, rows))
        ingested.append(await through_http(connection, url, token, bodies))
    await connection.close()
    ratios = [http / raw for http, raw in zip(ingested, copied, strict=True)]
    return {
        "batch": BATCH,
        "connections": CONNECTIONS,
        "events": batches * BATCH,
        "http_events_per_s": round(statistics.median(ingested)),
        "copy_rows_per_s": round(statistics.median(copied)),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def run(rounds: int, batches: int) -> dict[str, Any]:
    """Start PostgreSQL (durable, fsync on) and the application, measure, stop both."""
    folder = Path(tempfile.mkdtemp(prefix="dure-bench-"))
    issuer = Issuer.open(folder / "key.json")
    token = issuer.token("provider", organisation_id="alpha")
    server = EmbeddedPostgres(folder / "pg")
    server.start()
    try:
        server.create_database("metering")
        database_url = server.url("metering")
        asyncio.run(prepare(database_url))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", __spec__.name, "--serve", database_url, str(folder / "key.json"), str(port)]
        api = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            url = f"http://127.0.0.1:{port}"
            _await_ready(url)
            return asyncio.run(measure(database_url, url, token, rounds, batches))
        finally:
            api.terminate()
            api.wait(timeout=20)
    finally:
        server.remove()


def _await_ready(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the application did not answer within 20 s")


def main() -> None:
    """Print the table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", nargs=3, metavar=("DATABASE_URL", "KEY", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve[0], asked.serve[1], int(asked.serve[2]))
        return
    figures = run(asked.rounds, asked.batches)
    sys.stdout.write(json.dumps(figures) + "\n" if asked.json else table(figures))


def table(figures: dict[str, Any]) -> str:
    """The figures as people read them."""
    lines = (
        f"ingest through HTTP  {figures['http_events_per_s']:>10,} events/s  (batch {BATCH:,}, {CONNECTIONS} clients)",
        f"raw COPY             {figures['copy_rows_per_s']:>10,} rows/s",
        f"ratio                {figures['ratio']:>10.2f}           (rounds: {figures['ratios']})",
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
