"""What other settlements of a provider heard and state: what a draft must know of earlier months."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, column, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from libs.common.db import Tx
from libs.common.nouns import among, field_names, read
from services.billing.model.lines import Stated
from services.billing.model.prices import StaleSpan
from services.billing.model.settlements import ISSUED
from services.billing.model.statements import Statement, Use
from services.billing.store.lines import line_from
from services.billing.tables.parked import parked_grant
from services.billing.tables.settlements import dispute, settlement, settlement_line


def known_to(statement: Statement) -> ColumnElement[bool]:
    """Which settlements count for a draft: all others of the provider that are issued, and those of earlier months."""
    return and_(
        settlement.c.provider_id == statement.provider_id,
        settlement.c.programme_code == statement.programme_code,
        settlement.c.settlement_id != statement.statement_id,
        or_(settlement.c.month < statement.month, settlement.c.state.in_(ISSUED)),
    )


def _of_lines(*what: ColumnElement[Any]) -> Select[Any]:
    return select(*what).join(settlement, settlement.c.settlement_id == settlement_line.c.settlement_id)


async def list_touched_grants(tx: Tx, statement: Statement) -> frozenset[str]:
    """The grants that were parked before, of which a line was decided, or of which a later month is issued already."""
    of_parked = (
        select(parked_grant.c.grant_id)
        .join(settlement, settlement.c.settlement_id == parked_grant.c.settlement_id)
        .where(known_to(statement))
    )
    of_decided = (
        _of_lines(settlement_line.c.grant_id)
        .join(
            dispute,
            and_(
                dispute.c.settlement_id == settlement_line.c.settlement_id,
                dispute.c.line_no == settlement_line.c.line_no,
            ),
        )
        .where(known_to(statement), dispute.c.state == "upheld")
    )
    of_later = _of_lines(settlement_line.c.grant_id).where(known_to(statement), settlement.c.month > statement.month)
    found = await tx.execute(of_parked.union(of_decided, of_later))
    return frozenset(found.scalars())


async def list_grants_stale(tx: Tx, statement: Statement, spans: Sequence[StaleSpan]) -> frozenset[str]:
    """The grants of which known settlements state use at versions that do not hold in those months.

    Each span is one range of the index over version and month: lines at the prices in force are not read.
    """
    if not spans:
        return frozenset()
    texts = [literal([getattr(each, name) for each in spans], ARRAY(Text)) for name in field_names(StaleSpan)]
    stale = func.unnest(*texts).table_valued(*(column(name, Text) for name in field_names(StaleSpan))).render_derived()
    line = settlement_line.c
    query = (
        _of_lines(line.grant_id)
        .join(
            stale,
            and_(
                line.price_version == stale.c.price_version,
                line.period >= stale.c.since,
                line.period < stale.c.until,
            ),
        )
        .where(known_to(statement))
    )
    return frozenset((await tx.execute(query.distinct())).scalars())


async def list_uses(tx: Tx, statement: Statement, grant_ids: Sequence[str]) -> tuple[Use, ...]:
    """What the known statements say of these grants' use, in order of month."""
    each = func.jsonb_array_elements(settlement.c.uses, type_=JSONB)
    use = each.table_valued("value", with_ordinality="place").render_derived()
    of_grants = use.c.value.op("->>", return_type=Text())("grant_id") == any_(literal(list(grant_ids), ARRAY(Text)))
    query = (
        select(use.c.value)
        .select_from(settlement.join(use, true()))
        .where(known_to(statement), of_grants)
        .order_by(settlement.c.month, settlement.c.settlement_id, use.c.place)
    )
    return tuple(read(Use, told) for told in (await tx.execute(query)).scalars())


async def list_lines(tx: Tx, statement: Statement, grant_ids: Sequence[str]) -> tuple[Stated, ...]:
    """What the known settlements state of these grants, in order of month and line."""
    query = (
        _of_lines(*settlement_line.c)
        .where(known_to(statement), among(settlement_line.c.grant_id, grant_ids))
        .order_by(settlement.c.month, settlement.c.settlement_id, settlement_line.c.line_no)
    )
    rows = (await tx.execute(query)).mappings()
    return tuple(Stated(row["settlement_id"], row["line_no"], line_from(row)) for row in rows)
