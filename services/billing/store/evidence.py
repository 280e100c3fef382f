"""Evidence of balances and what was judged of it: both appended."""

import datetime as dt

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, by_number, columns, values
from services.billing.model.evidence import (
    Claim,
    ConfirmedElsewhere,
    Evidence,
    FiledDocument,
    Judged,
    Judgement,
    Outcome,
    filed_of,
)
from services.billing.tables.self_payments import (
    evidence_judgement,
    evidence_no,
    filed_document,
    self_payment,
    self_payment_evidence,
)


async def add_evidence(tx: Tx, application_id: str, claim: Claim, by: str, now: dt.datetime) -> Evidence:
    """Append a claim; returns it with its id."""
    number = (await tx.execute(select(evidence_no.next_value()))).scalar_one()
    evidence = Evidence(
        evidence_id=f"EV-{number:06}",
        application_id=application_id,
        claimed_krw=claim.claimed_krw,
        sha256=claim.sha256,
        file_name=claim.file_name,
        document_id=claim.document_id,
        claimed_by=by,
        claimed_at=now,
    )
    await tx.execute(insert(self_payment_evidence).values(values(evidence)))
    return evidence


async def add_judgement(tx: Tx, judgement: Judgement) -> None:
    """Append what an officer judged; the same outcome twice is refused by the table."""
    await tx.execute(insert(evidence_judgement).values(values(judgement)))


async def list_evidence(tx: Tx, application_id: str) -> tuple[Judged, ...]:
    """All evidence of an application with what was judged of it, oldest first."""
    mine = self_payment_evidence.c.application_id == application_id
    query = (
        select(*columns(self_payment_evidence, Evidence))
        .where(mine)
        .order_by(*by_number(self_payment_evidence.c.evidence_id))
    )
    pieces = all_of(Evidence, await tx.execute(query))
    filed = await list_filed(tx, application_id)
    judged = (
        select(*columns(evidence_judgement, Judgement))
        .join(self_payment_evidence, self_payment_evidence.c.evidence_id == evidence_judgement.c.evidence_id)
        .where(mine)
        .order_by(evidence_judgement.c.judged_at, evidence_judgement.c.outcome)
    )
    judgements = all_of(Judgement, await tx.execute(judged))
    return tuple(
        Judged(
            piece,
            tuple(one for one in judgements if one.evidence_id == piece.evidence_id),
            filed_of(piece, filed),
        )
        for piece in pieces
    )


async def add_filed(tx: Tx, told: FiledDocument) -> None:
    """Keep which file intake took in; the same again changes nothing."""
    await tx.execute(upsert(filed_document).values(values(told)).on_conflict_do_nothing())


async def list_filed(tx: Tx, application_id: str) -> tuple[FiledDocument, ...]:
    """The files that intake took in for an application after its selection."""
    query = select(*columns(filed_document, FiledDocument)).where(filed_document.c.application_id == application_id)
    return all_of(FiledDocument, await tx.execute(query.order_by(*by_number(filed_document.c.document_id))))


async def get_evidence(tx: Tx, application_id: str, evidence_id: str) -> Judged:
    """One piece of an application's evidence. Raises NotFound."""
    for judged in await list_evidence(tx, application_id):
        if judged.evidence.evidence_id == evidence_id:
            return judged
    raise NotFound("evidence", evidence_id)


async def list_confirmed_elsewhere(tx: Tx, sha256: str, organisation_id: str) -> tuple[ConfirmedElsewhere, ...]:
    """Where the same document stands confirmed for other organisations, by number."""
    piece, said = self_payment_evidence.c, evidence_judgement.c

    def judged(outcome: Outcome) -> ColumnElement[bool]:
        return exists().where(said.evidence_id == piece.evidence_id, said.outcome == outcome)

    query = (
        select(piece.evidence_id, piece.application_id, self_payment.c.organisation_id)
        .join(self_payment, self_payment.c.application_id == piece.application_id)
        .where(
            piece.sha256 == sha256,
            self_payment.c.organisation_id != organisation_id,
            judged("confirmed"),
            ~judged("taken_back"),
        )
        .order_by(*by_number(piece.evidence_id))
    )
    return all_of(ConfirmedElsewhere, await tx.execute(query))
