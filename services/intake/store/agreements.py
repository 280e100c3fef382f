"""Announced outcomes, agreements, and how far an award has got."""

import datetime as dt
from collections.abc import Sequence
from functools import cache

from sqlalchemy import (
    ARRAY,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Text,
    bindparam,
    column,
    distinct,
    exists,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, columns, one, values
from services.intake.model.agreements import Agreement, Announcement, CallCounts, Progress, ProgressNews
from services.intake.tables.agreements import agreement, announcement, progress
from services.intake.tables.applications import application, refused_submission

AGREEMENT = columns(agreement, Agreement)
ANNOUNCEMENT = columns(announcement, Announcement)
PROGRESS = columns(progress, Progress)


async def add_announcement(tx: Tx, new: Announcement) -> bool:
    """Keep an announced outcome; False where it was kept before or a later version of its run is known."""
    told = values(new)
    newer = exists().where(
        announcement.c.application_id == new.application_id,
        announcement.c.selection_id == new.selection_id,
        announcement.c.run_version >= new.run_version,
    )
    row = select(*(literal(value, announcement.c[name].type) for name, value in told.items())).where(~newer)
    kept = insert(announcement).from_select(list(told), row).returning(announcement.c.application_id)
    return (await tx.execute(kept)).first() is not None


async def list_announcements(tx: Tx, application_ids: Sequence[str]) -> dict[str, Announcement]:
    """The newest announced outcome of each of some applications."""
    query = select(*ANNOUNCEMENT).where(announcement.c.application_id.in_(application_ids))
    rows = await tx.execute(query.order_by(announcement.c.announced_at, announcement.c.run_version))
    return {told.application_id: told for told in all_of(Announcement, rows)}


async def add_agreement(tx: Tx, new: Agreement) -> Agreement:
    """Keep a new agreement."""
    return one(Agreement, (await tx.execute(insert(agreement).values(**values(new)).returning(*AGREEMENT))).one())


async def get_agreement(tx: Tx, application_id: str) -> Agreement:
    """An application's agreement. Raises NotFound."""
    found = (await list_agreements(tx, [application_id])).get(application_id)
    if found is None:
        raise NotFound("agreement", application_id)
    return found


async def list_agreements(tx: Tx, application_ids: Sequence[str]) -> dict[str, Agreement]:
    """The agreements of some applications."""
    query = select(*AGREEMENT).where(agreement.c.application_id.in_(application_ids))
    return {found.application_id: found for found in all_of(Agreement, await tx.execute(query))}


async def change_agreement(tx: Tx, changed: Agreement) -> None:
    """Keep an agreement as it is now."""
    same = agreement.c.application_id == changed.application_id
    await tx.execute(update(agreement).where(same).values(**values(changed)))


async def end_agreement(tx: Tx, application_id: str, ended_at: dt.datetime) -> None:
    """End an agreement before its time."""
    await tx.execute(update(agreement).where(agreement.c.application_id == application_id).values(ended_at=ended_at))


@cache
def _telling(names: tuple[str, ...]) -> ReturningInsert[tuple[str]]:
    """Keeps these columns of an award's progress, where there is its application."""
    of = select(*(bindparam(f"new_{name}", type_=progress.c[name].type) for name in names))
    of = of.where(application.c.application_id == bindparam("id")).with_for_update()
    row = insert(progress).from_select(list(names), of)
    change = {name: row.excluded[name] for name in names}
    kept = row.on_conflict_do_update(index_elements=["application_id"], set_=change)
    return kept.returning(progress.c.application_id)


async def tell_progress(tx: Tx, news: ProgressNews) -> None:
    """Keep what another service said of an award, beside all that others said; its application is locked.

    Raises NotFound.
    """
    told = {name: value for name, value in values(news).items() if value is not None}
    new = {f"new_{name}": value for name, value in told.items()}
    if (await tx.execute(_telling(tuple(told)), {"id": news.application_id, **new})).first() is None:
        raise NotFound("application", news.application_id)


async def list_progress(tx: Tx, application_ids: Sequence[str]) -> dict[str, Progress]:
    """How far some awards have got."""
    query = select(*PROGRESS).where(progress.c.application_id.in_(application_ids))
    return {found.application_id: found for found in all_of(Progress, await tx.execute(query))}


_ASKED = func.unnest(bindparam("ids", type_=ARRAY(Text))).table_valued(column("id", Text)).render_derived("asked")
_NEWEST = (
    select(*ANNOUNCEMENT)
    .where(announcement.c.application_id == _ASKED.c.id)
    .order_by(announcement.c.announced_at.desc(), announcement.c.run_version.desc())
    .limit(1)
    .lateral("newest")
)
_BESIDE = (
    select(_ASKED.c.id, *_NEWEST.c, *AGREEMENT, *PROGRESS)
    .select_from(
        _ASKED.outerjoin(_NEWEST, true())
        .outerjoin(agreement, agreement.c.application_id == _ASKED.c.id)
        .outerjoin(progress, progress.c.application_id == _ASKED.c.id)
    )
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
Beside = tuple[Announcement | None, Agreement | None, Progress | None]


async def list_beside(tx: Tx, application_ids: Sequence[str]) -> dict[str, Beside]:
    """What is shown beside each of some applications: its newest announced outcome, its agreement, its progress."""
    found: dict[str, Beside] = {}
    for row in await tx.execute(_BESIDE, {"ids": list(application_ids)}):
        told, rest = row[1 : 1 + len(ANNOUNCEMENT)], row[1 + len(ANNOUNCEMENT) :]
        agreed, got = rest[: len(AGREEMENT)], rest[len(AGREEMENT) :]
        found[row[0]] = (
            None if told[0] is None else one(Announcement, told),
            None if agreed[0] is None else one(Agreement, agreed),
            None if got[0] is None else one(Progress, got),
        )
    return found


async def count_call(tx: Tx, programme_code: str) -> CallCounts:
    """A call's counts."""
    table = application.c
    received = table.receipt_no.is_not(None)
    agreed = (
        select(func.count())
        .select_from(agreement.join(application, table.application_id == agreement.c.application_id))
        .where(table.programme_code == programme_code, agreement.c.signed_at.is_not(None))
    )
    late = (
        select(func.count(distinct(table.application_id)))
        .select_from(refused_submission.join(application, table.application_id == refused_submission.c.application_id))
        .where(
            refused_submission.c.programme_code == programme_code,
            refused_submission.c.code == "submitted_too_late",
            table.receipt_no.is_(None),
        )
    )
    query = select(
        func.count().filter(received).label("received"),
        func.count().filter(table.state == "draft").label("drafts"),
        func.count().filter(table.eligible.is_(False)).label("ineligible"),
        func.count().filter(table.eligible.is_(True)).label("eligible"),
        func.count().filter(table.state == "withdrawn", received).label("withdrawn"),
    ).where(table.programme_code == programme_code)
    counts = (await tx.execute(query)).one()
    return CallCounts(
        received=counts.received,
        refused_late=(await tx.execute(late)).scalar_one(),
        drafts=counts.drafts,
        ineligible=counts.ineligible,
        eligible=counts.eligible,
        withdrawn=counts.withdrawn,
        agreements=(await tx.execute(agreed)).scalar_one(),
    )
