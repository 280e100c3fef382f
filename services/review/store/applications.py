"""What review has heard of each application, and where its review stands."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.review.tables import application, stage_skip

APPLICATIONS_MAX = 10_000
GONE = ("withdrawn", "revoked")


async def next_id(tx: Tx, prefix: str, sequence: str) -> str:
    """The next readable id of a kind, such as `PN-000123`."""
    number = (await tx.execute(text(f"SELECT nextval('{sequence}')"))).scalar_one()
    return f"{prefix}-{number:06d}"


async def hear_first(tx: Tx, values: Mapping[str, Any]) -> None:
    """Keep what an event says of an application that is not known yet."""
    await tx.execute(insert(application).values(**values).on_conflict_do_nothing())


async def hear(tx: Tx, values: Mapping[str, Any]) -> None:
    """Keep what an event says of an application, except that one which is gone stays gone."""
    heard = insert(application).values(**values)
    changed = {name: heard.excluded[name] for name in values if name != "application_id"}
    await tx.execute(
        heard.on_conflict_do_update(
            index_elements=["application_id"], set_=changed, where=application.c.state.not_in(GONE)
        )
    )


async def get(tx: Tx, application_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """One application's row. Raises NotFound."""
    query = select(application).where(application.c.application_id == application_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).mappings().first()
    if row is None:
        raise NotFound("application", application_id)
    return dict(row)


async def find(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The known ones among these ids, by id."""
    query = select(application).where(application.c.application_id.in_(application_ids))
    return {row["application_id"]: dict(row) for row in (await tx.execute(query)).mappings()}


async def change(tx: Tx, application_id: str, **values: Any) -> None:
    """Change an application's row."""
    await tx.execute(update(application).where(application.c.application_id == application_id).values(**values))


def _pool(programme_code: str, track: str, product: str | None) -> Select[Any]:
    query = select(application).where(application.c.programme_code == programme_code, application.c.track == track)
    return query if product is None else query.where(application.c.product == product)


async def pool(tx: Tx, programme_code: str, track: str, product: str | None = None) -> list[dict[str, Any]]:
    """All applications of a track, or of one product of it, by id."""
    query = _pool(programme_code, track, product).order_by(application.c.application_id).limit(APPLICATIONS_MAX)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def in_stage(tx: Tx, programme_code: str, track: str, stage: str) -> list[dict[str, Any]]:
    """The applications of a track that are to be scored in a stage now, by id."""
    query = (
        _pool(programme_code, track, None).where(application.c.stage == stage).order_by(application.c.application_id)
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def reviewed(tx: Tx, programme_code: str) -> list[dict[str, Any]]:
    """The applications of a whole call that passed review and are not gone, by id."""
    query = select(application).where(
        application.c.programme_code == programme_code,
        application.c.passed.is_(True),
        application.c.state == "eligible",
    )
    return [dict(row) for row in (await tx.execute(query.order_by(application.c.application_id))).mappings()]


async def passed(tx: Tx, programme_code: str) -> int:
    """How many applications of a call reached the threshold, those gone since included."""
    query = (
        select(func.count())
        .select_from(application)
        .where(application.c.programme_code == programme_code, application.c.passed.is_(True))
    )
    return int((await tx.execute(query)).scalar_one())


async def skip_stage(tx: Tx, values: Mapping[str, Any]) -> None:
    """Record that the agency skips a track's document stage."""
    await tx.execute(insert(stage_skip).values(**values))


async def skipped(tx: Tx, programme_code: str, track: str) -> bool:
    """Whether the agency skips this track's document stage."""
    query = select(stage_skip.c.track).where(stage_skip.c.programme_code == programme_code, stage_skip.c.track == track)
    return (await tx.execute(query)).first() is not None


def ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The application ids of rows, in their order."""
    return [row["application_id"] for row in rows]
