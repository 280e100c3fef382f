"""What the newest announced versions of a call say: who is in, who waits, how many of each."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, FromClause, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import all_of, among, by_number, columns, field_names, one
from services.review.model.runs import Announced, OutcomeCounts, SelectedThere, SelectionRow, Waiting
from services.review.tables.applications import application
from services.review.tables.selections import selection_row, selection_run

ROW = columns(selection_row, SelectionRow)
_STILL_THERE = application.c.state == "eligible"


def _newest(*programme_codes: str) -> CTE:
    """The newest announced version of every selection of these calls."""
    of_run = ("selection_id", "run_version", "track", "programme_code", "programme_version")
    return (
        select(*(selection_run.c[name] for name in of_run))
        .where(selection_run.c.programme_code.in_(programme_codes), selection_run.c.announced_at.is_not(None))
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .cte("newest")
    )


def _rows_of(newest: CTE) -> FromClause:
    """Their rows, each beside its application."""
    return newest.join(
        selection_row,
        (selection_row.c.selection_id == newest.c.selection_id) & (selection_row.c.run_version == newest.c.run_version),
    ).join(application, application.c.application_id == selection_row.c.application_id)


async def list_selected_in(tx: Tx, programme_codes: Collection[str], track: str) -> tuple[SelectedThere, ...]:
    """Who is selected in a track of these calls, by id."""
    newest = _newest(*programme_codes)
    there = {**selection_row.c, **newest.c}
    query = (
        select(*(there[name] for name in field_names(SelectedThere)))
        .select_from(_rows_of(newest))
        .where(selection_row.c.outcome == "selected", newest.c.track == track)
        .order_by(selection_row.c.application_id)
    )
    return all_of(SelectedThere, await tx.execute(query))


async def count_selected_elsewhere(tx: Tx, programme_codes: Collection[str], but: str) -> Counter[str]:
    """How many the announced selections of these calls, one excepted, selected per counting unit's key (CV-9)."""
    newest = _newest(*programme_codes)
    query = (
        select(application.c.counting_unit, func.count())
        .select_from(_rows_of(newest))
        .where(selection_row.c.outcome == "selected", newest.c.selection_id != but)
        .group_by(application.c.counting_unit)
    )
    counted: Counter[str] = Counter()
    for unit, number in await tx.execute(query):
        counted[fold_key(unit)] += number
    return counted


async def count_outcomes(tx: Tx, programme_code: str) -> OutcomeCounts:
    """How many are selected, waiting and refused now, and how many of the selected moved up, over a whole call."""
    by = (selection_row.c.outcome, selection_row.c.promoted)
    query = (
        select(*by, func.count())
        .select_from(_rows_of(_newest(programme_code)))
        .where(or_(selection_row.c.outcome != "waiting", _STILL_THERE))
        .group_by(*by)
    )
    counted: Counter[str] = Counter()
    for outcome, promoted, number in await tx.execute(query):
        counted[outcome] += number
        counted["promoted"] += number if promoted else 0
    return OutcomeCounts(counted["selected"], counted["waiting"], counted["refused"], counted["promoted"])


@dataclass(frozen=True, slots=True)
class WaitingWanted:
    """Who of a call's waiting lists is shown; None: whoever."""

    programme_code: str
    track: str | None = None
    product: str | None = None


def _waiting(only: WaitingWanted) -> tuple[Shape, Select[Any]]:
    newest = _newest(only.programme_code)
    shown = {**selection_row.c, "track": newest.c.track}
    shown |= {name: application.c[name] for name in ("receipt_no", "organisation_id", "organisation_name", "product")}
    query = (
        select(*(shown[name] for name in field_names(Waiting)))
        .select_from(_rows_of(newest))
        .where(selection_row.c.outcome == "waiting", _STILL_THERE)
    )
    if only.track is not None:
        query = query.where(newest.c.track == only.track)
    if only.product is not None:
        query = query.where(application.c.product == only.product)
    shape = Shape(
        number=selection_row.c.selection_id,
        found_by=(application.c.application_id, application.c.receipt_no, application.c.organisation_name),
        sorts={
            "rank": selection_row.c.rank,
            "score": selection_row.c.score,
            "receipt_no": application.c.receipt_no,
            "organisation_name": application.c.organisation_name,
        },
        state=newest.c.track,
        then=(selection_row.c.position,),
        ids=application.c.application_id,
    )
    return shape, query


async def list_waiting(tx: Tx, wanted: Wanted, only: WaitingWanted) -> tuple[Waiting, ...]:
    """One page of who waits in the announced selections of a call, without another order pool by pool by rank."""
    shape, query = _waiting(only)
    return all_of(Waiting, await tx.execute(paged(query, shape, wanted)))


async def count_waiting(tx: Tx, wanted: Wanted, only: WaitingWanted) -> Counts:
    """How many there are on all pages, in sum and by track."""
    shape, query = _waiting(only)
    return await count(tx, query, shape, wanted)


async def count_waiting_before(tx: Tx, announced: Announced) -> int:
    """How many wait before an application in the version that announced it, those gone since left out."""
    query = (
        select(func.count())
        .select_from(selection_row.join(application, application.c.application_id == selection_row.c.application_id))
        .where(
            selection_row.c.selection_id == announced.selection_id,
            selection_row.c.run_version == announced.run_version,
            selection_row.c.outcome == "waiting",
            selection_row.c.position < announced.row.position,
            _STILL_THERE,
        )
    )
    return int((await tx.execute(query)).scalar_one())


async def list_announced_among(tx: Tx, application_ids: Collection[str]) -> frozenset[str]:
    """Which of these applications an announced selection holds; none ever leaves one."""
    query = (
        select(selection_row.c.application_id)
        .join(
            selection_run,
            (selection_run.c.selection_id == selection_row.c.selection_id)
            & (selection_run.c.run_version == selection_row.c.run_version),
        )
        .where(among(selection_row.c.application_id, application_ids), selection_run.c.announced_at.is_not(None))
    )
    return frozenset((await tx.execute(query)).scalars())


async def find_announced(tx: Tx, application_id: str) -> Announced | None:
    """An application's row in the newest announced version that holds it; None before its announcement.

    Of one selection the highest version is the newest, whatever instants they bear; of several selections the one
    that was announced last.
    """
    version: list[Any] = [selection_run.c[name] for name in ("selection_id", "run_version", "sha256", "announced_at")]
    newest = (
        select(*version, *ROW)
        .select_from(selection_row)
        .join(
            selection_run,
            (selection_run.c.selection_id == selection_row.c.selection_id)
            & (selection_run.c.run_version == selection_row.c.run_version),
        )
        .where(selection_row.c.application_id == application_id, selection_run.c.announced_at.is_not(None))
        .ext(distinct_on(selection_run.c.selection_id))
        .order_by(selection_run.c.selection_id, selection_run.c.run_version.desc())
        .subquery()
    )
    last = [part.desc() for part in by_number(newest.c.selection_id)]
    query = select(newest).order_by(newest.c.announced_at.desc(), *last)
    found: Any = (await tx.execute(query.limit(1))).first()
    if found is None:
        return None
    row = one(SelectionRow, found[len(version) :])
    return Announced(found.selection_id, found.run_version, found.sha256, found.announced_at, row)
