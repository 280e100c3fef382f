"""HTTP: proposals as every service with kinds of them shows, confirms and withdraws them."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from libs.common.acts import record_readings
from libs.common.bounds import Text, names_something
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals import operations, store
from libs.common.proposals.model import C, Kind, Kinds, Proposal, ProposalState
from libs.common.web import Allowed, Body, Command, Db, Now, Page, Paging, ServiceRouter, Timepiece, View, problems

Id = Annotated[Text, Path(max_length=100, description="제안 번호 · proposal id")]
Officer = Annotated[Caller, Allowed("officer")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor")]
Filter = Annotated[Text | None, Query(max_length=300)]
Reason = Annotated[Text, Field(min_length=1, max_length=2000), AfterValidator(names_something)]
_EXAMPLE: dict[str, Any] = {
    "proposal_id": "P-000001",
    "kind": "budget_shift",
    "thing": "budget",
    "thing_id": "hpc-2025-gpu",
    "state": "open",
    "command": {"programme_code": "hpc-2025-gpu", "amount_krw": 1000000, "to": "subsidy"},
    "would": {"left_krw": 1000000},
    "rests_on": {"left_krw": 0},
    "reason": "하반기 운영비 잔액을 지원금으로 돌립니다.",
    "proposed_by": "officer-1",
    "proposed_at": "2025-11-03T01:00:00Z",
    "expires_at": "2025-11-17T15:00:00Z",
    "ended_by": None,
    "ended_at": None,
    "ended_because": None,
    "did": None,
}


class Confirmation(Body):
    """What the second person adds; a reason may be given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "증빙을 확인했습니다."}]})

    reason: Reason | None = None


class Withdrawal(Body):
    """Why a proposal is withdrawn, or declined by somebody else."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "금액을 잘못 적었습니다."}]})

    reason: Reason


class ProposalView(View):
    """A proposal: who proposed what and why, what it would do, and who ended it how, when and why."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    proposal_id: str
    kind: str
    thing: str
    thing_id: str
    state: ProposalState
    command: dict[str, Any]
    would: dict[str, Any]
    """What it would have done when it was proposed."""
    rests_on: dict[str, Any]
    """What its sense depends on; where this has changed it cannot be confirmed."""
    reason: str
    proposed_by: str
    proposed_at: AwareDatetime
    expires_at: AwareDatetime
    ended_by: str | None
    ended_at: AwareDatetime | None
    ended_because: str | None
    did: dict[str, Any] | None
    """What it did once confirmed."""
    next_call: str = ""
    """What leads on from here; empty where nothing does."""


def proposal_view(proposal: Proposal, now: dt.datetime, service: str) -> ProposalView:
    """What is shown of a proposal at `now`."""
    ended, state = proposal.outcome, proposal.state(now)
    return ProposalView(
        proposal_id=proposal.proposal_id,
        kind=proposal.kind,
        thing=proposal.thing,
        thing_id=proposal.thing_id,
        state=state,
        command=dict(proposal.command),
        would=dict(proposal.would),
        rests_on=dict(proposal.rests_on),
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        expires_at=proposal.expires_at,
        ended_by=ended.actor if ended else None,
        ended_at=ended.at if ended else None,
        ended_because=(ended.reason or None) if ended else None,
        did=dict(ended.did) if ended and ended.did is not None else None,
        next_call=f"POST /{service}/v1/proposals/{proposal.proposal_id}/confirm" if state == "open" else "",
    )


async def proposed(
    command: Command, db: Db, caller: Caller, kind: Kind[C], told: C, reason: str, clock: Clock
) -> ProposalView:
    """Keep what a route was told as a proposal, once whatever is repeated; what it answers is the proposal."""

    async def act(tx: Tx) -> ProposalView:
        return proposal_view(await operations.propose(tx, caller, kind, told, reason, clock), clock.now(), kind.service)

    return await command.once(db, act)


async def _kinds(request: Request) -> Kinds:
    kinds: Kinds = request.app.state.runtime.service.kinds
    return kinds


async def _service(request: Request) -> str:
    name: str = request.app.state.runtime.service.name
    return name


KnownKinds = Annotated[Kinds, Depends(_kinds)]
Name = Annotated[str, Depends(_service)]
router = ServiceRouter(tags=["두 사람 확인 · Two people"])
"""For every service that has kinds of proposals."""


@router.get("/proposals", summary="제안 목록 · List proposals", responses=problems())
async def list_proposals(
    caller: Reader,
    db: Db,
    now: Now,
    kinds: KnownKinds,
    service: Name,
    paging: Paging,
    kind: Filter = None,
    thing_id: Filter = None,
    state: Annotated[ProposalState | None, Query()] = None,
) -> Page[ProposalView]:
    """Proposals in the order in which they were made, with both people, their times and reasons."""
    key = paging.after_ids_and_instant(1)
    async with db.transaction() as tx:
        found = await store.list_proposals(
            tx,
            after=None if key is None else (key[1], key[0][0]),
            limit=paging.limit,
            now=now,
            kind=kind,
            thing_id=thing_id,
            state=state,
        )
        await _keep_readings(tx, caller, "list_proposals", kinds, found[: paging.limit], now)
    return paging.page([proposal_view(one, now, service) for one in found], "proposal_id", "proposed_at")


@router.get("/proposals/{proposal_id}", summary="제안 조회 · Read a proposal", responses=problems(404))
async def get_proposal(
    proposal_id: Id, caller: Reader, db: Db, now: Now, kinds: KnownKinds, service: Name
) -> ProposalView:
    """One proposal with what it would do, what it rests on, and how it ended."""
    async with db.transaction() as tx:
        found = await store.get_proposal(tx, proposal_id)
        await _keep_readings(tx, caller, "get_proposal", kinds, [found], now)
    return proposal_view(found, now, service)


async def _keep_readings(
    tx: Tx, caller: Caller, did: str, kinds: Kinds, read: Sequence[Proposal], now: dt.datetime
) -> None:
    """Keep who read proposals that tell of people (MS-6)."""
    of_people = [one for one in read if one.kind in kinds and kinds[one.kind].tells_of_people]
    await record_readings(tx, caller, did, [(one.thing, one.thing_id) for one in of_people], now)


@router.post("/proposals/{proposal_id}/confirm", summary="제안 확인 · Confirm", responses=problems(404, 409))
async def confirm_proposal(
    proposal_id: Id,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    kinds: KnownKinds,
    service: Name,
    command: Command,
    body: Confirmation | None = None,
) -> ProposalView:
    """Confirm what another person proposed; only now it takes effect, once."""

    async def act(tx: Tx) -> ProposalView:
        reason = (body.reason if body else None) or ""
        confirmed = await operations.confirm(tx, caller, kinds, proposal_id, reason, clock)
        return proposal_view(confirmed, clock.now(), service)

    return await command.once(db, act)


@router.post("/proposals/{proposal_id}/withdraw", summary="제안 철회 · Withdraw", responses=problems(404, 409))
async def withdraw_proposal(
    proposal_id: Id,
    body: Withdrawal,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    kinds: KnownKinds,
    service: Name,
    command: Command,
) -> ProposalView:
    """End a proposal without its effect: its proposer withdraws it, another officer declines it."""

    async def act(tx: Tx) -> ProposalView:
        ended = await operations.withdraw(tx, caller, kinds, proposal_id, body.reason, clock)
        return proposal_view(ended, clock.now(), service)

    return await command.once(db, act)
