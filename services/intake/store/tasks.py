"""What waits for people in intake: a query for each kind of task, all read in one statement."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, all_, and_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.db import Tx
from libs.common.lists import sortable
from libs.common.nouns import among, by_number
from libs.common.tasks import Task
from libs.common.waiting import Waiting
from services.intake.store.acceptances import BESIDE, UNTIL, awaits_acceptance
from services.intake.store.supplement_lists import DUE_NOW
from services.intake.tables.acceptances import result_delivery
from services.intake.tables.agreements import agreement, announcement, progress
from services.intake.tables.applications import application
from services.intake.tables.objections import objection, objection_decision
from services.intake.tables.organisations import organisation
from services.intake.tables.people import invitation, organisation_claim
from services.intake.tables.supplements import filing_version, supplement

DRAFTS_MAX = 1_000
_WHOSE = application.join(organisation, organisation.c.organisation_id == application.c.organisation_id)
_NAMED = {"receipt_no": application.c.receipt_no, "organisation_name": organisation.c.name}
_APPLICATION = (application.c.application_id, application.c.title)


def _longest_first(
    what: tuple[str, str],
    of: FromClause,
    told: tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]],
    *only: ColumnElement[bool],
    facts: Mapping[str, ColumnElement[Any]] = _NAMED,
    due: ColumnElement[Any] | None = None,
) -> Waiting:
    """Those that wait longest first. `what`: kind and thing; `told`: its id, its title, since when it waits."""
    rows = select().select_from(of).where(*only).order_by(told[2], *by_number(told[0]))
    return Waiting(*what, rows, told, due=due, facts=facts)


def to_screen() -> Waiting:
    """Applications that were received and whose screening has not ended."""
    told = (*_APPLICATION, application.c.received_at)
    return _longest_first(("screen_application", "application"), _WHOSE, told, application.c.state == "submitted")


def claims_to_decide() -> Waiting:
    """Claims on organisations that nobody has decided."""
    of = organisation_claim.join(organisation, organisation.c.organisation_id == organisation_claim.c.organisation_id)
    told = (organisation_claim.c.claim_id, organisation.c.name, organisation_claim.c.made_at)
    what = ("decide_claim", "organisation claim")
    facts = {"organisation_name": organisation.c.name}
    return _longest_first(what, of, told, organisation_claim.c.state == "open", facts=facts)


def objections_to_decide(subject: str) -> Waiting:
    """Objections that nobody has decided, to decisions in which this person took no part (MS-7)."""
    of = _WHOSE.join(objection, objection.c.application_id == application.c.application_id).outerjoin(
        objection_decision, objection_decision.c.objection_id == objection.c.objection_id
    )
    told = (objection.c.objection_id, application.c.title, objection.c.filed_at)
    what = ("decide_objection", "objection")
    only = (objection_decision.c.objection_id.is_(None), literal(subject) != all_(objection.c.took_part))
    return _longest_first(what, of, told, *only)


def agreements_to_draw_up() -> Waiting:
    """Selected applications without an agreement, since their announcement."""
    since = (
        select(func.max(announcement.c.announced_at))
        .where(announcement.c.application_id == application.c.application_id)
        .correlate(application)
        .scalar_subquery()
    )
    told = (*_APPLICATION, func.coalesce(since, sortable(application.c.received_at)))
    return _longest_first(("draw_up_agreement", "application"), _WHOSE, told, application.c.state == "selected")


def awards_to_revoke(proposed: Sequence[str]) -> Waiting:
    """Awards whose newest announced outcome is no selection any more, those named left out (RV-17, IN-16)."""
    newest = (
        select(announcement.c.application_id, announcement.c.outcome, announcement.c.announced_at)
        .ext(distinct_on(announcement.c.application_id))
        .order_by(announcement.c.application_id, announcement.c.announced_at.desc(), announcement.c.run_version.desc())
        .subquery("newest")
    )
    of = _WHOSE.join(newest, newest.c.application_id == application.c.application_id)
    return _longest_first(
        ("decide_revocation", "application"),
        of,
        (*_APPLICATION, newest.c.announced_at),
        application.c.state.in_(("agreed", "signed", "placed", "active")),
        newest.c.outcome != "selected",
        application.c.application_id.not_in(proposed),
    )


def silent_winners(now: dt.datetime, proposed: Sequence[str]) -> Waiting:
    """Selections that nobody accepted in time, those named left out: revoking is an officer's to propose (RV-13)."""
    told = (*_APPLICATION, result_delivery.c.delivered_at)
    only = (awaits_acceptance(), now >= UNTIL, application.c.application_id.not_in(proposed))
    return _longest_first(("revoke_silent_winner", "application"), BESIDE, told, *only, due=UNTIL)


def acceptances_to_give(own: Collection[str], now: dt.datetime) -> Waiting:
    """Selections of these organisations whose clock runs: accepted until its end, or the place goes on (RV-13)."""
    told = (*_APPLICATION, result_delivery.c.delivered_at)
    only = (awaits_acceptance(), now < UNTIL, among(application.c.organisation_id, own))
    return _longest_first(("accept_selection", "application"), BESIDE, told, *only, due=UNTIL)


async def list_own_drafts(tx: Tx, own: Collection[str]) -> tuple[tuple[Task, str], ...]:
    """The drafts of these organisations, each with its call: the first so many."""
    query = (
        select(*_APPLICATION, application.c.created_at, application.c.programme_code)
        .where(application.c.state == "draft", among(application.c.organisation_id, own))
        .order_by(application.c.created_at, *by_number(application.c.application_id))
        .limit(DRAFTS_MAX)
    )
    return tuple(
        (Task("submit_draft", "application", row[0], row[1], row[2]), row[3]) for row in await tx.execute(query)
    )


def agreements_to_sign(own: Collection[str]) -> Waiting:
    """Agreements of these organisations that are drawn up and not signed."""
    of = _WHOSE.join(agreement, agreement.c.application_id == application.c.application_id)
    told = (*_APPLICATION, agreement.c.drafted_at)
    mine = among(application.c.organisation_id, own)
    return _longest_first(("sign_agreement", "agreement"), of, told, mine, application.c.state == "agreed")


def self_payments_due(own: Collection[str]) -> Waiting:
    """Self-payments of these organisations that are due and not covered; their last day is billing's to say."""
    of = _WHOSE.join(progress, progress.c.application_id == application.c.application_id).join(
        agreement, agreement.c.application_id == application.c.application_id
    )
    return _longest_first(
        ("pay_self_payment", "application"),
        of,
        (*_APPLICATION, sortable(agreement.c.signed_at)),
        among(application.c.organisation_id, own),
        application.c.state.in_(("signed", "placed", "active")),
        agreement.c.ended_at.is_(None),
        progress.c.selfpay_due_krw > func.coalesce(progress.c.selfpay_received_krw, 0),
        progress.c.selfpay_covered.is_(False),
        facts={**_NAMED, "selfpay_due_krw": progress.c.selfpay_due_krw},
    )


def invitations_to_answer(subject: str, now: dt.datetime) -> Waiting:
    """Invitations into an organisation that name a person and have not expired."""
    of = invitation.join(organisation, organisation.c.organisation_id == invitation.c.organisation_id)
    told = (invitation.c.invitation_id, organisation.c.name, invitation.c.made_at)
    facts = {"organisation_name": organisation.c.name, "member_role": invitation.c.role}
    only = (invitation.c.subject == subject, invitation.c.state == "open", invitation.c.expires_at > now)
    what = ("join_organisation", "invitation")
    return _longest_first(what, of, told, *only, facts=facts, due=invitation.c.expires_at)


_ASKED = _WHOSE.join(supplement, supplement.c.application_id == application.c.application_id).outerjoin(
    filing_version, filing_version.c.supplement_id == supplement.c.supplement_id
)


def supplements_to_answer(own: Collection[str]) -> Waiting:
    """Supplements that the agency asked these organisations for and that are not answered, until they are due."""
    told = (supplement.c.supplement_id, application.c.title, supplement.c.asked_at)
    mine = and_(among(application.c.organisation_id, own), application.c.state == "submitted")
    what = ("answer_supplement", "supplement")
    return _longest_first(what, _ASKED, told, mine, filing_version.c.supplement_id.is_(None), due=DUE_NOW)


def supplements_to_look_at() -> Waiting:
    """Supplements that were answered, of applications whose screening has not ended."""
    told = (supplement.c.supplement_id, application.c.title, filing_version.c.at)
    answered = filing_version.c.supplement_id.is_not(None)
    what = ("look_at_supplement", "supplement")
    return _longest_first(what, _ASKED, told, application.c.state == "submitted", answered)
