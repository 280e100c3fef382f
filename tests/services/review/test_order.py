"""Batches and commands that need the same locks take them in one order: none ends as a deadlock."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common import inbox
from libs.common.db import Tx
from libs.common.events.intake import ApplicationRevoked, ApplicationScreened, ApplicationWithdrawn
from services.review.operations.turns import lock_first
from services.review.store.applications import hold_known
from tests.services.review.call import CODE, Call, opened, screened, withdrawn
from tests.services.review.test_turns import until_it_waits

OTHER = "gpu-rental-other"
MEET_S = 1.0
"""How long one batch waits for the other in the middle; where the locks are ordered it waits in vain."""
ROW = text("SELECT 1 FROM application WHERE application_id = :known FOR UPDATE NOWAIT")


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Two calls of two applications each: P1 and P2 of one, P3 and P4 of the other."""
    made = Call(await service_client("review"))
    await made.open()
    first = opened()
    await made.feed(first.model_copy(update={"code": OTHER, "definition": {**first.definition, "code": OTHER}}))
    await made.screen("P1", "P2")
    await made.screen("P3", "P4", programme_code=OTHER)
    return made


def gone(name: str, contract: type[ApplicationWithdrawn] = ApplicationWithdrawn) -> ApplicationWithdrawn:
    """The word that one of them goes."""
    code = OTHER if name in ("P3", "P4") else CODE
    return contract(**{**withdrawn(name).model_dump(), "programme_code": code})


def test_the_service_takes_its_locks_first(call: Call) -> None:
    """The process that is deployed hears by the same order."""
    assert call.client.service.lock_first is lock_first


def meeting(call: Call) -> inbox.Handlers:
    """The handlers; the first event of each of two batches waits for that of the other to be handled."""
    both, began = asyncio.Barrier(2), set()

    def met(handler: inbox.Handler) -> inbox.Handler:
        async def handle(tx: Tx, event: Any, clock: Any) -> None:
            await handler(tx, event, clock)
            if both.broken or id(tx) in began:
                return
            began.add(id(tx))
            try:
                async with asyncio.timeout(MEET_S):
                    await both.wait()
            except (TimeoutError, asyncio.BrokenBarrierError):
                await both.abort()

        return handle

    handlers = call.client.service.handlers
    return {one: met(handlers[one]) for one in (ApplicationWithdrawn, ApplicationRevoked, ApplicationScreened)}


@pytest.mark.rule("RV-13")
async def test_two_batches_of_withdrawals_in_opposite_order_take_turns(call: Call) -> None:
    """Two workers that hear of the same two calls, each of the other one first, do not stand against each other."""
    handlers = meeting(call)
    one = call.hear(gone("P1"), gone("P3", ApplicationRevoked), handlers=handlers)
    other = call.hear(gone("P4"), gone("P2", ApplicationRevoked), handlers=handlers)
    assert await asyncio.gather(one, other) == [2, 2]


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize("last", ["withdrawn", "screened"])
async def test_a_batch_has_no_row_while_it_waits_for_another(call: Call, last: str) -> None:
    """Who closes the stages of P1 and P2 has the row of P1 and wants that of P2, of which the batch hears first."""
    events = (gone("P2"), gone("P1")) if last == "withdrawn" else (screened("P2"), screened("P1"))
    async with call.client.db.transaction() as closing:
        await hold_known(closing, ["A-P1"])
        batch = asyncio.ensure_future(call.hear(*events))
        await until_it_waits(closing, batch)
        try:
            await closing.execute(ROW, {"known": "A-P2"})  # refused at once where the batch has it already
        except DBAPIError as error:
            pytest.fail(f"the batch has A-P2 while it waits for A-P1: {error.orig}")
    assert await batch == 2


@pytest.mark.rule("RV-8")
async def test_stages_that_close_together_take_rows_by_id(call: Call) -> None:
    """A reviewer's sheets come backwards; the row of the higher id is not held while the lower one is awaited."""
    await call.panel()
    for seat in range(1, 5):
        for name in ("P1", "P2"):
            await call.sheet(name, seat)
    told = [{"application_id": f"A-{name}", "stage": "document", "scores": SCORES} for name in ("P2", "P1")]
    headers = call.client.as_("reviewer", subject="reviewer-5")
    async with call.client.db.transaction() as other:
        await other.execute(ROW, {"known": "A-P1"})
        sent = call.http.post("/v1/sheets/batch", json={"sheets": told}, headers=headers)
        closing = asyncio.ensure_future(sent)
        await until_it_waits(other, closing)
        try:
            await other.execute(ROW, {"known": "A-P2"})
        except DBAPIError as error:
            pytest.fail(f"the stages' close has A-P2 while it waits for A-P1: {error.orig}")
    assert [item["sheet"]["stage_closed"] for item in (await closing).json()["items"]] == [True, True]


SCORES = {"goals": "30", "capability": "15", "resource_plan": "20", "results": "15"}
