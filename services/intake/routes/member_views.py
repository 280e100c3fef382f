"""What is asked and told of members and invitations."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import Text
from libs.common.web import Body, View
from services.intake.model.members import Invitation, InvitationState, MemberRole
from services.intake.routes.fields import Reason, Subject
from services.intake.rules.members import invitation_state

Role = Literal["representative", "manager", "investigator"]
INVITED: dict[str, Any] = {
    "invitation_id": "V-000001",
    "organisation_id": "O-000001",
    "role": "investigator",
    "subject": None,
    "made_by": "kim",
    "made_at": "2025-09-02T01:00:00Z",
    "expires_at": "2025-09-16T01:00:00Z",
    "state": "open",
    "ended_by": None,
    "ended_at": None,
}
MEMBER: dict[str, Any] = {
    "subject": "kim",
    "role": "manager",
    "since": "2025-09-02T01:00:00Z",
    "name": "김하나",
    "email": "kim@example.kr",
    "phone": "02-000-0000",
}


class Invite(Body):
    """In which role somebody is invited. `subject` names for whom it is; without one, for whoever holds the code."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [{"role": "investigator"}]}
    )

    role: Role
    subject: Subject | None = None


class AcceptInvitation(Body):
    """The one-time code of an invitation."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"code": "Jx2Zt0cM5r1yWq8kH4uBv7dN"}]},
    )

    code: Annotated[Text, StringConstraints(min_length=8, max_length=100)]


class ChangeRole(Body):
    """Which role a member has from now on, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"role": "manager", "reason": "실무담당자 교체"}]},
    )

    role: Role
    reason: Reason


class MemberView(View):
    """A member with his contacts, each empty where he told none."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [MEMBER]})

    subject: str
    role: MemberRole
    since: dt.datetime
    name: str
    email: str
    phone: str


class MembershipView(View):
    """What somebody is to an organisation from now on; without a role he belongs to it no more."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {"organisation_id": "O-000001", "subject": "lee", "role": "manager", "since": "2025-09-03T01:00:00Z"}
            ]
        },
    )

    organisation_id: str
    subject: str
    role: MemberRole | None
    since: dt.datetime


class InvitationView(View):
    """An invitation; its code is told once, as it is made."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [INVITED]})

    invitation_id: str
    organisation_id: str
    role: MemberRole
    subject: str | None
    made_by: str
    made_at: dt.datetime
    expires_at: dt.datetime
    state: InvitationState
    ended_by: str | None
    ended_at: dt.datetime | None

    @classmethod
    def at(cls, found: Invitation, now: dt.datetime) -> "InvitationView":
        """Tell an invitation as it stands at an instant."""
        told = cls.model_validate(found)
        return told.model_copy(update={"state": invitation_state(found, now)})


class NewInvitationView(InvitationView):
    """A new invitation with its one-time code, which is told this once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**INVITED, "code": "Jx2Zt0cM5r1yWq8kH4uBv7dN"}]},
    )

    code: str | None
    """Null where the same request is answered again: it was told, and is kept nowhere."""

    def model_dump_json(self, **how: Any) -> str:
        """What is kept of the answer for the same request sent again (`command.once`): all but the code."""
        return View.model_dump_json(self.model_copy(update={"code": None}), **how)


class AcceptedView(View):
    """Into which organisation somebody came, by which invitation and in which role."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"invitation_id": "V-000001", "organisation_id": "O-000001", "role": "investigator"}]
        }
    )

    invitation_id: str
    organisation_id: str
    role: MemberRole
