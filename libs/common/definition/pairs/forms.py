"""What must agree in forms, in the conditions of documents, and between a form and the rules that read it."""

from collections.abc import Iterator, Mapping

from libs.common.calendar import kst_day
from libs.common.definition.forms import FormColumn, FormField
from libs.common.definition.intake import Document, IntakePolicy
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, shown, twice, unknown
from libs.common.definition.programme import Programme

CHOSEN = ("choice", "choices")
NUMBERS = ("number", "percent", "money")
SERIES = " Series"


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Choices to choose from, tables with columns, fields and documents that somebody is asked, rules with a field."""
    intake = programme.intake
    yield from form_mistakes(programme, intake.form, "intake.form")
    for key, field in intake.form.items():
        yield from _conditions(programme, f"intake.form.{key}", field)
    for key, document in intake.documents.items():
        yield from _conditions(programme, f"intake.documents.{key}", document)
        yield from out_of_order(document.pages_about, document.pages_max)
        if document.valid_on_notice_date.known() and programme.notice_date.is_none():
            yield Mistake(
                document.valid_on_notice_date.path,
                "공고일이 none이라 유효한지 볼 날이 없습니다. none을 적거나 notice_date를 적으십시오.",
                "there is no notice date to be valid on. Write none, or state notice_date.",
                (programme.notice_date.path,),
            )
        issued, closing = document.issued_on_or_after.known(), programme.submissions_close_at.known()
        if issued and closing and issued > kst_day(closing):
            yield Mistake(
                document.issued_on_or_after.path,
                f"접수 마감보다 뒤입니다({shown(issued)}). 마감 전의 날을 적으십시오.",
                f"{shown(issued)} comes after the closing, so nothing could be attached. Write a day before it.",
                (programme.submissions_close_at.path,),
            )
    by_model = programme.allocation.by_model
    if by_model.known():
        yield from _asked(intake, by_model.path, "model")
    yield from _models(intake)
    yield from _purposes(intake)


def form_mistakes(programme: Programme, form: Mapping[str, FormField], path: str) -> Iterator[Mistake]:
    """What is wrong with the fields of one form by themselves."""
    for key, field in form.items():
        here = f"{path}.{key}"
        yield from _entry(here, field)
        yield from _table(here, field)
        for name, column in field.columns.items():
            yield from _entry(f"{here}.columns.{name}", column)
        for place, track in enumerate(field.tracks):
            yield from unknown(f"{here}.tracks.{place}", "트랙", "track", track, programme.tracks, "tracks")
        kinds = programme.intake.applicant_kinds
        for place, kind in enumerate(field.kinds):
            at = f"{here}.kinds.{place}"
            yield from unknown(at, "신청 자격", "applicant kind", kind, kinds, "intake.applicant_kinds")


def _table(path: str, field: FormField) -> Iterator[Mistake]:
    table, most = field.kind == "table", field.rows_max
    if table and not field.columns:
        yield Mistake(f"{path}.columns", "표에 열이 없습니다. 열을 적으십시오.", "a table has no columns. Write some.")
    if not table and field.columns:
        yield Mistake(
            f"{path}.columns",
            "표가 아닌데 열이 있습니다. 지우거나 kind를 table로 적으십시오.",
            "only a table has columns. Remove them, or write kind: table.",
        )
    if most is not None and field.rows_min > most:
        yield Mistake(
            f"{path}.rows_min",
            f"rows_max의 {most}보다 큽니다. 그 이하로 적으십시오.",
            f"is above {most}, the most rows. Write at most that.",
        )


def _entry(path: str, entry: FormField | FormColumn) -> Iterator[Mistake]:
    if entry.kind in CHOSEN and not entry.choices:
        yield Mistake(
            f"{path}.choices",
            "고를 것이 없습니다. 고를 항목을 적으십시오.",
            "there is nothing to choose from. Write choices.",
        )
    if entry.kind not in CHOSEN and entry.choices:
        yield Mistake(
            f"{path}.choices",
            "고르는 칸이 아닙니다. 지우거나 kind를 choice로 적으십시오.",
            "the field is no choice. Remove them, or write kind: choice.",
        )
    low, high = entry.least, entry.most
    if entry.kind not in NUMBERS and (low is not None or high is not None):
        yield Mistake(
            f"{path}.{'most' if low is None else 'least'}",
            "수를 적는 칸이 아니라 범위가 없습니다. 지우십시오.",
            "the field is no number, so it has no range. Write kind: number, or remove it.",
        )
    if low is not None and high is not None and low > high:
        yield Mistake(
            f"{path}.least",
            f"most의 {shown(high)}보다 큽니다. 그 이하로 적으십시오.",
            f"is above {shown(high)}, the most. Write at most that.",
        )


def _conditions(programme: Programme, path: str, entry: Document | FormField) -> Iterator[Mistake]:
    """IN-9: a condition is one that an application of this call can fulfil."""
    intake = programme.intake
    yield from twice(f"{path}.when", entry.when)
    forms = entry.legal_forms if isinstance(entry, Document) else []
    youth = intake.youth
    tracks = [track for key, track in programme.tracks.items() if not entry.tracks or key in entry.tracks]
    impossible = {
        "youth_claimed": youth.born_on_or_after.is_none() and youth.years.is_none(),
        "region_claimed": intake.region is None,
        "sole_proprietor": bool(forms) and "sole_proprietor" not in forms,
        "storage_asked": "extra_storage_tb" not in intake.form,
        "large": all(track.large.is_none() for track in tracks),
    }
    for place, condition in enumerate(entry.when):
        if impossible.get(condition):
            yield Mistake(
                f"{path}.when.{place}",
                f"이 사업에서는 아무도 '{condition}' 조건에 들지 않습니다. 지우거나 그 조건의 값을 적으십시오.",
                f"nobody can fulfil '{condition}' in this call. Remove it, or state what it rests on.",
                ("intake", "tracks"),
            )


def _models(intake: IntakePolicy) -> Iterator[Mistake]:
    """IN-13: names that say something, a field in which a model is named, and what another one means."""
    stated = intake.models
    listed = stated.known() or []
    yield from twice(stated.path, listed)
    for place, name in enumerate(listed):
        if not "".join(filter(str.isalnum, f"{name} ".removesuffix(f"{SERIES} ").strip())):
            yield Mistake(
                f"{stated.path}.{place}",
                f"'{name}' 앞에 이름이 없어 모든 모델이 맞게 됩니다. 모델 이름을 적으십시오.",
                f"'{name}' stands for every model. Write a name before 'Series'.",
                pointer=f"/intake/models/is/{place}",
            )
    if listed:
        yield from _asked(intake, stated.path, "model")
        if intake.model_unlisted.is_none():
            yield Mistake(
                intake.model_unlisted.path,
                "목록에 없는 모델을 어떻게 할지 없습니다. officer나 fail을 적으십시오.",
                "does not say what a model outside the list means. Write officer or fail.",
                (stated.path,),
            )


def _purposes(intake: IntakePolicy) -> Iterator[Mistake]:
    """IN-13: purposes that the form offers, and what another one means."""
    stated = intake.purposes_allowed
    allowed = stated.known() or []
    yield from twice(stated.path, allowed)
    if not allowed:
        return
    yield from _asked(intake, stated.path, "purpose")
    field = intake.form.get("purpose")
    for place, purpose in enumerate(allowed if field is not None else []):
        choices = {} if field is None else field.choices
        yield from unknown(f"{stated.path}.{place}", "목적", "purpose", purpose, choices, "intake.form.purpose.choices")
    if intake.purpose_refused.is_none():
        yield Mistake(
            intake.purpose_refused.path,
            "지원하지 않는 목적을 어떻게 할지 없습니다. fail이나 officer를 적으십시오.",
            "does not say what another purpose means. Write fail or officer.",
            (stated.path,),
        )


def _asked(intake: IntakePolicy, path: str, key: str) -> Iterator[Mistake]:
    if key not in intake.form:
        yield Mistake(
            path,
            f"신청서에 '{key}' 칸이 없어 아무도 적지 못합니다. intake.form.{key}를 적거나 none을 적으십시오.",
            f"the form does not ask for '{key}'. Write intake.form.{key}, or none here.",
            ("intake.form",),
        )
