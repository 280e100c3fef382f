"""Claim back what the government paid for a grant, wholly or partly, and take such a claim back (BL-12)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused
from libs.common.events.billing import ClawbackClaimed
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.clawbacks import ClaimClawback, Claimed, Clawback, GrantClaims, Withdrawal, WithdrawClawback
from services.billing.model.ledger import Entry
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.rules.accounts import clawback_entries
from services.billing.rules.clawbacks import clawback_krw, withdrawal_refusal
from services.billing.store import clawbacks, grants, settlements


async def claims_of(tx: Tx, grant_id: str) -> GrantClaims:
    """What the government paid for a grant by approved settlements, and what is claimed back. Raises NotFound."""
    grant = await grants.find_grant(tx, grant_id)
    if grant is None:
        raise NotFound("grant", grant_id)
    drawn = (await settlements.list_drawn(tx, [grant_id])).get(grant_id)
    subsidy_krw = drawn.subsidy_krw if drawn else 0
    return GrantClaims(grant_id, grant.programme_code, subsidy_krw, await clawbacks.list_claims(tx, grant_id))


async def claim_clawback(tx: Tx, caller: Caller, command: ClaimClawback, reason: str, clock: Clock) -> GrantClaims:
    """Claim back a part of a grant's subsidy, or all that is left of it, on one of the notices' grounds.

    Returns the grant's claims. Raises NotFound, and Refused where nothing is left or more is claimed than is.
    """
    now = await take_turn(tx, clock)
    claims = await claims_of(tx, command.grant_id)
    amount = clawback_krw(claims, command.amount_krw)
    if isinstance(amount, Refusal):
        raise Refused([amount])
    made = await clawbacks.add_clawback(
        tx,
        command.grant_id,
        claims.programme_code,
        command.ground,
        amount_krw=amount,
        reason=reason,
        by=caller.subject,
        now=now,
    )
    await _book(tx, made, "claimed", clawback_entries(made.programme_code, made.grant_id, amount), now)
    return await _told(tx, made, amount, reason, now)


async def withdraw_clawback(
    tx: Tx, caller: Caller, command: WithdrawClawback, reason: str, clock: Clock
) -> GrantClaims:
    """Take back a claim that was wrong, with a reason: its posting is mirrored.

    Returns the grant's claims. Raises NotFound, and Refused the second time.
    """
    now = await take_turn(tx, clock)
    claimed = named(await claims_of(tx, command.grant_id), command.clawback_id)
    if (refusal := withdrawal_refusal(claimed)) is not None:
        raise Refused([refusal])
    made = claimed.clawback
    await clawbacks.add_withdrawal(tx, Withdrawal(made.clawback_id, reason, caller.subject, now))
    await _book(tx, made, "withdrawn", clawback_entries(made.programme_code, made.grant_id, -made.amount_krw), now)
    return await _told(tx, made, 0, reason, now)


def named(claims: GrantClaims, clawback_id: str) -> Claimed:
    """One of a grant's claims. Raises NotFound."""
    for claimed in claims.claims:
        if claimed.clawback.clawback_id == clawback_id:
            return claimed
    raise NotFound("clawback", clawback_id)


async def _book(tx: Tx, made: Clawback, fact: str, entries: tuple[Entry, ...], now: dt.datetime) -> None:
    programme = await programme_at(tx, made.programme_code, now)
    await post(
        tx,
        f"clawback.{fact}:{made.clawback_id}",
        entries,
        rule_id="BL-12",
        programme_code=made.programme_code,
        programme_version=programme.version,
        now=now,
    )


async def _told(tx: Tx, made: Clawback, amount_krw: int, reason: str, now: dt.datetime) -> GrantClaims:
    claims = await claims_of(tx, made.grant_id)
    event = ClawbackClaimed(
        grant_id=made.grant_id,
        programme_code=made.programme_code,
        clawback_id=made.clawback_id,
        ground=made.ground,
        amount_krw=amount_krw,
        claimed_krw=claims.claimed_krw,
        reason=reason,
        claimed_at=now,
    )
    await say(tx, event, now=now)
    return claims
