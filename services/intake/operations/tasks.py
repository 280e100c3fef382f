"""What waits for whoever asks: an officer's work, an applicant's own; for others nothing."""

import datetime as dt
from collections.abc import Collection

from libs.common.db import Tx
from libs.common.errors import PolicyMissing
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from libs.common.proposals.tasks import list_proposals_to_confirm, list_proposed
from libs.common.tasks import Found, Tasks, gathered
from services.intake.operations.belonging import own_ids
from services.intake.operations.revocation import REVOCATION
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.tasks import drafts_to_submit
from services.intake.store import tasks


async def tasks_of(tx: Tx, caller: Caller, now: dt.datetime) -> Tasks:
    """What waits for the caller, one statement for each kind and one for each call that he has drafts of."""
    found: dict[str, Found] = {}
    if "officer" in caller.roles:
        found |= await _of_officer(tx, caller, now)
    if "applicant" in caller.roles:
        found |= await _of_applicant(tx, caller, now)
    return gathered(found)


async def _of_officer(tx: Tx, caller: Caller, now: dt.datetime) -> dict[str, Found]:
    proposed = await list_proposed(tx, REVOCATION.name, now)
    return {
        "screen_application": await tasks.list_to_screen(tx),
        "decide_claim": await tasks.list_claims_to_decide(tx),
        "look_at_supplement": await tasks.list_supplements_to_look_at(tx),
        "draw_up_agreement": await tasks.list_agreements_to_draw_up(tx),
        "decide_revocation": await tasks.list_awards_to_revoke(tx, proposed),
        "confirm_proposal": await list_proposals_to_confirm(tx, caller, now),
    }


async def _of_applicant(tx: Tx, caller: Caller, now: dt.datetime) -> dict[str, Found]:
    own = await own_ids(tx, caller) or frozenset()
    return {
        "submit_draft": await _drafts(tx, own, now),
        "answer_supplement": await tasks.list_supplements_to_answer(tx, own),
        "sign_agreement": await tasks.list_agreements_to_sign(tx, own),
        "pay_self_payment": await tasks.list_self_payments_due(tx, own),
        "join_organisation": await tasks.list_invitations_to_answer(tx, caller.subject, now),
    }


async def _drafts(tx: Tx, own: Collection[str], now: dt.datetime) -> Found:
    drafts = await tasks.list_own_drafts(tx, own)
    codes = sorted({code for _, code in drafts})
    windows = {code: await _window(tx, code, now) for code in codes}
    return drafts_to_submit(drafts, windows, now)


async def _window(tx: Tx, code: str, now: dt.datetime) -> SubmissionWindow | None:
    try:
        return SubmissionWindow.of(await programme_at(tx, code, now))
    except PolicyMissing:
        return None
