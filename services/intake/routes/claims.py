"""HTTP: claims on an organisation whose business number another one registered (MS-4, F-44)."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.list_requests import FromInstant, ListRequest, ToInstant, list_of
from libs.common.paging import ListPage
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.intake.model.members import Claim, ClaimState, NamedClaim
from services.intake.operations import claims as operations
from services.intake.routes.fields import ApplicantAlone, BusinessNumber, Officer, OfOrganisation, Reader, Reason
from services.intake.routes.readings import keep_readings
from services.intake.store import claims as store
from services.intake.store.claims import ClaimsWanted

router = ServiceRouter(tags=["구성원 · Members"])
ClaimPath = Annotated[Text, Path(max_length=40, description="기관 소속 신청 번호(예: C-000001) · claim")]
InState = Annotated[ClaimState | None, Query(description="결정 전, 인정, 불인정, 철회 · where it stands")]
Listed = Annotated[
    ListRequest, Depends(list_of("claim_id", {"made_at": "instant", "decided_at": "instant", "state": "text"}))
]
CLAIM: dict[str, Any] = {
    "claim_id": "C-000001",
    "organisation_id": None,
    "claimant": "lee",
    "reason": "당사 사업자등록번호입니다(사업자등록증 별도 제출).",
    "made_at": "2025-09-02T01:00:00Z",
    "state": "open",
    "decided_by": None,
    "decided_at": None,
    "decision": None,
}


class ClaimOrganisation(Body):
    """Which registered organisation one claims to act for, by its business number, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"business_no": "124-81-00998", "reason": CLAIM["reason"]}]},
    )

    business_no: BusinessNumber
    reason: Reason


class DecideClaim(Body):
    """What an officer decides on a claim, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"outcome": "accepted", "reason": "사업자등록증과 대표자 신분 확인"}]},
    )

    outcome: Literal["accepted", "refused"]
    reason: Reason


class ClaimView(View):
    """A claim and where it stands. Its claimant is told of which organisation it is once he belongs to it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [CLAIM]})

    claim_id: str
    organisation_id: str | None
    claimant: str
    reason: str
    made_at: dt.datetime
    state: ClaimState
    decided_by: str | None
    decided_at: dt.datetime | None
    decision: str | None

    @classmethod
    def to(cls, caller: Caller, found: Claim) -> "ClaimView":
        """Tell a claim: its claimant learns neither who decided nor, before it is accepted, the organisation's id."""
        told = cls.model_validate(found)
        if caller.sees_all():
            return told
        known = found.organisation_id if found.state == "accepted" else None
        return told.model_copy(update={"organisation_id": known, "decided_by": None})


class ListedClaim(ClaimView):
    """A claim in a list, with the name of the organisation for whoever is told which one it is."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{**CLAIM, "organisation_name": None}]}
    )

    organisation_name: str | None

    @classmethod
    def named(cls, caller: Caller, found: NamedClaim) -> "ListedClaim":
        """Tell a claim with names."""
        told = ClaimView.to(caller, found.claim)
        name = None if told.organisation_id is None else found.organisation_name
        return cls(**told.model_dump(), organisation_name=name)


@router.post(
    "/organisation-claims",
    status_code=201,
    summary="등록된 기관의 소속 신청 · Claim a registered organisation",
    responses=problems(409),
)
async def claim_organisation(
    body: ClaimOrganisation, caller: ApplicantAlone, db: Db, clock: Timepiece, command: Command
) -> ClaimView:
    """Claim to act for an organisation whose number somebody else registered; an officer decides.

    The same claim made again answers with the one that is open.
    """

    async def act(tx: Tx) -> ClaimView:
        return ClaimView.to(caller, await operations.claim(tx, caller, body.business_no, body.reason, clock))

    return await command.once(db, act)


@router.get("/organisation-claims", summary="기관 소속 신청 목록 · Claims on organisations", responses=problems())
async def list_claims(
    caller: Reader,
    db: Db,
    listed: Listed,
    now: Now,
    state: InState = None,
    organisation_id: OfOrganisation = None,
    made_from: FromInstant = None,
    made_to: ToInstant = None,
) -> ListPage[ListedClaim]:
    """Claims by number: the agency sees all, a claimant his own."""
    claimant = None if caller.sees_all() else caller.subject
    of = organisation_id if caller.sees_all() else None
    only = ClaimsWanted(claimant, state, of, made_from, made_to)
    async with db.transaction() as tx:
        found = await store.list_claims(tx, listed.wanted, only)
        counts = await store.count_claims(tx, listed.wanted, only) if listed.counts else None
        await _read(tx, caller, "list_claims", [one.claim.claim_id for one in found[: listed.limit]], now)
    return listed.page([ListedClaim.named(caller, one) for one in found], counts)


async def _read(tx: Tx, caller: Caller, did: str, ids: Iterable[str], now: dt.datetime) -> None:
    await keep_readings(tx, caller, did, "organisation_claim", ids, now)


@router.get("/organisation-claims/{claim_id}", summary="기관 소속 신청 조회 · Read a claim", responses=problems(404))
async def get_claim(claim_id: ClaimPath, caller: Reader, db: Db, now: Now) -> ClaimView:
    """One claim, to its claimant and the agency."""
    async with db.transaction() as tx:
        found = await operations.show(tx, caller, claim_id)
        await _read(tx, caller, "get_claim", [claim_id], now)
    return ClaimView.to(caller, found)


@router.post(
    "/organisation-claims/{claim_id}/decision",
    summary="기관 소속 신청 결정 · Decide a claim",
    responses=problems(404, 409),
)
async def decide_claim(
    claim_id: ClaimPath, body: DecideClaim, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ClaimView:
    """Decide a claim with the reason: accepted, its claimant manages the organisation from now on."""

    async def act(tx: Tx) -> ClaimView:
        accepted = body.outcome == "accepted"
        decided = await operations.decide(tx, caller, claim_id, accepted=accepted, reason=body.reason, clock=clock)
        return ClaimView.to(caller, decided)

    return await command.once(db, act)


@router.post(
    "/organisation-claims/{claim_id}/withdraw",
    summary="기관 소속 신청 철회 · Withdraw a claim",
    responses=problems(404, 409),
)
async def withdraw_claim(
    claim_id: ClaimPath, caller: ApplicantAlone, db: Db, clock: Timepiece, command: Command
) -> ClaimView:
    """Take one's own claim back before it is decided."""

    async def act(tx: Tx) -> ClaimView:
        return ClaimView.to(caller, await operations.withdraw(tx, caller, claim_id, clock))

    return await command.once(db, act)
