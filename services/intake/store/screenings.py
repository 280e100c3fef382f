"""What screening found and what officers decided: appended, never edited; none of it is left out of an answer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from libs.common.db import Tx
from libs.common.errors import Fact
from libs.common.nouns import as_json, read
from services.intake.model.findings import Decision, Finding, Run, ScreeningStep
from services.intake.tables.screenings import screening_decision, screening_run

RUN = [screening_run.c[name] for name in ("run", "step", "programme_version", "findings", "at", "organisation_version")]
DECISION = [
    screening_decision.c[name] for name in ("rule_id", "outcome", "reason", "decided_by", "decided_at", "decided_on")
]


MARKS = ("-", "∞")
MARKED = frozenset({"until", "running_until", "born_on_or_after", "window_from", "window_until", "most", "said"})
"""Facts in which earlier releases wrote a mark where there is nothing to tell."""


async def add_run(
    tx: Tx,
    application_id: str,
    step: ScreeningStep,
    findings: Sequence[Finding],
    *,
    programme_version: int,
    now: dt.datetime,
    organisation_version: int | None = None,
) -> Run:
    """Append a screening to an application's; returns it."""
    table = screening_run.c
    last = select(func.coalesce(func.max(table.run), 0)).where(table.application_id == application_id)
    row = insert(screening_run).values(
        application_id=application_id,
        run=last.scalar_subquery() + 1,
        step=step,
        programme_version=programme_version,
        findings=as_json(tuple(findings)),
        at=now,
        organisation_version=organisation_version,
    )
    return _run((await tx.execute(row.returning(*RUN))).one())


_NEWEST = select(func.max(screening_run.c.run)).where(screening_run.c.application_id == bindparam("id"))
_STANDING = (
    select(*RUN, *DECISION)
    .outerjoin(screening_decision, screening_decision.c.application_id == screening_run.c.application_id)
    .where(screening_run.c.application_id == bindparam("id"), screening_run.c.run == _NEWEST.scalar_subquery())
    .order_by(screening_decision.c.id)
)


async def find_standing(tx: Tx, application_id: str) -> tuple[Run | None, tuple[Decision, ...]]:
    """An application's newest screening, None where there was none, and all decisions on it, oldest first."""
    rows = (await tx.execute(_STANDING, {"id": application_id})).all()
    if not rows:
        return None, ()
    decided = [row[len(RUN) :] for row in rows]
    return _run(rows[0][: len(RUN)]), tuple(_decision(row) for row in decided if row[0] is not None)


async def find_latest_run(tx: Tx, application_id: str) -> Run | None:
    """The newest screening; None where there was none."""
    query = select(*RUN).where(screening_run.c.application_id == application_id)
    row = (await tx.execute(query.order_by(screening_run.c.run.desc()).limit(1))).first()
    return None if row is None else _run(row)


async def list_runs(tx: Tx, application_id: str) -> tuple[Run, ...]:
    """All screenings of an application, oldest first."""
    query = select(*RUN).where(screening_run.c.application_id == application_id)
    return tuple(_run(row) for row in await tx.execute(query.order_by(screening_run.c.run)))


def _run(row: Sequence[Any]) -> Run:
    run, step, version, findings, at, organisation_version = row
    return Run(run, step, version, findings_of(findings), at, organisation_version)


def findings_of(kept: Any) -> tuple[Finding, ...]:
    """The findings that a JSON column keeps; a mark for nothing is nothing, so that older decisions still stand."""
    return tuple(replace(one, facts=_without_marks(one.facts)) for one in read(tuple[Finding, ...], kept))


def _without_marks(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    return {name: None if name in MARKED and value in MARKS else value for name, value in facts.items()}


def _decision(row: Sequence[Any]) -> Decision:
    rule_id, outcome, reason, decided_by, decided_at, decided_on = row
    return Decision(rule_id, outcome, reason, decided_by, decided_at, findings_of(decided_on))


async def add_decision(tx: Tx, application_id: str, decision: Decision, *, programme_version: int) -> None:
    """Append an officer's decision, with what it was made on."""
    await tx.execute(
        insert(screening_decision).values(
            application_id=application_id,
            rule_id=decision.rule_id,
            outcome=decision.outcome,
            reason=decision.reason,
            decided_on=as_json(decision.decided_on),
            programme_version=programme_version,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
        )
    )


async def list_decisions(tx: Tx, application_id: str) -> tuple[Decision, ...]:
    """All decisions on an application, oldest first."""
    query = select(*DECISION).where(screening_decision.c.application_id == application_id)
    rows = await tx.execute(query.order_by(screening_decision.c.id))
    return tuple(_decision(row) for row in rows)
