"""What waits for whoever asks: an officer's work, an applicant's own; for others nothing."""

import datetime as dt
from collections.abc import Collection, Sequence

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import PolicyMissing
from libs.common.identity import Caller
from libs.common.programmes import programmes_at
from libs.common.proposals.tasks import about, list_open_proposals, to_confirm
from libs.common.tasks import Found, Tasks, gathered
from libs.common.waiting import Waiting, read_waiting
from services.intake.operations.belonging import own_ids
from services.intake.operations.revocation import REVOCATION
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.tasks import drafts_to_submit
from services.intake.store import tasks


async def tasks_of(tx: Tx, caller: Caller, now: dt.datetime) -> Tasks:
    """What waits for the caller: one statement for all kinds, beside his organisations, drafts and proposals."""
    found: dict[str, Found] = {}
    kinds: list[Waiting] = []
    if "officer" in caller.roles:
        proposals = await list_open_proposals(tx, now)
        found["confirm_proposal"] = to_confirm(proposals, caller)
        kinds += _of_officer(about(proposals, REVOCATION.name), caller.subject, now)
    if "applicant" in caller.roles:
        own = await own_ids(tx, caller) or frozenset()
        found["submit_draft"] = await _drafts(tx, own, now)
        kinds += _of_applicant(own, caller.subject, now)
    return gathered(found | await read_waiting(tx, kinds))


def _of_officer(proposed: Sequence[str], subject: str, now: dt.datetime) -> tuple[Waiting, ...]:
    return (
        tasks.to_screen(),
        tasks.claims_to_decide(),
        tasks.objections_to_decide(subject),
        tasks.supplements_to_look_at(),
        tasks.agreements_to_draw_up(),
        tasks.awards_to_revoke(proposed),
        tasks.silent_winners(now, proposed),
    )


def _of_applicant(own: Collection[str], subject: str, now: dt.datetime) -> tuple[Waiting, ...]:
    return (
        tasks.supplements_to_answer(own),
        tasks.acceptances_to_give(own, now),
        tasks.agreements_to_sign(own),
        tasks.self_payments_due(own),
        tasks.invitations_to_answer(subject, now),
    )


async def _drafts(tx: Tx, own: Collection[str], now: dt.datetime) -> Found:
    drafts = await tasks.list_own_drafts(tx, own)
    calls = await programmes_at(tx, {code for _, code in drafts}, now)
    windows = {code: _window(programme) for code, programme in calls.items()}
    return drafts_to_submit(drafts, windows, now)


def _window(programme: Programme) -> SubmissionWindow | None:
    try:
        return SubmissionWindow.of(programme)
    except PolicyMissing:
        return None
