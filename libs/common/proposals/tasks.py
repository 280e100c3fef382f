"""Proposals that wait for another person, as tasks of whoever may confirm them (BL-13)."""

import datetime as dt

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.keys import is_one_person
from libs.common.proposals.model import Proposal
from libs.common.proposals.store import list_open
from libs.common.tasks import TASKS_MAX, Found, Task

OPEN_MAX = 10_000


async def list_proposals_to_confirm(tx: Tx, caller: Caller, now: dt.datetime) -> Found:
    """The open proposals of others: nobody confirms his own, however his name is spelt. One statement."""
    others = [one for one in await list_open(tx, now, OPEN_MAX) if not is_one_person(one.proposed_by, caller.subject)]
    return tuple(_task(one) for one in others[:TASKS_MAX]), len(others)


async def list_proposed(tx: Tx, kind: str, now: dt.datetime) -> tuple[str, ...]:
    """About which things a proposal of this kind waits to be confirmed."""
    return tuple(one.thing_id for one in await list_open(tx, now, OPEN_MAX) if one.kind == kind)


def _task(one: Proposal) -> Task:
    facts = {"proposal_id": one.proposal_id, "thing": one.thing, "about": one.thing_id}
    return Task("confirm_proposal", "proposal", one.proposal_id, one.thing_id, one.proposed_at, one.expires_at, facts)
