"""Objections and what was decided on them; both appended."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import by_number, columns, field_names, one, values
from services.intake.model.objections import DecidedObjection, Objection, OpenDecision, StandingObjection
from services.intake.store.programmes import new_id
from services.intake.tables.objections import objection, objection_decision, selection_decider

OBJECTION = columns(objection, Objection)
DECIDED = [objection_decision.c[name].label(f"decided_{name}") for name in field_names(DecidedObjection)]
_ALL = select(*OBJECTION, *DECIDED).outerjoin_from(objection, objection_decision)


async def add_objection(
    tx: Tx, application_id: str, contested: OpenDecision, text: str, *, by: str, now: dt.datetime
) -> str:
    """Keep an objection to a decision with its window under a new id; returns the id."""
    made = values(contested.made)
    row = insert(objection).values(
        objection_id=new_id("OB", "objection_seq"),
        application_id=application_id,
        **made,
        until=contested.until,
        text=text,
        filed_by=by,
        filed_at=now,
    )
    return str((await tx.execute(row.returning(objection.c.objection_id))).scalar_one())


async def add_decision(tx: Tx, objection_id: str, decided: DecidedObjection) -> None:
    """Append what was decided."""
    await tx.execute(insert(objection_decision).values(objection_id=objection_id, **values(decided)))


async def list_objections(tx: Tx, application_id: str) -> tuple[StandingObjection, ...]:
    """An application's objections, in the order in which they were filed."""
    return await _read(tx, _ALL.where(objection.c.application_id == application_id))


async def get_objection(tx: Tx, application_id: str, objection_id: str) -> StandingObjection:
    """One objection of an application. Raises NotFound."""
    for found in await list_objections(tx, application_id):
        if found.filed.objection_id == objection_id:
            return found
    raise NotFound("objection", objection_id)


async def add_deciders(tx: Tx, selection_id: str, run_version: int, took_part: Sequence[str]) -> None:
    """Keep who took part in a version of a selection, by subject; the same version again changes nothing."""
    row = {"selection_id": selection_id, "run_version": run_version, "took_part": list(took_part)}
    await tx.execute(upsert(selection_decider).values(row).on_conflict_do_nothing())


async def list_deciders(tx: Tx, selection_id: str) -> tuple[str, ...]:
    """Who took part in any announced version of a selection, as far as review has said it; each once."""
    told = func.unnest(selection_decider.c.took_part)
    query = select(told).where(selection_decider.c.selection_id == selection_id).distinct()
    return tuple(sorted((await tx.execute(query)).scalars()))


async def _read(tx: Tx, query: Select[tuple[object, ...]]) -> tuple[StandingObjection, ...]:
    rows = (await tx.execute(query.order_by(*by_number(objection.c.objection_id)))).all()
    return tuple(
        StandingObjection(one(Objection, row[: len(OBJECTION)]), _decided(row[len(OBJECTION) :])) for row in rows
    )


def _decided(row: Sequence[object]) -> DecidedObjection | None:
    return None if row[0] is None else one(DecidedObjection, row)
