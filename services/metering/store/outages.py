"""Outages: reported once, closed once; what is said of them since is appended."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Text, exists, func, insert, literal, select, union, update

from libs.common.db import Tx
from libs.common.nouns import after_number, all_of, among, by_number, columns, one, values
from services.metering.model.grants import Outage, ScopeKind
from services.metering.model.outages import (
    KnownScopes,
    OutageRecord,
    OutageState,
    OutageStep,
    ReportedOutage,
    StepKind,
    known_scopes,
)
from services.metering.tables.grants import gpu_session, placement, provider
from services.metering.tables.outages import outage, outage_no, outage_step


async def next_id(tx: Tx) -> str:
    """The next outage's id."""
    number = (await tx.execute(select(outage_no.next_value()))).scalar_one()
    return f"OUT-{number:06d}"


async def add_outage(tx: Tx, reported: ReportedOutage) -> None:
    """Store a reported outage; one reported by the agency with its end is closed from the start."""
    await tx.execute(insert(outage).values(values(reported)))


async def end_outage(tx: Tx, closed: ReportedOutage) -> None:
    """Keep when an outage ended and by whom that was confirmed; the rest of it never changes."""
    row = {"ended_at": closed.ended_at, "closed_by": closed.closed_by, "closed_at": closed.closed_at}
    await tx.execute(update(outage).where(outage.c.outage_id == closed.outage_id).values(row))


async def add_step(tx: Tx, step: OutageStep) -> None:
    """Keep what was said of an outage."""
    await tx.execute(insert(outage_step).values(values(step)))


async def find_outage(tx: Tx, outage_id: str, *, locked: bool = False) -> OutageRecord | None:
    """One outage with everything on record, or None."""
    query = select(*columns(outage, ReportedOutage)).where(outage.c.outage_id == outage_id)
    row = (await tx.execute(query.with_for_update() if locked else query)).first()
    if row is None:
        return None
    (record,) = await _records(tx, [one(ReportedOutage, row)])
    return record


async def list_outages(
    tx: Tx, provider_id: str | None, state: OutageState | None, after_id: str, limit: int
) -> tuple[OutageRecord, ...]:
    """Outages by number, of one provider and in one state where asked."""
    query = select(*columns(outage, ReportedOutage)).where(after_number(outage.c.outage_id, after_id))
    if provider_id is not None:
        query = query.where(outage.c.provider_id == provider_id)
    if state is not None:
        query = query.where(_is(state))
    rows = await tx.execute(query.order_by(*by_number(outage.c.outage_id)).limit(limit))
    return await _records(tx, all_of(ReportedOutage, rows))


async def _records(tx: Tx, reported: Sequence[ReportedOutage]) -> tuple[OutageRecord, ...]:
    query = (
        select(*columns(outage_step, OutageStep))
        .where(among(outage_step.c.outage_id, [each.outage_id for each in reported]))
        .order_by(outage_step.c.step_no)
    )
    steps: dict[str, list[OutageStep]] = {}
    for step in all_of(OutageStep, await tx.execute(query)):
        steps.setdefault(step.outage_id, []).append(step)
    return tuple(OutageRecord(each, tuple(steps.get(each.outage_id, ()))) for each in reported)


def _has(kind: StepKind) -> ColumnElement[bool]:
    return exists().where(outage_step.c.outage_id == outage.c.outage_id, outage_step.c.kind == kind)


def _is(state: OutageState) -> ColumnElement[bool]:
    """Whether an outage is in a state, as `OutageRecord.state` tells it."""
    if state == "withdrawn":
        return _has("withdrawn")
    if state == "closed":
        return outage.c.ended_at.is_not(None) & ~_has("withdrawn")
    stated = _has("end_stated") if state == "end_stated" else ~_has("end_stated")
    return outage.c.ended_at.is_(None) & ~_has("withdrawn") & stated


async def list_of_provider(tx: Tx, provider_id: str) -> tuple[Outage, ...]:
    """Every outage of a provider that counts: withdrawn ones do not."""
    query = select(*columns(outage, Outage)).where(outage.c.provider_id == provider_id, ~_has("withdrawn"))
    return all_of(Outage, await tx.execute(query.order_by(outage.c.outage_id)))


async def count_open(tx: Tx) -> dict[str, int]:
    """Provider → outages that are still open, with or without a stated end."""
    query = select(outage.c.provider_id, func.count().label("open")).where(
        outage.c.ended_at.is_(None), ~_has("withdrawn")
    )
    return {row.provider_id: row.open for row in await tx.execute(query.group_by(outage.c.provider_id))}


async def get_scopes(tx: Tx, provider_id: str) -> KnownScopes:
    """What metering has heard at a provider: from its registration, from placements and from sessions."""
    placed = placement.c.provider_id == provider_id
    held = gpu_session.c.provider_id == provider_id
    on_placement = func.jsonb_object_keys(placement.c.servers)
    on_session = func.jsonb_object_keys(gpu_session.c.servers)
    names = union(
        _names("provider", provider.c.provider_id, provider.c.provider_id == provider_id),
        _names("provider", placement.c.provider_id, placed),
        _names("grant", placement.c.grant_id, placed & placement.c.mode.is_not(None)),
        _names("data_centre", placement.c.data_centre, placed),
        _names("pool", placement.c.pool_id, placed),
        _names("server", on_placement, placed & placement.c.servers.is_not(None)),
        _names("data_centre", gpu_session.c.data_centre, held),
        _names("pool", gpu_session.c.pool_id, held),
        _names("server", on_session, held & gpu_session.c.servers.is_not(None)),
    )
    return known_scopes([(row.kind, row.name) for row in await tx.execute(names) if row.name])


def _names(kind: ScopeKind, name: ColumnElement[str], where: ColumnElement[bool]) -> Select[str, str]:
    return select(literal(kind, Text).label("kind"), name.label("name")).where(where)
