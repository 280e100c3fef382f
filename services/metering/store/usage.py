"""Usage events and hour totals: COPY for new events, look-ups by key where an event may be on record.

The measured hot path of metering (`tests/bench/bench_ingest.py`: events a second against one COPY). Its statements
run as texts on the asyncpg connection under the transaction: COPY has no other way in, and what Core adds to each
statement would be felt.
"""

import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import asyncpg

from libs.common.db import Tx, raw
from services.metering.model.usage import (
    Entitlement,
    HourColumns,
    HourTotal,
    Key,
    UsageColumns,
    hour_columns,
    in_key_order,
)

IN_THE_WAY = (asyncpg.UniqueViolationError, asyncpg.CheckViolationError, asyncpg.DeadlockDetectedError)
"""What rolls a plain batch back: a known id or hour, an hour over its 3,600 seconds, another batch in a ring."""


def hour_is_known(error: Exception) -> bool:
    """Whether only an hour that has a total already was in the way: then totals are added to."""
    return isinstance(error, asyncpg.UniqueViolationError) and "usage_hour" in str(error)


class References(NamedTuple):
    """What the allocator told of the grants and sessions that a batch names, and which months are closed."""

    grants: Mapping[str, Entitlement]
    programmes: Mapping[str, str]
    session_units: Mapping[tuple[str, str], int]
    closed_months: frozenset[tuple[str, str]]
    awaited: frozenset[str]
    """Ids of events that a held correction waits for."""


async def next_batch_no(tx: Tx) -> int:
    """The next batch's number. It also opens the transaction on the connection that COPY uses."""
    return int((await tx.exec_driver_sql("SELECT nextval('usage_batch_no')")).scalar_one())


async def lock_shared(conn: Any, provider_id: str) -> None:
    """Let other batches of the provider pass, but no conflict path and no closing, until the savepoint ends."""
    await conn.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", f"usage:{provider_id}")


async def lock_alone(conn: Any, provider_id: str) -> None:
    """Be the only one that records or closes the provider's usage until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"usage:{provider_id}")


async def lock_provider(tx: Tx, provider_id: str) -> None:
    """As `lock_alone`, for operations that hold no raw connection."""
    await lock_alone(await raw(tx), provider_id)


async def lock_provider_shared(tx: Tx, provider_id: str) -> None:
    """As `lock_shared`, for operations that hold no raw connection: no statement is closed until they commit."""
    await lock_shared(await raw(tx), provider_id)


def owners(usages: UsageColumns) -> set[tuple[str, str]]:
    """Whose use it is: the grants and sessions that events name."""
    return set(zip(usages.grant_ids, usages.session_ids, strict=True))


async def get_references(conn: Any, provider_id: str, keys: Collection[tuple[str, str]]) -> References:
    """Read what use by these grants and sessions is checked against: four statements whatever their number."""
    grants = await conn.fetch(
        "SELECT p.grant_id, p.programme_code, p.starts_at, p.units, p.priced_units,"
        " p.ends_at, p.ended_at, c.ends_at AS lowered_ends_at"
        " FROM placement p LEFT JOIN grant_change c USING (grant_id)"
        " WHERE p.provider_id = $1 AND p.grant_id = ANY($2::text[]) AND p.mode IS NOT NULL",
        provider_id,
        list({grant_id for grant_id, _ in keys}),
    )
    sessions = await conn.fetch(
        "SELECT grant_id, session_id, units FROM gpu_session WHERE session_id = ANY($1::text[]) AND units IS NOT NULL",
        list({session_id for _, session_id in keys if session_id}),
    )
    closed = await conn.fetch("SELECT programme_code, month FROM statement WHERE provider_id = $1", provider_id)
    awaited = await conn.fetch("SELECT DISTINCT awaits FROM held_event WHERE provider_id = $1", provider_id)
    return References(
        grants={row["grant_id"]: _entitlement(row) for row in grants},
        programmes={row["grant_id"]: row["programme_code"] for row in grants},
        session_units={(row["grant_id"], row["session_id"]): row["units"] for row in sessions},
        closed_months=frozenset((row["programme_code"], row["month"]) for row in closed),
        awaited=frozenset(row["awaits"] for row in awaited),
    )


def _entitlement(row: Any) -> Entitlement:
    ends = (row["ends_at"], row["ended_at"], row["lowered_ends_at"])
    return Entitlement.of(row["starts_at"], ends, row["units"], row["priced_units"])


async def copy_events(conn: Any, provider_id: str, batch_no: int, usages: UsageColumns) -> None:
    """Append events. Raises asyncpg.UniqueViolationError where one of them is known."""
    packing = _packing()
    await _copy(conn, "usage_event", packing.EVENT_COLUMNS, packing.event_rows(provider_id, batch_no, usages))


async def copy_totals(conn: Any, provider_id: str, hours: HourColumns) -> None:
    """Append hours that have no total yet. Raises asyncpg.UniqueViolationError where one has."""
    packing = _packing()
    await _copy(conn, "usage_hour", packing.HOUR_COLUMNS, packing.hour_rows(provider_id, hours))


def _packing() -> ModuleType:
    from services.metering.store import copying  # noqa: PLC0415 - numpy is heavy: only a process that takes usage loads it

    return copying


async def _copy(conn: Any, table: str, columns: Sequence[str], rows: bytes) -> None:
    await conn.copy_to_table(table, source=_once(rows), columns=columns, format="binary")


async def _once(rows: bytes) -> AsyncIterator[bytes]:
    """One piece: a file would be read in a thread, in many."""
    yield rows


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str], list[dt.datetime]]:
    return [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]


async def add_totals(conn: Any, provider_id: str, hours: HourColumns) -> None:
    """Add to the hours' totals, in the order of their key so that two writers cannot deadlock.

    Raises asyncpg.CheckViolationError where an hour would hold more than 3,600 seconds (MT-4): each row is
    locked from here on, so no other writer can fill it meanwhile.
    """
    await conn.execute(
        "INSERT INTO usage_hour AS h (provider_id, grant_id, session_id, hour, held_s, held_unit_s,"
        " utilisation_weight, events)"
        " SELECT $1, * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::bigint[],"
        " $7::bigint[], $8::int[])"
        " ON CONFLICT (provider_id, grant_id, session_id, hour) DO UPDATE SET held_s = h.held_s + excluded.held_s,"
        " held_unit_s = h.held_unit_s + excluded.held_unit_s,"
        " utilisation_weight = h.utilisation_weight + excluded.utilisation_weight,"
        " events = h.events + excluded.events",
        provider_id,
        *in_key_order(hours),
    )


async def change_totals(conn: Any, provider_id: str, changes: Mapping[Key, HourTotal]) -> None:
    """Add differences, negative ones too, to totals under the provider's lock; missing ones begin at nothing."""
    await add_totals(conn, provider_id, hour_columns({key: HourTotal() for key in changes}))
    await conn.execute(
        "UPDATE usage_hour h SET held_s = h.held_s + d.held_s, held_unit_s = h.held_unit_s + d.held_unit_s,"
        " utilisation_weight = h.utilisation_weight + d.weight, events = h.events + d.events"
        " FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::bigint[], $7::bigint[], $8::int[])"
        " AS d (grant_id, session_id, hour, held_s, held_unit_s, weight, events)"
        " WHERE h.provider_id = $1 AND h.grant_id = d.grant_id AND h.session_id = d.session_id AND h.hour = d.hour",
        provider_id,
        *hour_columns(changes),
    )


async def add_total(tx: Tx, provider_id: str, key: Key, total: HourTotal) -> None:
    """As `change_totals` for one hour, for operations that hold no raw connection."""
    await change_totals(await raw(tx), provider_id, {key: total})


async def find_seconds_held(tx: Tx, provider_id: str, key: Key) -> int | None:
    """The seconds that an hour holds already; None where it holds none."""
    return (await list_seconds_held(await raw(tx), provider_id, [key])).get(key)


async def list_seconds_held(conn: Any, provider_id: str, keys: Iterable[Key]) -> dict[Key, int]:
    """The seconds that these hours hold already."""
    wanted = list(keys)
    rows = await conn.fetch(
        "SELECT h.grant_id, h.session_id, h.hour, h.held_s FROM usage_hour h"
        " JOIN unnest($2::text[], $3::text[], $4::timestamptz[]) AS k (grant_id, session_id, hour)"
        " ON h.grant_id = k.grant_id AND h.session_id = k.session_id AND h.hour = k.hour WHERE h.provider_id = $1",
        provider_id,
        *_columns(wanted),
    )
    return {(row["grant_id"], row["session_id"], row["hour"]): row["held_s"] for row in rows}


async def keep_conflicts(
    conn: Any, provider_id: str, batch_no: int, conflicts: Sequence[tuple[str, str]], now: dt.datetime
) -> None:
    """Keep (event id, document) of items that contradict what is recorded, for people to look at."""
    await conn.execute(
        "INSERT INTO usage_conflict (provider_id, batch_no, received_at, event_id, document)"
        " SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[])",
        provider_id,
        batch_no,
        now,
        [event_id for event_id, _ in conflicts],
        [document for _, document in conflicts],
    )


class BatchCount(NamedTuple):
    """What became of one batch's items of one programme."""

    programme_code: str
    latest_hour: dt.datetime | None
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    corrections: int


async def keep_batch(
    conn: Any, provider_id: str, batch_no: int, counts: Sequence[BatchCount], now: dt.datetime
) -> None:
    """Keep the batch's counts by programme; items that name no known grant count under the empty code."""
    await conn.executemany(
        "INSERT INTO usage_batch (batch_no, provider_id, recorded_at, programme_code, latest_hour, accepted,"
        " duplicates, conflicts, rejected, corrections) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [(batch_no, provider_id, now, *count) for count in counts],
    )
