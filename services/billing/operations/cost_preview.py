"""What an applicant would pay of its own, before there is any application (BL-4); nothing is stored."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.cards import cards_of
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from libs.common.self_payment import Asked, Payer, applying_reduction, as_asked, self_payment_due
from services.billing.model.self_payments import Contribution
from services.billing.policy import FlowPolicy, PreviewPolicy, SelfPaymentRates
from services.billing.rules.self_payment import due_formula


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody thinks of applying for, and what is true of them."""

    product: str
    units: int
    months: int
    public: bool
    youth: bool
    regional: bool
    youth_first: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish would cost: as asked first, then as each type that may be given instead."""

    programme_version: int
    deposit_days: int | None
    owed: tuple[Contribution, ...]


async def preview(tx: Tx, code: str, wish: Wish, now: dt.datetime) -> Preview:
    """The self-payment by the rates in force now.

    Raises NotFound for a call or product that is not there, and PolicyMissing where the notice prints no rate.
    """
    programme = await programme_at(tx, code, now)
    flow = FlowPolicy.of(programme)
    policy = PreviewPolicy.of(programme, wish.product)
    reduction = applying_reduction(
        youth=wish.youth and not wish.public,
        regional=wish.regional and policy.has_region,
        region_first=policy.region_first and not wish.youth_first,
    )
    payer = Payer("public" if wish.public else "private", reduction)
    owed = tuple(_owed(programme, wish, payer, flow, asked) for asked in _given(wish, policy))
    return Preview(programme.version, flow.deposit_days, owed)


def _given(wish: Wish, policy: PreviewPolicy) -> Iterator[Asked]:
    asked = as_asked(wish.product, wish.units, policy.card_type, policy.cards_per_unit)
    yield asked
    for card_type, factor in policy.substitutes:
        yield Asked(wish.product, wish.units, card_type, cards_of(asked.cards, factor))


def _owed(programme: Programme, wish: Wish, payer: Payer, flow: FlowPolicy, asked: Asked) -> Contribution:
    rates, quantity = SelfPaymentRates(programme).of(asked)
    return Contribution(
        application_id="",
        programme_code=programme.code,
        programme_version=programme.version,
        organisation_id="",
        payer=payer,
        track="",
        product=wish.product,
        units=wish.units,
        months=wish.months,
        cards=asked.cards,
        card_type=asked.card_type,
        basis="asked",
        signed_at=None,
        state="due",
        flow=flow.flow,
        due=self_payment_due(payer, flow.flow, rates, quantity, wish.months),
    )


def formula(owed: Contribution) -> tuple[str, str]:
    """How an amount came about, in Korean and in English."""
    ko, _, en = due_formula(owed).partition(" · ")
    return ko, en
