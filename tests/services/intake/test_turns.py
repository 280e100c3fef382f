"""Whoever waits for a lock reads the clock when it is had: nothing is dated before its cause (F-80)."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from libs.common import inbox
from libs.common.bus import Message
from libs.common.db import Tx
from libs.common.events.allocator import GrantEnded
from libs.common.events.billing import SelfpayDue, SelfpayOverdue
from libs.common.events.envelope import Event, wrap
from services.intake.tables.applications import application
from tests.services.intake.people import OPEN_DAY, P0, Office

LATER = OPEN_DAY + dt.timedelta(hours=3)
WAITS_S = 0.3


async def meanwhile(office: Office, application_id: str, act: Callable[[], Awaitable[object]]) -> None:
    """Do something while somebody else holds the application for three hours of the settable clock."""
    async with office.client.db.transaction() as tx:
        held = select(application).where(application.c.application_id == application_id).with_for_update()
        await tx.execute(held)
        waiting = asyncio.ensure_future(act())
        await asyncio.sleep(WAITS_S)
        assert not waiting.done()
        office.client.clock.set(LATER)
    await waiting


async def last_step(office: Office, application_id: str) -> tuple[str, dt.datetime]:
    """The newest step of an application's history."""
    step = (await office.call("GET", f"/applications/{application_id}", 200))["history"][-1]
    return step["state"], dt.datetime.fromisoformat(step["at"])


async def test_a_withdrawal_is_dated_when_its_turn_comes(office: Office) -> None:
    """F-80: What waited three hours for its application is dated then, not at its request."""
    application_id = await office.draft(await office.organisation())
    told = {"reason": "취소"}
    path = f"/applications/{application_id}/withdraw"
    await meanwhile(office, application_id, lambda: office.call("POST", path, 200, json=told))
    assert await last_step(office, application_id) == ("withdrawn", LATER)


@pytest.mark.rule("IN-1")
async def test_a_final_submit_counts_when_it_arrived(office: Office) -> None:
    """F-80, IN-1: The receipt tells the arrival, however long the turn took; the history tells when it was stored."""
    application_id = await office.draft(await office.organisation())
    path = f"/applications/{application_id}/submit"
    await meanwhile(office, application_id, lambda: office.call("POST", path, 200))
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert dt.datetime.fromisoformat(shown["received_at"]) == OPEN_DAY
    assert await last_step(office, application_id) == ("submitted", LATER)


async def test_what_is_heard_is_dated_when_its_turn_comes(office: Office) -> None:
    """F-80: An event that waited for the application moves it at the instant it had it."""
    application_id = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    ended = GrantEnded(
        grant_id=application_id, programme_code=P0, provider_id="alpha", ended_at=OPEN_DAY, reason="period over"
    )
    await meanwhile(office, application_id, lambda: office.client.feed(ended))
    assert await last_step(office, application_id) == ("ended", LATER)


def of_two(contract: type[Event], office: Office, ids: Sequence[str], **facts: Any) -> list[Message]:
    """The word of one owner about two applications, in this order."""
    told = [contract(application_id=one, programme_code=P0, **facts) for one in ids]
    wrapped = [(one, wrap(one, now=office.client.clock.now(), correlation_id="t")) for one in told]
    return [Message(one.topic(), one.key(), envelope.model_dump_json()) for one, envelope in wrapped]


async def test_two_batches_in_opposite_order_never_wait_for_each_other(office: Office) -> None:
    """Workers that hear of the same applications on different topics in different order take turns."""
    service, both = office.client.service, asyncio.Barrier(2)
    ids = [await office.draft(await office.organisation()) for _ in range(2)]

    def meeting(handler: inbox.Handler) -> inbox.Handler:
        async def handle(tx: Tx, event: Any, clock: Any) -> None:
            await handler(tx, event, clock)
            if not both.broken:  # the first of each batch waits for the other's, in vain where locks are ordered
                try:
                    async with asyncio.timeout(2 * WAITS_S):
                        await both.wait()
                except (TimeoutError, asyncio.BrokenBarrierError):
                    await both.abort()

        return handle

    handlers = {one: meeting(service.handlers[one]) for one in (SelfpayDue, SelfpayOverdue)}
    due = of_two(SelfpayDue, office, ids, amount_krw=9, flow="deposit", due_at=OPEN_DAY, reason="")
    overdue = of_two(SelfpayOverdue, office, ids[::-1], due_krw=9, received_krw=0, due_at=OPEN_DAY)
    heard = [
        inbox.consume(
            office.client.db, handlers, batch, clock=office.client.clock, dead_letters_max=0,
            lock_first=service.lock_first,
        )
        for batch in (due, overdue)
    ]  # fmt: skip
    assert await asyncio.gather(*heard) == [2, 2]
