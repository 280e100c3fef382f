"""Proposals that wait for another person, as tasks of whoever may confirm them (BL-13)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.keys import is_one_person
from libs.common.proposals.model import Proposal
from libs.common.proposals.store import list_open
from libs.common.tasks import TASKS_MAX, Found, Task

OPEN_MAX = 10_000


async def list_open_proposals(tx: Tx, now: dt.datetime) -> Sequence[Proposal]:
    """The proposals that wait to be confirmed, those that expire first before."""
    return await list_open(tx, now, OPEN_MAX)


def to_confirm(proposals: Sequence[Proposal], caller: Caller) -> Found:
    """The open proposals of others: nobody confirms his own, however his name is spelt. Never raises."""
    others = [one for one in proposals if not is_one_person(one.proposed_by, caller.subject)]
    return tuple(_task(one) for one in others[:TASKS_MAX]), len(others)


def about(proposals: Sequence[Proposal], kind: str) -> tuple[str, ...]:
    """About which things one of these proposals is of this kind. Never raises."""
    return tuple(one.thing_id for one in proposals if one.kind == kind)


def _task(one: Proposal) -> Task:
    facts = {"proposal_id": one.proposal_id, "thing": one.thing, "about": one.thing_id}
    return Task("confirm_proposal", "proposal", one.proposal_id, one.thing_id, one.proposed_at, one.expires_at, facts)
