"""Drafts, what is shown of applications, and withdrawal."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Invalid, NotFound, WrongState
from libs.common.events.intake import AgreementEnded, ApplicationWithdrawn
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.intake.model.organisations import Organisation
from services.intake.policy import products_by_track
from services.intake.rules.counting import named_product
from services.intake.store import agreements, applications, organisations

UNDER_AGREEMENT = ("signed", "placed", "active")
WITHDRAWABLE = ("draft", "submitted", "eligible", "waiting", "selected", "agreed", *UNDER_AGREEMENT)


async def create(tx: Tx, caller: Caller, told: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Begin a draft of the caller's organisation; returns it as it is shown. Raises NotFound and Invalid."""
    organisation_id = told["organisation_id"]
    if not caller.owns(organisation_id):
        raise NotFound("organisation", organisation_id)
    await organisations.get_organisation(tx, organisation_id)
    await _check_product(tx, told, now)
    row = await applications.add(tx, {**told, "created_by": caller.subject, "created_at": now})
    await applications.note(tx, row["application_id"], "draft", reason="", by=caller.subject, now=now)
    return _shown(row, {}, {}, {})


async def own_draft(tx: Tx, caller: Caller, application_id: str) -> dict[str, Any]:
    """A draft of the caller's, locked for a change. Raises NotFound, and WrongState once it is submitted."""
    row = await own_application(tx, caller, application_id, for_update=True)
    must_be_draft(row)
    return row


async def edit(tx: Tx, row: Mapping[str, Any], told: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Change a draft that `own_draft` locked; returns it. Raises Invalid for a product that is not its track's."""
    await _check_product(tx, {**told, "programme_code": row["programme_code"]}, now)
    return await applications.change(tx, row["application_id"], **told)


async def _check_product(tx: Tx, told: Mapping[str, Any], now: dt.datetime) -> None:
    programme = await programme_at(tx, told["programme_code"], now)
    for finding in named_product(told["track"], told["product"], products_by_track(programme)):
        raise Invalid(finding.code, finding.rule_id, **finding.facts)


async def own_application(tx: Tx, caller: Caller, application_id: str, *, for_update: bool = False) -> dict[str, Any]:
    """An application that the caller may see. Raises NotFound, also where it is somebody else's."""
    row = await applications.get(tx, application_id, for_update=for_update)
    if not caller.owns(row["organisation_id"]):
        raise NotFound("application", application_id)
    return row


async def own_with_organisation(
    tx: Tx, caller: Caller, application_id: str, *, for_update: bool = False
) -> tuple[dict[str, Any], Organisation]:
    """An application that the caller may see, and who made it. Raises NotFound, also where it is somebody else's."""
    row, organisation = await applications.get_with_organisation(tx, application_id, for_update=for_update)
    if not caller.owns(row["organisation_id"]):
        raise NotFound("application", application_id)
    return row, organisation


def must_be_draft(row: Mapping[str, Any]) -> None:
    """Refuse what only drafts allow; a submitted application tells its receipt. Raises WrongState."""
    if row["state"] == "draft":
        return
    error = WrongState("application", row["application_id"], row["state"], ["draft"], "GET /v1/applications/{id}")
    error.facts["receipt_no"] = row["receipt_no"]
    error.facts["received_at"] = None if row["received_at"] is None else row["received_at"].isoformat()
    raise error


async def standing(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Applications with their announced outcome, agreement and progress: three queries whatever their number."""
    ids = [row["application_id"] for row in rows]
    announced = await agreements.announcements_of(tx, ids)
    agreed = await agreements.agreements_of(tx, ids)
    progress = await agreements.progress_of(tx, ids)
    return [_shown(row, announced, agreed, progress) for row in rows]


def _shown(
    row: Mapping[str, Any], announced: Mapping[str, Any], agreed: Mapping[str, Any], progress: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        **row,
        "programme": row["programme_code"],
        "award": announced.get(row["application_id"]),
        "agreement": agreed.get(row["application_id"]),
        "progress": progress.get(row["application_id"]),
    }


async def show(tx: Tx, caller: Caller, application_id: str) -> dict[str, Any]:
    """One application as it stands, with its documents and history."""
    row = await own_application(tx, caller, application_id)
    (shown,) = await standing(tx, [row])
    documents = await applications.documents_of(tx, [application_id])
    return {**shown, "documents": documents, "history": await applications.history_of(tx, application_id)}


async def withdraw(tx: Tx, caller: Caller, application_id: str, reason: str, now: dt.datetime) -> None:
    """Take an application back, decline or give up; a signed agreement ends with it. Raises WrongState."""
    row = await own_application(tx, caller, application_id, for_update=True)
    if row["state"] not in WITHDRAWABLE:
        raise WrongState("application", application_id, row["state"], WITHDRAWABLE)
    await applications.move(tx, application_id, "withdrawn", reason=reason, by=caller.subject, now=now)
    told = {"application_id": application_id, "programme_code": row["programme_code"], "reason": reason}
    if row["state"] in UNDER_AGREEMENT:
        await agreements.change(tx, application_id, ended_at=now)
        await say(tx, AgreementEnded(**told, ended_at=now), now=now)
    if row["receipt_no"] is not None:
        await say(tx, ApplicationWithdrawn(**told, withdrawn_at=now), now=now)
