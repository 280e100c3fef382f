"""Propose, confirm and withdraw: the one way in which two people take a command (BL-13)."""

from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.errors import NotFound, Refused, WrongState
from libs.common.identity import Caller
from libs.common.keys import is_one_person
from libs.common.nouns import as_json, read
from libs.common.proposals import store
from libs.common.proposals.model import C, Kind, Kinds, Outcome, Proposal, Told
from libs.common.proposals.rules import confirmation_refusal, expiry, fingerprint


async def propose(tx: Tx, caller: Caller, kind: Kind[C], command: C, reason: str, clock: Clock) -> Proposal:
    """Keep a command for another person to confirm, with what it would do and what it rests on.

    The effect is tried and taken back: whatever it raises, the proposal raises.
    """
    now = await kind.turn(tx, command, clock)
    would = await _tried(tx, caller, kind, command, reason, clock)
    rests_on = await kind.rests_on(tx, command, clock)
    thing, thing_id = await kind.about(tx, command)
    proposal = Proposal(
        proposal_id=await store.next_id(tx),
        kind=kind.name,
        thing=thing,
        thing_id=thing_id,
        command=as_json(command),
        would=would,
        rests_on=rests_on,
        rests_on_sha256=fingerprint(rests_on),
        reason=reason,
        proposed_by=caller.subject,
        proposed_at=now,
        expires_at=expiry(now),
    )
    await store.add_proposal(tx, proposal)
    return proposal


async def _tried(tx: Tx, caller: Caller, kind: Kind[C], command: C, reason: str, clock: Clock) -> Told:
    async with tx.begin_nested() as trial:
        would = await kind.effect(tx, caller, command, reason, clock)
        await trial.rollback()
    return would


async def confirm(tx: Tx, caller: Caller, kinds: Kinds, proposal_id: str, reason: str, clock: Clock) -> Proposal:
    """Take a proposal's effect, once, as its second person.

    Raises NotFound, WrongState where it is ended, Refused for whoever proposed it, after its time and where what it
    rests on has changed meanwhile.
    """
    found = await _open(tx, kinds, proposal_id)
    kind = kinds[found.kind]
    command = read(kind.command, found.command)
    now = max(await kind.turn(tx, command, clock), found.proposed_at)
    rests_on = await kind.rests_on(tx, command, clock)
    if refusal := confirmation_refusal(found, caller.subject, rests_on, now):
        raise Refused([refusal])
    did = await kind.effect(tx, caller, command, found.reason, clock)
    return await _ended(tx, found, Outcome("confirmed", caller.subject, reason, did, now))


async def withdraw(tx: Tx, caller: Caller, kinds: Kinds, proposal_id: str, reason: str, clock: Clock) -> Proposal:
    """End a proposal without its effect: whoever made it withdraws it, anybody else who may confirm declines it."""
    found = await _open(tx, kinds, proposal_id)
    now = max(clock.now(), found.proposed_at)
    outcome = Outcome("declined", caller.subject, reason, None, now)
    if is_one_person(caller.subject, found.proposed_by):
        outcome = replace(outcome, outcome="withdrawn")
    return await _ended(tx, found, outcome)


async def _open(tx: Tx, kinds: Kinds, proposal_id: str) -> Proposal:
    """A proposal that has not ended, under its own lock."""
    await lock(tx, f"proposal:{proposal_id}")
    found = await store.get_proposal(tx, proposal_id)
    if found.outcome is not None:
        raise WrongState("proposal", proposal_id, found.outcome.outcome, ["open"])
    if found.kind not in kinds:
        raise NotFound("proposal", proposal_id)
    return found


async def _ended(tx: Tx, proposal: Proposal, outcome: Outcome) -> Proposal:
    await store.end_proposal(tx, proposal.proposal_id, outcome)
    return replace(proposal, outcome=outcome)
