"""HTTP: members of an organisation and invitations into it (MS-4)."""

from typing import Annotated

from fastapi import Depends, Path

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.web import Command, Db, Now, ServiceRouter, Timepiece, problems
from services.intake.operations import members as operations
from services.intake.routes.fields import Applicant, ApplicantAlone, OrganisationPath, Reader, SubjectPath
from services.intake.routes.member_views import (
    AcceptedView,
    AcceptInvitation,
    ChangeRole,
    InvitationView,
    Invite,
    MembershipView,
    MemberView,
    NewInvitationView,
)
from services.intake.routes.readings import keep_readings
from services.intake.store import members as store

router = ServiceRouter(tags=["구성원 · Members"])
ListedMembers = Annotated[ListRequest, Depends(list_of("subject", {"since": "instant", "name": "text"}, first="since"))]
ListedInvitations = Annotated[ListRequest, Depends(list_of("invitation_id", {"made_at": "instant"}, first="-made_at"))]
InvitationPath = Annotated[Text, Path(max_length=40, description="초대 번호(예: V-000001) · invitation")]


@router.get("/organisations/{organisation_id}/members", summary="구성원 목록 · Members", responses=problems(404))
async def list_members(
    organisation_id: OrganisationPath, caller: Reader, db: Db, now: Now, listed: ListedMembers
) -> ListPage[MemberView]:
    """The members with their contacts, to members and the agency; someone else's organisation is not found."""
    async with db.transaction() as tx:
        found = await operations.list_members(tx, caller, organisation_id, listed.wanted)
        counts = await store.count_members(tx, organisation_id, listed.wanted) if listed.counts else None
        await keep_readings(tx, caller, "list_members", "organisation", [organisation_id], now)
    return listed.page([MemberView.model_validate(one) for one in found], counts)


@router.post(
    "/organisations/{organisation_id}/invitations",
    status_code=201,
    summary="구성원 초대 · Invite a member",
    responses=problems(404, 409),
)
async def invite_member(
    organisation_id: OrganisationPath,
    body: Invite,
    caller: ApplicantAlone,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> NewInvitationView:
    """Invite somebody: whoever manages the organisation hands the one-time code on himself (MS-4)."""

    async def act(tx: Tx) -> NewInvitationView:
        made, code = await operations.invite(tx, caller, organisation_id, body.role, body.subject, clock)
        return NewInvitationView(**InvitationView.model_validate(made).model_dump(), code=code)

    return await command.once(db, act)


@router.get("/organisations/{organisation_id}/invitations", summary="초대 목록 · Invitations", responses=problems(404))
async def list_invitations(
    organisation_id: OrganisationPath, caller: Reader, db: Db, now: Now, listed: ListedInvitations
) -> ListPage[InvitationView]:
    """The invitations of an organisation, to its members and the agency; no code is told."""
    async with db.transaction() as tx:
        found = await operations.list_invitations(tx, caller, organisation_id, listed.wanted, now)
        counts = await store.count_invitations(tx, organisation_id, listed.wanted, now) if listed.counts else None
        await keep_readings(tx, caller, "list_invitations", "organisation", [organisation_id], now)
    return listed.page([InvitationView.at(one, now) for one in found], counts)


@router.post(
    "/invitations/{invitation_id}/withdraw",
    summary="초대 철회 · Withdraw an invitation",
    responses=problems(404, 409),
)
async def withdraw_invitation(
    invitation_id: InvitationPath, caller: ApplicantAlone, db: Db, clock: Timepiece, command: Command
) -> InvitationView:
    """Take an invitation back before it is accepted."""

    async def act(tx: Tx) -> InvitationView:
        return InvitationView.model_validate(await operations.withdraw_invitation(tx, caller, invitation_id, clock))

    return await command.once(db, act)


@router.post("/invitations/accept", summary="초대 수락 · Accept an invitation", responses=problems(404, 409))
async def accept_invitation(
    body: AcceptInvitation, caller: ApplicantAlone, db: Db, clock: Timepiece, command: Command
) -> AcceptedView:
    """Come into an organisation by the code of an invitation, once; whoever belongs to it keeps his role."""

    async def act(tx: Tx) -> AcceptedView:
        invitation, came = await operations.accept(tx, caller, body.code, clock)
        return AcceptedView(
            invitation_id=invitation.invitation_id, organisation_id=came.organisation_id, role=invitation.role
        )

    return await command.once(db, act)


@router.put(
    "/organisations/{organisation_id}/members/{subject}",
    summary="구성원 역할 변경 · Change a member's role",
    responses=problems(404, 409),
)
async def change_member_role(
    organisation_id: OrganisationPath,
    subject: SubjectPath,
    body: ChangeRole,
    caller: ApplicantAlone,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> MembershipView:
    """Give a member another role; one who manages the organisation must remain."""

    async def act(tx: Tx) -> MembershipView:
        moved = await operations.change_role(tx, caller, organisation_id, subject, body.role, clock)
        return MembershipView.model_validate(moved)

    return await command.once(db, act)


@router.delete(
    "/organisations/{organisation_id}/members/{subject}",
    summary="구성원 탈퇴·제외 · Leave, or remove a member",
    responses=problems(404, 409),
)
async def remove_member(
    organisation_id: OrganisationPath,
    subject: SubjectPath,
    caller: Applicant,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> MembershipView:
    """Leave an organisation, or remove a member as one who manages it or as an officer, who says why (`because`)."""

    async def act(tx: Tx) -> MembershipView:
        return MembershipView.model_validate(await operations.leave(tx, caller, organisation_id, subject, clock))

    return await command.once(db, act)
