"""HTTP: who the caller is here, what he tells of himself, and how the agency calls people (MS-4)."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Query
from pydantic import ConfigDict, StringConstraints

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.web import AnyCaller, Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.members import MemberRole
from services.intake.operations import people as operations
from services.intake.operations.people import Known, Me
from services.intake.routes.claims import CLAIM, ClaimView
from services.intake.routes.fields import Agency, Name
from services.intake.routes.member_views import INVITED, InvitationView
from services.intake.routes.readings import keep_readings
from services.intake.routes.subjects import subjects_of

router = ServiceRouter(tags=["구성원 · Members"])
Ids = Annotated[
    Text,
    Query(min_length=1, max_length=8_000, description="쉼표로 나눈 로그인 아이디, 200개까지 · subjects, 200 at most"),
]
BELONGS: dict[str, Any] = {"organisation_id": "O-000001", "name": "한빛에이아이", "role": "manager"}
CONTACT: dict[str, Any] = {"name": "김하나", "email": "kim@example.kr", "phone": "02-000-0000"}


class TellOfMyself(Body):
    """What one tells of himself: the name by which the agency and one's organisation call one, and contacts."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [CONTACT]})

    name: Name
    email: Annotated[Text, StringConstraints(max_length=320)] = ""
    phone: Annotated[Text, StringConstraints(max_length=40)] = ""


class BelongingView(View):
    """An organisation of a person, and the role there."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: str
    name: str
    role: MemberRole


class MeView(View):
    """Who the caller is here: what his token proves, what he told, where he belongs, and what waits for him."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "kim",
                    **CONTACT,
                    "roles": ["applicant"],
                    "organisations": [BELONGS],
                    "provider_id": None,
                    "invitations": [INVITED],
                    "claims": [CLAIM],
                }
            ]
        }
    )

    subject: str
    name: str | None
    email: str
    phone: str
    roles: list[str]
    organisations: list[BelongingView]
    provider_id: str | None
    """The provider for which the token speaks; null for everyone else."""
    invitations: list[InvitationView]
    """Those that name the caller and may still be accepted."""
    claims: list[ClaimView]
    """His own that wait for a decision."""


class ContactView(View):
    """What somebody told of himself."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "kim", **CONTACT, "changed_at": "2025-09-02T01:00:00Z"}]}
    )

    id: str
    """로그인 아이디 · whom his token names."""
    name: str
    email: str
    phone: str
    changed_at: dt.datetime


class PersonView(View):
    """A person as the agency reads him: the display name, the roles that his token had, his organisations."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "kim", "name": "김하나", "roles": ["applicant"], "organisations": [BELONGS]}]
        }
    )

    id: str
    name: str | None
    """Null where he told none."""
    roles: list[str]
    organisations: list[BelongingView]

    @classmethod
    def of(cls, known: Known) -> "PersonView":
        """Tell a person."""
        told = known.person
        return cls(
            id=known.subject,
            name=None if told is None else told.name,
            roles=[] if told is None else list(told.roles),
            organisations=[BelongingView.model_validate(one) for one in known.belongings],
        )


class PeopleView(View):
    """The people asked for, in that order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [{"id": "kim", "name": "김하나", "roles": ["applicant"], "organisations": [BELONGS]}]}
            ]
        }
    )

    items: list[PersonView]


@router.get("/me", summary="내 정보 · Who I am", responses=problems())
async def get_me(caller: AnyCaller, db: Db, clock: Timepiece, now: Now) -> MeView:
    """Who the caller is here: roles, organisations with the role there, open invitations and claims."""
    async with db.transaction() as tx:
        found: Me = await operations.me(tx, caller, clock)
    told = found.person
    return MeView(
        subject=caller.subject,
        name=None if told is None else told.name,
        email="" if told is None else told.email,
        phone="" if told is None else told.phone,
        roles=sorted(caller.roles),
        organisations=[BelongingView.model_validate(one) for one in found.belongings],
        provider_id=caller.organisation_id or None if "provider" in caller.roles else None,
        invitations=[InvitationView.at(one, now) for one in found.invitations],
        claims=[ClaimView.to(caller, one) for one in found.claims],
    )


@router.put("/people/me", summary="내 연락처 적기 · Tell my name and contacts", responses=problems())
async def tell_of_myself(
    body: TellOfMyself, caller: AnyCaller, db: Db, clock: Timepiece, command: Command
) -> ContactView:
    """Keep one's own name and contacts; members of one's organisations and the agency see them."""

    async def act(tx: Tx) -> ContactView:
        told = await operations.tell(tx, caller, body.name, body.email, body.phone, clock)
        contact = {"name": told.name, "email": told.email, "phone": told.phone}
        return ContactView(id=told.subject, **contact, changed_at=told.changed_at)

    return await command.once(db, act)


@router.get("/people", summary="사람 이름 조회 · Names of people", responses=problems())
async def list_people(ids: Ids, caller: Agency, db: Db, now: Now) -> PeopleView:
    """Display names and roles of up to 200 people, in the order asked for; each reading is kept (MS-6)."""
    asked = subjects_of(ids)
    async with db.transaction() as tx:
        found = await operations.list_known(tx, asked)
        await keep_readings(tx, caller, "list_people", "people", asked, now)
    return PeopleView(items=[PersonView.of(one) for one in found])
