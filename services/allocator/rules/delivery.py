"""When a grant is really delivered: the provider states it, user or agency confirms it, and only that counts."""

import datetime as dt
from collections.abc import Sequence

from libs.common.errors import Refusal
from services.allocator.model.deliveries import Delivery, DeliveryTold
from services.allocator.model.grants import Use
from services.allocator.rules.ending import is_period_over


def delivery_of(
    starts_at: dt.datetime, ends_at: dt.datetime, delivered_at: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """AL-16: A provider that delivers after the start delays the delivery; the end does not move.

    `starts_at`, `ends_at`: the agreed `[start, end)`; `delivered_at`: when the cards could be used, as user or agency
    confirmed it. Returns the instant from which the grant counts as delivered (never before the start) and the
    unmoved end. Never raises.

    Example: agreed 1 October – 1 November, delivered 6 October → (6 October, 1 November); delivered
    28 September → (1 October, 1 November).
    Source: S1 §3.
    """
    return max(starts_at, delivered_at), ends_at


def standing_delivery(told: Sequence[DeliveryTold]) -> Delivery:
    """How a delivery stands by all that was said of it, oldest first (AL-16).

    A later statement stands in the place of an earlier one, one taken back stands no more; a correction counts in the
    place of the confirmation. Never raises.
    """
    stated = confirmed = None
    for one in told:
        match one.word:
            case "stated":
                stated = one
            case "withdrawn":
                stated = None
            case "confirmed" | "corrected":
                confirmed = one
    return Delivery(stated, confirmed, tuple(told))


def statement_refusals(
    delivery: Delivery, use: Use, delivered_at: dt.datetime, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why a provider cannot state this delivery: one is confirmed already, or it lies where none can be. All that hold.

    `delivered_at`: from the agreement to before the grant's end, and not after `now`.
    """
    return (*_confirmed_refusals(delivery), *_range_refusals(use, delivered_at, now))


def withdrawal_refusals(delivery: Delivery) -> tuple[Refusal, ...]:
    """Why a provider cannot take its statement back: there is none, or it is confirmed already."""
    return (*_confirmed_refusals(delivery), *_unstated_refusals(delivery))


def confirmation_refusals(
    delivery: Delivery, use: Use, delivered_at: dt.datetime, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why a delivery cannot be confirmed as of this instant (AL-16). All that hold.

    Nothing is stated, one is confirmed already, it lies where no delivery can be, or before what the provider itself
    states: nobody has the cards earlier than they were handed over.
    """
    refusals = [*_confirmed_refusals(delivery), *_unstated_refusals(delivery), *_range_refusals(use, delivered_at, now)]
    stated = None if delivery.stated is None else delivery.stated.delivered_at
    if stated is not None and delivered_at < stated:
        refusals.append(Refusal("AL-16", "confirmed_before_stated", {"stated_at": stated.isoformat()}))
    return tuple(refusals)


def correction_refusals(
    delivery: Delivery, use: Use, activated_at: dt.datetime | None, delivered_at: dt.datetime, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why the agency cannot correct a delivery to this instant: none counts yet, or it lies where none can be."""
    missing = delivery.confirmed is None and activated_at is None
    unknown = (Refusal("AL-16", "delivery_not_stated", {}),) if missing else ()
    return (*unknown, *_range_refusals(use, delivered_at, now))


def activation_refusals(
    delivery: Delivery, use: Use, delivered_at: dt.datetime | None, now: dt.datetime
) -> tuple[Refusal, ...]:
    """Why use cannot begin now, delivered as told (AL-16): not before the start, and not on the provider's word alone.

    `delivered_at`: the confirmed instant (or left out) or, where no delivery is stated, the start. A statement that
    nobody confirmed is confirmed or taken back first. Nothing begins once the period is over. All refusals that hold.
    """
    if now < use.starts_at:
        early = Refusal("AL-16", "before_start", {"starts_at": use.starts_at.isoformat()})
        return (early, _ahead(now)) if delivered_at is not None and delivered_at > now else (early,)
    if is_period_over(use.ends_at, now):
        return (_after_end(use),)
    refusals = []
    counted = activated_delivery(delivery, use, delivered_at, now)
    if delivered_at is not None and delivered_at > now:
        refusals.append(_ahead(now))
    elif counted is None:
        refusals.append(Refusal("AL-16", "delivery_unconfirmed", {}))
    elif is_period_over(use.ends_at, counted):
        refusals.append(_after_end(use))
    return tuple(refusals)


def activated_delivery(
    delivery: Delivery, use: Use, delivered_at: dt.datetime | None, now: dt.datetime
) -> dt.datetime | None:
    """From when a grant that is activated at `now` counts as delivered (AL-16); None where nobody confirmed it.

    The confirmed instant where there is one. Where the provider states nothing: the start, if the agency says in its
    own name that nothing was late, or activates at the start itself. Never before the start. Never raises.

    Example: start 1 October, confirmed 6 October, activated on the 8th → the 6th; stated but not confirmed → None.
    """
    if delivery.confirmed is not None and delivery.confirmed.delivered_at is not None:
        counted, _ = delivery_of(use.starts_at, use.ends_at, delivery.confirmed.delivered_at)
        told_so = delivered_at in (None, delivery.confirmed.delivered_at, counted)
        return counted if told_so else None
    if delivery.stated is not None:
        return None
    return use.starts_at if (delivered_at or now) == use.starts_at else None


def _range_refusals(use: Use, delivered_at: dt.datetime, now: dt.datetime) -> tuple[Refusal, ...]:
    refusals = []
    if delivered_at > now:
        refusals.append(_ahead(now))
    if delivered_at < use.agreed_at:
        refusals.append(Refusal("AL-16", "delivered_before_agreement", {"agreed_at": use.agreed_at.isoformat()}))
    if is_period_over(use.ends_at, delivered_at):
        refusals.append(_after_end(use))
    return tuple(refusals)


def _ahead(now: dt.datetime) -> Refusal:
    return Refusal("AL-16", "delivered_in_the_future", {"now": now.isoformat()})


def _after_end(use: Use) -> Refusal:
    return Refusal("AL-16", "delivered_after_end", {"ends_at": use.ends_at.isoformat()})


def _confirmed_refusals(delivery: Delivery) -> tuple[Refusal, ...]:
    return (Refusal("AL-16", "delivery_confirmed", {}),) if delivery.confirmed is not None else ()


def _unstated_refusals(delivery: Delivery) -> tuple[Refusal, ...]:
    return (Refusal("AL-16", "delivery_not_stated", {}),) if delivery.stated is None else ()
