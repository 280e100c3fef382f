"""What an applicant writes into the form of a call: of its kind while it is a draft, whole when it is filed (IN-9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.model.findings import Finding, Outcome
from services.intake.policy.form import Entry, FormEntry, FormPolicy
from services.intake.rules.form_values import wrong_value

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """What cannot be written at a place of a form, by the code of wrong fields; `belongs` is what may stand there."""

    place: Place
    code: str
    belongs_ko: str = ""
    belongs_en: str = ""


def wrong_entries(told: Mapping[str, Any], policy: FormPolicy) -> tuple[WrongEntry, ...]:
    """Whatever a draft's form already holds is of its field's kind and range; it need not be whole.

    `told` is JSON; None takes an entry back. Numbers are whole or decimal with at most four places, within the
    field's range and ±10¹⁵, as numbers or as plain text; days are 1900 to 2100. Fields that the form does not have
    are wrong too. Returns every wrong place; never raises.

    Example: a percentage of 101 → `too_large`; a stage plan whose second row lacks the period → no mistake yet.
    Source: S2 §2, S3 §2, S4.
    """
    return tuple(_wrong(told, policy.fields))


def missing_entries(
    told: Mapping[str, Any], applicant: tuple[str, str, str], conditions: frozenset[str], policy: FormPolicy
) -> tuple[FormEntry, ...]:
    """The required fields that a form lacks, a table with too few or incomplete rows among them.

    `applicant` is (track, sector, kind); a field whose filters or conditions do not fit asks nothing. Never raises.
    """
    asked = [field for field in policy.fields.values() if is_asked(field, applicant, conditions)]
    return tuple(field for field in asked if field.required and not _is_whole(told.get(field.key), field))


def form_complete(
    told: Mapping[str, Any],
    applicant: tuple[str, str, str],
    conditions: frozenset[str],
    missing: Outcome,
    policy: FormPolicy,
) -> tuple[Finding, ...]:
    """What screening says of the form: one finding of the outcome `missing` for each field it lacks; none where whole.

    Never raises.
    """
    lacking = missing_entries(told, applicant, conditions, policy)
    return tuple(
        Finding("IN-9", missing, "form_field_missing", {"field": f.key, "name_ko": f.name_ko, "name_en": f.name_en})
        for f in lacking
    )


def is_asked(field: FormEntry, applicant: tuple[str, str, str], conditions: frozenset[str]) -> bool:
    """Whether a field asks this applicant: its filters fit and its conditions hold. Never raises."""
    filters = (field.tracks, field.sectors, field.kinds)
    fits = all(not allowed or value in allowed for allowed, value in zip(filters, applicant, strict=True))
    return fits and conditions.issuperset(field.when)


def merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A form after a merge patch (RFC 7396) of its fields: None takes one back, a table is replaced whole.

    Never raises.
    """
    both = {**before, **patch}
    return {key: value for key, value in both.items() if value is not None}


def _wrong(told: Mapping[str, Any], fields: Mapping[str, Entry], at: Place = ()) -> Iterator[WrongEntry]:
    for key, value in told.items():
        place = (*at, key)
        if key not in fields:
            yield WrongEntry(place, "unknown", ", ".join(fields), ", ".join(fields))
        elif value is not None:
            yield from _wrong_value(place, value, fields[key])


def _wrong_value(place: Place, value: Any, entry: Entry) -> Iterator[WrongEntry]:
    if isinstance(entry, FormEntry) and entry.kind == "table":
        yield from _wrong_table(place, value, entry)
        return
    mistake = wrong_value(value, entry)
    if mistake is not None:
        code, ko, en = mistake
        yield WrongEntry(place, code, ko, en)


def _wrong_table(place: Place, rows: Any, field: FormEntry) -> Iterator[WrongEntry]:
    if not isinstance(rows, list):
        yield WrongEntry(place, "not_a_list", "행의 목록", "a list of rows")
        return
    if len(rows) > field.rows_max:
        yield WrongEntry(place, "too_many", f"{field.rows_max}행 이하", f"at most {field.rows_max} rows")
        return
    for at, row in enumerate(rows):
        if isinstance(row, dict):
            yield from _wrong(row, field.columns, (*place, at))
        else:
            yield WrongEntry((*place, at), "not_an_object", "열 이름과 값", "columns with their values")


def _is_whole(value: Any, entry: Entry) -> bool:
    if value is None or value in ("", []):
        return False
    if not isinstance(entry, FormEntry) or entry.kind != "table":
        return not (isinstance(value, str) and not value.strip())
    needed = [column for column in entry.columns.values() if column.required]
    return len(value) >= max(1, entry.rows_min) and all(
        _is_whole(row.get(column.key), column) for row in value for column in needed
    )
