"""Drafts, what is shown of applications, and withdrawal."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.common.bounds import Expected
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Forbidden, Invalid, InvalidRequest, NotFound, WrongField, WrongState
from libs.common.events.intake import AgreementEnded, ApplicationWithdrawn
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from libs.common.wrong_fields import wrong_field
from services.intake.model.agreements import Standing
from services.intake.model.applications import Application, ApplicationState, Document, Sketch, Step
from services.intake.model.organisations import Organisation
from services.intake.operations.belonging import must_see, sees
from services.intake.policy.call import products_by_track
from services.intake.policy.form import FormPolicy
from services.intake.rules.disclosure import kept_back_of, told_history
from services.intake.rules.drafts import patched, sketch_refusals
from services.intake.rules.form import WrongEntry, wrong_entries
from services.intake.rules.limits import is_full
from services.intake.rules.people import told_apart
from services.intake.rules.states import UNDER_AGREEMENT, WITHDRAWABLE, next_call
from services.intake.settings import SETTINGS
from services.intake.store import agreements, applications, documents, organisations, provider_agreements


@dataclass(frozen=True, slots=True)
class Shown:
    """One application with all that belongs to it."""

    standing: Standing
    documents: tuple[Document, ...]
    history: tuple[Step, ...]


async def create(
    tx: Tx, caller: Caller, programme_code: str, organisation_id: str, sketch: Sketch, title: str, clock: Clock
) -> Application:
    """Begin a draft of the caller's organisation.

    Raises NotFound for another's, Forbidden for the agency, Invalid, and Conflict above the drafts' limit.
    """
    await must_see(tx, caller, organisation_id)
    must_be_applicant(caller)
    await organisations.get_organisation(tx, organisation_id)
    await lock(tx, f"drafts:{organisation_id}")
    now = clock.now()
    await _check_sketch(tx, programme_code, sketch, now)
    if is_full(await applications.count_drafts(tx, organisation_id), SETTINGS.drafts_max):
        raise Conflict("drafts_max_reached", drafts_max=SETTINGS.drafts_max)
    told = (programme_code, organisation_id, sketch, title)
    made = await applications.add_application(tx, *told, by=caller.subject, now=now)
    await applications.add_step(tx, made.application_id, Step("draft", "", caller.subject, now))
    return made


async def own_draft(tx: Tx, caller: Caller, application_id: str) -> Application:
    """A draft of the caller's, locked for a change.

    Raises NotFound, Forbidden for the agency, and WrongState once it is submitted.
    """
    found = await written_application(tx, caller, application_id)
    must_be_draft(found)
    return found


async def edit(tx: Tx, draft: Application, sketch: Sketch, title: str, clock: Clock) -> Application:
    """Change a draft that `own_draft` locked.

    Raises Invalid for a product that is not its track's, InvalidRequest for what the form cannot hold.
    """
    await _check_sketch(tx, draft.programme_code, sketch, clock.now())
    return await applications.change_draft(tx, draft.application_id, sketch, title)


async def patch(tx: Tx, draft: Application, changes: Mapping[str, Any], title: str | None, clock: Clock) -> Application:
    """The same for a merge patch: what is not named stays, None takes an answer back."""
    return await edit(tx, draft, patched(draft.asked, changes), draft.title if title is None else title, clock)


async def _check_sketch(tx: Tx, programme_code: str, sketch: Sketch, now: dt.datetime) -> None:
    check_sketch(await programme_at(tx, programme_code, now), sketch)


def check_sketch(programme: Programme, sketch: Sketch) -> None:
    """Refuse what no draft of a call can say. Raises Invalid, and InvalidRequest for what its form cannot hold."""
    for finding in sketch_refusals(sketch, products_by_track(programme)):
        raise Invalid(finding.code, finding.rule_id, **finding.facts)
    if sketch.principal_investigator is not None and not told_apart(sketch.person):
        raise Invalid("investigator_not_told_apart", "IN-3", name=sketch.principal_investigator.name)
    if wrong := wrong_entries(sketch.form, FormPolicy.of(programme)):
        raise InvalidRequest([wrong_field_of(one) for one in wrong])


def wrong_field_of(wrong: WrongEntry) -> WrongField:
    """A wrong entry of a form as a field of the request."""
    return wrong_field(wrong.code, ["form", *wrong.place], write=Expected(wrong.belongs_ko, wrong.belongs_en))


async def own_application(tx: Tx, caller: Caller, application_id: str, *, for_update: bool = False) -> Application:
    """An application that the caller may see. Raises NotFound, also where it is somebody else's."""
    found = await applications.get_application(tx, application_id, for_update=for_update)
    if not await sees(tx, caller, found.organisation_id):
        raise NotFound("application", application_id)
    return found


async def written_application(tx: Tx, caller: Caller, application_id: str) -> Application:
    """An application that the caller writes, locked for a change.

    Raises NotFound where it is somebody else's, Forbidden for the agency, which sees it and does not write it (F-45).
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    must_be_applicant(caller)
    return found


def must_be_applicant(caller: Caller, _: str = "") -> None:
    """Refuse the agency, which may see an organisation's applications and does not write them. Raises Forbidden.

    Only the organisation itself writes, submits, signs and takes back: the agency asks for supplements (F-45). That
    the caller belongs to it was found out before: whoever does not was told that there is no such application.
    """
    if "applicant" not in caller.roles:
        raise Forbidden("applicant_writes_alone")


async def own_with_organisation(
    tx: Tx, caller: Caller, application_id: str, *, for_update: bool = False
) -> tuple[Application, Organisation]:
    """An application that the caller may see, and who made it. Raises NotFound, also where it is somebody else's."""
    found, organisation = await applications.get_with_organisation(tx, application_id, for_update=for_update)
    if not await sees(tx, caller, found.organisation_id):
        raise NotFound("application", application_id)
    return found, organisation


def must_be_draft(application: Application) -> None:
    """Refuse what only drafts allow; a submitted application tells its receipt. Raises WrongState."""
    if application.state == "draft":
        return
    told = (application.application_id, application.state, ["draft"])
    error = WrongState("application", *told, f"GET /intake/v1/applications/{application.application_id}")
    receipt = application.receipt
    error.facts["receipt_no"] = None if receipt is None else receipt.receipt_no
    error.facts["received_at"] = None if receipt is None else receipt.received_at.isoformat()
    raise error


def wrong_state(application: Application, wanted: Sequence[ApplicationState]) -> WrongState:
    """What a step answers that needs another state, with the call that leads there where there is one."""
    at, state = application.application_id, application.state
    return WrongState("application", at, state, wanted, next_call(at, state, wanted))


async def standing(tx: Tx, found: Sequence[Application]) -> list[Standing]:
    """Applications with their announced outcome, agreement and progress: one query whatever their number.

    Drafts have none of them, and cost none.
    """
    ids = [one.application_id for one in found if one.state != "draft"]
    if not ids:
        return [Standing(one, None, None, None) for one in found]
    beside = await agreements.list_beside(tx, ids)
    return [Standing(one, *beside.get(one.application_id, (None, None, None))) for one in found]


async def show(tx: Tx, caller: Caller, application_id: str) -> Shown:
    """One application as it stands, with its documents and history; an applicant is told nothing of a person (MS-6)."""
    found = await own_application(tx, caller, application_id)
    (stands,) = await standing(tx, [found])
    uploaded = await documents.list_documents(tx, application_id)
    history = await applications.list_history(tx, application_id)
    return Shown(stands, uploaded, history if caller.sees_all() else told_history(history, kept_back_of(found)))


async def withdraw(tx: Tx, caller: Caller, application_id: str, reason: str, clock: Clock) -> None:
    """Take an application back, decline or give up; a signed agreement ends with it.

    Raises NotFound, Forbidden for the agency, WrongState, and Conflict where a provider was agreed with (RV-15).
    """
    found = await written_application(tx, caller, application_id)
    if found.state not in WITHDRAWABLE:
        raise wrong_state(found, WITHDRAWABLE)
    if await provider_agreements.find_agreement(tx, application_id) is not None:
        raise Conflict("provider_agreement_stands", "RV-15", application_id=application_id)
    now = clock.now()
    await applications.move(tx, application_id, "withdrawn", reason=reason, by=caller.subject, now=now)
    told = {"application_id": application_id, "programme_code": found.programme_code, "reason": reason}
    if found.state in UNDER_AGREEMENT:
        await agreements.end_agreement(tx, application_id, now)
        await say(tx, AgreementEnded.model_validate({**told, "ended_at": now}), now=now)
    if found.receipt is not None:
        await say(tx, ApplicationWithdrawn.model_validate({**told, "withdrawn_at": now}), now=now)
