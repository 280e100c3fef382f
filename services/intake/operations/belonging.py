"""For which organisations a caller acts: the one place in which intake finds it out (MS-4)."""

from libs.common.db import Tx
from libs.common.errors import Forbidden, NotFound, Refusal, Refused
from libs.common.identity import Caller
from services.intake.model.members import MemberRole
from services.intake.rules import members as rules
from services.intake.store import members


async def role_of(tx: Tx, caller: Caller, organisation_id: str) -> MemberRole | None:
    """What the caller is to an organisation; None where nothing, and for the agency's own people."""
    if caller.sees_all():
        return None
    record = await members.find_membership(tx, organisation_id, caller.subject)
    return rules.role_in(organisation_id, record, caller.organisation_id)


async def sees(tx: Tx, caller: Caller, organisation_id: str) -> bool:
    """Whether what is an organisation's may be shown to the caller: to its members and to the agency."""
    return caller.sees_all() or await role_of(tx, caller, organisation_id) is not None


async def own_ids(tx: Tx, caller: Caller) -> frozenset[str] | None:
    """The organisations for which the caller acts; None for the agency, which sees everybody's things."""
    if caller.sees_all():
        return None
    return rules.own_organisations(await members.list_memberships(tx, caller.subject), caller.organisation_id)


async def must_see(tx: Tx, caller: Caller, organisation_id: str) -> None:
    """Refuse whoever neither belongs to an organisation nor is of the agency. Raises NotFound."""
    if not await sees(tx, caller, organisation_id):
        raise NotFound("organisation", organisation_id)


async def must_manage(tx: Tx, caller: Caller, organisation_id: str) -> None:
    """Refuse whoever does not keep the members and facts of an organisation.

    Raises NotFound for strangers, Forbidden for the agency and for members without such a role.
    """
    role = await role_of(tx, caller, organisation_id)
    if role is None and not caller.sees_all():
        raise NotFound("organisation", organisation_id)
    if not rules.manages(role):
        raise Forbidden("managers_only", "MS-4")


def stop(refusal: Refusal | None) -> None:
    """Raise Refused where a rule refuses."""
    if refusal is not None:
        raise Refused([refusal])
