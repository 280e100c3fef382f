"""Panels, their seats, conflicts of interest, and which application belongs to which panel."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx, lock
from libs.common.errors import NotFound
from services.review.model import Place, Seat
from services.review.store.applications import next_id
from services.review.tables import application, conflict, escalation, panel, panel_application, seat


async def add(tx: Tx, values: Mapping[str, Any], seats: Sequence[Seat], now: dt.datetime) -> str:
    """Keep a new panel with its seats; returns its id."""
    panel_id = await next_id(tx, "PN", "panel_seq")
    await tx.execute(insert(panel).values(panel_id=panel_id, **values))
    await add_seats(tx, panel_id, seats, "", now)
    return panel_id


async def add_seats(tx: Tx, panel_id: str, chairs: Sequence[Seat], reason: str, now: dt.datetime) -> None:
    """Seat reviewers on a panel; `reason` is a substitute's."""
    rows = [
        {
            "panel_id": panel_id,
            "seat": chair.seat,
            "reviewer_id": chair.reviewer_id,
            "name": chair.name,
            "employer_organisation_id": chair.employer_organisation_id,
            "scope": None if chair.scope is None else sorted(chair.scope),
            "reason": reason,
            "seated_at": now,
        }
        for chair in chairs
    ]
    if rows:
        await tx.execute(insert(seat), rows)


async def vacate(tx: Tx, panel_id: str, number: int, now: dt.datetime) -> None:
    """Nobody is awaited on this seat any more."""
    chosen = (seat.c.panel_id == panel_id) & (seat.c.seat == number)
    await tx.execute(update(seat).where(chosen).values(vacated_at=now))


async def get(tx: Tx, panel_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """One panel's row. Raises NotFound."""
    if for_update:  # its row is append-only: a lock of that name stands for a lock of the row
        await lock(tx, f"panel:{panel_id}")
    row = (await tx.execute(select(panel).where(panel.c.panel_id == panel_id))).mappings().first()
    if row is None:
        raise NotFound("panel", panel_id)
    return dict(row)


async def all_after(tx: Tx, panel_id: str, limit: int, programme_code: str | None) -> list[dict[str, Any]]:
    """Panels by id, after one."""
    query = select(panel).where(panel.c.panel_id > panel_id).order_by(panel.c.panel_id).limit(limit)
    if programme_code is not None:
        query = query.where(panel.c.programme_code == programme_code)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def seat_rows(tx: Tx, panel_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The seats of panels, by panel, by seat number."""
    query = select(seat).where(seat.c.panel_id.in_(panel_ids)).order_by(seat.c.panel_id, seat.c.seat)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (await tx.execute(query)).mappings():
        rows[row["panel_id"]].append(dict(row))
    return rows


def seat_of(row: Mapping[str, Any]) -> Seat:
    """A seat's row as a noun."""
    return Seat(
        seat=row["seat"],
        reviewer_id=row["reviewer_id"],
        name=row["name"],
        employer_organisation_id=row["employer_organisation_id"],
        scope=None if row["scope"] is None else frozenset(row["scope"]),
        vacated=row["vacated_at"] is not None,
    )


async def seats_of(tx: Tx, panel_id: str) -> list[Seat]:
    """A panel's seats, by number."""
    return (await seats_by_panel(tx, [panel_id])).get(panel_id, [])


async def seats_by_panel(tx: Tx, panel_ids: Collection[str]) -> dict[str, list[Seat]]:
    """The seats of panels, by panel, by number."""
    return {known: [seat_of(row) for row in rows] for known, rows in (await seat_rows(tx, panel_ids)).items()}


async def taking_all(tx: Tx, programme_code: str, track: str, stage: str) -> tuple[str, list[Seat]] | None:
    """The panel of this track and stage that every application goes to by itself, and its seats, if there is one."""
    query = (
        select(panel.c.panel_id.label("known"), seat)
        .outerjoin(seat, seat.c.panel_id == panel.c.panel_id)
        .where(
            panel.c.programme_code == programme_code,
            panel.c.track == track,
            panel.c.stage == stage,
            panel.c.takes_all.is_(True),
        )
        .order_by(seat.c.seat)
    )
    rows = (await tx.execute(query)).mappings().all()
    return (rows[0]["known"], [seat_of(dict(row)) for row in rows if row["seat"] is not None]) if rows else None


async def assign(tx: Tx, panel_id: str, stage: str, application_ids: Sequence[str]) -> list[str]:
    """Give applications to a panel for a stage; returns those that no panel had yet."""
    if not application_ids:
        return []
    rows = [{"application_id": known, "stage": stage, "panel_id": panel_id} for known in application_ids]
    given = (
        insert(panel_application).values(rows).on_conflict_do_nothing().returning(panel_application.c.application_id)
    )
    return sorted((await tx.execute(given)).scalars())


_HOLD = text(
    "SELECT pa.* FROM panel_application pa"
    " JOIN unnest(cast(:ids AS text[]), cast(:stages AS text[])) AS asked (application_id, stage)"
    " USING (application_id, stage) ORDER BY application_id, stage FOR UPDATE OF pa"
)


async def hold(tx: Tx, places: Collection[Place]) -> dict[Place, dict[str, Any]]:
    """Which panels score applications in their stages, and since when that is over; locked, all in one order."""
    asked = {"ids": [known for known, _ in places], "stages": [stage for _, stage in places]}
    return {(row["application_id"], row["stage"]): dict(row) for row in (await tx.execute(_HOLD, asked)).mappings()}


async def assigned(tx: Tx, panel_id: str, after: str = "", limit: int = 10_000) -> list[dict[str, Any]]:
    """The applications of a panel by id, after one, with the applicant and whether it is gone."""
    query = (
        select(panel_application, application.c.organisation_id, application.c.state)
        .join(application, application.c.application_id == panel_application.c.application_id)
        .where(panel_application.c.panel_id == panel_id, panel_application.c.application_id > after)
        .order_by(panel_application.c.application_id)
        .limit(limit)
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def any_assigned(tx: Tx, programme_code: str, track: str, stage: str) -> bool:
    """Whether a panel has begun on this track and stage."""
    query = (
        select(panel.c.panel_id)
        .join(panel_application, panel_application.c.panel_id == panel.c.panel_id)
        .where(panel.c.programme_code == programme_code, panel.c.track == track, panel.c.stage == stage)
    )
    return (await tx.execute(query.limit(1))).first() is not None


_CLOSE = text(
    "UPDATE panel_application SET closed_at = :now WHERE (application_id, stage) IN"
    " (SELECT * FROM unnest(cast(:ids AS text[]), cast(:stages AS text[])))"
)


async def close(tx: Tx, places: Collection[Place], now: dt.datetime) -> None:
    """Stages are over for applications."""
    closed = {"ids": [known for known, _ in places], "stages": [stage for _, stage in places]}
    await tx.execute(_CLOSE, {**closed, "now": now})


async def declare(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record conflicts of interest; the same one again changes nothing."""
    if rows:
        await tx.execute(insert(conflict).values([dict(row) for row in rows]).on_conflict_do_nothing())


async def conflicted(
    tx: Tx, panel_ids: Collection[str], application_ids: Collection[str]
) -> dict[tuple[str, str], list[int]]:
    """The seats that may not score, by panel and application."""
    query = select(conflict.c.panel_id, conflict.c.application_id, conflict.c.seat).where(
        conflict.c.panel_id.in_(panel_ids), conflict.c.application_id.in_(application_ids)
    )
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in await tx.execute(query.order_by(conflict.c.seat)):
        found[row.panel_id, row.application_id].append(row.seat)
    return found


async def conflicts_of(tx: Tx, panel_id: str) -> dict[str, list[int]]:
    """The seats that may not score, by application, of a whole panel."""
    query = select(conflict.c.application_id, conflict.c.seat).where(conflict.c.panel_id == panel_id)
    found: dict[str, list[int]] = defaultdict(list)
    for row in await tx.execute(query.order_by(conflict.c.application_id, conflict.c.seat)):
        found[row.application_id].append(row.seat)
    return found


_ASSIGNMENTS = text(
    "SELECT pa.application_id, pa.stage, a.programme_code, a.track, a.product, s.panel_id, s.seat, p.due_at,"
    " pa.closed_at IS NOT NULL AS closed, h.sheet_id IS NOT NULL AS scored, c.id IS NOT NULL AS conflict"
    " FROM seat s JOIN panel p USING (panel_id) JOIN panel_application pa USING (panel_id)"
    " JOIN application a USING (application_id)"
    " LEFT JOIN sheet h ON h.application_id = pa.application_id AND h.stage = pa.stage AND h.seat = s.seat"
    " LEFT JOIN conflict c ON c.panel_id = s.panel_id AND c.application_id = pa.application_id AND c.seat = s.seat"
    " WHERE s.reviewer_id = :reviewer AND s.vacated_at IS NULL"
    " AND (s.scope IS NULL OR pa.application_id = ANY(s.scope)) AND a.state = 'eligible'"
    " AND (pa.application_id, pa.stage) > (:application_id, :stage)"
    " ORDER BY pa.application_id, pa.stage LIMIT :limit"
)


async def assignments_of(tx: Tx, reviewer_id: str, after: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """What one reviewer is asked to score, by application and stage."""
    application_id, stage = after
    bound = {"reviewer": reviewer_id, "application_id": application_id, "stage": stage, "limit": limit}
    return [dict(row) for row in (await tx.execute(_ASSIGNMENTS, bound)).mappings()]


_LATE = text(
    "SELECT s.panel_id, s.seat, p.due_at, count(*) AS sheets_awaited"
    " FROM seat s JOIN panel p USING (panel_id) JOIN panel_application pa USING (panel_id)"
    " JOIN application a USING (application_id)"
    " LEFT JOIN sheet h ON h.application_id = pa.application_id AND h.stage = pa.stage AND h.seat = s.seat"
    " LEFT JOIN conflict c ON c.panel_id = s.panel_id AND c.application_id = pa.application_id AND c.seat = s.seat"
    " WHERE p.due_at < :now AND pa.closed_at IS NULL AND s.vacated_at IS NULL AND a.state = 'eligible'"
    " AND (s.scope IS NULL OR pa.application_id = ANY(s.scope)) AND h.sheet_id IS NULL AND c.id IS NULL"
    " GROUP BY s.panel_id, s.seat, p.due_at ORDER BY s.panel_id, s.seat"
)


async def late(tx: Tx, now: dt.datetime) -> list[dict[str, Any]]:
    """Seats that still owe sheets after their panel's due time, with how many."""
    return [dict(row) for row in (await tx.execute(_LATE, {"now": now})).mappings()]


async def escalate(tx: Tx, rows: Sequence[Mapping[str, Any]], now: dt.datetime) -> int:
    """Record late seats once; returns how many are new."""
    if not rows:
        return 0
    told = insert(escalation).values([{**row, "escalated_at": now} for row in rows])
    new = await tx.execute(told.on_conflict_do_nothing().returning(escalation.c.seat))
    return len(new.all())


async def escalated(tx: Tx, panel_id: str) -> list[dict[str, Any]]:
    """A panel's late seats on record, by seat."""
    query = select(escalation).where(escalation.c.panel_id == panel_id).order_by(escalation.c.seat)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def open_applications(tx: Tx, panel_id: str) -> int:
    """How many applications a panel has still to close."""
    query = select(func.count()).where(
        panel_application.c.panel_id == panel_id, panel_application.c.closed_at.is_(None)
    )
    return int((await tx.execute(query)).scalar_one())
