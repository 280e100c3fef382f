"""Statements: what they are computed from, and what the closed ones said."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from libs.common.db import Tx
from services.metering.model.grants import Mode
from services.metering.model.statements import Line, LineKey
from services.metering.model.time import us_of
from services.metering.model.usage import HourTotal

LINE_COLUMNS = (
    "grant_id, period, adjustment, pricing, mode, priced_product, priced_units, payable, held_unit_s,"
    " billable_unit_hours, discounted_unit_hours, outage_unit_hours, unmatched_unit_hours, gap_unit_hours,"
    " usage_events, utilisation_pct, months_before, months_after, starts_at, delivered_at, ends_at, evidence_sha256"
)


async def hour_totals(
    tx: Tx, provider_id: str, grant_ids: Sequence[str], until: dt.datetime
) -> dict[str, dict[str, dict[int, HourTotal]]]:
    """Grant id → session id → hour (µs) → total, of every hour before `until`."""
    rows = await tx.execute(
        text(
            "SELECT grant_id, session_id, hour, held_s, held_unit_s, utilisation_weight, events FROM usage_hour"
            " WHERE provider_id = :provider AND grant_id = ANY(:grants) AND hour < :until AND events > 0"
        ),
        {"provider": provider_id, "grants": list(grant_ids), "until": until},
    )
    found: dict[str, dict[str, dict[int, HourTotal]]] = {}
    for grant_id, session_id, hour, *total in rows:
        found.setdefault(grant_id, {}).setdefault(session_id, {})[us_of(hour)] = HourTotal(*total)
    return found


async def evidence_hashes(
    tx: Tx, provider_id: str, grant_ids: Iterable[str], since: dt.datetime, until: dt.datetime
) -> dict[tuple[str, Mode], str]:
    """(Grant, mode) → SHA-256 over the canonical list of [source, id] of the events that count in `[since, until)`.

    The list is JSON as RFC 8785 writes it, by id in code point order; events replaced by a correction are not in
    it. An event belongs to its session's mode, else to its grant's. One pass over the hours asked for.
    """
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
            " AND c.corrects = e.event_id)"
            " GROUP BY 1, 2"
        ),
        {"provider": provider_id, "grants": list(grant_ids), "since": since, "until": until},
    )
    return {(row.grant_id, row.mode): row.hash for row in rows}


async def closed_months(tx: Tx, provider_id: str, programme_code: str) -> frozenset[str]:
    """The months of a provider and programme whose statements are closed."""
    rows = await tx.execute(
        text("SELECT month FROM statement WHERE provider_id = :provider AND programme_code = :programme"),
        {"provider": provider_id, "programme": programme_code},
    )
    return frozenset(row.month for row in rows)


async def stated_lines(tx: Tx, provider_id: str, programme_code: str) -> list[Line]:
    """Every line of the closed statements of a provider and programme, oldest statement first."""
    rows = await tx.execute(
        text(
            f"SELECT {LINE_COLUMNS} FROM statement_line JOIN statement USING (statement_id)"
            " WHERE provider_id = :provider AND programme_code = :programme ORDER BY month, line_no"
        ),
        {"provider": provider_id, "programme": programme_code},
    )
    return [line_of(dict(row)) for row in rows.mappings()]


def line_of(row: Mapping[str, Any]) -> Line:
    """A stored line as a noun."""
    key = {name: row[name] for name in LineKey.__slots__}
    rest = {name: row[name] for name in Line.__slots__ if name in row}
    rest |= {name: _fraction(row[name]) for name in ("months_before", "months_after")}
    return Line(key=LineKey(**key), **rest)


def _fraction(stored: str | None) -> Fraction | None:
    return None if stored is None else Fraction(stored)


async def insert_statement(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a closed statement."""
    await tx.execute(
        text(
            "INSERT INTO statement (statement_id, provider_id, programme_code, month, programme_version, rule_id,"
            " closed_at, closed_by, due_at, sha256, evidence) VALUES (:statement_id, :provider_id, :programme_code,"
            " :month, :programme_version, :rule_id, :closed_at, :closed_by, :due_at, :sha256, :evidence)"
        ),
        row,
    )


async def insert_lines(tx: Tx, statement_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Store the lines of a closed statement, numbered from 1."""
    if not lines:
        return
    names = LINE_COLUMNS.replace(" ", "").split(",")
    values = ", ".join(f":{name}" for name in names)
    await tx.execute(
        text(f"INSERT INTO statement_line (statement_id, line_no, {LINE_COLUMNS}) VALUES (:statement, :no, {values})"),
        [{"statement": statement_id, "no": no, **line} for no, line in enumerate(lines, 1)],
    )


async def find(tx: Tx, provider_id: str, programme_code: str, month: str) -> dict[str, Any] | None:
    """A closed statement without its lines, or None."""
    query = text(
        "SELECT * FROM statement WHERE provider_id = :provider AND programme_code = :programme AND month = :month"
    )
    parameters = {"provider": provider_id, "programme": programme_code, "month": month}
    row = (await tx.execute(query, parameters)).mappings().first()
    return dict(row) if row else None


async def lines_of(tx: Tx, statement_id: str) -> list[dict[str, Any]]:
    """The lines of a closed statement, in order."""
    rows = await tx.execute(
        text(f"SELECT line_no, {LINE_COLUMNS} FROM statement_line WHERE statement_id = :id ORDER BY line_no"),
        {"id": statement_id},
    )
    return [dict(row) for row in rows.mappings()]


async def page(
    tx: Tx, provider_id: str | None, programme_code: str | None, month: str | None, after_id: str, limit: int
) -> list[dict[str, Any]]:
    """Closed statements by id, without their evidence."""
    rows = await tx.execute(
        text(
            "SELECT statement_id, provider_id, programme_code, month, programme_version, closed_at, due_at, sha256"
            " FROM statement WHERE (cast(:provider AS text) IS NULL OR provider_id = :provider)"
            " AND (cast(:programme AS text) IS NULL OR programme_code = :programme)"
            " AND (cast(:month AS text) IS NULL OR month = :month)"
            " AND statement_id > :after ORDER BY statement_id LIMIT :limit"
        ),
        {
            "provider": provider_id,
            "programme": programme_code,
            "month": month,
            "after": after_id,
            "limit": limit,
        },
    )
    return [dict(row) for row in rows.mappings()]


async def closed_pairs(tx: Tx) -> set[tuple[str, str, str]]:
    """(Provider, programme, month) of every closed statement."""
    rows = await tx.execute(text("SELECT provider_id, programme_code, month FROM statement"))
    return {(row.provider_id, row.programme_code, row.month) for row in rows}


async def sums(tx: Tx, programme_code: str) -> dict[str, int]:
    """The hours of a programme over all closed statements."""
    row = await tx.execute(
        text(
            "SELECT coalesce(sum(billable_unit_hours), 0) AS billable_unit_hours,"
            " coalesce(sum(discounted_unit_hours), 0) AS discounted_unit_hours,"
            " coalesce(sum(outage_unit_hours), 0) AS outage_unit_hours,"
            " coalesce(sum(unmatched_unit_hours), 0) AS unmatched_unit_hours,"
            " coalesce(sum(gap_unit_hours), 0) AS gap_unit_hours"
            " FROM statement_line JOIN statement USING (statement_id) WHERE programme_code = :programme"
        ),
        {"programme": programme_code},
    )
    return {name: int(value) for name, value in row.mappings().one().items()}


async def versions(tx: Tx, programme_code: str) -> list[tuple[dt.datetime, int]]:
    """(In force from, version) of every known version of a programme's definition."""
    rows = await tx.execute(
        text("SELECT in_force_from, version FROM programme_version WHERE code = :code ORDER BY version"),
        {"code": programme_code},
    )
    return [(row.in_force_from, row.version) for row in rows]
