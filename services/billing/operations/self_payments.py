"""Compute self-payments: at the agreement by the asked type, at placement by the assigned one, again on a change."""

import datetime as dt
from dataclasses import replace

from libs.common.cards import cards_of
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import NotFound, PolicyMissing
from libs.common.events.allocator import GrantActivated, GrantChanged, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.intake import AgreementSigned
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.self_payments import Contribution, Payer, SelfPaymentDue
from services.billing.operations.turns import take_turn
from services.billing.policy import FlowPolicy, SelfPaymentRates, missing_path
from services.billing.rules.self_payment import coverage, deposit_due_at, self_payment_due
from services.billing.store import forfeitures, grants, self_payments


async def hear_agreement(tx: Tx, event: AgreementSigned, now: dt.datetime) -> None:
    """Open the self-payment of a signed agreement, by the asked type; the same agreement again changes nothing.

    Where the winner withdrew before this word came it is opened closed: nothing is asked of anybody.
    """
    await take_turn(tx)
    noun = Contribution(
        application_id=event.application_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        organisation_id=event.organisation_id,
        payer=Payer(event.sector, event.youth),
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
    if not await self_payments.add_self_payment(tx, noun):
        return
    gone = await forfeitures.forfeiture_of(tx, event.application_id)
    if gone is not None:
        await close(tx, event.application_id, gone["reason"], gone["forfeited_at"])
        return
    placed = await grants.grant_of(tx, event.application_id)
    if placed is not None:
        names = ("units", "months", "cards", "card_type")
        noun = replace(noun, basis="assigned", **{name: placed[name] for name in names})
    await assess(tx, noun, noun.signed_at, now)


async def hear_placement(tx: Tx, event: GrantPlaced, now: dt.datetime) -> None:
    """Keep where a grant is placed, and recompute its self-payment by the assigned type."""
    await take_turn(tx)
    await grants.save_grant(
        tx,
        event.grant_id,
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
    noun = await self_payments.self_payment_of(tx, event.grant_id)
    if noun is not None and noun.closed_at is None:
        assigned = replace(
            noun,
            basis="assigned",
            units=event.units,
            months=event.months,
            cards=event.cards,
            card_type=event.card_type,
        )
        await assess(tx, assigned, now, now)


async def hear_change(tx: Tx, event: GrantChanged, now: dt.datetime) -> None:
    """Recompute the self-payment of a grant whose units or months were lowered."""
    await take_turn(tx)
    placed = await grants.grant_of(tx, event.grant_id)
    noun = await self_payments.self_payment_of(tx, event.grant_id)
    cards = noun.cards if noun else 0
    if placed is not None:
        cards = placed["cards"] // placed["units"] * event.units
        await grants.change_grant(tx, event.grant_id, event.units, event.months, cards, event.ends_at)
    if noun is not None and noun.closed_at is None:
        changed = replace(noun, units=event.units, months=event.months, cards=cards)
        await assess(tx, changed, now, now)


async def hear_activation(tx: Tx, event: GrantActivated, _now: dt.datetime) -> None:
    """Use may start: from now on the agency can notify what is to be paid to the provider."""
    await take_turn(tx)
    await grants.activate_grant(tx, event.grant_id, event.delivered_at)


async def close(tx: Tx, application_id: str, reason: str, at: dt.datetime) -> None:
    """Close the self-payment of a winner who withdrew, was revoked or whose agreement ended; receipts stay held."""
    await take_turn(tx)
    noun = await self_payments.self_payment_of(tx, application_id)
    if noun is not None and noun.closed_at is None:
        await self_payments.save_self_payment(
            tx, replace(noun, state="closed", closed_at=at, close_reason=reason, missing_path=None)
        )


async def retry_parked(tx: Tx, programme_code: str | None, now: dt.datetime) -> None:
    """Compute the self-payments that waited for a policy value, where it is there now."""
    await take_turn(tx)
    for noun in await self_payments.awaiting_policy(tx, programme_code):
        await assess(tx, noun, now, now)


async def assess(tx: Tx, noun: Contribution, at: dt.datetime, now: dt.datetime) -> None:
    """Compute what is owed under the version in force at `at`, else now, save it and say what changed.

    An unset value parks the self-payment with its path; nothing is guessed and nothing is lost.
    """
    missing = "programme"
    for instant in dict.fromkeys((at, now)):
        try:
            programme = await programme_at(tx, noun.programme_code, instant)
            computed = _computed(noun, programme)
        except (PolicyMissing, NotFound) as error:
            missing = missing_path(error, noun.programme_code)
        else:
            await _settle_state(tx, noun, computed, now)
            return
    parked = replace(noun, state="awaiting_policy", missing_path=missing)
    await self_payments.save_self_payment(tx, parked)


def _computed(noun: Contribution, programme: Programme) -> Contribution:
    """The self-payment under a definition. Raises PolicyMissing and NotFound."""
    policy = FlowPolicy.of(programme)
    if noun.basis == "asked":
        product = programme.product(noun.product)
        noun = replace(noun, cards=cards_of(noun.units, product.cards_per_unit), card_type=product.card_type)
    rates = SelfPaymentRates(programme, noun.card_type)
    due = self_payment_due(noun.payer, policy.flow, rates.krw, noun.cards, noun.months)
    return replace(
        noun,
        programme_version=programme.version,
        flow=policy.flow,
        due=due,
        due_at=deposit_due_at(policy.flow, noun.signed_at, policy.deposit_days) if due.amount_krw else None,
        missing_path=None,
    )


async def _settle_state(tx: Tx, before: Contribution, after: Contribution, now: dt.datetime) -> None:
    covered = _covered(after)
    after = replace(
        after,
        state="covered" if covered else "due",
        covered_at=(before.covered_at or now) if covered else None,
    )
    await self_payments.save_self_payment(tx, after)
    amount_changed = before.due is None or before.due_krw != after.due_krw
    if amount_changed:
        await say(tx, _due_event(after), now=now)
    if amount_changed and (covered or before.covered_at is not None):
        await say(tx, deposited_event(after, now), now=now)


def _covered(noun: Contribution) -> bool:
    return coverage(noun.flow or "free", noun.due_krw, noun.deposited_krw, noun.evidenced_krw).covered


def _due_event(noun: Contribution) -> SelfpayDue:
    return SelfpayDue(
        application_id=noun.application_id,
        programme_code=noun.programme_code,
        amount_krw=noun.due_krw,
        flow=(noun.flow or "free") if noun.due_krw else "free",
        due_at=noun.due_at,
        reason=formula_of(noun),
    )


def formula_of(noun: Contribution) -> str:
    """How the amount came about, in one line."""
    due = noun.due or SelfPaymentDue(0, None, 0)
    if not due.amount_krw:
        return "무상 · free"
    return f"{noun.card_type} {noun.cards} × {noun.months}개월 × {due.rate_krw:,}원 ({due.rate_kind}, {noun.basis})"


def deposited_event(noun: Contribution, now: dt.datetime) -> SelfpayDeposited:
    """What came in so far, and whether it opens the gate."""
    found = coverage(noun.flow or "free", noun.due_krw, noun.deposited_krw, noun.evidenced_krw)
    return SelfpayDeposited(
        application_id=noun.application_id,
        programme_code=noun.programme_code,
        received_krw=found.received_krw,
        due_krw=noun.due_krw,
        covered=found.covered,
        deposited_at=now,
    )
