"""Who belongs to which organisation in which role, invitations, claims on an organisation, and persons (MS-4)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

MemberRole = Literal["representative", "manager", "investigator"]
MANAGES: frozenset[MemberRole] = frozenset({"representative", "manager"})
"""The roles that keep members, invitations and facts; every member writes applications."""
How = Literal["founded", "invited", "claimed", "changed", "left", "removed"]
InvitationState = Literal["open", "accepted", "withdrawn", "expired"]
ClaimState = Literal["open", "accepted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Membership:
    """What Dure's record says of a person and an organisation. Without a role: left, or removed."""

    organisation_id: str
    subject: str
    role: MemberRole | None
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Person:
    """What a person told of himself: personal data. `roles` are those of the token with which it was told."""

    subject: str
    name: str
    email: str
    phone: str
    roles: tuple[str, ...]
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A member with what he told of himself, each text empty where he told nothing."""

    subject: str
    role: MemberRole
    since: dt.datetime
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """An organisation of a person, by its name, and the role there."""

    subject: str
    organisation_id: str
    name: str
    role: MemberRole


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation into an organisation; its one-time code is kept as a hash alone.

    `subject` None: for whoever holds the code. `state` is as it was kept: one whose term is over is still `open` there.
    """

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A person's claim to act for an organisation that another one registered; an officer decides."""

    claim_id: str
    organisation_id: str
    claimant: str
    reason: str
    made_at: dt.datetime
    state: ClaimState
    decided_by: str | None
    decided_at: dt.datetime | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class NamedClaim:
    """A claim with the name of the organisation on which it is."""

    claim: Claim
    organisation_name: str
