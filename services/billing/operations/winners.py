"""Open a self-payment for a winner who has not signed yet: what comes in before the agreement is kept (BL-14)."""

import datetime as dt
from dataclasses import replace

from libs.common.db import Tx
from libs.common.events.review import SelectionAnnounced
from libs.common.self_payment import Payer, Reduction
from services.billing.model.self_payments import Contribution
from services.billing.rules.self_payment import carried_over
from services.billing.store import self_payments

NOT_SELECTED = "선정되지 않음 · no longer selected"


async def open_for_winner(tx: Tx, event: SelectionAnnounced, reduction: Reduction) -> None:
    """Open it without an amount, or bring it up to a later run; a signed one stays. The caller holds the turn."""
    noun = Contribution(
        application_id=event.application_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        organisation_id=event.organisation_id,
        payer=Payer(event.sector, reduction),
        track=event.track,
        product=event.product,
        units=event.units,
        months=event.months,
        cards=0,
        card_type="",
        basis="asked",
        signed_at=None,
        state="awaiting_agreement",
        missing_path="agreement",
    )
    if await self_payments.add_self_payment(tx, noun):
        return
    known = await self_payments.find_self_payment(tx, event.application_id)
    if known is not None and known.signed_at is None and known != (opened := carried_over(known, noun)):
        await self_payments.change_self_payment(tx, opened)


async def close_for_loser(tx: Tx, application_id: str, now: dt.datetime) -> None:
    """Close the self-payment of an application that a later run does not select; what came in can be refunded."""
    known = await self_payments.find_self_payment(tx, application_id)
    if known is None or known.signed_at is not None or known.closed_at is not None:
        return
    closed = replace(known, state="closed", closed_at=now, close_reason=NOT_SELECTED, missing_path=None)
    await self_payments.change_self_payment(tx, closed)
