"""Panels and their seats."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Select, Text, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx, lock
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import all_of, among, columns, one, values
from services.review.model.panels import Panel, Seat, Seated
from services.review.model.stages import Stage
from services.review.store.ids import next_id
from services.review.tables.panels import panel, panel_seq, seat

PANEL, SEAT = columns(panel, Panel), columns(seat, Seat)


async def next_panel_id(tx: Tx) -> str:
    """The id of a new panel."""
    return await next_id(tx, "PN", panel_seq)


async def add_panel(tx: Tx, seated: Panel, seats: Sequence[Seat]) -> None:
    """Keep a new panel with its seats."""
    await tx.execute(insert(panel).values(values(seated)))
    await add_seats(tx, seated.panel_id, seats, seated.seated_at)


async def add_seats(tx: Tx, panel_id: str, seats: Sequence[Seat], now: dt.datetime) -> None:
    """Seat reviewers on a panel."""
    if seats:
        rows = [{**values(chair), "panel_id": panel_id, "seated_at": now} for chair in seats]
        await tx.execute(insert(seat), rows)


async def end_seat(tx: Tx, panel_id: str, number: int, now: dt.datetime) -> None:
    """Nobody is awaited on this seat any more."""
    chosen = (seat.c.panel_id == panel_id) & (seat.c.seat == number)
    await tx.execute(update(seat).where(chosen).values(vacated_at=now))


async def hold_seats(tx: Tx, panel_id: str) -> None:
    """Wait until nobody else changes this panel's seats; its row is append-only, so a lock stands for it."""
    await lock(tx, f"panel:{panel_id}")


def _seating(programme_code: str) -> str:
    return f"panels:{programme_code}"


async def hold_seating(tx: Tx, programme_code: str) -> None:
    """Wait for the panels of a call, to be alone with them."""
    await lock(tx, _seating(programme_code))


async def keep_seating(tx: Tx, programme_codes: Iterable[str]) -> None:
    """Wait until nobody is alone with the panels of these calls, in the order in which `lock_all` takes locks."""
    if names := [_seating(code) for code in programme_codes]:
        told = func.unnest(literal(names, ARRAY(Text))).table_valued(column("name", Text))
        key = func.hashtextextended(told.render_derived().c.name, 0).label("key")
        ordered = select(key).distinct().order_by(key).subquery("ordered")
        await tx.execute(select(func.pg_advisory_xact_lock_shared(ordered.c.key)))


async def get_panel(tx: Tx, panel_id: str) -> Panel:
    """One panel. Raises NotFound."""
    row = (await tx.execute(select(*PANEL).where(panel.c.panel_id == panel_id))).first()
    if row is None:
        raise NotFound("panel", panel_id)
    return one(Panel, row)


SHAPE = Shape(
    number=panel.c.panel_id,
    found_by=(panel.c.panel_id, panel.c.programme_code, panel.c.track),
    sorts={
        "programme": panel.c.programme_code,
        "track": panel.c.track,
        "due_at": sortable(panel.c.due_at),
        "seated_at": panel.c.seated_at,
    },
    state=panel.c.stage,
)


@dataclass(frozen=True, slots=True)
class PanelsWanted:
    """Which panels a list shows; None: whichever. Instants are half-open."""

    programme_code: str | None = None
    track: str | None = None
    stage: Stage | None = None
    due_from: dt.datetime | None = None
    due_to: dt.datetime | None = None


async def list_panels(tx: Tx, wanted: Wanted, only: PanelsWanted) -> tuple[Panel, ...]:
    """One page of panels."""
    return all_of(Panel, await tx.execute(paged(_narrowed(select(*PANEL), only), SHAPE, wanted)))


async def count_panels(tx: Tx, wanted: Wanted, only: PanelsWanted) -> Counts:
    """How many there are on all pages, in sum and by stage."""
    return await count(tx, _narrowed(select(panel.c.panel_id), only), SHAPE, wanted)


def _narrowed(query: Select[Any], only: PanelsWanted) -> Select[Any]:
    filters = (
        (panel.c.programme_code, only.programme_code),
        (panel.c.track, only.track),
        (panel.c.stage, only.stage),
    )
    for filtered, value in filters:
        query = query if value is None else query.where(filtered == value)
    if only.due_from is None and only.due_to is None:
        return query
    return query.where(between(panel.c.due_at, only.due_from, only.due_to))


async def find_taking_all(tx: Tx, programme_code: str, track: str, stage: Stage) -> Seated | None:
    """The panel of this track and stage that every application goes to by itself; None where there is none."""
    query = (
        select(*SEAT, panel.c.panel_id)
        .outerjoin_from(panel, seat, seat.c.panel_id == panel.c.panel_id)
        .where(
            panel.c.programme_code == programme_code,
            panel.c.track == track,
            panel.c.stage == stage,
            panel.c.takes_all.is_(True),
        )
        .order_by(seat.c.seat)
    )
    rows = (await tx.execute(query)).all()
    if not rows:
        return None
    return Seated(rows[0].panel_id, tuple(_seat(row) for row in rows if row.seat is not None))


async def list_seats(tx: Tx, panel_id: str) -> tuple[Seat, ...]:
    """A panel's seats, by number."""
    return (await list_seats_by_panel(tx, [panel_id])).get(panel_id, ())


async def list_seats_by_panel(tx: Tx, panel_ids: Collection[str]) -> dict[str, tuple[Seat, ...]]:
    """The seats of panels, by panel, by number."""
    query = select(*SEAT, seat.c.panel_id).where(among(seat.c.panel_id, panel_ids))
    found: dict[str, list[Seat]] = defaultdict(list)
    for row in await tx.execute(query.order_by(seat.c.panel_id, seat.c.seat)):
        found[row.panel_id].append(_seat(row))
    return {panel_id: tuple(seats) for panel_id, seats in found.items()}


def _seat(row: Any) -> Seat:
    """The seat at the beginning of a row that goes on with other columns."""
    return one(Seat, row[: len(SEAT)])
