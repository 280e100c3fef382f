"""Take a price or a wait discount rate back that was wrong: a counter-fact with a reason, by two people (BL-13)."""

import datetime as dt

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import NotFound, Refusal, Refused
from libs.common.events.billing import PriceWithdrawn
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.billing.model.prices import (
    Book,
    PriceVersion,
    RecordedDiscount,
    RecordedPrice,
    WaitDiscount,
    Withdrawn,
)
from services.billing.operations.drafts import redraft
from services.billing.operations.turns import take_turn
from services.billing.policy import PricePolicy
from services.billing.rules.ways_back import (
    held_instead,
    price_withdrawal_refusals,
    rate_withdrawal_refusal,
    without_price,
)
from services.billing.store import prices, withdrawals


async def recorded_price(tx: Tx, version: str) -> PriceVersion:
    """The price of a version, standing or withdrawn. Raises NotFound."""
    found = await prices.find_recorded(tx, version)
    if not isinstance(found, RecordedPrice):
        raise NotFound("price", version)
    return found.price


async def recorded_rate(tx: Tx, version: str) -> WaitDiscount:
    """The wait discount rate of a version, standing or withdrawn. Raises NotFound."""
    found = await prices.find_recorded(tx, version)
    if not isinstance(found, RecordedDiscount):
        raise NotFound("wait discount", version)
    return found.rate


async def withdraw_price(tx: Tx, caller: Caller, version: str, reason: str, clock: Clock) -> PriceVersion:
    """Take a price back: its round is free again, open drafts are written anew, settled months by the next one.

    What it priced and nothing prices any more parks its grants until a price is recorded. Raises NotFound, and Refused
    where it was taken back before or a fixed price rests on it.
    """
    now = await take_turn(tx, clock)
    price = await recorded_price(tx, version)
    book = await prices.get_book(tx, price.programme_code, price.provider_id)
    programme = await programme_at(tx, price.programme_code, now)
    if refusals := price_withdrawal_refusals(book, price, PricePolicy.of(programme)):
        raise Refused(refusals)
    await withdrawals.add_price_withdrawal(tx, Withdrawn(version, reason, caller.subject, now))
    await say(tx, _told(price, without_price(book, price), reason, now), now=now)
    await redraft(tx, price.programme_code, price.provider_id, now)
    return price


async def withdraw_rate(tx: Tx, caller: Caller, version: str, reason: str, clock: Clock) -> WaitDiscount:
    """Take a wait discount rate back: its month can be given another one; settled months are stated anew.

    Discounted hours of months that no rate is left for park their grants until one is recorded. Raises NotFound, and
    Refused where it was taken back before.
    """
    now = await take_turn(tx, clock)
    rate = await recorded_rate(tx, version)
    _refuse(rate_withdrawal_refusal(await prices.get_book(tx, rate.programme_code, rate.provider_id), rate))
    await withdrawals.add_rate_withdrawal(tx, Withdrawn(version, reason, caller.subject, now))
    await redraft(tx, rate.programme_code, rate.provider_id, now)
    return rate


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused([refusal])


def _told(price: PriceVersion, left: Book, reason: str, now: dt.datetime) -> PriceWithdrawn:
    instead = held_instead(left.prices, price)
    return PriceWithdrawn(
        programme_code=price.programme_code,
        provider_id=price.provider_id,
        product=price.product,
        mode=price.mode,
        valid_from=price.valid_from,
        round_no=price.round_no,
        holds_round_no=instead.round_no if instead else None,
        holds_krw=instead.unit_price_krw if instead else None,
        reason=reason,
        withdrawn_at=now,
    )
