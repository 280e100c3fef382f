"""Which seats may not score which application: conflicts of interest, appended."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import among, values_of
from services.review.model.panels import ConflictOfInterest
from services.review.tables import conflict


async def add_conflicts(tx: Tx, found: Sequence[ConflictOfInterest]) -> None:
    """Record conflicts of interest; the same one again changes nothing."""
    if found:
        await tx.execute(insert(conflict).on_conflict_do_nothing(), values_of(found))


async def list_conflicted(
    tx: Tx, panel_ids: Collection[str], application_ids: Collection[str]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The seats that may not score, ascending, by panel and application."""
    query = select(conflict.c.panel_id, conflict.c.application_id, conflict.c.seat).where(
        among(conflict.c.panel_id, panel_ids), among(conflict.c.application_id, application_ids)
    )
    found: dict[tuple[str, str], tuple[int, ...]] = defaultdict(tuple)
    for panel_id, application_id, number in await tx.execute(query.order_by(conflict.c.seat)):
        found[panel_id, application_id] += (number,)
    return found


async def list_conflicted_on_panel(tx: Tx, panel_id: str) -> dict[str, tuple[int, ...]]:
    """The seats that may not score, ascending, by application, of a whole panel."""
    query = select(conflict.c.application_id, conflict.c.seat).where(conflict.c.panel_id == panel_id)
    found: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for application_id, number in await tx.execute(query.order_by(conflict.c.application_id, conflict.c.seat)):
        found[application_id] += (number,)
    return found
