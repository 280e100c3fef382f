"""The acknowledgement of receipt and the application as it is filed, as papers (IN-2)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from libs.common.calendar import kst_day
from libs.common.db import Tx
from libs.common.definition.forms import FormField
from libs.common.definition.programme import Programme
from libs.common.definition.stated import Text
from libs.common.errors import Conflict
from libs.common.identity import Caller
from libs.common.messages.facts import day_words
from libs.common.programmes import programme_at, programme_version
from services.intake.model.applications import Application, Asked, Document, Receipt
from services.intake.model.organisations import Organisation
from services.intake.operations.applications import own_with_organisation
from services.intake.rules.filing import answer_words, business_number_words, clock_words, filing_sha256, size_words
from services.intake.rules.supplements import documents_of_version
from services.intake.store import documents, supplements, versions

TEMPLATE = Path(__file__).parent / "filing.typ"
ISSUER = "두레 접수"
NOT_KNOWN = "–"


@dataclass(frozen=True, slots=True)
class Both:
    """Words of a paper in Korean and English; both empty: nothing is said."""

    ko: str = ""
    en: str = ""


FINGERPRINT = Both(
    "신청 내용, 접수번호, 접수일시와 위의 모든 서류로 계산한 값입니다. 하나라도 바뀌면 값이 달라집니다.",
    "Computed from what was asked for, the number, the instant and every document above.",
)
UNSAID = Both()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paper: what it is, and how it is here."""

    name: Both
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a paper under a heading."""

    name: Both
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a paper lists it."""

    name: str
    file: str
    sha256: str
    size: str
    pages: str


@dataclass(frozen=True, slots=True)
class Said:
    """All that the template is told."""

    title: Both
    parts: tuple[Part, ...]
    documents: tuple[Listed, ...]
    sha256: str
    footer: str
    note: Both = UNSAID
    closing: Both = UNSAID
    day: str = ""
    issuer: str = ISSUER
    fingerprint: Both = FINGERPRINT


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says, and the instant written into its file: the same paper is the same bytes."""

    file_name: str
    said: Said
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Filed:
    application: Application
    organisation: Organisation
    programme: Programme
    documents: tuple[Document, ...]
    sha256: str


async def acknowledgement(tx: Tx, caller: Caller, application_id: str) -> Paper:
    """The acknowledgement of a final submit: of what was filed then, whatever answers to supplements brought since.

    Raises NotFound, and Conflict where nothing was submitted yet.
    """
    filed = await _load(tx, caller, application_id, None, first=True)
    receipt = filed.application.receipt
    if receipt is None:
        raise Conflict("no_receipt_yet", "IN-2")
    closing = Both("위와 같이 신청을 접수하였습니다.", "The application was received as stated above.")
    said = Said(
        Both("접수증", "Acknowledgement of receipt"),
        (_received(receipt), _who(filed), _asked(filed, whole=False)),
        *_rest(filed),
        closing=closing,
        day=day_words(kst_day(receipt.received_at), "ko"),
    )
    return Paper(f"접수증_{receipt.receipt_no}.pdf", said, receipt.received_at)


async def filing(tx: Tx, caller: Caller, application_id: str, now: dt.datetime) -> Paper:
    """The application as it was filed, in its newest version; a draft is shown as it would be, and says so.

    Raises NotFound.
    """
    filed = await _load(tx, caller, application_id, now, first=False)
    receipt = filed.application.receipt
    title, parts = Both("신청서", "Application"), (_who(filed), _asked(filed, whole=True), *_answers(filed))
    if receipt is None:
        note = Both("초안: 아직 제출하지 않았습니다.", "Draft, not submitted.")
        said = Said(title, parts, *_rest(filed), note=note)
        return Paper(f"신청서_{application_id}.pdf", said, filed.application.created_at)
    said = Said(title, (_received(receipt), *parts), *_rest(filed))
    return Paper(f"신청서_{receipt.receipt_no}.pdf", said, receipt.received_at)


async def _load(tx: Tx, caller: Caller, application_id: str, now: dt.datetime | None, *, first: bool) -> _Filed:
    """What a paper tells of: the first version of the filing, or the newest."""
    application, organisation = await own_with_organisation(tx, caller, application_id)
    receipt, code = application.receipt, application.programme_code
    if receipt is None:
        programme = await programme_at(tx, code, now or application.created_at)
    else:
        programme = await programme_version(tx, code, receipt.programme_version)
        organisation = await versions.get_facts_at(tx, organisation, kst_day(receipt.received_at))
    kept = await supplements.list_versions(tx, application_id)
    if first and kept:
        listed = documents_of_version(await documents.list_all_documents(tx, application_id), 1)
    else:
        listed = await documents.list_documents(tx, application_id)
    sha256 = kept[0 if first else -1].sha256 if kept else fingerprint(application, listed)
    return _Filed(application, organisation, programme, listed, sha256)


def _row(ko: str, en: str, value: str) -> Line:
    return Line(Both(ko, en), value or NOT_KNOWN)


def _received(receipt: Receipt) -> Part:
    at = f"{day_words(kst_day(receipt.received_at), 'ko')} {clock_words(receipt.received_at)}"
    rows = [_row("접수번호", "Receipt number", receipt.receipt_no), _row("접수일시", "Received at (Seoul)", at)]
    return Part(Both("접수", "Receipt"), tuple(rows))


def _who(filed: _Filed) -> Part:
    who, kinds = filed.organisation, filed.programme.intake.applicant_kinds
    kind = kinds[who.kind].name.ko if who.kind in kinds else who.kind
    rows = [
        _row("기관명", "Organisation", who.name),
        _row("사업자등록번호", "Business number", business_number_words(who.business_no)),
        _row("신청자 유형", "Kind of applicant", kind),
    ]
    return Part(Both("신청 기관", "Applicant"), tuple(rows))


def _asked(filed: _Filed, *, whole: bool) -> Part:
    asked = filed.application.asked
    months = NOT_KNOWN if asked.months is None else f"{asked.months}개월"
    units = NOT_KNOWN if asked.units is None else f"{asked.units:,}개"
    starts = "" if asked.wished_start is None else day_words(asked.wished_start, "ko")
    rows = [
        _row("사업", "Programme", filed.programme.name.ko),
        _row("과제명", "Title", filed.application.title),
        _row("분야와 상품", "Track and product", f"{_track(filed)} · {asked.product or NOT_KNOWN}"),
        _row("수량과 기간", "Units and months", f"{units} · {months}"),
        _row("희망 시작일", "Wished start", starts),
    ]
    if whole:
        rows += _claims_and_people(asked)
    return Part(Both("신청 내용", "What is asked for"), tuple(rows))


def _claims_and_people(asked: Asked) -> list[Line]:
    rows = [
        _row("청년기업 감면 신청", "Youth enterprise claimed", answer_words(asked.youth_claimed, {}, {})),
        _row("지역 감면 신청", "Region claimed", answer_words(asked.region_claimed, {}, {})),
    ]
    if asked.principal_investigator is not None:
        rows.append(_row("연구책임자", "Principal investigator", asked.principal_investigator.name))
        number = asked.principal_investigator.principal_investigator_id
        rows.append(_row("국가연구자번호", "Researcher number", number))
    if asked.manager is not None:
        rows.append(_row("실무담당자", "Manager", asked.manager.name))
    return rows


def _answers(filed: _Filed) -> tuple[Part, ...]:
    """What was written into the form of the call; nothing where the call has none, or nothing was written."""
    told, fields = filed.application.asked.form, filed.programme.intake.form
    rows = tuple(
        _row(field.name.ko, field.name.en, answer_words(told[key], _names(field.choices), _columns(field)))
        for key, field in fields.items()
        if key in told
    )
    return (Part(Both("신청 양식", "Form of the call"), rows),) if rows else ()


def _columns(field: FormField) -> dict[str, tuple[str, dict[str, str]]]:
    return {key: (column.name.ko, _names(column.choices)) for key, column in field.columns.items()}


def _names(choices: Mapping[str, Text]) -> dict[str, str]:
    return {key: name.ko for key, name in choices.items()}


def _track(filed: _Filed) -> str:
    track, tracks = filed.application.asked.track or NOT_KNOWN, filed.programme.tracks
    return tracks[track].name.ko if track in tracks else track


def _rest(filed: _Filed) -> tuple[tuple[Listed, ...], str, str]:
    """The documents, the fingerprint, and what stands below each page."""
    known, application = filed.programme.intake.documents, filed.application
    listed = tuple(
        Listed(
            known[one.kind].name.ko if one.kind in known else one.kind,
            one.file_name,
            one.sha256,
            size_words(one.size_bytes),
            NOT_KNOWN if one.pages is None else f"{one.pages:,}",
        )
        for one in filed.documents
    )
    named = application.application_id if application.receipt is None else application.receipt.receipt_no
    return listed, filed.sha256, f"{filed.programme.name.ko} · {named}"


def fingerprint(application: Application, filed: tuple[Document, ...]) -> str:
    """The fingerprint kept with the receipt, computed for one from before it was kept; empty for a draft."""
    receipt = application.receipt
    if receipt is None:
        return ""
    return receipt.filing_sha256 or filing_sha256(application, receipt, filed)
