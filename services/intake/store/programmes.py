"""Programme definitions: every version that an officer wrote is kept."""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.tables.programmes import programme, programme_definition


class ProgrammeRow(NamedTuple):
    """Where a programme stands: its newest version and the one in force."""

    code: str
    latest_version: int
    in_force_version: int | None


async def find(tx: Tx, code: str, *, for_update: bool = False) -> ProgrammeRow | None:
    """One programme's standing; None where there is none."""
    query = select(programme.c.code, programme.c.latest_version, programme.c.in_force_version)
    query = query.where(programme.c.code == code)
    row = (await tx.execute(query.with_for_update() if for_update else query)).first()
    return None if row is None else ProgrammeRow(*row)


async def get(tx: Tx, code: str, *, for_update: bool = False) -> ProgrammeRow:
    """One programme's standing. Raises NotFound."""
    row = await find(tx, code, for_update=for_update)
    if row is None:
        raise NotFound("programme", code)
    return row


async def all_after(tx: Tx, code: str, limit: int, *, open_only: bool) -> list[ProgrammeRow]:
    """Programmes by code, after `code`; `open_only` leaves out those that were never opened."""
    query = select(programme.c.code, programme.c.latest_version, programme.c.in_force_version)
    if open_only:
        query = query.where(programme.c.in_force_version.is_not(None))
    rows = await tx.execute(query.where(programme.c.code > code).order_by(programme.c.code).limit(limit))
    return [ProgrammeRow(*row) for row in rows]


async def add_version(tx: Tx, definition: dict[str, Any], *, reason: str, by: str, now: dt.datetime) -> None:
    """Keep a new version of a definition and make it the newest."""
    code, version = definition["code"], definition["version"]
    upsert = insert(programme).values(code=code, latest_version=version)
    await tx.execute(upsert.on_conflict_do_update(index_elements=["code"], set_={"latest_version": version}))
    row = {"code": code, "version": version, "definition": definition, "reason": reason}
    await tx.execute(insert(programme_definition).values(**row, written_by=by, written_at=now))


async def definition_of(tx: Tx, code: str, version: int) -> dict[str, Any]:
    """One version's definition. Raises NotFound."""
    query = select(programme_definition.c.definition)
    query = query.where(programme_definition.c.code == code, programme_definition.c.version == version)
    found: dict[str, Any] | None = (await tx.execute(query)).scalar()
    if found is None:
        raise NotFound("programme version", f"{code}:{version}")
    return found


async def versions_of(tx: Tx, code: str) -> list[dict[str, Any]]:
    """Who wrote which version when and why, oldest first."""
    table = programme_definition.c
    query = select(table.version, table.reason, table.written_by, table.written_at).where(table.code == code)
    rows = await tx.execute(query.order_by(table.version).limit(1000))
    return [dict(row) for row in rows.mappings()]


async def set_in_force(tx: Tx, code: str, version: int) -> None:
    """Make a version the one in force."""
    await tx.execute(update(programme).where(programme.c.code == code).values(in_force_version=version))


async def next_receipt(tx: Tx, code: str) -> int:
    """Count one more receipt of a call, from 1 without gaps: the row stays locked until the transaction ends."""
    counted = update(programme).where(programme.c.code == code).values(receipts_issued=programme.c.receipts_issued + 1)
    return int((await tx.execute(counted.returning(programme.c.receipts_issued))).scalar_one())


def new_id(prefix: str, sequence: str) -> ColumnElement[str]:
    """The next readable id of a table, such as `A-000123`: counted by the very statement that keeps its one row."""
    padded = "lpad(cast(n AS text), greatest(6, length(cast(n AS text))), '0')"
    return literal_column(f"(SELECT '{prefix}-' || {padded} FROM nextval('{sequence}') AS n)", Text)
