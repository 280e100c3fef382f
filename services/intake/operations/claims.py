"""Claims on an organisation that another one registered: an officer decides, with a reason (MS-4, F-44)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound
from libs.common.identity import Caller
from services.intake.model.members import Claim, ClaimState, Membership
from services.intake.operations.belonging import role_of, stop
from services.intake.rules import members as rules
from services.intake.rules.business_number import checked_business_number
from services.intake.settings import SETTINGS
from services.intake.store import members, organisations


async def claim(tx: Tx, caller: Caller, business_no: str, reason: str, clock: Clock) -> Claim:
    """Claim to act for the organisation of a business number; the same claim again is the one that is open.

    Raises Invalid for a wrong number, Conflict for one that nobody registered, for one's own organisation, and above
    the limit on open claims.
    """
    number = checked_business_number(business_no, "business_number_wrong")
    known = await organisations.find_organisation_by_number(tx, number)
    if known is None:
        raise Conflict("business_number_free", "MS-4", business_no=number)
    role = await role_of(tx, caller, known.organisation_id)
    if role is not None:
        raise Conflict("member_already", "MS-4", member_role=role)
    waiting = await members.find_open_claim(tx, known.organisation_id, caller.subject)
    if waiting is not None:
        return waiting
    most = SETTINGS.claims_max
    if rules.too_many(await members.count_open_claims(tx, caller.subject), most):
        raise Conflict("claims_max_reached", "MS-4", claims_max=most)
    return await members.add_claim(tx, known.organisation_id, caller.subject, reason, clock.now())


async def show(tx: Tx, caller: Caller, claim_id: str) -> Claim:
    """One claim, to its claimant and the agency. Raises NotFound, also for others."""
    found = await members.get_claim(tx, claim_id)
    if not (caller.sees_all() or found.claimant == caller.subject):
        raise NotFound("organisation claim", claim_id)
    return found


async def decide(tx: Tx, caller: Caller, claim_id: str, *, accepted: bool, reason: str, clock: Clock) -> Claim:
    """An officer decides a claim: accepted, the claimant manages the organisation. Raises NotFound, Refused."""
    found = await members.get_claim(tx, claim_id, for_update=True)
    stop(rules.open_claim_refusal(found))
    stop(rules.own_case(found, caller.subject))
    await members.lock_members(tx, found.organisation_id)
    now = clock.now()
    if accepted:
        told = Membership(found.organisation_id, found.claimant, "manager", now)
        await members.set_member(tx, told, "claimed", by=caller.subject)
    state: ClaimState = "accepted" if accepted else "refused"
    return await members.end_claim(tx, claim_id, state, by=caller.subject, now=now, decision=reason)


async def withdraw(tx: Tx, caller: Caller, claim_id: str, clock: Clock) -> Claim:
    """The claimant takes his claim back. Raises NotFound for others, Refused once it was decided."""
    found = await members.get_claim(tx, claim_id, for_update=True)
    if found.claimant != caller.subject:
        raise NotFound("organisation claim", claim_id)
    stop(rules.open_claim_refusal(found))
    now = clock.now()
    return await members.end_claim(tx, claim_id, "withdrawn", by=caller.subject, now=now, decision=None)
