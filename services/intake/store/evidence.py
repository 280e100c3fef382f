"""The rows of evidence files."""

from sqlalchemy import func, insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, columns, one, values
from services.intake.model.evidence import EvidenceFile
from services.intake.store.programmes import new_id
from services.intake.tables.evidence import evidence_file

EVIDENCE = columns(evidence_file, EvidenceFile)
FILES_MAX = 1_000


async def add_evidence(tx: Tx, new: EvidenceFile) -> EvidenceFile:
    """Keep a file's row under a new id."""
    row = {**values(new), "evidence_id": new_id("E", "evidence_seq")}
    return one(EvidenceFile, (await tx.execute(insert(evidence_file).values(**row).returning(*EVIDENCE))).one())


async def list_evidence(tx: Tx, application_id: str) -> tuple[EvidenceFile, ...]:
    """An application's evidence files by number; there are no more than an application may have."""
    query = select(*EVIDENCE).where(evidence_file.c.application_id == application_id)
    rows = await tx.execute(query.order_by(*by_number(evidence_file.c.evidence_id)).limit(FILES_MAX))
    return all_of(EvidenceFile, rows)


async def count_evidence(tx: Tx, application_id: str) -> int:
    """How many evidence files an application has."""
    query = select(func.count()).where(evidence_file.c.application_id == application_id)
    return int((await tx.execute(query)).scalar_one())


async def get_evidence(tx: Tx, application_id: str, evidence_id: str) -> EvidenceFile:
    """One file of an application. Raises NotFound."""
    query = select(*EVIDENCE).where(
        evidence_file.c.application_id == application_id, evidence_file.c.evidence_id == evidence_id
    )
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("document", evidence_id)
    return one(EvidenceFile, row)
