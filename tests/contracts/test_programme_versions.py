"""A service's own copy of the definitions: every version stays readable, a process holds a few of them at hand."""

import datetime as dt
import json

from libs.common import programmes
from libs.common.events.intake import ProgrammeOpened
from tests.contracts.extremes import definition

NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


async def test_more_versions_than_a_process_holds_are_read_all_the_same(tx_of, monkeypatch) -> None:
    """Four versions, of which two are held: each is read right, in any order, and no more than two are held."""
    monkeypatch.setattr(programmes, "KNOWN_MAX", 2)
    tx = await tx_of("metering")
    told = json.loads(definition("hpc-2025-gpu")[0])
    for version in (1, 2, 3, 4):
        revised = {**told, "version": version}
        event = ProgrammeOpened(code=told["code"], version=version, in_force_from=NOW, definition=revised)
        await programmes.keep(tx, event)
    for version in (1, 2, 3, 4, 1, 4, 2):
        assert (await programmes.programme_version(tx, told["code"], version)).version == version
        assert len(programmes._KNOWN[tx.engine.sync_engine]) <= 2
