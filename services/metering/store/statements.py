"""Statements: what they are computed from, and what the closed ones said."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, text

from libs.common.db import Tx
from libs.common.nouns import all_of, among, columns, field_names, one, values
from libs.common.reckoning import at_once
from services.metering.model.grants import Mode
from services.metering.model.statements import Closing, EvidencedLine, Line, LineKey, StatementHead, Sums
from services.metering.model.time import us_of
from services.metering.model.usage import HourTotal
from services.metering.tables.base import programme_version
from services.metering.tables.statements import statement, statement_line
from services.metering.tables.usage import usage_hour

OWN_FIELDS = tuple(name for name in field_names(Line) if name != "key")


async def list_hour_totals(
    tx: Tx, provider_id: str, grant_ids: Sequence[str], until: dt.datetime
) -> dict[str, dict[str, dict[int, HourTotal]]]:
    """Grant id → session id → hour (µs) → total, of every hour before `until`."""
    hour = usage_hour.c
    query = select(
        hour.grant_id, hour.session_id, hour.hour, hour.held_s, hour.held_unit_s, hour.utilisation_weight, hour.events
    ).where(hour.provider_id == provider_id, among(hour.grant_id, grant_ids), hour.hour < until, hour.events > 0)
    found: dict[str, dict[str, dict[int, HourTotal]]] = {}
    for grant_id, session_id, at, *total in await tx.execute(query):
        found.setdefault(grant_id, {}).setdefault(session_id, {})[us_of(at)] = HourTotal(*total)
    return found


async def list_evidence_hashes(
    tx: Tx, provider_id: str, grant_ids: Iterable[str], since: dt.datetime, until: dt.datetime
) -> dict[tuple[str, Mode], str]:
    """(Grant, mode) → SHA-256 over the canonical list of [source, id] of the events that count in `[since, until)`.

    The list is JSON as RFC 8785 writes it, by id in code point order; events replaced by a correction, held or dropped
    are not in it. An event belongs to its session's mode, else to its grant's. One pass over the hours asked for.
    """
    # Text: a list of JSON texts in code point order, hashed where the events lie (10⁵ a month): as one expression of
    # Core nobody could compare it with the canonical form that it has to be.
    rows = await tx.execute(
        text(
            "SELECT e.grant_id, CASE WHEN p.mode = 'fixed' THEN p.mode ELSE coalesce(s.mode, p.mode) END AS mode,"
            " encode(sha256(convert_to('[' || string_agg('[' || to_json('/providers/' || e.provider_id)::text || ','"
            " || to_json(e.event_id)::text || ']', ',' ORDER BY e.event_id COLLATE \"C\") || ']', 'UTF8')), 'hex')"
            " AS hash"
            " FROM usage_event e JOIN placement p ON p.provider_id = e.provider_id AND p.grant_id = e.grant_id"
            " LEFT JOIN gpu_session s ON s.session_id = e.session_id AND s.grant_id = e.grant_id"
            " WHERE e.provider_id = :provider AND e.grant_id = ANY(:grants) AND e.hour >= :since AND e.hour < :until"
            " AND NOT EXISTS (SELECT 1 FROM usage_event c WHERE c.provider_id = e.provider_id"
            " AND c.corrects = e.event_id AND NOT EXISTS (SELECT 1 FROM held_decision d"
            " WHERE d.provider_id = c.provider_id AND d.event_id = c.event_id))"
            " AND NOT EXISTS (SELECT 1 FROM held_event h WHERE h.provider_id = e.provider_id"
            " AND h.event_id = e.event_id)"
            " AND NOT EXISTS (SELECT 1 FROM held_decision d WHERE d.provider_id = e.provider_id"
            " AND d.event_id = e.event_id AND d.decision = 'dropped')"
            " GROUP BY 1, 2"
        ),
        {"provider": provider_id, "grants": list(grant_ids), "since": since, "until": until},
    )
    return {(row.grant_id, row.mode): row.hash for row in rows}


async def list_closed_months(tx: Tx, provider_id: str, programme_code: str) -> frozenset[str]:
    """The months of a provider and programme whose statements are closed."""
    query = select(statement.c.month).where(
        statement.c.provider_id == provider_id, statement.c.programme_code == programme_code
    )
    return frozenset((await tx.execute(query)).scalars())


async def list_stated_lines(tx: Tx, provider_id: str, programme_code: str) -> tuple[Line, ...]:
    """Every line of the closed statements of a provider and programme, oldest statement first."""
    query = (
        select(statement_line)
        .join(statement, statement.c.statement_id == statement_line.c.statement_id)
        .where(statement.c.provider_id == provider_id, statement.c.programme_code == programme_code)
        .order_by(statement.c.month, statement_line.c.line_no)
    )
    return tuple(_line(row) for row in (await tx.execute(query)).mappings())


def _line(row: RowMapping) -> Line:
    told = {name: row[name] for name in OWN_FIELDS}
    months = {name: _fraction(row[name]) for name in ("months_before", "months_after")}
    return Line(key=LineKey(**{name: row[name] for name in field_names(LineKey)}), **{**told, **months})


def _fraction(stored: str | None) -> Fraction | None:
    return None if stored is None else Fraction(stored)


async def add_statement(tx: Tx, closed: StatementHead, closing: Closing) -> None:
    """Store a closed statement."""
    await tx.execute(insert(statement).values(**values(closed), **values(closing)))


async def add_lines(tx: Tx, statement_id: str, lines: Sequence[EvidencedLine]) -> None:
    """Store the lines of a closed statement, numbered from 1."""
    for some in at_once(tuple(enumerate(lines, start=1))):
        await tx.execute(insert(statement_line), [_line_values(statement_id, number, line) for number, line in some])


def _line_values(statement_id: str, number: int, stated: EvidencedLine) -> dict[str, Any]:
    line = stated.line
    return {
        "statement_id": statement_id,
        "line_no": number,
        **values(line.key),
        **{name: getattr(line, name) for name in OWN_FIELDS},
        "months_before": None if line.months_before is None else str(line.months_before),
        "months_after": None if line.months_after is None else str(line.months_after),
        "evidence_sha256": stated.evidence_sha256,
    }


async def find_statement(tx: Tx, provider_id: str, programme_code: str, month: str) -> StatementHead | None:
    """A closed statement without its lines, or None."""
    query = select(*columns(statement, StatementHead)).where(
        statement.c.provider_id == provider_id,
        statement.c.programme_code == programme_code,
        statement.c.month == month,
    )
    row = (await tx.execute(query)).first()
    return one(StatementHead, row) if row else None


async def find_evidence(tx: Tx, statement_id: str) -> str | None:
    """The canonical evidence of a closed statement, or None."""
    query = select(statement.c.evidence).where(statement.c.statement_id == statement_id)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def list_lines(tx: Tx, statement_id: str) -> tuple[EvidencedLine, ...]:
    """The lines of a closed statement, in order."""
    query = select(statement_line).where(statement_line.c.statement_id == statement_id)
    rows = (await tx.execute(query.order_by(statement_line.c.line_no))).mappings()
    return tuple(EvidencedLine(_line(row), row["evidence_sha256"]) for row in rows)


async def list_statements(
    tx: Tx, provider_id: str | None, programme_code: str | None, month: str | None, after_id: str, limit: int
) -> tuple[StatementHead, ...]:
    """Closed statements by id, without their evidence."""
    query = select(*columns(statement, StatementHead)).where(statement.c.statement_id > after_id)
    for column, asked in (
        (statement.c.provider_id, provider_id),
        (statement.c.programme_code, programme_code),
        (statement.c.month, month),
    ):
        if asked is not None:
            query = query.where(column == asked)
    return all_of(StatementHead, await tx.execute(query.order_by(statement.c.statement_id).limit(limit)))


async def list_closed(tx: Tx) -> frozenset[tuple[str, str, str]]:
    """(Provider, programme, month) of every closed statement."""
    query = select(statement.c.provider_id, statement.c.programme_code, statement.c.month)
    return frozenset((row.provider_id, row.programme_code, row.month) for row in await tx.execute(query))


async def sum_hours(tx: Tx, programme_code: str | None) -> Sums:
    """The hours of a programme, or of all, over all closed statements."""
    sums = [func.coalesce(func.sum(statement_line.c[name]), 0) for name in field_names(Sums)]
    query = select(*sums).join(statement, statement.c.statement_id == statement_line.c.statement_id)
    if programme_code is not None:
        query = query.where(statement.c.programme_code == programme_code)
    return Sums(*map(int, (await tx.execute(query)).one()))


async def list_versions(tx: Tx, programme_code: str) -> tuple[tuple[dt.datetime, int], ...]:
    """(In force from, version) of every known version of a programme's definition."""
    table = programme_version.c
    query = select(table.in_force_from, table.version).where(table.code == programme_code).order_by(table.version)
    return tuple((row.in_force_from, row.version) for row in await tx.execute(query))
