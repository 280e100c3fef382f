"""From the announced selection to the signed agreement, and what other services say of it afterwards."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from libs.common.calendar import add_months, kst_day
from libs.common.db import Tx
from libs.common.errors import WrongState
from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.intake import AgreementSigned
from libs.common.events.review import SelectionAnnounced
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.organisations import Award, Organisation
from services.intake.operations.applications import own_with_organisation
from services.intake.operations.case import applicant_of
from services.intake.operations.screening import recheck_before_agreement
from services.intake.store import agreements, applications, organisations

BEFORE_AGREEMENT = ("eligible", "refused", "waiting", "selected")
AFTER_SIGNATURE = ("signed", "placed", "active", "ended")
SYSTEM = "system"


async def hear_selection(tx: Tx, event: SelectionAnnounced, now: dt.datetime) -> None:
    """Keep an announced outcome; until the agreement it is what the applicant sees. An older run changes nothing."""
    row = await applications.get(tx, event.application_id, for_update=True)
    told = ("application_id", "selection_id", "run_version", "announced_at", "outcome", "refused_by", "promoted")
    awarded = ("units", "months", "reason", "score", "rank")
    if not await agreements.add_announcement(tx, {name: getattr(event, name) for name in (*told, *awarded)}):
        return
    if row["state"] in BEFORE_AGREEMENT and row["state"] != event.outcome:
        why = event.refused_by or event.reason
        await applications.move(tx, event.application_id, event.outcome, reason=why, by=SYSTEM, now=now)


async def draft(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> dict[str, Any]:
    """Draw up the agreement of a selected application, after looking again at support and restrictions; returns it.

    Raises WrongState before the selection is announced, Refused where IN-7 or IN-8 stands in the way.
    """
    row, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    if row["state"] != "selected":
        raise WrongState("application", application_id, row["state"], ["selected"])
    programme = await programme_at(tx, row["programme_code"], now)
    await recheck_before_agreement(tx, row, applicant_of(row, organisation, programme), programme.version, now)
    award = await _award(tx, application_id)
    drawn_up = {"application_id": application_id, "programme_version": programme.version}
    agreement = await agreements.draft(tx, {**drawn_up, **award, "drafted_by": caller.subject, "drafted_at": now})
    await applications.move(tx, application_id, "agreed", reason="", by=caller.subject, now=now)
    return agreement


async def sign(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> dict[str, Any]:
    """Sign the agreement, with what was awarded last, after looking again; returns it.

    Raises WrongState before it is drawn up, Refused where IN-7 or IN-8 stands in the way.
    """
    row, organisation = await own_with_organisation(tx, caller, application_id, for_update=True)
    if row["state"] != "agreed":
        next_call = "POST /v1/agreements" if row["state"] == "selected" else ""
        raise WrongState("application", application_id, row["state"], ["agreed"], next_call)
    programme = await programme_at(tx, row["programme_code"], now)
    applicant = applicant_of(row, organisation, programme)
    await recheck_before_agreement(tx, row, applicant, programme.version, now)
    award = await _award(tx, application_id)
    signed = {"programme_version": programme.version, **award, "signed_by": caller.subject, "signed_at": now}
    agreement = await agreements.change(tx, application_id, **signed)
    await applications.move(tx, application_id, "signed", reason="", by=caller.subject, now=now)
    last_day = add_months(row["wished_start"], award["months"]) - dt.timedelta(days=1)
    fact = Award(programme.code, government=True, year=kst_day(now).year, running_until=last_day)
    source = f"agreement {application_id}"
    await organisations.add_award(
        tx, applicant.awards_of, fact, application_id=application_id, source=source, by=caller.subject, now=now
    )
    told = _signed(row, organisation, award)
    await say(tx, AgreementSigned(**told, programme_version=programme.version, signed_at=now), now=now)
    return agreement


async def _award(tx: Tx, application_id: str) -> dict[str, Any]:
    announced = (await agreements.announcements_of(tx, [application_id]))[application_id]
    return {"units": announced["units"], "months": announced["months"], "award_reason": announced["reason"]}


def _signed(row: Mapping[str, Any], organisation: Organisation, award: Mapping[str, Any]) -> dict[str, Any]:
    same = ("application_id", "programme_code", "sector", "youth", "track", "product", "wished_start")
    keys = [f"{person.name}|{person.born_on.isoformat()}" for person in organisation.representatives]
    return {
        **{name: row[name] for name in same},
        "units": award["units"],
        "months": award["months"],
        "organisation_id": organisation.organisation_id,
        "organisation_name": organisation.name,
        "business_no": organisation.business_no,
        "applicant_kind": organisation.kind,
        "representative_keys": [hashlib.sha256(key.encode()).hexdigest() for key in keys],
        "affiliates": list(organisation.affiliates),
    }


async def hear_placed(tx: Tx, event: GrantPlaced, now: dt.datetime) -> None:
    """Keep where a grant was placed."""
    placed = ("provider_id", "card_type", "cards", "starts_at", "ends_at")
    await agreements.tell_progress(tx, event.grant_id, **{name: getattr(event, name) for name in placed})
    await _advance(tx, event.grant_id, "placed", now)


async def hear_activated(tx: Tx, event: GrantActivated, now: dt.datetime) -> None:
    """Keep that use has started."""
    told = {"provider_id": event.provider_id, "starts_at": event.starts_at, "ends_at": event.ends_at}
    await agreements.tell_progress(tx, event.grant_id, **told)
    await _advance(tx, event.grant_id, "active", now)


async def hear_ended(tx: Tx, event: GrantEnded, now: dt.datetime) -> None:
    """Keep that use has ended."""
    await agreements.tell_progress(tx, event.grant_id, ends_at=event.ended_at)
    await _advance(tx, event.grant_id, "ended", now, reason=event.reason)


async def _advance(tx: Tx, application_id: str, state: str, now: dt.datetime, *, reason: str = "") -> None:
    earlier = AFTER_SIGNATURE[: AFTER_SIGNATURE.index(state)]
    await applications.move(tx, application_id, state, reason=reason, by=SYSTEM, now=now, only_from=earlier)


async def hear_self_payment_due(tx: Tx, event: SelfpayDue, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what the applicant owes in advance; a new amount opens the question anew."""
    free = event.amount_krw == 0
    await agreements.tell_progress(
        tx, event.application_id, selfpay_due_krw=event.amount_krw, selfpay_covered=free, selfpay_overdue=False
    )


async def hear_self_payment(tx: Tx, event: SelfpayDeposited, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what came in of it."""
    received = {"selfpay_due_krw": event.due_krw, "selfpay_received_krw": event.received_krw}
    await agreements.tell_progress(tx, event.application_id, **received, selfpay_covered=event.covered)


async def hear_self_payment_overdue(tx: Tx, event: SelfpayOverdue, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """Keep that the period to pay has ended without the whole amount."""
    await agreements.tell_progress(tx, event.application_id, selfpay_due_krw=event.due_krw, selfpay_overdue=True)
