"""What must agree about who may apply, and with which documents."""

from collections.abc import Iterator
from typing import get_args

from libs.common.calendar import kst_day
from libs.common.definition.intake import Document, LegalForm, ProviderCall, Repeats, Restrictions
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import shown, twice, unknown
from libs.common.definition.programme import Programme
from libs.common.definition.stated import Keys, StatedOrNone

LEGAL_FORMS: tuple[str, ...] = get_args(LegalForm)


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """No kind both admitted and refused, counted by what it has; documents that somebody has to bring."""
    yield from _kinds(programme)
    yield from _youth(programme)
    intake = programme.intake
    for names in (intake.repeats.listed_programmes, intake.youth.legal_forms):
        yield from twice(names.path, names.known() or [])
    yield from _restrictions(intake.restrictions)
    yield from _among_kinds(intake.restrictions.private_kinds, intake.restrictions)
    yield from _awards(intake.repeats)
    if intake.provider_call is not None:
        yield from _provider_call(programme, intake.provider_call)
    for key, document in intake.documents.items():
        yield from _document(programme, key, document)


def _kinds(programme: Programme) -> Iterator[Mistake]:
    intake = programme.intake
    refused = intake.refused_kinds.known() or []
    yield from twice(intake.refused_kinds.path, refused)
    for key, kind in intake.applicant_kinds.items():
        decision = kind.decision.known()
        if key in refused and decision in ("pass", "officer"):
            yield Mistake(
                intake.refused_kinds.path,
                f"'{kind.decision.path}'에서 받는 신청자 '{key}' 자격을 여기서 거절합니다. 한 곳에만 적으십시오.",
                f"'{key}' is admitted at '{kind.decision.path}' and refused here. Write it in one of the two only.",
                (kind.decision.path,),
            )
        if kind.counting_unit.known() == "professor" and not kind.through_professor:
            yield Mistake(
                kind.counting_unit.path,
                "교수를 거치지 않는 신청자를 교수로 셉니다. through_professor를 true로 하거나 다른 단위를 적으십시오.",
                "counts by the professor whom this kind does not have. Write through_professor: true or another unit.",
                (f"intake.applicant_kinds.{key}.through_professor",),
            )


def _youth(programme: Programme) -> Iterator[Mistake]:
    born, noticed = programme.intake.youth.born_on_or_after, programme.notice_date
    line, day = born.known(), noticed.known()
    if line and day and line > day:
        yield Mistake(
            born.path,
            f"공고일 {shown(day)}보다 뒤입니다({shown(line)}). 공고일 전의 생년월일을 적으십시오.",
            f"{shown(line)} comes after the notice of {shown(day)}. Write a day of birth before it.",
            (noticed.path,),
        )


def _restrictions(part: Restrictions) -> Iterator[Mistake]:
    yield from twice(part.kinds.path, part.kinds.known() or [])


def _among_kinds(some: StatedOrNone[Keys], part: Restrictions) -> Iterator[Mistake]:
    """IN-8: what is said of some kinds is said of kinds that bar at all."""
    listed = part.kinds.known() or []
    yield from twice(some.path, some.known() or [])
    for place, kind in enumerate(some.known() or []):
        at = f"{some.path}.{place}"
        yield from unknown(at, "참여 제한 종류", "kind of restriction", kind, listed, part.kinds.path)


def _awards(part: Repeats) -> Iterator[Mistake]:
    """IN-7: a limit of awards counts those of some programmes in some year."""
    most = part.awards_max.known()
    for counted in (part.listed_programmes, part.year):
        if counted.is_none() and most is not None:
            yield Mistake(
                part.awards_max.path,
                f"'{counted.path}' 값이 none이라 셀 선정이 없습니다. none을 적거나 그 값을 적으십시오.",
                f"there are no awards to count, as '{counted.path}' is none. Write none, or state '{counted.path}'.",
                (counted.path,),
            )


def _provider_call(programme: Programme, call: ProviderCall) -> Iterator[Mistake]:
    restrictions = call.restrictions or programme.intake.restrictions
    yield from _among_kinds(call.agreement_kinds, restrictions)
    alone = call.cards_not_alone
    yield from twice(alone.path, alone.known() or [])
    for place, card in enumerate(alone.known() or []):
        yield from unknown(f"{alone.path}.{place}", "카드", "card", card, programme.cards, "cards")
    closes, since = call.closes_at.known(), call.impairment_unchecked_since.known()
    if closes and since and since > kst_day(closes):
        yield Mistake(
            call.impairment_unchecked_since.path,
            f"공급사 공고 마감일 {shown(kst_day(closes))}보다 뒤입니다. 마감일 또는 그 전의 날을 적으십시오.",
            f"{shown(since)} comes after the call closes on {shown(kst_day(closes))}. Write that day or one before.",
            (call.closes_at.path,),
        )
    last = programme.use_ends_on.known()
    if closes and last and kst_day(closes) > last:
        yield Mistake(
            call.closes_at.path,
            f"사용 기간이 {shown(last)}에 끝난 뒤입니다. 그 전의 시각을 적으십시오.",
            f"{shown(closes)} comes after the period of use, which ends on {shown(last)}. Write an instant before.",
            (programme.use_ends_on.path,),
        )
    if call.restrictions is None:
        return
    yield from _restrictions(call.restrictions)
    compared = call.restrictions.compared_on
    if compared.known() == "closing_date" and call.closes_at.is_none():
        yield Mistake(
            compared.path,
            "마감일이 없는데 마감일을 기준으로 합니다. receipt_date를 적거나 closes_at을 적으십시오.",
            "compares with a closing day that there is none of. Write receipt_date, or state closes_at.",
            (call.closes_at.path,),
        )


def _document(programme: Programme, key: str, document: Document) -> Iterator[Mistake]:
    path, kinds = f"intake.documents.{key}", programme.intake.applicant_kinds
    for names, field in ((document.tracks, "tracks"), (document.kinds, "kinds"), (document.sectors, "sectors")):
        yield from twice(f"{path}.{field}", names)
    for place, track in enumerate(document.tracks):
        yield from unknown(f"{path}.tracks.{place}", "트랙", "track", track, programme.tracks, "tracks")
    for place, kind in enumerate(document.kinds):
        yield from unknown(
            f"{path}.kinds.{place}", "신청 자격", "applicant kind", kind, kinds, "intake.applicant_kinds"
        )
    for place, form in enumerate(document.legal_forms):
        yield from unknown(f"{path}.legal_forms.{place}", "법적 형태", "legal form", form, LEGAL_FORMS, "legal_forms")
    sectors = {kinds[kind].sector for kind in document.kinds if kind in kinds}
    if sectors and document.sectors and not sectors & set(document.sectors):
        yield Mistake(
            f"{path}.sectors",
            "kinds에 적힌 신청자가 이 부문에 없어 아무도 내지 않는 서류입니다. 둘 가운데 하나를 고치십시오.",
            "none of the kinds is in these sectors, so nobody brings the document. Correct one of the two.",
            (f"{path}.kinds", "intake.applicant_kinds"),
        )
