"""What waits for whoever asks: a reviewer's desk, an officer's work, an applicant's slot; for others nothing."""

import datetime as dt

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.tasks import about, list_open_proposals, to_confirm
from libs.common.tasks import Found, Tasks, gathered
from libs.common.waiting import Waiting, read_waiting
from services.review.operations.two_people import ANNOUNCEMENT
from services.review.store import tasks


async def tasks_of(tx: Tx, caller: Caller, now: dt.datetime) -> Tasks:
    """What waits for the caller: one statement for all kinds, and one for the proposals that he may confirm."""
    found: dict[str, Found] = {}
    kinds: list[Waiting] = []
    if "officer" in caller.roles:
        proposals = await list_open_proposals(tx, now)
        found["confirm_proposal"] = to_confirm(proposals, caller)
        kinds += (
            tasks.reviewers_to_remind(now),
            tasks.selections_to_run(),
            tasks.selections_to_announce(about(proposals, ANNOUNCEMENT.name)),
        )
    if "reviewer" in caller.roles:
        own = caller.subject
        kinds += (tasks.conflicts_to_answer(own), tasks.sheets_to_give(own), tasks.panels_to_answer(own))
    if "applicant" in caller.roles and caller.organisation_id:
        kinds.append(tasks.presentations_to_answer(caller.organisation_id))
    return gathered(found | await read_waiting(tx, kinds))
