"""Members of organisations, invitations and claims."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx, lock
from libs.common.errors import NotFound
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import all_of, among, by_number, columns, one
from services.intake.model.members import (
    MANAGES,
    Belonging,
    Claim,
    ClaimState,
    Contact,
    How,
    Invitation,
    InvitationState,
    MemberRole,
    Membership,
)
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import organisation
from services.intake.tables.people import invitation, member, member_step, organisation_claim, person

MEMBERSHIP = columns(member, Membership)
INVITATION = columns(invitation, Invitation)
CLAIM = columns(organisation_claim, Claim)
_BOTH = select(*MEMBERSHIP).where(
    member.c.organisation_id == bindparam("organisation"), member.c.subject == bindparam("subject")
)
_ALL_OF = select(*MEMBERSHIP).where(member.c.subject == bindparam("subject")).order_by(member.c.organisation_id)


async def find_membership(tx: Tx, organisation_id: str, subject: str) -> Membership | None:
    """What is on record of a person and an organisation, also once he left; None where nothing is."""
    row = (await tx.execute(_BOTH, {"organisation": organisation_id, "subject": subject})).first()
    return None if row is None else one(Membership, row)


async def list_memberships(tx: Tx, subject: str) -> tuple[Membership, ...]:
    """All that is on record of a person, also where he left."""
    return all_of(Membership, await tx.execute(_ALL_OF, {"subject": subject}))


async def lock_members(tx: Tx, organisation_id: str) -> None:
    """Nobody else changes the members of an organisation until the transaction ends."""
    await lock(tx, f"members:{organisation_id}")


async def set_member(tx: Tx, told: Membership, how: How, *, by: str) -> None:
    """Keep what a person is to an organisation from now on, and append how it came about."""
    row = {"organisation_id": told.organisation_id, "subject": told.subject, "role": told.role}
    kept = upsert(member).values(**row, since=told.since)
    now = {"role": told.role, "since": told.since}
    await tx.execute(kept.on_conflict_do_update(index_elements=["organisation_id", "subject"], set_=now))
    await tx.execute(insert(member_step).values(**row, how=how, by=by, at=told.since))


_CONTACTS = tuple(func.coalesce(person.c[name], "") for name in ("name", "email", "phone"))
MEMBERS = Shape(
    number=member.c.subject,
    found_by=(member.c.subject, *_CONTACTS[:2]),
    sorts={"since": member.c.since, "name": _CONTACTS[0]},
    state=member.c.role,
    by_length=False,
)


async def list_members(tx: Tx, organisation_id: str, wanted: Wanted) -> tuple[Contact, ...]:
    """One page of an organisation's members with their contacts."""
    query = select(member.c.subject, member.c.role, member.c.since, *_CONTACTS)
    return all_of(Contact, await tx.execute(paged(_members(query, organisation_id), MEMBERS, wanted)))


async def count_members(tx: Tx, organisation_id: str, wanted: Wanted) -> Counts:
    """How many there are on all pages, in sum and by role."""
    return await count(tx, _members(select(member.c.subject), organisation_id), MEMBERS, wanted)


def _members(query: Select[Any], organisation_id: str) -> Select[Any]:
    query = query.outerjoin_from(member, person, person.c.subject == member.c.subject)
    return query.where(member.c.organisation_id == organisation_id, member.c.role.is_not(None))


async def list_belongings(tx: Tx, subjects: list[str]) -> tuple[Belonging, ...]:
    """Which organisations these people belong to, by person and organisation."""
    query = select(member.c.subject, member.c.organisation_id, organisation.c.name, member.c.role)
    query = query.join(organisation, organisation.c.organisation_id == member.c.organisation_id)
    query = query.where(among(member.c.subject, subjects), member.c.role.is_not(None))
    return all_of(Belonging, await tx.execute(query.order_by(member.c.subject, member.c.organisation_id)))


async def count_managing(tx: Tx, organisation_id: str, *, but: str) -> int:
    """How many members of an organisation keep its members and facts, one of them left out."""
    query = select(func.count()).where(
        member.c.organisation_id == organisation_id, member.c.role.in_(MANAGES), member.c.subject != but
    )
    return int((await tx.execute(query)).scalar_one())


async def add_invitation(
    tx: Tx, organisation_id: str, role: MemberRole, subject: str | None, code_sha256: str, *,
    by: str, now: dt.datetime, expires_at: dt.datetime,
) -> Invitation:  # fmt: skip
    """Keep an invitation under a new id; of its code the hash alone."""
    row = insert(invitation).values(
        invitation_id=new_id("V", "invitation_seq"),
        organisation_id=organisation_id,
        role=role,
        subject=subject,
        code_sha256=code_sha256,
        made_by=by,
        made_at=now,
        expires_at=expires_at,
        state="open",
    )
    return one(Invitation, (await tx.execute(row.returning(*INVITATION))).one())


async def find_invitation_by_code(tx: Tx, code_sha256: str) -> Invitation | None:
    """The invitation of a code, locked for a change; None where there is none."""
    query = select(*INVITATION).where(invitation.c.code_sha256 == code_sha256).with_for_update()
    row = (await tx.execute(query)).first()
    return None if row is None else one(Invitation, row)


async def get_invitation(tx: Tx, invitation_id: str) -> Invitation:
    """One invitation, locked for a change. Raises NotFound."""
    query = select(*INVITATION).where(invitation.c.invitation_id == invitation_id).with_for_update()
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("invitation", invitation_id)
    return one(Invitation, row)


async def end_invitation(tx: Tx, invitation_id: str, state: InvitationState, *, by: str, now: dt.datetime) -> None:
    """An invitation was accepted or withdrawn."""
    same = invitation.c.invitation_id == invitation_id
    await tx.execute(update(invitation).where(same).values(state=state, ended_by=by, ended_at=now))


def _invitations(now: dt.datetime) -> Shape:
    expired = and_(invitation.c.state == "open", invitation.c.expires_at <= now)
    return Shape(
        number=invitation.c.invitation_id,
        found_by=(invitation.c.invitation_id, func.coalesce(invitation.c.subject, "")),
        sorts={"made_at": invitation.c.made_at},
        state=case((expired, "expired"), else_=invitation.c.state),
    )


async def list_invitations(tx: Tx, organisation_id: str, wanted: Wanted, now: dt.datetime) -> tuple[Invitation, ...]:
    """One page of an organisation's invitations."""
    query = select(*INVITATION).where(invitation.c.organisation_id == organisation_id)
    return all_of(Invitation, await tx.execute(paged(query, _invitations(now), wanted)))


async def count_invitations(tx: Tx, organisation_id: str, wanted: Wanted, now: dt.datetime) -> Counts:
    """How many there are on all pages, in sum and by where they stand at an instant."""
    query = select(invitation.c.invitation_id).where(invitation.c.organisation_id == organisation_id)
    return await count(tx, query, _invitations(now), wanted)


async def list_invitations_for(tx: Tx, subject: str, now: dt.datetime) -> tuple[Invitation, ...]:
    """The open invitations that name a person, by number."""
    query = select(*INVITATION).where(
        invitation.c.subject == subject, invitation.c.state == "open", invitation.c.expires_at > now
    )
    return all_of(Invitation, await tx.execute(query.order_by(*by_number(invitation.c.invitation_id)).limit(200)))


async def count_open_invitations(tx: Tx, organisation_id: str, now: dt.datetime) -> int:
    """How many invitations of an organisation may still be accepted."""
    query = select(func.count()).where(
        invitation.c.organisation_id == organisation_id, invitation.c.state == "open", invitation.c.expires_at > now
    )
    return int((await tx.execute(query)).scalar_one())


async def find_open_claim(tx: Tx, organisation_id: str, claimant: str) -> Claim | None:
    """The claim of a person on an organisation that waits for its decision; None where none does.

    Nobody else claims for this person until the transaction ends.
    """
    await lock(tx, f"claim:{claimant}")
    query = select(*CLAIM).where(
        organisation_claim.c.organisation_id == organisation_id,
        organisation_claim.c.claimant == claimant,
        organisation_claim.c.state == "open",
    )
    row = (await tx.execute(query)).first()
    return None if row is None else one(Claim, row)


async def count_open_claims(tx: Tx, claimant: str) -> int:
    """How many claims of a person wait for a decision."""
    query = select(func.count()).where(organisation_claim.c.claimant == claimant, organisation_claim.c.state == "open")
    return int((await tx.execute(query)).scalar_one())


async def add_claim(tx: Tx, organisation_id: str, claimant: str, reason: str, now: dt.datetime) -> Claim:
    """Keep a claim under a new id."""
    row = insert(organisation_claim).values(
        claim_id=new_id("C", "organisation_claim_seq"),
        organisation_id=organisation_id,
        claimant=claimant,
        reason=reason,
        made_at=now,
        state="open",
    )
    return one(Claim, (await tx.execute(row.returning(*CLAIM))).one())


async def get_claim(tx: Tx, claim_id: str, *, for_update: bool = False) -> Claim:
    """One claim. Raises NotFound."""
    query = select(*CLAIM).where(organisation_claim.c.claim_id == claim_id)
    row = (await tx.execute(query.with_for_update() if for_update else query)).first()
    if row is None:
        raise NotFound("organisation claim", claim_id)
    return one(Claim, row)


async def end_claim(
    tx: Tx, claim_id: str, state: ClaimState, *, by: str, now: dt.datetime, decision: str | None
) -> Claim:
    """A claim was decided or withdrawn; returns it."""
    ended = update(organisation_claim).where(organisation_claim.c.claim_id == claim_id)
    ended = ended.values(state=state, decided_by=by, decided_at=now, decision=decision)
    return one(Claim, (await tx.execute(ended.returning(*CLAIM))).one())
