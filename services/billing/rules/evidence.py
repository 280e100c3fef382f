"""Evidence of a balance: what an officer may judge of it, and what counts (BL-14)."""

from collections.abc import Iterable

from libs.common.errors import Fact, Refusal
from libs.common.keys import fold_key, is_one_person
from services.billing.model.evidence import Claim, ConfirmedElsewhere, Judged
from services.billing.model.self_payments import Receipt
from services.billing.rules.receipts import standing_receipts


def confirmation_refusals(judged: Judged, balance_krw: int, reason: str, by: str) -> tuple[Refusal, ...]:
    """BL-14: Evidence of a self-payment is a document that an officer confirms; the applicant's word opens no gate.

    `balance_krw` is what the officer read from the document, in won, ≥ 0; `reason` is needed where that is not what was
    claimed; `by` is the subject of the officer's token. Whoever claimed the balance never confirms it, evidence is
    judged once, and a document that intake took in under the claim's number has the claim's SHA-256. Returns all
    refusals, none where it can be confirmed. Never raises, nothing to round.

    Example: 9,600,000 claimed, 9,000,000 read: refused without a reason, confirmed as 9,000,000 with one.
    Source: S0 §3–4.
    """
    found = list(_judged_before(judged))
    of_it: dict[str, Fact] = {"evidence": judged.evidence.evidence_id}
    if is_one_person(by, judged.evidence.claimed_by):
        found.append(Refusal("BL-14", "claimant_confirms", of_it))
    if balance_krw != judged.evidence.claimed_krw and not fold_key(reason):
        amounts = {"balance_krw": balance_krw, "claimed_krw": judged.evidence.claimed_krw}
        found.append(Refusal("BL-14", "other_balance_needs_reason", {**of_it, **amounts}))
    if judged.filed is not None and judged.filed.sha256 != judged.evidence.sha256:
        hashes = {"claimed_sha256": judged.evidence.sha256, "filed_sha256": judged.filed.sha256}
        found.append(Refusal("BL-14", "document_differs", {**of_it, **hashes}))
    return tuple(found)


def document_call(judged: Judged) -> str | None:
    """The call that opens the uploaded file of a claim; None where intake told none. Never raises."""
    if judged.filed is None:
        return None
    return f"GET /intake/v1/applications/{judged.filed.application_id}/evidence/{judged.filed.document_id}"


def elsewhere_refusals(judged: Judged, elsewhere: Iterable[ConfirmedElsewhere]) -> tuple[Refusal, ...]:
    """Why a document cannot be confirmed: it stands confirmed for another organisation (BL-14).

    Documents are the same by their SHA-256. The officer who confirms is told whose it is; whoever handed it in learns
    only that it waits. Once that other confirmation is taken back, this one can be given. Never raises.
    """
    return tuple(
        Refusal(
            "BL-14",
            "document_confirmed_elsewhere",
            {
                "evidence": judged.evidence.evidence_id,
                "other_evidence": other.evidence_id,
                "application_id": other.application_id,
                "organisation_id": other.organisation_id,
            },
        )
        for other in elsewhere
    )


def rejection_refusals(judged: Judged) -> tuple[Refusal, ...]:
    """Why evidence cannot be rejected: it was judged before; a rejected document may be handed in again (BL-14)."""
    return _judged_before(judged)


def _judged_before(judged: Judged) -> tuple[Refusal, ...]:
    if judged.state == "awaiting_confirmation":
        return ()
    return (Refusal("BL-14", "evidence_judged", {"evidence": judged.evidence.evidence_id}),)


def taking_back_refusals(judged: Judged) -> tuple[Refusal, ...]:
    """Why a confirmation cannot be taken back: there is none, or it was taken back before (BL-14)."""
    if judged.state == "confirmed":
        return ()
    return (Refusal("BL-14", "evidence_not_confirmed", {"evidence": judged.evidence.evidence_id}),)


def same_claim(known: Iterable[Judged], claim: Claim) -> Judged | None:
    """The claim by the same document that still waits or stands, so that handing it in again changes nothing."""
    open_or_standing = ("awaiting_confirmation", "confirmed")
    return next((one for one in known if one.evidence.sha256 == claim.sha256 and one.state in open_or_standing), None)


def claim_refusal(known: Judged, claim: Claim) -> Refusal | None:
    """Why a document cannot be handed in again while it waits or stands: it was claimed for another balance."""
    if known.evidence.claimed_krw == claim.claimed_krw:
        return None
    facts: dict[str, Fact] = {"evidence": known.evidence.evidence_id, "claimed_krw": known.evidence.claimed_krw}
    return Refusal("BL-14", "document_claimed", facts)


def evidenced_krw(pieces: Iterable[Judged], receipts: Iterable[Receipt]) -> int:
    """The highest balance that counts, in won ≥ 0: of confirmed evidence, and of what was booked before BL-14.

    `receipts` are all of the self-payment; of its evidence those count that no reversal takes back. Never raises.

    Example: 9,000,000 and 9,600,000 confirmed, the second taken back → 9,000,000.
    """
    balances = [piece.balance_krw or 0 for piece in pieces]
    booked = [receipt.amount_krw for receipt in standing_receipts(receipts) if receipt.kind == "evidence"]
    return max((*balances, *booked), default=0)
