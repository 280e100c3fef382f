"""Programme definitions: every version that an officer wrote is kept."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import all_of, columns, one
from services.intake.model.programmes import InForce, KnownProgramme, NamedProgramme, Tree, WrittenVersion
from services.intake.tables.programmes import programme, programme_definition

VERSIONS_MAX = 1_000
CALLS_MAX = 1_000
PROGRAMME = columns(programme, KnownProgramme)


async def find_programme(tx: Tx, code: str, *, for_update: bool = False) -> KnownProgramme | None:
    """One programme's standing; None where there is none."""
    query = select(*PROGRAMME).where(programme.c.code == code)
    row = (await tx.execute(query.with_for_update() if for_update else query)).first()
    return None if row is None else one(KnownProgramme, row)


async def get_programme(tx: Tx, code: str, *, for_update: bool = False) -> KnownProgramme:
    """One programme's standing. Raises NotFound."""
    found = await find_programme(tx, code, for_update=for_update)
    if found is None:
        raise NotFound("programme", code)
    return found


def _listed(*, open_only: bool) -> tuple[Shape, Select[Any]]:
    """What a list of programmes is like: whoever sees the open ones alone is told the name that is in force."""
    newest = programme.c.in_force_version if open_only else programme.c.latest_version
    name = [programme_definition.c.definition["name"][language].as_string() for language in ("ko", "en")]
    told = programme.join(
        programme_definition,
        and_(programme_definition.c.code == programme.c.code, programme_definition.c.version == newest),
    )
    shape = Shape(
        number=programme.c.code,
        found_by=(programme.c.code, *name),
        sorts={"name_ko": name[0]},
        state=case((programme.c.in_force_version.is_(None), "draft"), else_="open"),
        by_length=False,
    )
    return shape, select(*PROGRAMME, *name).select_from(told)


async def list_programmes(tx: Tx, wanted: Wanted, *, open_only: bool) -> tuple[NamedProgramme, ...]:
    """One page of programmes, each with its name; `open_only` leaves out those that were never opened."""
    shape, query = _listed(open_only=open_only)
    rows = await tx.execute(paged(query, shape, wanted))
    return tuple(NamedProgramme(one(KnownProgramme, row[:-2]), row[-2], row[-1]) for row in rows)


async def count_programmes(tx: Tx, wanted: Wanted, *, open_only: bool) -> Counts:
    """How many there are on all pages, in sum and by whether they were opened."""
    shape, query = _listed(open_only=open_only)
    return await count(tx, query, shape, wanted)


async def add_version(
    tx: Tx, code: str, version: int, definition: Tree, *, reason: str, by: str, now: dt.datetime
) -> None:
    """Keep a new version of a definition and make it the newest."""
    upsert = insert(programme).values(code=code, latest_version=version)
    await tx.execute(upsert.on_conflict_do_update(index_elements=["code"], set_={"latest_version": version}))
    row = insert(programme_definition).values(code=code, version=version, definition=definition, reason=reason)
    await tx.execute(row.values(written_by=by, written_at=now))


async def get_definition(tx: Tx, code: str, version: int) -> Tree:
    """One version's definition. Raises NotFound."""
    query = select(programme_definition.c.definition)
    query = query.where(programme_definition.c.code == code, programme_definition.c.version == version)
    found: Tree | None = (await tx.execute(query)).scalar()
    if found is None:
        raise NotFound("programme version", f"{code}:{version}")
    return found


async def list_in_force(tx: Tx, code: str | None = None) -> tuple[InForce, ...]:
    """The definitions in force by code, or that of one programme: the first so many."""
    query = select(*columns(programme_definition, InForce)).join(
        programme,
        and_(
            programme.c.code == programme_definition.c.code,
            programme.c.in_force_version == programme_definition.c.version,
        ),
    )
    query = query if code is None else query.where(programme.c.code == code)
    return all_of(InForce, await tx.execute(query.order_by(programme.c.code).limit(CALLS_MAX)))


async def list_codes_in_force(tx: Tx, *, but: str = "") -> tuple[str, ...]:
    """The codes of all programmes that were opened but for one, in their order: the first so many."""
    query = select(programme.c.code).where(programme.c.in_force_version.is_not(None), programme.c.code != but)
    return tuple((await tx.execute(query.order_by(programme.c.code).limit(CALLS_MAX))).scalars())


async def list_versions(tx: Tx, code: str) -> tuple[WrittenVersion, ...]:
    """Who wrote which version when and why, oldest first: the newest so many versions."""
    query = select(*columns(programme_definition, WrittenVersion)).where(programme_definition.c.code == code)
    rows = await tx.execute(query.order_by(programme_definition.c.version.desc()).limit(VERSIONS_MAX))
    return all_of(WrittenVersion, rows)[::-1]


async def set_in_force(tx: Tx, code: str, version: int) -> None:
    """Make a version the one in force."""
    await tx.execute(update(programme).where(programme.c.code == code).values(in_force_version=version))


async def next_receipt(tx: Tx, code: str) -> int:
    """Count one more receipt of a call, from 1 without gaps: the row stays locked until the transaction ends."""
    counted = update(programme).where(programme.c.code == code).values(receipts_issued=programme.c.receipts_issued + 1)
    return int((await tx.execute(counted.returning(programme.c.receipts_issued))).scalar_one())


def new_id(prefix: str, sequence: str) -> ColumnElement[str]:
    """The next readable id of a table, such as `A-000123`: counted by the very statement that keeps its one row.

    Written as text, since Core knows no lateral function call in a scalar subquery that is counted once.
    """
    padded = "lpad(cast(n AS text), greatest(6, length(cast(n AS text))), '0')"
    return literal_column(f"(SELECT '{prefix}-' || {padded} FROM nextval('{sequence}') AS n)", Text)
