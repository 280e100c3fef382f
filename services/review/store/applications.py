"""What review has heard of each application, and where its review stands."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.review.model import Composite, Stage
from services.review.tables import application, stage_skip

APPLICATIONS_MAX = 10_000
GONE = ("withdrawn", "revoked")


async def next_id(tx: Tx, prefix: str, sequence: str) -> str:
    """The next readable id of a kind, such as `PN-000123`."""
    (found,) = await next_ids(tx, prefix, sequence, 1)
    return found


async def next_ids(tx: Tx, prefix: str, sequence: str, count: int) -> list[str]:
    """The next readable ids of a kind, in order."""
    query = text(f"SELECT nextval('{sequence}') FROM generate_series(1, :count)")
    return [f"{prefix}-{number:06d}" for number in (await tx.execute(query, {"count": count})).scalars()]


async def hear_first(tx: Tx, values: Mapping[str, Any]) -> None:
    """Keep what an event says of an application that is not known yet."""
    await tx.execute(insert(application).values(**values).on_conflict_do_nothing())


async def hear(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Keep what an event says of an application; returns its row, None where it is gone: then it stays gone."""
    heard = insert(application).values(**values)
    changed = {name: heard.excluded[name] for name in values if name != "application_id"}
    kept = heard.on_conflict_do_update(
        index_elements=["application_id"], set_=changed, where=application.c.state.not_in(GONE)
    )
    row = (await tx.execute(kept.returning(application))).mappings().first()
    return None if row is None else dict(row)


async def get(tx: Tx, application_id: str) -> dict[str, Any]:
    """One application's row. Raises NotFound."""
    query = select(application).where(application.c.application_id == application_id)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("application", application_id)
    return dict(row)


async def find(tx: Tx, application_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The known ones among these ids, by id."""
    query = select(application).where(application.c.application_id.in_(application_ids))
    return {row["application_id"]: dict(row) for row in (await tx.execute(query)).mappings()}


async def leave(tx: Tx, application_id: str, **values: Any) -> bool:
    """A known application goes, as `values` tell; False where it is not known, or gone already."""
    there = (application.c.application_id == application_id) & application.c.state.not_in(GONE)
    left = update(application).where(there).values(stage=None, **values).returning(application.c.application_id)
    return (await tx.execute(left)).first() is not None


async def enter(tx: Tx, application_ids: Sequence[str], stage: Stage) -> None:
    """Applications are to be scored in this stage now."""
    await tx.execute(update(application).where(application.c.application_id.in_(application_ids)).values(stage=stage))


_FINISH = text(
    "UPDATE application SET stage = NULL, final = :final, passed = :passed WHERE application_id = :application_id"
)


async def finish(tx: Tx, lasts: Mapping[str, Composite]) -> None:
    """The review of applications is over: their last stages' composites are final."""
    if lasts:
        rows = [{"application_id": k, "final": last.final, "passed": last.passed} for k, last in lasts.items()]
        await tx.execute(_FINISH, rows)


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


async def skipped_tracks(tx: Tx, programme_code: str) -> frozenset[str]:
    """The tracks of a call whose document stage the agency skips."""
    query = select(stage_skip.c.track).where(stage_skip.c.programme_code == programme_code)
    return frozenset((await tx.execute(query)).scalars())


def ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The application ids of rows, in their order."""
    return [row["application_id"] for row in rows]
