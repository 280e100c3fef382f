"""Who belongs to which organisation, how one comes in and goes, and what a member may do (MS-4)."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable

from libs.common.errors import Refusal
from libs.common.keys import fold_key
from services.intake.model.members import (
    MANAGES,
    Claim,
    Invitation,
    InvitationState,
    MemberRole,
    Membership,
)


def role_in(organisation_id: str, record: Membership | None, claimed: str) -> MemberRole | None:
    """MS-4: A person acts for an organisation as Dure's own record says; a token proves the person, not the membership.

    Where something is on record of him and this organisation it alone counts, also that he left.
    Where nothing is, the organisation that his token names (`claimed`, empty for none) is his as a manager: so the
    organisations that were there before this record go on. None: nothing of it is his. Never raises.

    Example: a founder whose token names nobody → manager; a token that names O-000007 of whoever left it → None.
    Source: S0 §8, S2 §5.
    """
    if record is not None:
        return record.role
    return "manager" if claimed != "" and claimed == organisation_id else None


def own_organisations(records: Iterable[Membership], claimed: str) -> frozenset[str]:
    """The organisations for which a person acts, by the same rule over all that is on record of him. Never raises."""
    known = {one.organisation_id: one for one in records}
    named = {*known, claimed} - {""}
    return frozenset(one for one in named if role_in(one, known.get(one), claimed) is not None)


def manages(role: MemberRole | None) -> bool:
    """Whether a member with this role keeps the members, invitations and facts of his organisation."""
    return role in MANAGES


def leaves_nobody(role_now: MemberRole | None, role_then: MemberRole | None, others_managing: int) -> Refusal | None:
    """Why a member cannot change or give up his role: nobody would be left who keeps the members.

    `others_managing` counts the others who do. None where he may, and for whoever never kept them.
    """
    if not manages(role_now) or manages(role_then) or others_managing > 0:
        return None
    return Refusal("MS-4", "last_manager", {})


def code_key(code: str) -> str:
    """By what a one-time code is kept and found: the SHA-256 of its characters without blanks around them."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def expiry(now: dt.datetime, days: int) -> dt.datetime:
    """Until when an invitation may be accepted: so many times 24 hours from now; the instant itself is too late."""
    return now + dt.timedelta(days=days)


def invitation_state(found: Invitation, now: dt.datetime) -> InvitationState:
    """Where an invitation stands at an instant: one that is open expires at the end of its term."""
    return "expired" if found.state == "open" and now >= found.expires_at else found.state


def invitation_refusal(found: Invitation, subject: str, record: Membership | None, now: dt.datetime) -> Refusal | None:
    """Why a person cannot accept an invitation: it is another's, over, withdrawn or used; or he belongs already.

    Whoever belongs to the organisation keeps his role, and the invitation stays open. Never raises.
    """
    if found.subject not in {None, subject}:
        return Refusal("MS-4", "invitation_of_another", {})
    state = invitation_state(found, now)
    if state == "accepted":
        return Refusal("MS-4", "invitation_used", {})
    if state != "open":
        until = found.expires_at.isoformat()
        code = "invitation_expired" if state == "expired" else "invitation_withdrawn"
        return Refusal("MS-4", code, {"until": until})
    if record is not None and record.role is not None:
        return Refusal("MS-4", "member_already", {"member_role": record.role})
    return None


def too_many(count: int, most: int) -> bool:
    """Whether one more would be more than there may be."""
    return count >= most


def open_claim_refusal(found: Claim) -> Refusal | None:
    """Why a claim is decided or taken back no more: it was already. None while it is open."""
    if found.state == "open":
        return None
    return Refusal("MS-4", "claim_decided", {"claim": found.claim_id, "claim_state": found.state})


def own_case(claim: Claim, subject: str) -> Refusal | None:
    """Why an officer cannot decide a claim: it is his own, however he is spelt (BL-13). None for anyone else's."""
    if fold_key(claim.claimant) != fold_key(subject):
        return None
    return Refusal("MS-4", "claim_of_ones_own", {"claim": claim.claim_id})


def is_agency(roles: Collection[str]) -> bool:
    """Whether somebody is of the agency, who founds organisations for others and belongs to none."""
    return "applicant" not in roles
