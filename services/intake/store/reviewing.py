"""Who may read which application as a reviewer, as review said it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.nouns import all_of, columns, values_of
from services.intake.model.reviewing import ReaderFact, Stage
from services.intake.tables.reviewing import reader_fact

FACT = columns(reader_fact, ReaderFact)


async def add_facts(tx: Tx, facts: Sequence[ReaderFact]) -> None:
    """Keep what review said; the same again changes nothing."""
    if facts:
        await tx.execute(insert(reader_fact).values(values_of(facts)).on_conflict_do_nothing())


async def list_facts(tx: Tx, application_id: str, stage: Stage, reviewer_id: str) -> tuple[ReaderFact, ...]:
    """What is known of one reviewer's reading of an application in a stage."""
    query = select(*FACT).where(
        reader_fact.c.application_id == application_id,
        reader_fact.c.stage == stage,
        reader_fact.c.reviewer_id == reviewer_id,
    )
    return all_of(ReaderFact, await tx.execute(query))
