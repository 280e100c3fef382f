"""The database's own limits, and which of its errors mean "not now"."""

import asyncpg
import pytest
from sqlalchemy import text

from libs.common.db import Database, Limits, may_idle
from libs.common.db_address import connect_arguments
from libs.common.unavailable import AWAY_RETRY_S, BUSY_RETRY_S, retry_after_s, sqlstate

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{}'; END $$"
FULL_DISK = (
    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;"
    " CREATE TRIGGER full_disk BEFORE INSERT ON organisation FOR EACH ROW EXECUTE FUNCTION full_disk()"
)
SHOW = "SELECT current_setting('{}')"


async def test_f_04_every_connection_carries_its_limits(databases) -> None:
    """F-04: Lock, statement and idle transaction are bounded on the server, by what the settings say."""
    db = Database(await databases.fresh("billing"), limits=Limits(lock_s=2, statement_s=7, idle_s=9))
    try:
        async with db.transaction() as tx:
            names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
            assert [(await tx.execute(text(SHOW.format(name)))).scalar() for name in names] == ["2s", "7s", "9s"]
            await may_idle(tx, 300)
            assert (await tx.execute(text(SHOW.format(names[2])))).scalar() == "5min"
        async with db.transaction() as tx:
            assert (await tx.execute(text(SHOW.format(names[2])))).scalar() == "9s"
    finally:
        await db.close()


async def test_f_04_a_statement_that_takes_too_long_is_given_up(databases) -> None:
    """F-04: The server ends it, and the connection is good for the next transaction."""
    db = Database(await databases.fresh("billing"), pool_max=1, limits=Limits(statement_s=0.2))
    try:
        with pytest.raises(Exception, match="statement timeout") as told:
            async with db.transaction() as tx:
                await tx.execute(text("SELECT pg_sleep(30)"))
        assert retry_after_s(told.value) == BUSY_RETRY_S
        async with db.transaction() as tx:
            assert (await tx.execute(text("SELECT 1"))).scalar() == 1
    finally:
        await db.close()


@pytest.mark.parametrize(
    ("state", "wait_s"),
    [
        ("53100", AWAY_RETRY_S),
        ("53300", AWAY_RETRY_S),
        ("57P01", AWAY_RETRY_S),
        ("57P03", AWAY_RETRY_S),
        ("08006", AWAY_RETRY_S),
        ("25006", AWAY_RETRY_S),
        ("55P03", BUSY_RETRY_S),
        ("40P01", BUSY_RETRY_S),
        ("23505", None),
        ("22003", None),
        ("42P01", None),
    ],
)
async def test_f_83_states_that_mean_not_now(databases, state: str, wait_s: int | None) -> None:
    """F-83: Disk full, too many clients, shutting down, starting up, locked: later; a fault in the data: never."""
    db = Database(await databases.fresh("billing"))
    try:
        with pytest.raises(Exception, match="told") as told:
            async with db.transaction() as tx:
                await tx.execute(text(RAISE.format(state)))
        assert (sqlstate(told.value), retry_after_s(told.value)) == (state, wait_s)
    finally:
        await db.close()


async def test_f_83_a_full_disk_is_503_with_the_time_to_wait(service_client, pg) -> None:
    """F-83: A command that the disk has no room for changes nothing and is told to come again."""
    client = await service_client("intake")
    async with client.db.transaction() as tx:
        name = (await tx.execute(text("SELECT current_database()"))).scalar_one()
    owner = await asyncpg.connect(**connect_arguments(pg.url(name)))
    await owner.execute(FULL_DISK)
    await owner.close()
    example = client.app.openapi()["components"]["schemas"]["RegisterOrganisation"]["examples"][0]
    answer = await client.http.post("/v1/organisations", json=example, headers=client.as_("officer"))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert answer.headers["Retry-After"] == str(AWAY_RETRY_S)
