"""Facts on record as officers look through them, with the organisation that each is of."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, case, exists, literal, select

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from services.intake.model.facts_on_record import AwardOnRecord, FactsWanted, Named, RestrictionOnRecord
from services.intake.model.organisations import INVESTIGATOR
from services.intake.store.facts import RECORDED_AWARD, RECORDED_RESTRICTION, award_of, restriction_of
from services.intake.store.organisations import PRINTED
from services.intake.tables.organisations import (
    award,
    award_counter_fact,
    organisation,
    restriction,
    restriction_counter_fact,
)


def _beside(table: Table) -> FromClause:
    return table.outerjoin(organisation, organisation.c.organisation_id == table.c.subject_id)


_SAID = exists().where(restriction_counter_fact.c.restriction_id == restriction.c.restriction_id)
_NEVER_WAS = exists().where(
    restriction_counter_fact.c.restriction_id == restriction.c.restriction_id,
    restriction_counter_fact.c.last_day.is_(None),
)
_RESTRICTION_STATE = case((_NEVER_WAS, "withdrawn"), (_SAID, "ended"), else_="standing")
_AWARD_STATE = case((exists().where(award_counter_fact.c.award_id == award.c.award_id), "withdrawn"), else_="standing")
"""An award never ends by a counter-fact."""


def _found_by(table: Table, number: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    return number, table.c.subject_id, table.c.source, organisation.c.name, organisation.c.business_no, PRINTED


RESTRICTIONS = Shape(
    number=restriction.c.restriction_id,
    found_by=_found_by(restriction, restriction.c.restriction_id),
    sorts={
        "recorded_at": restriction.c.recorded_at,
        "from_day": restriction.c.from_day,
        "kind": restriction.c.kind,
    },
    state=_RESTRICTION_STATE,
)
AWARDS = Shape(
    number=award.c.award_id,
    found_by=(*_found_by(award, award.c.award_id), award.c.application_id),
    sorts={
        "recorded_at": award.c.recorded_at,
        "year": award.c.year,
        "programme_code": award.c.programme_code,
    },
    state=_AWARD_STATE,
)


async def list_restrictions(tx: Tx, wanted: Wanted, only: FactsWanted) -> tuple[Named[RestrictionOnRecord], ...]:
    """One page of restrictions, each with the name of the organisation that it is of."""
    query = _restrictions(RECORDED_RESTRICTION.add_columns(organisation.c.name), only)
    rows = await tx.execute(paged(query, RESTRICTIONS, wanted))
    return tuple(Named(restriction_of(row[:-1]), row[-1]) for row in rows)


async def count_restrictions(tx: Tx, wanted: Wanted, only: FactsWanted) -> Counts:
    """How many there are on all pages, in sum and by where they stand."""
    return await count(tx, _restrictions(select(restriction.c.restriction_id), only), RESTRICTIONS, wanted)


async def list_awards(tx: Tx, wanted: Wanted, only: FactsWanted) -> tuple[Named[AwardOnRecord], ...]:
    """One page of awards, each with the name of the organisation that it is of."""
    query = _awards(RECORDED_AWARD.add_columns(organisation.c.name), only)
    rows = await tx.execute(paged(query, AWARDS, wanted))
    return tuple(Named(award_of(row[:-1]), row[-1]) for row in rows)


async def count_awards(tx: Tx, wanted: Wanted, only: FactsWanted) -> Counts:
    """How many there are on all pages, in sum and by where they stand."""
    return await count(tx, _awards(select(award.c.award_id), only), AWARDS, wanted)


def _restrictions(query: Select[Any], only: FactsWanted) -> Select[Any]:
    query = _narrowed(query.select_from(_beside(restriction)), restriction, only, _RESTRICTION_STATE)
    return query if only.kind is None else query.where(restriction.c.kind == only.kind)


def _awards(query: Select[Any], only: FactsWanted) -> Select[Any]:
    query = _narrowed(query.select_from(_beside(award)), award, only, _AWARD_STATE)
    return query if only.programme_code is None else query.where(award.c.programme_code == only.programme_code)


def _narrowed(query: Select[Any], table: Table, only: FactsWanted, state: ColumnElement[str]) -> Select[Any]:
    if only.organisation_id is not None:
        query = query.where(table.c.subject_id == only.organisation_id)
    if only.researcher_number is not None:
        query = query.where(table.c.subject_key == f"{INVESTIGATOR}{fold_key(only.researcher_number)}")
    if only.standing is not None:
        query = query.where(state == literal(only.standing))
    return query.where(between(table.c.recorded_at, only.recorded_from, only.recorded_to))
