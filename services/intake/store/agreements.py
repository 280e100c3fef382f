"""Announced outcomes, agreements, and how far an award has got."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.tables import agreement, announcement, progress

SUMMARY = text(
    "SELECT count(*) FILTER (WHERE receipt_no IS NOT NULL) AS received,"
    " count(*) FILTER (WHERE state = 'draft') AS drafts,"
    " count(*) FILTER (WHERE eligible IS FALSE) AS ineligible,"
    " count(*) FILTER (WHERE eligible) AS eligible,"
    " count(*) FILTER (WHERE state = 'withdrawn' AND receipt_no IS NOT NULL) AS withdrawn,"
    " (SELECT count(*) FROM agreement JOIN application USING (application_id)"
    "  WHERE programme_code = :code AND signed_at IS NOT NULL) AS agreements,"
    " (SELECT count(DISTINCT application_id) FROM refused_submission JOIN application USING (application_id)"
    "  WHERE refused_submission.programme_code = :code AND code = 'submitted_too_late' AND receipt_no IS NULL)"
    " AS refused_late"
    " FROM application WHERE programme_code = :code"
)


async def add_announcement(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Keep an announced outcome; False where it was kept before or a later version of its run is known."""
    newer = select(func.count()).where(
        announcement.c.application_id == values["application_id"],
        announcement.c.selection_id == values["selection_id"],
        announcement.c.run_version >= values["run_version"],
    )
    if (await tx.execute(newer)).scalar_one():
        return False
    await tx.execute(insert(announcement).values(**values))
    return True


async def announcements_of(tx: Tx, application_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest announced outcome of each of some applications."""
    query = select(announcement).where(announcement.c.application_id.in_(application_ids))
    rows = await tx.execute(query.order_by(announcement.c.announced_at, announcement.c.run_version))
    return {row["application_id"]: dict(row) for row in rows.mappings()}


async def draft(tx: Tx, values: Mapping[str, Any]) -> None:
    """Keep a new agreement, not yet signed."""
    await tx.execute(insert(agreement).values(**values))


async def get(tx: Tx, application_id: str) -> dict[str, Any]:
    """An application's agreement. Raises NotFound."""
    found = (await agreements_of(tx, [application_id])).get(application_id)
    if found is None:
        raise NotFound("agreement", application_id)
    return found


async def agreements_of(tx: Tx, application_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The agreements of some applications."""
    query = select(agreement).where(agreement.c.application_id.in_(application_ids))
    return {row["application_id"]: dict(row) for row in (await tx.execute(query)).mappings()}


async def change(tx: Tx, application_id: str, **values: Any) -> None:
    """Change an agreement's row."""
    await tx.execute(update(agreement).where(agreement.c.application_id == application_id).values(**values))


async def tell_progress(tx: Tx, application_id: str, **values: Any) -> None:
    """Keep what another service said of an award."""
    row = insert(progress).values(application_id=application_id, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["application_id"], set_=values))


async def progress_of(tx: Tx, application_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How far some awards have got."""
    query = select(progress).where(progress.c.application_id.in_(application_ids))
    return {row["application_id"]: dict(row) for row in (await tx.execute(query)).mappings()}


async def summary(tx: Tx, programme_code: str) -> dict[str, int]:
    """A call's counts."""
    counts = dict((await tx.execute(SUMMARY, {"code": programme_code})).mappings().one())
    return {"applications": counts["received"] + counts["refused_late"], **counts}
