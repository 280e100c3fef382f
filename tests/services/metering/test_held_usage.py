"""Held corrections in whatever order, cut and company they come: what counts is what an independent reckoning says."""

import asyncio
import random
from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import text

from tests.services.metering.meters import Metering, kst, usage_item
from tests.services.metering.test_operations_ingest import TOTALS, record, some_usage

Item = dict[str, Any]


def counted(arrived: list[Item]) -> dict[tuple[str, str], tuple[int, int]]:
    """Hour → (seconds, events) of what counts: the last of each chain of corrections whose first event has come."""
    data = {item["id"]: item["data"] for item in arrived}
    corrected = {each["corrects"] for each in data.values() if each["corrects"]}
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for event_id, each in data.items():
        first = event_id
        while first in data and data[first]["corrects"]:
            first = data[first]["corrects"]
        if event_id not in corrected and first in data:
            hour = found[each["session_id"], each["hour"]]
            hour[0] += each["held_s"]
            hour[1] += 1
    return {key: (held_s, events) for key, (held_s, events) in found.items()}


@pytest.mark.rule("MT-3")
@pytest.mark.parametrize("seed", range(6))
async def test_after_every_batch_only_what_is_whole_counts(metering: Metering, seed: int) -> None:
    """Shuffled, repeated and cut at will, after each batch the hours hold what the chains that have begun come to."""
    chance = random.Random(seed)
    sent = some_usage(seed)
    sent += chance.choices(sent, k=6)
    chance.shuffle(sent)
    arrived: list[Item] = []
    async with metering.db.engine.connect() as tx:
        transaction = await tx.begin()
        while sent:
            size = chance.randint(1, 6)
            batch, sent = sent[:size], sent[size:]
            await record(tx, batch)
            arrived += batch
            rows = await tx.execute(text(TOTALS))
            totals = {(row[0], row[1].strftime("%Y-%m-%dT%H:%M:%SZ")): (row[2], row[5]) for row in rows}
            assert totals == counted(arrived)
        assert (await tx.execute(text("SELECT count(*) FROM held_event"))).scalar_one() == 0
        await transaction.rollback()


@pytest.mark.rule("MT-3")
async def test_a_decision_and_the_awaited_event_at_once(metering: Metering) -> None:
    """Whichever of the two is first, each has its effect once: dropped, or in the event's place."""
    for number in range(6):
        name = f"e-{number}"
        await metering.post(usage_item(f"{name}-c", kst(1, 10 + number), held_s=600, corrects=name))
        body = {"provider_id": "alpha", "event_id": f"{name}-c", "decision": "dropped", "reason": "확인"}
        told, _ = await asyncio.gather(
            metering.http.post("/v1/usage/held/decisions", json=body, headers=metering.officer()),
            metering.post(usage_item(name, kst(1, 10 + number), held_s=60)),
        )
        (row,) = [row for row in await metering.hours() if row["hour"] == f"2025-10-01T{number + 1:02d}:00:00Z"]
        assert (told.status_code, row["held_s"], row["events"]) in [(201, 60, 1), (409, 600, 1)]


@pytest.mark.rule("MT-10")
async def test_the_evidence_holds_what_counts(metering: Metering) -> None:
    """A held or dropped correction is not among the events under a line's hash; one that became its own is."""
    hashes = []
    for decision in (None, "dropped", "own"):
        if decision:
            name = f"c-{decision}"
            body = {"provider_id": "alpha", "event_id": name, "decision": decision, "reason": "확인"}
            await metering.post(usage_item(name, kst(1, 12), held_s=60, corrects=f"never-{decision}"))
            told = await metering.http.post("/v1/usage/held/decisions", json=body, headers=metering.officer())
            assert told.status_code == 201
        else:
            await metering.post(usage_item("e-1", kst(1, 10)), usage_item("c-0", kst(1, 11), corrects="never"))
        (line,) = (await metering.statement())["lines"]
        hashes.append((line["evidence_sha256"], line["usage_events"]))
    assert hashes[0] == hashes[1]
    assert hashes[2][0] != hashes[0][0]
    assert [events for _, events in hashes] == [1, 1, 2]
