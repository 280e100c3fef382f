"""Counts over grants and sessions."""

import datetime as dt

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, func, select
from sqlalchemy.types import Interval

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.nouns import all_of
from services.allocator.model.figures import GrantCounts, PoolCount, SessionCounts
from services.allocator.tables.grants import award
from services.allocator.tables.pools import pool, session


def _wait(now: dt.datetime) -> ColumnElement[dt.timedelta]:
    """From a request to its assignment or withdrawal, else to now."""
    return func.coalesce(session.c.assigned_at, session.c.ended_at, bindparam("now", now, type_=Instant)).op(
        "-", return_type=Interval
    )(session.c.requested_at)


async def count_grants(tx: Tx, programme: str) -> GrantCounts:
    """Grants of a programme: all, ever placed, active now."""
    query = select(
        func.count(), func.count(award.c.placement_id), func.count().filter(award.c.state == "active")
    ).where(award.c.programme_code == programme)
    return GrantCounts(*(await tx.execute(query)).one())


async def count_sessions(tx: Tx, programme: str, now: dt.datetime) -> SessionCounts:
    """Requests of a programme by what became of them, and their waits; continuations and switches are no requests."""
    was_assigned = session.c.assigned_at.is_not(None)
    wait_s = func.floor(func.extract("epoch", _wait(now)))
    median = func.percentile_disc(0.5).within_group(wait_s).filter(was_assigned)
    query = select(
        func.count(),
        func.count().filter(session.c.state == "refused"),
        func.count(session.c.assigned_at),
        func.count().filter(session.c.state == "withdrawn"),
        cast(func.coalesce(median, 0), BigInteger),
        cast(func.coalesce(func.max(wait_s).filter(was_assigned), 0), BigInteger),
    ).where(session.c.programme_code == programme, session.c.origin == "request", session.c.continues.is_(None))
    return SessionCounts(*(await tx.execute(query)).one())


async def count_waits(tx: Tx, programme: str, at_least: dt.timedelta, now: dt.datetime) -> tuple[PoolCount, ...]:
    """How many of a programme's requests waited or wait at least so long, by pool; without those a switch began.

    One refused at once never waited; one that a shrunken pool refused did.

    From which wait on a request counts is the caller's to say: `rules/waits.py` knows it, this statement does not.
    """
    query = select(session.c.pool_id, func.count()).where(
        session.c.programme_code == programme,
        session.c.origin == "request",
        session.c.continues.is_(None),
        (session.c.state != "refused") | (session.c.ended_at > session.c.requested_at),
        _wait(now) >= at_least,
    )
    return all_of(PoolCount, await tx.execute(query.group_by(session.c.pool_id).order_by(session.c.pool_id)))


async def list_programmes_with_pools(tx: Tx) -> tuple[str, ...]:
    """The programmes that run pools."""
    query = select(pool.c.programme_code).distinct().order_by(pool.c.programme_code)
    return tuple((await tx.execute(query)).scalars())
