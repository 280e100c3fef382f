"""Versions of organisations' facts: what was before the first change is kept with it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import as_json, columns, values, whole
from services.intake.model.organisations import Organisation
from services.intake.model.versions import Change, FactsVersion
from services.intake.store.organisations import get_organisation
from services.intake.tables.organisations import organisation, organisation_version

VERSIONS_MAX = 1_000
VERSION = columns(organisation_version, FactsVersion)
FACTS = tuple(column.name for column in VERSION if column.name not in {"reason", "by", "at"})
REGISTERED = "registered"
"""The reason of the version with which an organisation was registered."""


def _as_registered() -> list[Any]:
    return [*(organisation.c[name] for name in FACTS), literal(REGISTERED)]


async def change_organisation(tx: Tx, changed: Organisation, change: Change) -> Organisation:
    """Keep an organisation's facts as its next version, in force from a day on; returns them.

    What held before its first change becomes version 1. The caller holds the organisation's row.
    """
    same = organisation.c.organisation_id == changed.organisation_id
    registered = [organisation.c.registered_by, organisation.c.registered_at]
    first = insert(organisation_version).from_select(
        [column.name for column in VERSION],
        select(*_as_registered(), *registered).where(same, organisation.c.version == 1),
    )
    await tx.execute(first.on_conflict_do_nothing())
    told = _facts(changed)
    now = update(organisation).where(same)
    now = now.values(**told, version=organisation.c.version + 1, valid_from=change.valid_from)
    version = (await tx.execute(now.returning(organisation.c.version))).scalar_one()
    kept = {"organisation_id": changed.organisation_id, "version": version, "valid_from": change.valid_from}
    said = {"reason": change.reason, "by": change.by, "at": change.at}
    await tx.execute(insert(organisation_version).values(**kept, **told, **said))
    return await get_organisation(tx, changed.organisation_id)


def _facts(told: Organisation) -> Mapping[str, Any]:
    """The facts that change, by column; representatives and places as JSON columns keep them."""
    kept = {name: value for name, value in values(told).items() if name in FACTS}
    kept |= {"representatives": as_json(told.representatives), "places": as_json(told.places)}
    return {name: kept[name] for name in kept if name not in {"organisation_id", "version", "valid_from"}}


async def get_facts_at(tx: Tx, now: Organisation, day: dt.date) -> Organisation:
    """The facts of an organisation in force on a day, as they are known now: one that never changed costs nothing."""
    if now.valid_from <= day:
        return now
    query = select(*VERSION).where(
        organisation_version.c.organisation_id == now.organisation_id, organisation_version.c.valid_from <= day
    )
    row = (await tx.execute(query.order_by(organisation_version.c.version.desc()).limit(1))).first()
    return now if row is None else _at(now, _version(row))


async def list_facts(tx: Tx, organisation_id: str) -> tuple[FactsVersion, ...]:
    """All versions of an organisation's facts, oldest first: the newest so many. Raises NotFound."""
    query = select(*VERSION).where(organisation_version.c.organisation_id == organisation_id)
    rows = (await tx.execute(query.order_by(organisation_version.c.version.desc()).limit(VERSIONS_MAX))).all()
    if rows:
        return tuple(_version(row) for row in rows)[::-1]
    await get_organisation(tx, organisation_id)
    registered = [organisation.c.registered_by, organisation.c.registered_at]
    only = select(*_as_registered(), *registered).where(organisation.c.organisation_id == organisation_id)
    return (_version((await tx.execute(only)).one()),)


def _version(row: Sequence[Any]) -> FactsVersion:
    return whole(FactsVersion, row)


def _at(now: Organisation, then: FactsVersion) -> Organisation:
    """An organisation with the facts of one of its versions; its number never changes."""
    return replace(now, **{name: getattr(then, name) for name in FACTS})
