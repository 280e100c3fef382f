"""Announced outcomes, agreements, and how far an award has got."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.tables.agreements import agreement, announcement, progress
from services.intake.tables.applications import application

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
    newer = exists().where(
        announcement.c.application_id == values["application_id"],
        announcement.c.selection_id == values["selection_id"],
        announcement.c.run_version >= values["run_version"],
    )
    row = select(*(literal(value, announcement.c[name].type) for name, value in values.items())).where(~newer)
    kept = insert(announcement).from_select(list(values), row).returning(announcement.c.application_id)
    return (await tx.execute(kept)).first() is not None


async def announcements_of(tx: Tx, application_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest announced outcome of each of some applications."""
    query = select(announcement).where(announcement.c.application_id.in_(application_ids))
    rows = await tx.execute(query.order_by(announcement.c.announced_at, announcement.c.run_version))
    return {row["application_id"]: dict(row) for row in rows.mappings()}


async def draft(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a new agreement, not yet signed; returns its row."""
    return dict((await tx.execute(insert(agreement).values(**values).returning(agreement))).mappings().one())


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


async def change(tx: Tx, application_id: str, **values: Any) -> dict[str, Any]:
    """Change an agreement's row; returns it."""
    changed = update(agreement).where(agreement.c.application_id == application_id).values(**values)
    return dict((await tx.execute(changed.returning(agreement))).mappings().one())


async def tell_progress(tx: Tx, application_id: str, **values: Any) -> None:
    """Keep what another service said of an award. Raises NotFound where the application is not ours."""
    told = [literal(value, progress.c[name].type) for name, value in values.items()]
    ours = select(application.c.application_id, *told).where(application.c.application_id == application_id)
    row = insert(progress).from_select(["application_id", *values], ours)
    row = row.on_conflict_do_update(
        index_elements=["application_id"], set_={name: row.excluded[name] for name in values}
    )
    if (await tx.execute(row.returning(progress.c.application_id))).first() is None:
        raise NotFound("application", application_id)


async def progress_of(tx: Tx, application_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How far some awards have got."""
    query = select(progress).where(progress.c.application_id.in_(application_ids))
    return {row["application_id"]: dict(row) for row in (await tx.execute(query)).mappings()}


async def summary(tx: Tx, programme_code: str) -> dict[str, int]:
    """A call's counts."""
    counts = dict((await tx.execute(SUMMARY, {"code": programme_code})).mappings().one())
    return {"applications": counts["received"] + counts["refused_late"], **counts}
