"""The other role of a service's database: who owns the tables, which no process that serves or works logs in as."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url

from libs.common.db import Database, Tx


@asynccontextmanager
async def as_owner(db: Database) -> AsyncIterator[Tx]:
    """A transaction of the owner on the database of `db`, whose role is the running one."""
    address = make_url(db.url)
    owner = address.set(username=f"{address.username}_owner").render_as_string(hide_password=False)
    ours = Database(owner, pool_max=1)
    try:
        async with ours.transaction() as tx:
            yield tx
    finally:
        await ours.close()
