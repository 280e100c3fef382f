"""The agency asks for what is missing after a submission; the answer becomes a version of the filing (IN-9)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, InvalidRequest
from libs.common.identity import Caller
from libs.common.programmes import programme_at, programme_version
from services.intake.model.applications import Application, Document, Receipt
from services.intake.model.supplements import (
    Extension,
    FilingVersion,
    ShownVersion,
    StandingSupplement,
    Wanted,
)
from services.intake.operations.applications import (
    own_application,
    own_with_organisation,
    written_application,
    wrong_field_of,
    wrong_state,
)
from services.intake.operations.belonging import stop
from services.intake.operations.documents import Upload, document_of, keep_upload
from services.intake.operations.organisations import refuse
from services.intake.operations.screening import rescreen
from services.intake.policy.form import FormPolicy
from services.intake.policy.supplements import SupplementPolicy
from services.intake.rules.filing import filing_sha256
from services.intake.rules.form import merged, wrong_entries
from services.intake.rules.supplements import (
    answer_holds,
    answer_refusal,
    documents_of_version,
    due_day_refusal,
    end_of_day,
    file_refusal,
    next_version,
    supplement_refusal,
)
from services.intake.store import applications, documents, supplements
from services.intake.store.contents import Place


def _under_screening(found: Application) -> Receipt:
    """The receipt of an application under screening. Raises WrongState before its submission and after the end."""
    if found.state != "submitted" or found.receipt is None:
        raise wrong_state(found, ["submitted"])
    return found.receipt


async def ask(
    tx: Tx, caller: Caller, application_id: str, wanted: Wanted, due_on: dt.date, clock: Clock
) -> StandingSupplement:
    """Ask an applicant under screening for documents and answers, until 24:00 KST of a day; returns the request.

    Whether the call allows it is read from the version in force now; which documents and fields there are from that
    by which the application is judged. Raises NotFound, WrongState, PolicyMissing where the call is silent, Refused
    where it takes no supplements or knows not what is asked for, Invalid for a day that is over.
    """
    found = await own_application(tx, caller, application_id, for_update=True)
    receipt, now = _under_screening(found), clock.now()
    policy = SupplementPolicy.of(await programme_at(tx, found.programme_code, now))
    programme = await programme_version(tx, found.programme_code, receipt.programme_version)
    before = await supplements.list_supplements(tx, application_id)
    known = programme.intake
    stop(supplement_refusal(wanted, policy, known.documents, known.form, len(before)))
    refuse(due_day_refusal(due_on, now))
    told = (application_id, wanted, end_of_day(due_on))
    supplement_id = await supplements.add_supplement(tx, *told, by=caller.subject, now=now)
    return await supplements.get_supplement(tx, application_id, supplement_id)


async def extend(
    tx: Tx, caller: Caller, place: tuple[str, str], due_on: dt.date, reason: str, clock: Clock
) -> StandingSupplement:
    """Grant a later last day, also once the request is over; `place` is the application's id and the request's.

    Raises NotFound, WrongState once the screening is concluded, Refused for an answered one, Invalid for an earlier
    day.
    """
    application_id, supplement_id = place
    found = await own_application(tx, caller, application_id, for_update=True)
    _under_screening(found)
    standing = await supplements.get_supplement(tx, application_id, supplement_id)
    now = clock.now()
    if standing.answer is not None:
        stop(answer_refusal(standing, now))
    refuse(due_day_refusal(due_on, now, standing.due_at))
    granted = Extension(end_of_day(due_on), reason, caller.subject, now)
    await supplements.add_extension(tx, supplement_id, granted)
    return await supplements.get_supplement(tx, application_id, supplement_id)


async def list_of(tx: Tx, caller: Caller, application_id: str) -> tuple[StandingSupplement, ...]:
    """The requests on an application that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await supplements.list_supplements(tx, application_id)


async def _to_answer(
    tx: Tx, caller: Caller, place: tuple[str, str], clock: Clock
) -> tuple[Application, StandingSupplement, dt.datetime]:
    """What the applicant answers, with its application locked, and the instant read after it.

    Raises NotFound for another's, Forbidden for the agency, WrongState after the conclusion, Refused for one that is
    answered or over.
    """
    application_id, supplement_id = place
    found = await written_application(tx, caller, application_id)
    standing = await supplements.get_supplement(tx, application_id, supplement_id)
    now = clock.now()
    _under_screening(found)
    stop(answer_refusal(standing, now))
    return found, standing, now


async def add_file(
    tx: Tx, caller: Caller, at: tuple[str, str], upload: Upload, *, place: Place, clock: Clock
) -> Document:
    """Keep a file for an answer that is still to be given.

    Raises as `_to_answer`, Refused for a kind that was not asked for, Conflict above the limits, StorageFull,
    StorageAway.
    """
    found, standing, now = await _to_answer(tx, caller, at, clock)
    stop(file_refusal(standing, upload.kind))
    await keep_upload(tx, found, upload, place=place)
    made = document_of(upload, found.application_id, caller, now)
    return await supplements.add_file(tx, standing.request.supplement_id, made)


async def drop_file(tx: Tx, caller: Caller, at: tuple[str, str], document_id: str, clock: Clock) -> str:
    """Take a file out of an answer that is not given yet; returns its content's SHA-256. Raises as `_to_answer`."""
    _, standing, _ = await _to_answer(tx, caller, at, clock)
    for one in standing.files:
        if one.document_id == document_id:
            await supplements.drop_file(tx, document_id)
            return one.sha256
    raise documents.no_document(document_id)


async def answer(
    tx: Tx, caller: Caller, at: tuple[str, str], form: Mapping[str, Any], text: str, clock: Clock
) -> StandingSupplement:
    """Answer a request with the files that were uploaded for it and with values of the form; returns it as it stands.

    The answer is the next version of the filing, the first one stays as it was, and so do number, instant and order of
    the receipt; it is screened once more. Raises as `_to_answer`, Refused for an empty answer and for what was not
    asked for, InvalidRequest for what the form cannot hold.
    """
    found, standing, now = await _to_answer(tx, caller, at, clock)
    receipt = _under_screening(found)
    told = {key: value for key, value in form.items() if value is not None}
    stop(answer_holds(standing, told))
    programme = await programme_version(tx, found.programme_code, receipt.programme_version)
    _check(told, programme)
    before = await _versions(tx, found, receipt)
    version = next_version([one.version for one in before])
    supplement_id = standing.request.supplement_id
    changed = await _change(tx, found, told)
    await supplements.add_answered(tx, supplement_id, version)
    filed = await documents.list_documents(tx, found.application_id)
    await supplements.add_version(
        tx,
        FilingVersion(
            application_id=found.application_id,
            version=version,
            supplement_id=supplement_id,
            form=changed.request.form,
            sha256=filing_sha256(changed, receipt, filed),
            text=text,
            by=caller.subject,
            at=now,
        ),
    )
    _, organisation = await own_with_organisation(tx, caller, found.application_id)
    await rescreen(tx, changed, organisation, now, step="supplement")
    return await supplements.get_supplement(tx, found.application_id, supplement_id)


def _check(form: Mapping[str, Any], programme: Programme) -> None:
    if wrong := wrong_entries(form, FormPolicy.of(programme)):
        raise InvalidRequest([wrong_field_of(one) for one in wrong])


async def _change(tx: Tx, found: Application, form: Mapping[str, Any]) -> Application:
    asked = replace(found.request, form=merged(found.request.form, form))
    return await applications.change_draft(tx, found.application_id, asked, found.title)


async def _versions(tx: Tx, found: Application, receipt: Receipt) -> tuple[FilingVersion, ...]:
    """The kept versions; before the first answer what was filed first is kept as version 1."""
    kept = await supplements.list_versions(tx, found.application_id)
    if kept:
        return kept
    first = await first_version(tx, found, receipt)
    await supplements.add_version(tx, first)
    return (first,)


async def first_version(tx: Tx, found: Application, receipt: Receipt) -> FilingVersion:
    """What was filed with the receipt, before any answer."""
    filed = documents_of_version(await documents.list_all_documents(tx, found.application_id), 1)
    return FilingVersion(
        application_id=found.application_id,
        version=1,
        supplement_id=None,
        form=found.request.form,
        sha256=receipt.filing_sha256 or filing_sha256(found, receipt, filed),
        text="",
        by=await applications.get_submitter(tx, found.application_id),
        at=receipt.received_at,
    )


async def versions_of(tx: Tx, caller: Caller, application_id: str) -> tuple[ShownVersion, ...]:
    """The versions of a filing with the documents of each, the first one first.

    Raises NotFound, and Conflict where nothing was submitted yet.
    """
    found = await own_application(tx, caller, application_id)
    if found.receipt is None:
        raise Conflict("no_receipt_yet", "IN-2")
    kept = await supplements.list_versions(tx, application_id)
    known = kept or (await first_version(tx, found, found.receipt),)
    filed = await documents.list_all_documents(tx, application_id)
    return tuple(ShownVersion(one, documents_of_version(filed, one.version)) for one in known)
