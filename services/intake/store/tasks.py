"""What waits for people in intake: one statement for each kind of task, which tells how many there are in all."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.db import Tx
from libs.common.lists import sortable
from libs.common.nouns import among, by_number
from libs.common.tasks import TASKS_MAX, Task
from services.intake.store.supplement_lists import DUE_NOW
from services.intake.tables.agreements import agreement, announcement, progress
from services.intake.tables.applications import application
from services.intake.tables.organisations import organisation
from services.intake.tables.people import invitation, organisation_claim
from services.intake.tables.supplements import filing_version, supplement

DRAFTS_MAX = 1_000
_WHOSE = application.join(organisation, organisation.c.organisation_id == application.c.organisation_id)
_NAMED = {"receipt_no": application.c.receipt_no, "organisation_name": organisation.c.name}


async def _waiting(
    tx: Tx,
    what: tuple[str, str],
    of: FromClause,
    told: tuple[ColumnElement[str], ColumnElement[str], ColumnElement[Any]],
    facts: Mapping[str, ColumnElement[Any]],
    *only: ColumnElement[bool],
    due: ColumnElement[Any] | None = None,
) -> tuple[tuple[Task, ...], int]:
    """Those that wait longest first. `what`: kind and thing; `told`: its id, its title, since when it waits."""
    number, title, since = told
    query = select(number, title, since, func.count().over(), *([] if due is None else [due]), *facts.values())
    query = query.select_from(of).where(*only).order_by(since, *by_number(number)).limit(TASKS_MAX)
    rows = (await tx.execute(query)).all()
    first = 4 if due is None else 5
    kind, thing = what
    tasks = tuple(
        Task(
            kind,
            thing,
            row[0],
            row[1],
            row[2],
            None if due is None else row[4],
            dict(zip(facts, row[first:], strict=True)),
        )
        for row in rows
    )
    return tasks, rows[0][3] if rows else 0


async def list_to_screen(tx: Tx) -> tuple[tuple[Task, ...], int]:
    """Applications that were received and whose screening has not ended."""
    told = (application.c.application_id, application.c.title, application.c.received_at)
    return await _waiting(
        tx, ("screen_application", "application"), _WHOSE, told, _NAMED, application.c.state == "submitted"
    )


async def list_claims_to_decide(tx: Tx) -> tuple[tuple[Task, ...], int]:
    """Claims on organisations that nobody has decided."""
    of = organisation_claim.join(organisation, organisation.c.organisation_id == organisation_claim.c.organisation_id)
    told = (organisation_claim.c.claim_id, organisation.c.name, organisation_claim.c.made_at)
    facts = {"organisation_name": organisation.c.name}
    what = ("decide_claim", "organisation claim")
    return await _waiting(tx, what, of, told, facts, organisation_claim.c.state == "open")


async def list_agreements_to_draw_up(tx: Tx) -> tuple[tuple[Task, ...], int]:
    """Selected applications without an agreement, since their announcement."""
    since = (
        select(func.max(announcement.c.announced_at))
        .where(announcement.c.application_id == application.c.application_id)
        .correlate(application)
        .scalar_subquery()
    )
    told = (
        application.c.application_id,
        application.c.title,
        func.coalesce(since, sortable(application.c.received_at)),
    )
    what = ("draw_up_agreement", "application")
    return await _waiting(tx, what, _WHOSE, told, _NAMED, application.c.state == "selected")


async def list_awards_to_revoke(tx: Tx, proposed: Sequence[str]) -> tuple[tuple[Task, ...], int]:
    """Awards whose newest announced outcome is no selection any more, those named left out (RV-17, IN-16)."""
    newest = (
        select(announcement.c.application_id, announcement.c.outcome, announcement.c.announced_at)
        .ext(distinct_on(announcement.c.application_id))
        .order_by(announcement.c.application_id, announcement.c.announced_at.desc(), announcement.c.run_version.desc())
        .subquery("newest")
    )
    of = _WHOSE.join(newest, newest.c.application_id == application.c.application_id)
    told = (application.c.application_id, application.c.title, newest.c.announced_at)
    return await _waiting(
        tx,
        ("decide_revocation", "application"),
        of,
        told,
        _NAMED,
        application.c.state.in_(("agreed", "signed", "placed", "active")),
        newest.c.outcome != "selected",
        application.c.application_id.not_in(proposed),
    )


async def list_own_drafts(tx: Tx, own: Collection[str]) -> tuple[tuple[Task, str], ...]:
    """The drafts of these organisations, each with its call: the first so many."""
    query = (
        select(
            application.c.application_id, application.c.title, application.c.created_at, application.c.programme_code
        )
        .where(application.c.state == "draft", among(application.c.organisation_id, own))
        .order_by(application.c.created_at, *by_number(application.c.application_id))
        .limit(DRAFTS_MAX)
    )
    return tuple(
        (Task("submit_draft", "application", row[0], row[1], row[2]), row[3]) for row in await tx.execute(query)
    )


async def list_agreements_to_sign(tx: Tx, own: Collection[str]) -> tuple[tuple[Task, ...], int]:
    """Agreements of these organisations that are drawn up and not signed."""
    of = _WHOSE.join(agreement, agreement.c.application_id == application.c.application_id)
    told = (application.c.application_id, application.c.title, agreement.c.drafted_at)
    mine = among(application.c.organisation_id, own)
    what = ("sign_agreement", "agreement")
    return await _waiting(tx, what, of, told, _NAMED, mine, application.c.state == "agreed")


async def list_self_payments_due(tx: Tx, own: Collection[str]) -> tuple[tuple[Task, ...], int]:
    """Self-payments of these organisations that are due and not covered; their last day is billing's to say."""
    of = _WHOSE.join(progress, progress.c.application_id == application.c.application_id).join(
        agreement, agreement.c.application_id == application.c.application_id
    )
    told = (application.c.application_id, application.c.title, sortable(agreement.c.signed_at))
    facts = {**_NAMED, "selfpay_due_krw": progress.c.selfpay_due_krw}
    return await _waiting(
        tx,
        ("pay_self_payment", "application"),
        of,
        told,
        facts,
        among(application.c.organisation_id, own),
        application.c.state.in_(("signed", "placed", "active")),
        agreement.c.ended_at.is_(None),
        progress.c.selfpay_due_krw > func.coalesce(progress.c.selfpay_received_krw, 0),
        progress.c.selfpay_covered.is_(False),
    )


async def list_invitations_to_answer(tx: Tx, subject: str, now: dt.datetime) -> tuple[tuple[Task, ...], int]:
    """Invitations into an organisation that name a person and have not expired."""
    of = invitation.join(organisation, organisation.c.organisation_id == invitation.c.organisation_id)
    told = (invitation.c.invitation_id, organisation.c.name, invitation.c.made_at)
    facts = {"organisation_name": organisation.c.name, "member_role": invitation.c.role}
    return await _waiting(
        tx,
        ("join_organisation", "invitation"),
        of,
        told,
        facts,
        invitation.c.subject == subject,
        invitation.c.state == "open",
        invitation.c.expires_at > now,
        due=invitation.c.expires_at,
    )


_ASKED = _WHOSE.join(supplement, supplement.c.application_id == application.c.application_id).outerjoin(
    filing_version, filing_version.c.supplement_id == supplement.c.supplement_id
)


async def list_supplements_to_answer(tx: Tx, own: Collection[str]) -> tuple[tuple[Task, ...], int]:
    """Supplements that the agency asked these organisations for and that are not answered, until they are due."""
    told = (supplement.c.supplement_id, application.c.title, supplement.c.asked_at)
    return await _waiting(
        tx,
        ("answer_supplement", "supplement"),
        _ASKED,
        told,
        _NAMED,
        among(application.c.organisation_id, own),
        application.c.state == "submitted",
        filing_version.c.supplement_id.is_(None),
        due=DUE_NOW,
    )


async def list_supplements_to_look_at(tx: Tx) -> tuple[tuple[Task, ...], int]:
    """Supplements that were answered, of applications whose screening has not ended."""
    told = (supplement.c.supplement_id, application.c.title, filing_version.c.at)
    what = ("look_at_supplement", "supplement")
    answered = filing_version.c.supplement_id.is_not(None)
    return await _waiting(tx, what, _ASKED, told, _NAMED, application.c.state == "submitted", answered)
