"""Coming to rest on one machine: it ends, and tells which service stands, however badly one of them fails."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from libs.common.definition.files import load_definition
from libs.common.events.intake import ProgrammeOpened
from libs.common.outbox import say
from libs.embedded.app import build
from libs.embedded.databases import prepare
from libs.embedded.home import Home
from libs.embedded.issuer import Issuer
from libs.embedded.postgres import EmbeddedPostgres
from libs.embedded.together import Together

PROGRAMME = "hpc-2025-gpu"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own with the five databases."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="dure-settle-")) / "pg", durable=False)
    server.start()
    prepare(server)
    yield server
    server.remove()


@pytest.fixture
async def together(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Together]:
    """The five services over one local bus; no loop of theirs runs."""
    home = Home(tmp_path)
    home.make()
    together = Together(home, server)
    yield together
    await together.close()


async def settle(together: Together, folder: Path) -> dict[str, Any]:
    """What `POST /embedded/v1/settle` answers an operator."""
    home = Home(folder)
    headers = {"Authorization": f"Bearer {Issuer.open(home.key).token('operator')}"}
    transport = httpx.ASGITransport(app=build(home, together), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dure", timeout=150) as client:
        answer = await client.post("/embedded/v1/settle", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def heard(together: Together) -> set[str]:
    """The services that keep the programme."""
    found = set()
    for name in ("review", "allocator", "metering", "billing"):
        async with together.runtimes[name].db.transaction() as tx:
            if (await tx.execute(text("SELECT count(*) FROM programme_version"))).scalar_one():
                found.add(name)
    return found


async def test_f_77_settling_beside_a_stream_that_stands_answers(together: Together, tmp_path: Path) -> None:
    """F-77: metering fails at an event: the answer names it, the others have heard, and once mended all is quiet."""

    async def fail(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    metering, now = together.runtimes["metering"], together.clock.now()
    mended = metering.service
    metering.service = replace(mended, handlers={**mended.handlers, ProgrammeOpened: fail})
    definition = load_definition(ROOT / f"programmes/{PROGRAMME}.yaml").model_dump(mode="json", by_alias=True)
    async with together.runtimes["intake"].db.transaction() as tx:
        opened = ProgrammeOpened(code=PROGRAMME, version=1, in_force_from=now, definition=definition)
        await say(tx, opened, now=now)
    told = await settle(together, tmp_path)
    assert (told["quiet"], set(told["stands"])) == (False, {"metering"})
    assert "a bug of ours" in told["stands"]["metering"]
    assert await heard(together) == {"review", "allocator", "billing"}
    metering.service = mended
    assert (await settle(together, tmp_path))["quiet"] is True
    assert await heard(together) == {"review", "allocator", "metering", "billing"}
