"""Who did what to which thing, when and why: one row for every command, written in the command's own transaction.

Readings of personal data are acts too (MS-6). A row holds ids, never names. The tables of the backbone belong to each
service's own metadata, so their statements are written as text.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from libs.common.db import Tx
from libs.common.identity import Caller

Thing = tuple[str, str]
"""A kind of thing and its id, such as `("settlement", "alpha:hpc-2025-gpu:2025-10")`."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one thing: `did` is the operation's name in the API, `party` the caller's organisation if any."""

    id: int
    thing: str
    thing_id: str
    did: str
    actor: str
    roles: tuple[str, ...]
    party: str
    reason: str
    at: dt.datetime


_ADD = text(
    "INSERT INTO act (thing, thing_id, did, actor, roles, party, reason, at)"
    " VALUES (:thing, :thing_id, :did, :actor, :roles, :party, :reason, :at)"
)
_LIST = text(
    "SELECT id, thing, thing_id, did, actor, roles, party, reason, at FROM act"
    " WHERE thing = :thing AND thing_id = :thing_id AND id > :after ORDER BY id LIMIT :limit"
)


async def record_act(tx: Tx, caller: Caller, did: str, things: Iterable[Thing], reason: str, now: dt.datetime) -> None:
    """Keep that the caller did something to these things, once for each of them; nothing where none is named."""
    row = {
        "did": did,
        "actor": caller.subject,
        "roles": sorted(caller.roles),
        "party": caller.organisation_id,
        "reason": reason,
        "at": now,
    }
    rows = [{**row, "thing": thing, "thing_id": thing_id} for thing, thing_id in dict.fromkeys(things)]
    if rows:
        await tx.execute(_ADD, rows)


async def record_readings(tx: Tx, caller: Caller, did: str, things: Iterable[Thing], now: dt.datetime) -> None:
    """Keep that the caller was handed personal data of these things, once for each of them (MS-6).

    `did` is the name of the reading operation. What a person reads of himself needs no record: leave it out.
    """
    await record_act(tx, caller, did, things, "", now)


async def list_acts(tx: Tx, thing: Thing, after: int, limit: int) -> tuple[Act, ...]:
    """The acts on one thing after a number, oldest first; one more than `limit`, which tells that there are more."""
    kind, thing_id = thing
    found = await tx.execute(_LIST, {"thing": kind, "thing_id": thing_id, "after": after, "limit": limit + 1})
    return tuple(
        Act(row.id, row.thing, row.thing_id, row.did, row.actor, tuple(row.roles), row.party, row.reason, row.at)
        for row in found
    )
