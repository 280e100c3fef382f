"""The canonical evidence of a statement: what its hash is taken over, as plain JSON."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from services.metering.model.grants import GrantHistory, Outage
from services.metering.model.statements import EvidencedLine, Gap, StatementHead
from services.metering.model.time import instant_of
from services.metering.rules.statement import AMOUNTS


def line_document(stated: EvidencedLine) -> dict[str, Any]:
    """A statement line as plain JSON: whole numbers, exact fractions as text, instants in UTC."""
    line, key = stated.line, stated.line.key
    return {
        "grant_id": key.grant_id,
        "period": key.period,
        "pricing": key.pricing,
        "mode": key.mode,
        "priced_product": key.priced_product,
        "priced_units": key.priced_units,
        "payable": key.payable,
        **{name: getattr(line, name) for name in AMOUNTS},
        "adjustment": line.adjustment,
        "utilisation_pct": line.utilisation_pct,
        "months_before": None if line.months_before is None else str(line.months_before),
        "months_after": None if line.months_after is None else str(line.months_after),
        "starts_at": line.starts_at.isoformat(),
        "delivered_at": line.delivered_at.isoformat(),
        "ends_at": line.ends_at.isoformat(),
        "evidence_sha256": stated.evidence_sha256,
    }


def evidence_document(
    head: StatementHead,
    rule_id: str,
    lines: Iterable[EvidencedLine],
    gaps: Iterable[Gap],
    histories: Sequence[GrantHistory],
    outages: Iterable[Outage],
) -> dict[str, Any]:
    """The lines, the gaps, the facts they rest on and the policy's version; times of ours are not in it."""
    return {
        "statement_id": head.statement_id,
        "programme_version": head.programme_version,
        "rule_id": rule_id,
        "lines": [line_document(line) for line in lines],
        "gaps": [
            {
                "grant_id": gap.grant_id,
                "session_id": gap.session_id or None,
                "hour": instant_of(gap.hour_us).isoformat(),
                "units": gap.units,
            }
            for gap in gaps
        ],
        "waits": [
            {
                "grant_id": history.placement.grant_id,
                "session_id": wait.session_id,
                "requested_at": instant_of(wait.requested_us).isoformat(),
                "ended_at": instant_of(wait.ended_us).isoformat(),
                "unit_hours": wait.unit_hours,
            }
            for history in histories
            for wait in history.waits
        ],
        "outages": [
            {
                "outage_id": outage.outage_id,
                "scope_kind": outage.scope_kind,
                "scope_id": outage.scope_id,
                "started_at": outage.started_at.isoformat(),
                "ended_at": _told(outage.ended_at),
            }
            for outage in outages
        ],
        **_zero_priced(head.month, histories),
    }


def _zero_priced(month: str, histories: Sequence[GrantHistory]) -> dict[str, Any]:
    """The months priced at zero that have begun, of the products stated; the field is left out where there are none."""
    periods = {period for history in histories for period in history.zero_priced}
    begun = [period for period in periods if period.first_month <= month]
    if not begun:
        return {}
    begun.sort(key=lambda period: (period.product, period.mode, period.first_month))
    return {"zero_priced": [period._asdict() for period in begun]}


def _told(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
