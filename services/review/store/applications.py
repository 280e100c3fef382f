"""What review has heard of each application, and where its review stands."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, among, by_number, changes, columns, field_names, one, values
from libs.common.self_payment import Reduction
from services.review.model.applications import GONE, Application, Departure
from services.review.model.sheets import Composite
from services.review.model.stages import Stage
from services.review.rights import RIGHTS
from services.review.tables.applications import application

APPLICATION = columns(application, Application)
FIXED = RIGHTS.stays["application"]
"""What the running role may not even write the same again."""
REVIEWED = ("final", "passed")
"""What no event of intake says."""
DECIDED_APART = ("reduction",)
"""What intake says in an event of its own."""


_NEW = insert(application)
_ADD = _NEW.on_conflict_do_nothing()
_HEARD = [name for name in field_names(Application) if name not in {*FIXED, *REVIEWED, *DECIDED_APART}]
_KEEP_HEARD = _NEW.on_conflict_do_update(
    index_elements=["application_id"],
    set_={name: _NEW.excluded[name] for name in _HEARD},
    where=application.c.state.not_in(GONE),
).returning(*APPLICATION)


async def add_application(tx: Tx, heard: Application) -> None:
    """Keep what an event says of an application that is not known yet."""
    await tx.execute(_ADD, values(heard))


async def change_heard(tx: Tx, heard: Application) -> Application | None:
    """Keep what an event says of an application, known or not; None where it is gone: then it stays gone."""
    row = (await tx.execute(_KEEP_HEARD, values(heard))).first()
    return None if row is None else one(Application, row)


async def change_reduction(tx: Tx, application_id: str, reduction: Reduction) -> None:
    """Keep which reduction of the self-payment an application has. Raises NotFound where it is not known."""
    told = update(application).where(application.c.application_id == application_id).values(reduction=reduction)
    if (await tx.execute(told.returning(application.c.application_id))).first() is None:
        raise NotFound("application", application_id)


async def end_application(tx: Tx, departure: Departure) -> bool:
    """A known application goes and leaves its stage; False where it is not known, or gone already."""
    there = (application.c.application_id == departure.application_id) & application.c.state.not_in(GONE)
    left = update(application).where(there).values(stage=None, **changes(departure, "application_id"))
    return (await tx.execute(left.returning(application.c.application_id))).first() is not None


async def get_application(tx: Tx, application_id: str) -> Application:
    """One application. Raises NotFound."""
    query = select(*APPLICATION).where(application.c.application_id == application_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("application", application_id)
    return one(Application, row)


async def list_known(tx: Tx, application_ids: Collection[str]) -> dict[str, Application]:
    """The known ones among these ids, by id."""
    query = select(*APPLICATION).where(among(application.c.application_id, application_ids))
    return {found.application_id: found for found in all_of(Application, await tx.execute(query))}


async def hold_known(tx: Tx, application_ids: Collection[str]) -> dict[str, Application]:
    """Lock the known ones among these ids, in their order, until the transaction ends; returns them by id.

    Whoever gives them to a panel does not wait for it: that reads of their rows only that they are there.
    """
    query = select(*APPLICATION).where(among(application.c.application_id, application_ids))
    held = await tx.execute(query.order_by(application.c.application_id).with_for_update(key_share=True))
    return {found.application_id: found for found in all_of(Application, held)}


async def change_stage(tx: Tx, application_ids: Collection[str], stage: Stage) -> None:
    """Applications are to be scored in this stage now and have no final score; the caller has their turn."""
    entering = update(application).where(among(application.c.application_id, application_ids))
    await tx.execute(entering.values(stage=stage, final=None, passed=None))


async def change_finals(tx: Tx, lasts: Mapping[str, Composite]) -> None:
    """The review of applications is over: their last stages' composites are final; the caller has their turn."""
    if lasts:
        over = update(application).where(application.c.application_id == bindparam("known"))
        told = {"stage": None}
        await tx.execute(
            over,
            [
                {**told, "known": known, "final": last.final, "passed": last.passed}
                for known, last in sorted(lasts.items())
            ],
        )


def _of_pool(programme_code: str, track: str, product: str | None) -> Select[Any]:
    query = select(*APPLICATION).where(application.c.programme_code == programme_code, application.c.track == track)
    return query if product is None else query.where(application.c.product == product)


async def list_pool(tx: Tx, programme_code: str, track: str, product: str | None = None) -> tuple[Application, ...]:
    """All applications of a track, or of one product of it, by id."""
    query = _of_pool(programme_code, track, product).order_by(*by_number(application.c.application_id))
    return all_of(Application, await tx.execute(query))


async def list_in_stage(tx: Tx, programme_code: str, track: str, stage: Stage) -> tuple[Application, ...]:
    """The applications of a track that are to be scored in a stage now, by id."""
    query = _of_pool(programme_code, track, None).where(application.c.stage == stage)
    return all_of(Application, await tx.execute(query.order_by(*by_number(application.c.application_id))))


async def list_passing(tx: Tx, programme_code: str) -> tuple[Application, ...]:
    """The applications of a whole call that passed review and are not gone, by id."""
    query = select(*APPLICATION).where(
        application.c.programme_code == programme_code,
        application.c.passed.is_(True),
        application.c.state == "eligible",
    )
    return all_of(Application, await tx.execute(query.order_by(*by_number(application.c.application_id))))


async def count_passed(tx: Tx, programme_code: str) -> int:
    """How many applications of a call reached the threshold, those gone since included."""
    query = (
        select(func.count())
        .select_from(application)
        .where(application.c.programme_code == programme_code, application.c.passed.is_(True))
    )
    return int((await tx.execute(query)).scalar_one())


def ids(found: Sequence[Application]) -> list[str]:
    """The ids of applications, in their order."""
    return [application.application_id for application in found]
