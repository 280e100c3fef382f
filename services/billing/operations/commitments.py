"""Commit budget at selection, estimate again once a value is there, release on forfeiture (BL-9)."""

import datetime as dt
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.review import SelectionAnnounced
from libs.common.programmes import programme_at
from libs.common.self_payment import Payer
from services.billing.model.budget import Commitment
from services.billing.operations.budget import post_budget
from services.billing.operations.turns import take_turn
from services.billing.operations.winners import close_for_loser, open_for_winner
from services.billing.policy import CommitmentPolicy, missing_path
from services.billing.rules.accounts import commitment_entries
from services.billing.rules.bounds import fits
from services.billing.rules.budget import committed, estimate_krw, given_back, is_same
from services.billing.store import budget, forfeitures, reductions


async def hear_selection(tx: Tx, event: SelectionAnnounced, clock: Clock) -> None:
    """Commit an estimate for a selected application; release it where a later run no longer selects it.

    The estimate is units × months × the planning price less the self-payment with the reduction that was granted
    (BL-9); 0 where the programme decided on none, and 0 with the missing path where a value is unset, corrected once an
    officer fills it in. A winner's self-payment is opened with it, so that what comes in before the agreement is kept
    (BL-14). Nothing is committed for an applicant who withdrew, or whose grant ended, before this event arrived.
    """
    now = await take_turn(tx, clock)
    gone = await forfeitures.find_forfeiture(tx, event.application_id) is not None
    if gone or event.outcome != "selected":
        await release(tx, event.application_id, now)
        await close_for_loser(tx, event.application_id, now)
        return
    granted = await reductions.find_reduction(tx, event.application_id) or "none"
    await open_for_winner(tx, event, granted)
    asked = Commitment(
        application_id=event.application_id,
        programme_code=event.programme_code,
        track=event.track,
        product=event.product,
        units=event.units,
        months=event.months,
        sector=event.sector,
        reduction=granted,
    )
    await _commit(tx, asked, event.announced_at, now)


async def commit_for_payer(tx: Tx, application_id: str, payer: Payer, at: dt.datetime, now: dt.datetime) -> None:
    """Estimate again where another payer is told than the commitment was made for; the caller holds the turn."""
    known = await budget.find_commitment(tx, application_id)
    if known is None or known.released or (known.sector, known.reduction) == (payer.sector, payer.reduction):
        return
    await _commit(tx, replace(known, sector=payer.sector, reduction=payer.reduction), at, now)


async def _commit(tx: Tx, asked: Commitment, at: dt.datetime, now: dt.datetime) -> None:
    """Commit budget for an application, or change what is committed for it; the same again changes nothing."""
    known = await budget.find_commitment(tx, asked.application_id)
    amount, missing, version = await _estimate(tx, asked, at, now)
    made = committed(replace(asked, missing_path=missing), amount, known)
    if known is not None and is_same(known, made):
        return
    await budget.keep_commitment(tx, made)
    code = made.programme_code
    entries = commitment_entries(code, known.held_krw if known else 0, made.held_krw)
    await post_budget(tx, f"budget.committed:{made.application_id}:{made.changes}", entries, code, version, now)


async def _estimate(tx: Tx, asked: Commitment, at: dt.datetime, now: dt.datetime) -> tuple[int, str | None, int]:
    """The estimate in won, or 0 and what is missing or out of all bounds; and the programme's version it rests on."""
    missing = "programme"
    for instant in (at, now):
        try:
            programme = await programme_at(tx, asked.programme_code, instant)
            policy = CommitmentPolicy.of(programme, asked.track, asked.product)
            amount = estimate_krw(policy, asked)
        except (PolicyMissing, NotFound) as error:
            missing = missing_path(error, asked.programme_code)
            continue
        if fits(amount):
            return amount, None, programme.version
        missing = f"tracks.{asked.track}.selection.planning_price_krw"
    return 0, missing, 0


async def estimate_again(tx: Tx, programme_code: str, now: dt.datetime) -> None:
    """Correct the commitments whose planning price was unset when they were made; the caller holds the turn."""
    for known in await budget.list_commitments_awaiting_policy(tx, programme_code):
        await _commit(tx, known, now, now)


async def release(tx: Tx, application_id: str, now: dt.datetime) -> None:
    """Give back what is still committed for an application; again changes nothing; the caller holds the turn."""
    known = await budget.find_commitment(tx, application_id)
    if known is None or known.released:
        return
    released = given_back(known)
    await budget.keep_commitment(tx, released)
    code = known.programme_code
    entries = commitment_entries(code, known.held_krw, 0)
    version = await _version_at(tx, code, now)
    await post_budget(tx, f"budget.released:{application_id}:{released.changes}", entries, code, version, now)


async def _version_at(tx: Tx, programme_code: str, now: dt.datetime) -> int:
    """The version in force; 0 while the programme was not heard of, as for a commitment made then."""
    try:
        return (await programme_at(tx, programme_code, now)).version
    except NotFound:
        return 0
