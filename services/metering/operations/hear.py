"""What other services said, kept in tables of our own; every event may come twice and in any order."""

import datetime as dt
from dataclasses import replace

from libs.common import programmes
from libs.common.db import Tx
from libs.common.events import allocator as said
from libs.common.events.billing import PriceAgreed, PriceWithdrawn
from libs.common.events.intake import ProgrammeOpened
from services.metering.model.grants import AgreedPrice, Placed, SessionTold
from services.metering.store import grants, prices


async def hear_programme(tx: Tx, event: ProgrammeOpened, _: dt.datetime) -> None:
    """A programme's definition came into force: its wait limit, pricing and due days count from here."""
    await programmes.keep(tx, event)


async def hear_placement(tx: Tx, event: said.GrantPlaced, _: dt.datetime) -> None:
    """A grant has its provider: usage can be matched and charged from here."""
    told = Placed(
        grant_id=event.grant_id,
        provider_id=event.provider_id,
        programme_code=event.programme_code,
        organisation_id=event.organisation_id,
        data_centre=event.data_centre,
        pool_id=event.pool_id,
        servers=event.servers,
        mode=event.mode,
        units=event.units,
        cards=event.cards,
        priced_product=event.priced_product,
        priced_units=event.priced_units,
        payable=event.payable,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
    await grants.keep_placement(tx, told)


async def hear_delivery(tx: Tx, event: said.GrantActivated, _: dt.datetime) -> None:
    """A grant can be used: outages count from here, and fixed grants hold their units."""
    await grants.keep_delivery(tx, event.grant_id, event.provider_id, event.programme_code, event.delivered_at)


async def hear_change(tx: Tx, event: said.GrantChanged, _: dt.datetime) -> None:
    """A grant was lowered."""
    await grants.keep_change(tx, event.grant_id, event.units, event.ends_at)


async def hear_end(tx: Tx, event: said.GrantEnded, _: dt.datetime) -> None:
    """A grant gave its cards back; one that was never placed is ignored."""
    if event.provider_id is not None:
        await grants.keep_end(tx, event.grant_id, event.provider_id, event.programme_code, event.ended_at)


async def hear_request(tx: Tx, event: said.SessionRequested, _: dt.datetime) -> None:
    """A grant asked for units: its wait runs from here."""
    told = replace(_told(event), units=event.units, requested_at=event.requested_at)
    await grants.keep_session(tx, told)


async def hear_assignment(tx: Tx, event: said.SessionAssigned, _: dt.datetime) -> None:
    """A session has its cards: the wait is over, usage is expected."""
    told = replace(
        _told(event),
        units=event.units,
        mode=event.mode,
        data_centre=event.data_centre,
        servers=event.servers,
        requested_at=event.requested_at,
        assigned_at=event.assigned_at,
        continues=event.continues,
    )
    await grants.keep_session(tx, told)


async def hear_release(tx: Tx, event: said.SessionReleased, _: dt.datetime) -> None:
    """A session gave its cards back."""
    await grants.keep_session(tx, replace(_told(event), released_at=event.released_at))


async def hear_withdrawal(tx: Tx, event: said.SessionWithdrawn, _: dt.datetime) -> None:
    """A waiting request was taken back; its wait counts all the same (MT-6)."""
    told = replace(_told(event), units=event.units, requested_at=event.requested_at, withdrawn_at=event.withdrawn_at)
    await grants.keep_session(tx, told)


def _told(
    event: said.SessionRequested | said.SessionAssigned | said.SessionReleased | said.SessionWithdrawn,
) -> SessionTold:
    """What every event of a session tells: which it is, and whose."""
    return SessionTold(
        session_id=event.session_id,
        grant_id=event.grant_id,
        programme_code=event.programme_code,
        provider_id=event.provider_id,
        pool_id=event.pool_id,
    )


async def hear_price(tx: Tx, event: PriceAgreed, _: dt.datetime) -> None:
    """A price was agreed: all that counts here is whether its hours cost anything (MT-6)."""
    price = AgreedPrice(event.product, event.mode, event.valid_from, is_zero=event.unit_price_krw == 0)
    await prices.keep_price(tx, event.programme_code, event.provider_id, price, event.round_no)


async def hear_price_withdrawal(tx: Tx, event: PriceWithdrawn, _: dt.datetime) -> None:
    """A price was taken back: the round left of its month counts, or what held before (MT-6)."""
    left = AgreedPrice(event.product, event.mode, event.valid_from, is_zero=event.holds_krw == 0)
    await prices.change_price(
        tx, event.programme_code, event.provider_id, left, event.holds_round_no or prices.NO_ROUND
    )
