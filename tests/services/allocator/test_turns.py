"""Consumers, commands and jobs that need the same locks wait for each other in one order: none ends as a deadlock."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common import inbox
from libs.common.bus import Message
from libs.common.db import Tx, lock
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.envelope import Event, wrap
from libs.common.events.intake import AgreementEnded
from services.allocator.consumers import HANDLERS
from services.allocator.operations import grants
from services.allocator.operations.turns import lock_first
from tests.services.allocator.office import P0, SIGNED, Office

TWO = ["A-1", "A-2"]
MEET_S = 1.0
"""How long one batch waits for the other in the middle; where the locks are ordered it waits in vain."""
ROW = text("SELECT grant_id FROM award WHERE grant_id = :id FOR UPDATE NOWAIT")


def deposit(grant_id: str) -> Event:
    """Money came in."""
    return SelfpayDeposited(
        application_id=grant_id, programme_code=P0, received_krw=9, due_krw=9, covered=True, deposited_at=SIGNED
    )


def due(grant_id: str) -> Event:
    """Money is owed."""
    return SelfpayDue(
        application_id=grant_id, programme_code=P0, amount_krw=9, flow="deposit", due_at=SIGNED, reason=""
    )


def agreement_end(grant_id: str) -> Event:
    """The agreement ended."""
    return AgreementEnded(application_id=grant_id, programme_code=P0, ended_at=SIGNED, reason="끝")


async def hear(office: Office, events: Sequence[Event], handlers: inbox.Handlers = HANDLERS) -> int:
    """One batch through the real inbox, as the service's runtime hands it over."""
    now = office.client.clock.now()
    told = [(one, wrap(one, now=now, correlation_id="t")) for one in events]
    batch = [Message(one.topic(), one.key(), envelope.model_dump_json()) for one, envelope in told]
    return await inbox.consume(
        office.client.db, handlers, batch, clock=office.client.clock, dead_letters_max=0,
        lock_first=office.client.service.lock_first,
    )  # fmt: skip


async def waits(office: Office) -> None:
    """Return once some session of this database waits for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while True:
            async with office.client.db.transaction() as tx:
                if (await tx.execute(query)).scalar_one():
                    return
            await asyncio.sleep(0.05)


@pytest.fixture
async def two(office: Office) -> Office:
    """Two selected applications."""
    await office.open(P0)
    for rank, grant_id in enumerate(TWO, 1):
        await office.award(grant_id, P0, "H100x1", rank)
    return office


def test_the_service_takes_its_locks_first(office: Office) -> None:
    """The process that is deployed hears by the same order."""
    assert office.client.service.lock_first is lock_first


async def test_a_batch_and_a_command_never_wait_for_each_other(two: Office) -> None:
    """A batch that touches one grant and ends another waits for `allotment` before it holds any grant's row."""
    async with two.client.db.transaction() as command:
        await lock(command, "allotment")
        batch = asyncio.create_task(hear(two, [deposit("A-1"), agreement_end("A-2")]))
        await waits(two)
        await command.execute(ROW, {"id": "A-1"})  # refused at once where the batch has it already
    assert await batch == 2


async def test_two_batches_in_opposite_order_never_wait_for_each_other(two: Office) -> None:
    """Workers that hear of the same grants on different topics in different order take turns."""
    first_done = asyncio.Barrier(2)

    def meeting(handler: inbox.Handler) -> inbox.Handler:
        async def handle(tx: Tx, event: Any, clock: Any) -> None:
            await handler(tx, event, clock)
            if event.application_id == ("A-1" if isinstance(event, SelfpayDeposited) else "A-2"):
                try:
                    async with asyncio.timeout(MEET_S):
                        await first_done.wait()
                except (TimeoutError, asyncio.BrokenBarrierError):
                    await first_done.reset()

        return handle

    handlers = {contract: meeting(HANDLERS[contract]) for contract in (SelfpayDeposited, SelfpayDue)}
    deposits = hear(two, [deposit("A-1"), deposit("A-2")], handlers)
    debts = hear(two, [due("A-2"), due("A-1")], handlers)
    assert await asyncio.gather(deposits, debts) == [2, 2]


async def test_the_job_that_ends_grants_locks_them_by_their_ids(two: Office) -> None:
    """Of two due grants the one that ended first has the higher id: its row is not held while the other is awaited."""
    ends = {"A-1": SIGNED, "A-2": SIGNED - dt.timedelta(days=1)}
    async with two.client.db.transaction() as tx:
        for grant_id, at in ends.items():
            change = text("UPDATE award SET state = 'active', starts_at = :at, ends_at = :at WHERE grant_id = :id")
            await tx.execute(change, {"at": at, "id": grant_id})
    two.client.clock.set(SIGNED + dt.timedelta(days=1))

    async def job() -> int:
        async with two.client.db.transaction() as tx:
            return await grants.end_due_grants(tx, two.client.clock)

    async with two.client.db.transaction() as other:
        await other.execute(ROW, {"id": "A-1"})
        ending = asyncio.create_task(job())
        await waits(two)
        try:
            await other.execute(ROW, {"id": "A-2"})
        except DBAPIError as error:
            pytest.fail(f"the job holds A-2 while it waits for A-1: {error.orig}")
    assert await ending == 2
