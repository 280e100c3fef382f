"""Take in evidence of a balance: somebody claims it by a document, an officer confirms, rejects or takes it back."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.events.intake import EvidenceFiled
from libs.common.identity import Caller
from services.billing.model.evidence import Claim, FiledDocument, Judgement
from services.billing.model.self_payments import Contribution
from services.billing.operations.receipts import keep_received, of_flow, refuse
from services.billing.operations.turns import take_turn
from services.billing.rules.evidence import (
    claim_refusal,
    confirmation_refusals,
    elsewhere_refusals,
    evidenced_krw,
    rejection_refusals,
    same_claim,
    taking_back_refusals,
)
from services.billing.store import evidence, receipts, self_payments


async def hear_filed(tx: Tx, event: EvidenceFiled, _: Clock) -> None:
    """Keep which file intake took in for an application, whoever claims with it later, or did before (BL-14)."""
    told = FiledDocument(
        event.application_id, event.evidence_id, event.kind, event.file_name, event.sha256, event.filed_at
    )
    await evidence.add_filed(tx, told)


async def show_evidence(tx: Tx, caller: Caller, application_id: str, claim: Claim, clock: Clock) -> Contribution:
    """Take a claim of the balance on the dedicated account with its document; it opens nothing until it is confirmed.

    The same document again changes nothing while it waits or stands; rejected or taken back, it may be handed in again.
    Raises NotFound, PolicyMissing, and Conflict for another flow or where the document was claimed for another balance.
    """
    now = await take_turn(tx, clock)
    noun = await of_flow(tx, caller, application_id, "own_account", now)
    known = same_claim(await evidence.list_evidence(tx, application_id), claim)
    if known is not None:
        refuse(claim_refusal(known, claim))
        return noun
    await evidence.add_evidence(tx, application_id, claim, caller.subject, now)
    await self_payments.change_self_payment(tx, noun)
    return noun


async def confirm_evidence(
    tx: Tx, caller: Caller, application_id: str, evidence_id: str, balance_krw: int, reason: str, clock: Clock
) -> Contribution:
    """Confirm the balance that was read from the document: from now on it counts, and the full amount opens the gate.

    Raises NotFound, and Refused for whoever claimed it, where it was judged before, for another balance than the
    claimed one without a reason, where intake took in another document than the claimed one, and where the document
    stands confirmed for another organisation.
    """
    now = await take_turn(tx, clock)
    noun = await of_flow(tx, caller, application_id, "own_account", now)
    judged = await evidence.get_evidence(tx, application_id, evidence_id)
    elsewhere = await evidence.list_confirmed_elsewhere(tx, judged.evidence.sha256, noun.organisation_id)
    refusals = (
        *confirmation_refusals(judged, balance_krw, reason, caller.subject),
        *elsewhere_refusals(judged, elsewhere),
    )
    if refusals:
        raise Refused(refusals)
    return await _judge(tx, noun, Judgement(evidence_id, "confirmed", balance_krw, reason, caller.subject, now))


async def reject_evidence(
    tx: Tx, caller: Caller, application_id: str, evidence_id: str, reason: str, clock: Clock
) -> Contribution:
    """Reject a document, with a reason. Raises NotFound, and Refused where it was judged before."""
    now = await take_turn(tx, clock)
    noun = await of_flow(tx, caller, application_id, "own_account", now)
    judged = await evidence.get_evidence(tx, application_id, evidence_id)
    if refusals := rejection_refusals(judged):
        raise Refused(refusals)
    return await _judge(tx, noun, Judgement(evidence_id, "rejected", None, reason, caller.subject, now))


async def take_evidence_back(
    tx: Tx, caller: Caller, application_id: str, evidence_id: str, reason: str, clock: Clock
) -> Contribution:
    """Take a confirmation back that was wrong, with a reason: it counts no more, and the gate is told (F-16).

    A grant that is in use already stays in use; its self-payment is due again. Raises NotFound, and Refused where
    nothing is confirmed.
    """
    now = await take_turn(tx, clock)
    noun = await of_flow(tx, caller, application_id, "own_account", now)
    judged = await evidence.get_evidence(tx, application_id, evidence_id)
    if refusals := taking_back_refusals(judged):
        raise Refused(refusals)
    return await _judge(tx, noun, Judgement(evidence_id, "taken_back", None, reason, caller.subject, now))


async def _judge(tx: Tx, noun: Contribution, judgement: Judgement) -> Contribution:
    await evidence.add_judgement(tx, judgement)
    if judgement.outcome == "rejected":
        return noun
    pieces = await evidence.list_evidence(tx, noun.application_id)
    shown_krw = evidenced_krw(pieces, await receipts.list_receipts(tx, noun.application_id))
    return await keep_received(tx, noun, replace(noun, evidenced_krw=shown_krw), judgement.judged_at)
