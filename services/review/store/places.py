"""Unfilled places that officers moved between pools, and how many places of each pool are filled (RV-11)."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.common.db import Tx
from libs.common.nouns import all_of, among, columns, values
from services.review.model.places import PlaceMove
from services.review.tables.places import place_move
from services.review.tables.selections import selection_row, selection_run


async def add_move(tx: Tx, move: PlaceMove) -> None:
    """Keep that places were moved."""
    await tx.execute(insert(place_move).values(**values(move)))


async def list_moves(tx: Tx, programme_code: str) -> tuple[PlaceMove, ...]:
    """All moves of a call, in their order."""
    query = select(*columns(place_move, PlaceMove)).where(place_move.c.programme_code == programme_code)
    return all_of(PlaceMove, await tx.execute(query.order_by(place_move.c.id)))


async def count_filled(
    tx: Tx, programme_codes: Collection[str], *, but: str = ""
) -> tuple[Counter[str], frozenset[str]]:
    """How many the newest versions of these calls' selections select, by track, one selection excepted; and which
    tracks have such a selection at all. Drafts count; discarded ones do not.
    """
    newest = (
        select(selection_run.c.selection_id, selection_run.c.run_version, selection_run.c.track, selection_run.c.state)
        .where(among(selection_run.c.programme_code, programme_codes), selection_run.c.selection_id != but)
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    query = (
        select(newest.c.track, func.count(selection_row.c.application_id))
        .select_from(newest)
        .outerjoin(
            selection_row,
            (selection_row.c.selection_id == newest.c.selection_id)
            & (selection_row.c.run_version == newest.c.run_version)
            & (selection_row.c.outcome == "selected"),
        )
        .where(newest.c.state != "discarded")
        .group_by(newest.c.track)
    )
    counted = Counter({str(track): int(number) for track, number in await tx.execute(query)})
    return counted, frozenset(counted)
