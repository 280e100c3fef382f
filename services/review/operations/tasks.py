"""What waits for whoever asks: a reviewer's desk, an officer's work, an applicant's slot; for others nothing."""

import datetime as dt

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.tasks import list_proposals_to_confirm, list_proposed
from libs.common.tasks import Found, Tasks, gathered
from services.review.operations.two_people import ANNOUNCEMENT
from services.review.store import tasks


async def tasks_of(tx: Tx, caller: Caller, now: dt.datetime) -> Tasks:
    """What waits for the caller, one statement for each kind."""
    found: dict[str, Found] = {}
    if "officer" in caller.roles:
        found |= await _of_officer(tx, caller, now)
    if "reviewer" in caller.roles:
        found |= await _of_reviewer(tx, caller.subject)
    if "applicant" in caller.roles and caller.organisation_id:
        found["answer_presentation"] = await tasks.list_presentations_to_answer(tx, caller.organisation_id)
    return gathered(found)


async def _of_reviewer(tx: Tx, reviewer_id: str) -> dict[str, Found]:
    return {
        "answer_conflict": await tasks.list_conflicts_to_answer(tx, reviewer_id),
        "score_application": await tasks.list_sheets_to_give(tx, reviewer_id),
        "answer_panel_invitation": await tasks.list_panels_to_answer(tx, reviewer_id),
    }


async def _of_officer(tx: Tx, caller: Caller, now: dt.datetime) -> dict[str, Found]:
    proposed = await list_proposed(tx, ANNOUNCEMENT.name, now)
    return {
        "remind_reviewer": await tasks.list_reviewers_to_remind(tx, now),
        "run_selection": await tasks.list_selections_to_run(tx),
        "announce_selection": await tasks.list_selections_to_announce(tx, proposed),
        "confirm_proposal": await list_proposals_to_confirm(tx, caller, now),
    }
