"""Compute self-payments: at the agreement by the asked type, at placement by the assigned one, again on a change."""

import datetime as dt
from dataclasses import replace

from libs.common.cards import cards_of, in_proportion
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.allocator import GrantActivated, GrantChanged, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.intake import AgreementSigned
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.self_payment import Asked, Payer, granted_before, self_payment_due
from services.billing.model.grants import Forfeiture, Grant
from services.billing.model.self_payments import Contribution
from services.billing.operations.commitments import commit_for_payer
from services.billing.operations.turns import take_turn
from services.billing.policy import FlowPolicy, SelfPaymentRates, missing_path
from services.billing.rules.bounds import fits
from services.billing.rules.self_payment import (
    assessed,
    carried_over,
    deposit_due_at,
    due_formula,
    is_amount_new,
    is_open,
    received_krw,
)
from services.billing.store import forfeitures, grants, reductions, self_payments


async def hear_agreement(tx: Tx, event: AgreementSigned, clock: Clock) -> None:
    """Open the self-payment of a signed agreement, by the asked type; the same agreement again changes nothing.

    What came in for the winner before the agreement counts from now on (BL-14). The reduction is the one that intake
    granted (IN-15); of an application screened before intake said so it is the youth one that the agreement tells. The
    budget's commitment takes off what this payer pays. Where the winner withdrew before this event arrived, it
    is opened as closed and nothing is owed.
    """
    now = await take_turn(tx, clock)
    granted = await reductions.find_reduction(tx, event.application_id)
    noun = Contribution(
        application_id=event.application_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        organisation_id=event.organisation_id,
        payer=Payer(event.sector, granted or granted_before(youth=event.youth)),
        track=event.track,
        product=event.product,
        units=event.units,
        months=event.months,
        cards=0,
        card_type="",
        basis="asked",
        signed_at=event.signed_at,
        state="awaiting_policy",
    )
    known = await self_payments.find_self_payment(tx, event.application_id)
    if known is not None and known.signed_at is not None:
        return
    if known is None:
        await self_payments.add_self_payment(tx, noun)
    else:
        noun = carried_over(known, noun)
        await self_payments.change_self_payment(tx, noun)
    gone = await forfeitures.find_forfeiture(tx, event.application_id)
    if gone is not None:
        await close(tx, gone)
        return
    placed = await grants.find_grant(tx, event.application_id)
    await assess(tx, _assigned(noun, placed) if placed else noun, event.signed_at, now)
    await commit_for_payer(tx, event.application_id, noun.payer, event.signed_at, now)


def _assigned(noun: Contribution, placed: Grant) -> Contribution:
    return replace(
        noun,
        basis="assigned",
        units=placed.units,
        months=placed.months,
        cards=placed.cards,
        card_type=placed.card_type,
    )


async def hear_placement(tx: Tx, event: GrantPlaced, clock: Clock) -> None:
    """Keep where a grant is placed, and recompute its self-payment by the assigned type."""
    now = await take_turn(tx, clock)
    placed = Grant(
        grant_id=event.grant_id,
        programme_code=event.programme_code,
        organisation_id=event.organisation_id,
        provider_id=event.provider_id,
        card_type=event.card_type,
        cards=event.cards,
        units=event.units,
        months=event.months,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
    await grants.keep_placement(tx, placed)
    noun = await self_payments.find_self_payment(tx, event.grant_id)
    if noun is not None and is_open(noun):
        await assess(tx, _assigned(noun, placed), now, now)


async def hear_change(tx: Tx, event: GrantChanged, clock: Clock) -> None:
    """Recompute the self-payment of a grant whose units or months were lowered."""
    now = await take_turn(tx, clock)
    placed = await grants.find_grant(tx, event.grant_id)
    noun = await self_payments.find_self_payment(tx, event.grant_id)
    cards = noun.cards if noun else 0
    if placed is not None:
        cards = in_proportion(placed.cards, placed.units, event.units)
        lowered = replace(placed, units=event.units, months=event.months, cards=cards, ends_at=event.ends_at)
        await grants.change_grant(tx, lowered)
    if noun is not None and is_open(noun):
        changed = replace(noun, units=event.units, months=event.months, cards=cards)
        await assess(tx, changed, now, now)


async def hear_activation(tx: Tx, event: GrantActivated, clock: Clock) -> None:
    """Use may start: from now on the agency can notify what is to be paid to the provider."""
    await take_turn(tx, clock)
    await grants.start_grant(tx, event.grant_id, event.delivered_at)


async def close(tx: Tx, told: Forfeiture) -> None:
    """Close the self-payment of a winner who withdrew, was revoked or whose agreement ended; receipts stay held.

    The caller holds the turn.
    """
    noun = await self_payments.find_self_payment(tx, told.application_id)
    if noun is not None and noun.closed_at is None:
        closed = replace(noun, state="closed", closed_at=told.forfeited_at, close_reason=told.reason, missing_path=None)
        await self_payments.change_self_payment(tx, closed)


async def retry_parked(tx: Tx, programme_code: str | None, now: dt.datetime) -> None:
    """Compute the self-payments that waited for a policy value, where it is there now; the caller holds the turn.

    One that waits for the same as before stays as it is.
    """
    for noun in await self_payments.list_awaiting_policy(tx, programme_code):
        computed = await _assessed(tx, noun, now, now)
        if computed != noun:
            await _save(tx, noun, computed, now)


async def assess(tx: Tx, noun: Contribution, at: dt.datetime, now: dt.datetime) -> None:
    """Compute what is owed under the version in force at `at`, else now, save it and say what changed."""
    await _save(tx, noun, await _assessed(tx, noun, at, now), now)


async def _assessed(tx: Tx, noun: Contribution, at: dt.datetime, now: dt.datetime) -> Contribution:
    """The self-payment with what is owed, or parked.

    An unset value parks the self-payment with its path, and so does a rate that makes an amount beyond all bounds;
    nothing is guessed and nothing is lost.
    """
    missing = "programme"
    for instant in dict.fromkeys((at, now)):
        try:
            programme = await programme_at(tx, noun.programme_code, instant)
            computed = _computed(noun, programme)
        except (PolicyMissing, NotFound) as error:
            missing = missing_path(error, noun.programme_code)
            continue
        if fits(computed.due_krw):
            return assessed(noun, computed, now)
        missing = f"billing.self_payment.rates.{computed.card_type}"
    return replace(noun, state="awaiting_policy", missing_path=missing)


def _computed(noun: Contribution, programme: Programme) -> Contribution:
    """The self-payment under a definition. Raises PolicyMissing and NotFound."""
    policy = FlowPolicy.of(programme)
    if noun.basis == "asked":
        product = programme.product(noun.product)
        noun = replace(noun, cards=cards_of(noun.units, product.cards_per_unit), card_type=product.card_type)
    counted = Asked(noun.product, noun.units, noun.card_type, noun.cards)
    rates, quantity = SelfPaymentRates(programme).of(counted)
    due = self_payment_due(noun.payer, policy.flow, rates, quantity, noun.months)
    return replace(
        noun,
        programme_version=programme.version,
        flow=policy.flow,
        due=due,
        due_at=deposit_due_at(policy.flow, noun.signed_at, policy.deposit_days, policy.changed)
        if due.amount_krw
        else None,
        missing_path=None,
    )


async def _save(tx: Tx, before: Contribution, after: Contribution, now: dt.datetime) -> None:
    await self_payments.change_self_payment(tx, after)
    if after.state != "awaiting_policy" and is_amount_new(before, after):
        await say(tx, _due_event(after), now=now)
        if after.covered_at is not None or before.covered_at is not None or received_krw(after):
            await say(tx, deposited_event(after, now), now=now)


def _due_event(noun: Contribution) -> SelfpayDue:
    return SelfpayDue(
        application_id=noun.application_id,
        programme_code=noun.programme_code,
        amount_krw=noun.due_krw,
        flow=(noun.flow or "free") if noun.due_krw else "free",
        due_at=noun.due_at,
        reason=due_formula(noun),
    )


def deposited_event(noun: Contribution, now: dt.datetime) -> SelfpayDeposited:
    """What came in so far and was not taken back, and whether it opens the gate."""
    return SelfpayDeposited(
        application_id=noun.application_id,
        programme_code=noun.programme_code,
        received_krw=received_krw(noun),
        due_krw=noun.due_krw,
        covered=noun.state == "covered",
        deposited_at=now,
    )
