"""An absurd definition that is already on its way, as an older intake could have said it (F-01): nobody stops.

Through the real server of `./dure up` and the real commands; only the older intake is played, by what it would have
left in its database: its version, and the event in its outbox.
"""

import asyncio
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from libs.common.definition.files import load_definition
from libs.common.events.envelope import wrap
from libs.common.events.intake import ProgrammeOpened
from libs.embedded.postgres_home import settle
from libs.operator.services import SERVICES
from tests.embedded.test_cli import Dure

CODE = "gpu-rental-2025s"
SOUND = load_definition(Path(f"programmes/{CODE}.yaml")).as_json()
HEARERS = [name for name in SERVICES if name != "intake"]
ABSURD: dict[str, Any] = {
    "billing.budget.cap_krw": 1_980_000_000_019_800_000_000,
    "billing.self_payment.deposit_days": -3,
    "billing.dispute_days": -7,
    "billing.self_payment.rates.H100.standard_krw": -50_000,
    "review.decimals": -1,
    "review.sheets_min": 99,
    "tracks.1.quota.private_min_pct": 150,
    "cards.H200.h100_equivalents": "1/0",
    "submissions_close_at": "1999-09-15T15:00:00+09:00",
}
"""F-01's values, all in one definition."""
START = dt.datetime(2025, 9, 1, 1, 0, tzinfo=dt.UTC)
WAIT_S_MAX = 60.0


def absurd() -> dict[str, Any]:
    """The definition as an older intake let it pass."""
    tree = deepcopy(SOUND)
    for path, value in ABSURD.items():
        node = tree
        for step in path.split("."):
            node = node[step]
        node["is"] = value
    return tree


@pytest.fixture(scope="module")
def dure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dure]:
    """A server of its own, in the background."""
    dure = Dure(tmp_path_factory.mktemp("absurd") / "home")
    started = dure("up", "--detach", "--port", "0", "--json")
    assert started.returncode == 0, started.stderr
    yield dure
    dure.clean_up()


async def connection(dure: Dure, database: str) -> asyncpg.Connection:
    """The server's administrator, at its socket."""
    socket = (settle(dure.home.postgres).cluster / "postmaster.pid").read_text().splitlines()[4]
    return await asyncpg.connect(host=socket, user="postgres", database=database)


async def leave_as_an_older_intake(dure: Dure) -> None:
    """Keep the absurd version in intake's tables, open, and its event in the outbox."""
    tree = absurd()
    opened = ProgrammeOpened(code=CODE, version=1, in_force_from=START, definition=tree)
    envelope = wrap(opened, now=START, correlation_id="older")
    intake = await connection(dure, "intake")
    try:
        async with intake.transaction():
            await intake.execute(
                "INSERT INTO programme (code, latest_version, in_force_version) VALUES ($1, 1, 1)", CODE
            )
            await intake.execute(
                "INSERT INTO programme_definition (code, version, definition, reason, written_by, written_at)"
                " VALUES ($1, 1, $2, 'uploaded', 'officer-1', $3)",
                CODE,
                json.dumps(tree),
                START,
            )
            await intake.execute(
                "INSERT INTO outbox (event_id, topic, key, type, envelope, said_at) VALUES ($1, $2, $3, $4, $5, $6)",
                *(envelope.id, opened.topic(), CODE, envelope.type, envelope.model_dump_json(), START),
            )
            await intake.execute("NOTIFY outbox")
    finally:
        await intake.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition holds. Raises TimeoutError."""
    async with asyncio.timeout(WAIT_S_MAX):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.2)


def operator(dure: Dure, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "tools.cli", *arguments],
        env=dure.environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


async def kept_versions(dure: Dure, service: str) -> list[int]:
    """Which versions of the programme a service acts by."""
    database = await connection(dure, service)
    try:
        rows = await database.fetch("SELECT version FROM programme_version WHERE code = $1 ORDER BY version", CODE)
        return [row["version"] for row in rows]
    finally:
        await database.close()


async def test_f_01_an_absurd_version_is_a_dead_letter_and_the_next_one_is_taken(dure: Dure) -> None:
    """F-01: four dead letters that the command shows, every /readyz 200, and a corrected version is heard by all."""
    running = dure.home.running()
    assert running is not None
    officer = {"Authorization": f"Bearer {dure.json('token', '--role', 'officer')['token']}"}
    async with httpx.AsyncClient(base_url=running.url, headers=officer, timeout=60, trust_env=False) as http:

        async def ready() -> dict[str, int]:
            return {
                path: (await http.get(path)).status_code for path in ["/readyz", *(f"/{n}/readyz" for n in SERVICES)]
            }

        async def letters() -> dict[str, list[dict[str, Any]]]:
            told = json.loads(operator(dure, "bus", "dead", "--json").stdout)
            return {name: [one for one in told if one["service"] == name] for name in SERVICES}

        async def all_buried() -> bool:
            found = await letters()
            return all(found[name] for name in HEARERS)

        await leave_as_an_older_intake(dure)
        await until(all_buried)
        buried = await letters()
        assert {name: len(found) for name, found in buried.items()} == dict.fromkeys(HEARERS, 1) | {"intake": 0}
        for name in HEARERS:
            assert buried[name][0]["error_code"] in ("invalid_event", "programme_invalid")
            assert "cap_krw" in buried[name][0]["error_detail"]
        assert set((await ready()).values()) == {200}
        shown = operator(dure, "bus", "dead")
        assert shown.returncode == 1
        assert shown.stdout.count(f"dure.intake.events.v1 {CODE}") == len(HEARERS)
        assert (await http.get("/intake/v1/programmes")).status_code == 200
        assert (await http.get(f"/intake/v1/programmes/{CODE}")).status_code < 500

        corrected = {**SOUND, "version": 2}
        uploaded = await http.post("/intake/v1/programmes", json=corrected, headers={"Idempotency-Key": "corrected"})
        assert uploaded.status_code in (200, 201), uploaded.text
        opened = await http.post(f"/intake/v1/programmes/{CODE}/open", headers={"Idempotency-Key": "opened"})
        assert opened.status_code == 200, opened.text

        async def all_heard() -> bool:
            return all([await kept_versions(dure, name) == [2] for name in SERVICES])

        await until(all_heard)
        again = operator(dure, "bus", "redrive", "--json")
        assert json.loads(again.stdout) == {
            name: {"handled": 0, "failed_again": int(name in HEARERS)} for name in SERVICES
        }
        assert set((await ready()).values()) == {200}
        assert (await http.get(f"/billing/v1/budget/{CODE}")).status_code == 200
        assert {name: figures["outbox_rows"] for name, figures in dure.json("bus", "lag").items()} == dict.fromkeys(
            SERVICES, 0
        )
