"""What screening found, what officers decided, and checks of providers: appended, never edited."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.intake.model import Decision, Finding
from services.intake.store.programmes import next_id
from services.intake.tables import provider_check, screening_decision, screening_run

DECISIONS_MAX = 1_000


class Run(NamedTuple):
    """One screening of an application: `step` is `submission`, `new_facts` or `agreement`."""

    run: int
    step: str
    programme_version: int
    findings: tuple[Finding, ...]
    at: dt.datetime


def told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [{"rule_id": f.rule_id, "outcome": f.outcome, "code": f.code, "facts": dict(f.facts)} for f in findings]


def read(rows: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Findings from their JSON."""
    return tuple(Finding(row["rule_id"], row["outcome"], row["code"], row["facts"]) for row in rows)


async def add_run(
    tx: Tx, application_id: str, step: str, findings: Sequence[Finding], *, programme_version: int, now: dt.datetime
) -> None:
    """Append a screening to an application's."""
    last = await latest_run(tx, application_id)
    await tx.execute(
        insert(screening_run).values(
            application_id=application_id,
            run=1 if last is None else last.run + 1,
            step=step,
            programme_version=programme_version,
            findings=told(findings),
            at=now,
        )
    )


async def runs_of(tx: Tx, application_id: str) -> list[Run]:
    """All screenings of an application, oldest first."""
    query = select(screening_run).where(screening_run.c.application_id == application_id).order_by(screening_run.c.run)
    rows = (await tx.execute(query)).mappings()
    return [Run(r["run"], r["step"], r["programme_version"], read(r["findings"]), r["at"]) for r in rows]


async def latest_run(tx: Tx, application_id: str) -> Run | None:
    """The newest screening; None where there was none."""
    runs = await runs_of(tx, application_id)
    return runs[-1] if runs else None


async def add_decision(tx: Tx, application_id: str, decision: Decision, *, programme_version: int) -> None:
    """Append an officer's decision, with what it was made on."""
    await tx.execute(
        insert(screening_decision).values(
            application_id=application_id,
            rule_id=decision.rule_id,
            outcome=decision.outcome,
            reason=decision.reason,
            decided_on=told(decision.decided_on),
            programme_version=programme_version,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
        )
    )


async def decisions_of(tx: Tx, application_id: str) -> list[Decision]:
    """All decisions on an application, oldest first."""
    table = screening_decision.c
    query = select(table.rule_id, table.outcome, table.reason, table.decided_by, table.decided_at, table.decided_on)
    rows = await tx.execute(query.where(table.application_id == application_id).order_by(table.id).limit(DECISIONS_MAX))
    return [Decision(*row[:5], read(row[5])) for row in rows]


async def add_provider_check(tx: Tx, values: Mapping[str, Any]) -> str:
    """Keep a check of a provider under a new id; returns the id."""
    check_id = await next_id(tx, "PC", "provider_check_seq")
    await tx.execute(insert(provider_check).values(check_id=check_id, **values))
    return check_id


async def get_provider_check(tx: Tx, check_id: str) -> dict[str, Any]:
    """One check of a provider. Raises NotFound."""
    query = select(provider_check).where(provider_check.c.check_id == check_id)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("provider check", check_id)
    return dict(row)
