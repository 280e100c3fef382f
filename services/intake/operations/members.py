"""Members of organisations: founding, invitations, roles, leaving, and claims on what another one registered (MS-4)."""

import datetime as dt
import secrets

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, NotFound
from libs.common.identity import Caller
from libs.common.lists import Wanted
from services.intake.model.members import Contact, How, Invitation, MemberRole, Membership
from services.intake.operations.belonging import must_manage, must_see, stop
from services.intake.rules import members as rules
from services.intake.settings import SETTINGS
from services.intake.store import members, organisations

CODE_BYTES = 20


async def found(tx: Tx, caller: Caller, organisation_id: str, now: dt.datetime) -> None:
    """Whoever founds an organisation is its first member; the agency founds for others and belongs to none."""
    if rules.is_agency(caller.roles):
        return
    await _set(tx, organisation_id, caller.subject, "manager", "founded", by=caller.subject, now=now)


async def _set(
    tx: Tx, organisation_id: str, subject: str, role: MemberRole | None, how: How, *, by: str, now: dt.datetime
) -> Membership:
    told = Membership(organisation_id, subject, role, now)
    await members.set_member(tx, told, how, by=by)
    return told


async def list_members(tx: Tx, caller: Caller, organisation_id: str, wanted: Wanted) -> tuple[Contact, ...]:
    """One page of an organisation's members with their contacts. Raises NotFound, also for strangers."""
    await must_see(tx, caller, organisation_id)
    await organisations.get_organisation(tx, organisation_id)
    return await members.list_members(tx, organisation_id, wanted)


async def invite(
    tx: Tx, caller: Caller, organisation_id: str, role: MemberRole, subject: str | None, clock: Clock
) -> tuple[Invitation, str]:
    """Invite somebody; returns the invitation and its one-time code, of which the hash alone is kept.

    Raises NotFound, Forbidden for whoever does not manage the organisation, Conflict above the limit.
    """
    await must_manage(tx, caller, organisation_id)
    await organisations.get_organisation(tx, organisation_id)
    await members.lock_members(tx, organisation_id)
    now = clock.now()
    most = SETTINGS.invitations_max
    if rules.too_many(await members.count_open_invitations(tx, organisation_id, now), most):
        raise Conflict("invitations_max_reached", "MS-4", invitations_max=most)
    code = secrets.token_urlsafe(CODE_BYTES)
    until = rules.expiry(now, SETTINGS.invitation_days)
    told = (organisation_id, role, subject, rules.code_key(code))
    return await members.add_invitation(tx, *told, by=caller.subject, now=now, expires_at=until), code


async def list_invitations(
    tx: Tx, caller: Caller, organisation_id: str, wanted: Wanted, now: dt.datetime
) -> tuple[Invitation, ...]:
    """One page of an organisation's invitations. Raises NotFound, also for strangers."""
    await must_see(tx, caller, organisation_id)
    return await members.list_invitations(tx, organisation_id, wanted, now)


async def withdraw_invitation(tx: Tx, caller: Caller, invitation_id: str, clock: Clock) -> Invitation:
    """Take an invitation back; returns it. Raises NotFound, Forbidden, and Refused once it was accepted or is over."""
    known = await members.get_invitation(tx, invitation_id)
    await _must_manage_it(tx, caller, known)
    now = clock.now()
    stop(rules.invitation_refusal(known, known.subject or "", None, now))
    await members.end_invitation(tx, invitation_id, "withdrawn", by=caller.subject, now=now)
    return await members.get_invitation(tx, invitation_id)


async def _must_manage_it(tx: Tx, caller: Caller, known: Invitation) -> None:
    try:
        await must_manage(tx, caller, known.organisation_id)
    except NotFound as error:
        raise NotFound("invitation", known.invitation_id) from error


async def accept(tx: Tx, caller: Caller, code: str, clock: Clock) -> tuple[Invitation, Membership]:
    """Come into an organisation by the code of an invitation; returns both.

    Raises Invalid for a code that nobody gave out, and Refused for one that is another's, used, withdrawn or over, and
    for whoever belongs to the organisation already: his role stays.
    """
    known = await members.find_invitation_by_code(tx, rules.code_key(code))
    if known is None:
        raise Invalid("invitation_unknown", "MS-4")
    await members.lock_members(tx, known.organisation_id)
    now = clock.now()
    record = await members.find_membership(tx, known.organisation_id, caller.subject)
    stop(rules.invitation_refusal(known, caller.subject, record, now))
    await members.end_invitation(tx, known.invitation_id, "accepted", by=caller.subject, now=now)
    by = caller.subject
    came = await _set(tx, known.organisation_id, caller.subject, known.role, "invited", by=by, now=now)
    return await members.get_invitation(tx, known.invitation_id), came


async def change_role(
    tx: Tx, caller: Caller, organisation_id: str, subject: str, role: MemberRole, clock: Clock
) -> Membership:
    """Give a member another role. Raises NotFound, Forbidden, and Refused where nobody would manage any more."""
    await must_manage(tx, caller, organisation_id)
    return await _move(tx, caller, organisation_id, subject, role, "changed", clock)


async def leave(tx: Tx, caller: Caller, organisation_id: str, subject: str, clock: Clock) -> Membership:
    """A member leaves, or is removed by one who manages, or by an officer.

    Raises NotFound, Forbidden for a member who would remove another, Refused for the last one who manages.
    """
    await must_see(tx, caller, organisation_id)
    if subject == caller.subject:
        return await _move(tx, caller, organisation_id, subject, None, "left", clock)
    if "officer" not in caller.roles:
        await must_manage(tx, caller, organisation_id)
    return await _move(tx, caller, organisation_id, subject, None, "removed", clock)


async def _move(
    tx: Tx, caller: Caller, organisation_id: str, subject: str, role: MemberRole | None, how: How, clock: Clock
) -> Membership:
    await members.lock_members(tx, organisation_id)
    record = await members.find_membership(tx, organisation_id, subject)
    claimed = caller.organisation_id if subject == caller.subject else ""
    now_role = rules.role_in(organisation_id, record, claimed)
    if now_role is None:
        raise NotFound("member", subject)
    others = await members.count_managing(tx, organisation_id, but=subject)
    stop(rules.leaves_nobody(now_role, role, others))
    return await _set(tx, organisation_id, subject, role, how, by=caller.subject, now=clock.now())
