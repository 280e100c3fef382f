"""What the allocator does with what it hears."""

import datetime as dt
from typing import Any

from libs.common.db import Tx, lock
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.intake import AgreementEnded, AgreementSigned, ApplicationWithdrawn
from libs.common.events.review import SelectionAnnounced
from services.allocator.operations.grants import end_grant
from services.allocator.store import grants

LAST_RANK = 2**31 - 1


async def create_grant(tx: Tx, event: SelectionAnnounced, now: dt.datetime) -> None:
    """A selected application becomes a grant that awaits its gates; facts that came before it are applied."""
    if event.outcome != "selected":
        return
    rank = event.rank_all if event.rank_all is not None else event.rank
    values = {
        "units": event.units,
        "months": event.months,
        "reason": event.reason,
        "rank": rank if rank is not None else LAST_RANK,
    }
    created = await grants.add_grant(
        tx,
        {
            **values,
            "grant_id": event.application_id,
            "programme_code": event.programme_code,
            "programme_version": event.programme_version,
            "organisation_id": event.organisation_id,
            "state": "awaiting",
            "product": event.product,
            "units_asked": event.units_asked,
            "months_asked": event.months_asked,
            "wished_start": event.wished_start,
            "announced_at": event.announced_at,
        },
    )
    if not created:
        await _announce_again(tx, event.application_id, values)
    for early in await grants.early_facts(tx, event.application_id):
        await _apply_early(tx, early, now)


async def _announce_again(tx: Tx, grant_id: str, values: dict[str, Any]) -> None:
    grant = await grants.grant_of(tx, grant_id, for_update=True)
    if grant is not None and grant["state"] == "awaiting":
        await grants.change_grant(tx, grant_id, **values)


async def _apply_early(tx: Tx, early: dict[str, Any], now: dt.datetime) -> None:
    match early["kind"]:
        case "agreement":
            await sign_agreement(tx, AgreementSigned.model_validate(early["fact"]), now)
        case "due":
            await note_due(tx, SelfpayDue.model_validate(early["fact"]), now)
        case "deposited":
            await note_deposit(tx, SelfpayDeposited.model_validate(early["fact"]), now)
        case "ended":
            at = dt.datetime.fromisoformat(early["fact"]["at"])
            await _end(tx, early["grant_id"], at, early["fact"]["reason"], now)


async def sign_agreement(tx: Tx, event: AgreementSigned, now: dt.datetime) -> None:
    """The agreement stands: its gate opens, and AL-5 knows whom it compares."""
    grant = await grants.grant_of(tx, event.application_id, for_update=True)
    if grant is None:
        await grants.keep_early(tx, event.application_id, "agreement", event.model_dump(mode="json"), now)
        return
    values: dict[str, Any] = {
        "agreed_at": event.signed_at,
        "business_no": event.business_no,
        "representative_keys": event.representative_keys,
        "affiliates": event.affiliates,
    }
    if grant["state"] == "awaiting":
        values |= {"units": event.units, "months": event.months, "wished_start": event.wished_start}
    await grants.change_grant(tx, event.application_id, **values)


async def note_due(tx: Tx, event: SelfpayDue, now: dt.datetime) -> None:
    """What a grant owes; nothing owed, or enough received already, opens its gate."""
    grant = await grants.grant_of(tx, event.application_id, for_update=True)
    if grant is None:
        await grants.keep_early(tx, event.application_id, "due", event.model_dump(mode="json"), now)
        return
    covered = grant["self_payment_received_krw"] >= event.amount_krw
    await grants.change_grant(
        tx, event.application_id, self_payment_due_krw=event.amount_krw, self_payment_covered=covered
    )


async def note_deposit(tx: Tx, event: SelfpayDeposited, now: dt.datetime) -> None:
    """Money or evidence came in; only the whole amount opens the gate."""
    grant = await grants.grant_of(tx, event.application_id, for_update=True)
    if grant is None:
        await grants.keep_early(tx, event.application_id, "deposited", event.model_dump(mode="json"), now)
        return
    await grants.change_grant(
        tx,
        event.application_id,
        self_payment_received_krw=event.received_krw,
        self_payment_due_krw=event.due_krw,
        self_payment_covered=event.covered,
    )


async def end_withdrawn(tx: Tx, event: ApplicationWithdrawn, now: dt.datetime) -> None:
    """The applicant gave up, or the agency revoked: the grant ends."""
    await _end(tx, event.application_id, event.withdrawn_at, event.reason, now)


async def end_agreement(tx: Tx, event: AgreementEnded, now: dt.datetime) -> None:
    """The agreement ended before its time: so does the grant."""
    await _end(tx, event.application_id, event.ended_at, event.reason, now)


async def _end(tx: Tx, grant_id: str, at: dt.datetime, reason: str, now: dt.datetime) -> None:
    await lock(tx, "allotment")
    grant = await grants.grant_of(tx, grant_id, for_update=True)
    if grant is None:
        await grants.keep_early(tx, grant_id, "ended", {"at": at.isoformat(), "reason": reason}, now)
    elif grant["state"] != "ended":
        await end_grant(tx, grant, at, reason, now)
