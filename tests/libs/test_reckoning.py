"""Rules may reckon for long: their transaction is not given up meanwhile, and others are answered."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common.db import Database
from libs.common.reckoning import at_once, reckon
from libs.common.turn import let_go_after

LET_GO_AFTER_S = 1.5


@pytest.fixture
async def db(databases) -> AsyncIterator[Database]:
    """A database of its own."""
    opened = Database(await databases.fresh("billing"))
    yield opened
    await opened.close()


def slowly(value: int, *, seconds: float) -> int:
    """A rule that keeps its processor busy, as no sleeping one does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return value


async def test_who_reckons_beside_the_loop_keeps_its_transaction(db: Database) -> None:
    """Three seconds of reckoning where a silent transaction is let go after 1.5, and the loop turns meanwhile."""
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.05)
            turns += 1

    async with db.transaction() as tx:
        await let_go_after(tx, LET_GO_AFTER_S)
        beside = asyncio.create_task(turning())
        assert await reckon(tx, slowly, 42, seconds=2 * LET_GO_AFTER_S) == 42
        beside.cancel()
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    assert turns > 5


async def test_who_reckons_in_the_loop_loses_it(db: Database) -> None:
    """The limit above is a limit: without the word between, the database ends the transaction."""

    async def in_the_loop() -> None:
        async with db.transaction() as tx:
            await let_go_after(tx, LET_GO_AFTER_S)
            slowly(42, seconds=2 * LET_GO_AFTER_S)
            await tx.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError):
        await in_the_loop()


async def test_what_a_rule_raises_is_raised(db: Database) -> None:
    """An error of the rule reaches its caller as it is, and the transaction goes on."""
    async with db.transaction() as tx:
        with pytest.raises(ZeroDivisionError):
            await reckon(tx, divmod, 1, 0)
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_who_lost_its_transaction_hears_it_before_the_rule_is_done(db: Database) -> None:
    """Nobody waits for what can no longer be written."""
    told, done = threading.Event(), threading.Event()

    def endless() -> None:
        told.wait(60)
        done.set()

    async def ended_meanwhile() -> None:
        async with db.transaction() as tx, db.transaction() as other:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await reckon(tx, endless)

    try:
        with pytest.raises(DBAPIError):
            await ended_meanwhile()
        assert not done.is_set()
    finally:
        told.set()


def test_rows_are_written_some_at_a_time() -> None:
    """All, in order, and nothing for none."""
    assert list(at_once((1, 2, 3, 4, 5), 2)) == [(1, 2), (3, 4), (5,)]
    assert list(at_once((), 2)) == []
