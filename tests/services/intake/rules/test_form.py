"""What an applicant writes into a form: every value of its kind, everything that is asked for once it is filed."""

from decimal import Decimal
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from services.intake.policy.form import Entry, FormEntry, FormPolicy
from services.intake.rules.form import form_complete, merged, missing_entries, wrong_entries
from services.intake.rules.form_values import number_of, wrong_value

S4 = FormPolicy.of(load_definition(Path("programmes/advanced-gpu-2026.yaml")))
APPLICANT = ("h200", "private", "sme")


def entry(kind: str, key: str = "field", **more: object) -> Entry:
    """A field of a kind."""
    told = {"choices": (), "least": None, "most": None, "characters_max": 10, "required": True, **more}
    return Entry(key, "항목", "field", kind, **told)  # type: ignore[arg-type]


def field(key: str, kind: str = "text", **more: object) -> FormEntry:
    """A field of a form."""
    told = {
        "required": True, "choices": (), "least": None, "most": None, "characters_max": 10, "columns": {},
        "rows_min": 0, "rows_max": 2, "tracks": (), "sectors": (), "kinds": (), "when": (), **more,
    }  # fmt: skip
    return FormEntry(key, "항목", "field", kind, **told)  # type: ignore[arg-type]


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("text", "가나다", None),
        ("text", "가" * 11, "too_long"),
        ("text", 1, "not_a_text"),
        ("long_text", "두\n줄", None),
        ("url", "https://example.org/가", None),
        ("url", "javascript:alert(1)", "wrong_pattern"),
        ("number", 3, None),
        ("number", "0.1234", None),
        ("number", 0.12345, "too_many_digits"),
        ("number", "1_0", "not_a_number"),
        ("number", "1e3", "not_a_number"),
        ("number", " 1", "not_a_number"),
        ("number", "١", "not_a_number"),
        ("number", True, "not_a_number"),
        ("number", "9999999999999999", "too_large"),
        ("number", -(10**15), None),
        ("number", 10**19, "not_a_number"),
        ("percent", 100, None),
        ("percent", "100.01", "too_large"),
        ("percent", -1, "too_small"),
        ("money", 1_234_567, None),
        ("money", "0.5", "not_a_whole_number"),
        ("money", -1, "too_small"),
        ("date", "2025-02-28", None),
        ("date", "2025-02-29", "not_a_date"),
        ("date", "20250228", "not_a_date"),
        ("date", "1899-12-31", "too_early"),
        ("date", "2101-01-01", "too_late"),
        ("month", "2025-12", None),
        ("month", "2025-13", "not_a_date"),
        ("flag", False, None),
        ("flag", "true", "not_true_or_false"),
    ],
)
def test_a_value_is_of_its_fields_kind(kind: str, value: object, code: str | None) -> None:
    """Whole words decide: what only looks like a number, a day or a yes is refused with its own code."""
    mistake = wrong_value(value, entry(kind, characters_max=1_000 if kind == "url" else 10))
    assert (mistake and mistake[0]) == code


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("choice", "a", None),
        ("choice", "c", "not_one_of"),
        ("choice", ["a"], "not_one_of"),
        ("choices", ["a", "b"], None),
        ("choices", ["a", "a"], "written_twice"),
        ("choices", "a", "not_a_list"),
        ("choices", ["a", "c"], "not_one_of"),
    ],
)
def test_only_what_is_offered_is_chosen(kind: str, value: object, code: str | None) -> None:
    """One or several of the choices, each once."""
    mistake = wrong_value(value, entry(kind, choices=("a", "b")))
    assert (mistake and mistake[0]) == code


def test_a_number_keeps_to_its_fields_range() -> None:
    """The range of the definition binds, both ends included; the answer says what may stand there."""
    tens = entry("number", least=Decimal(1), most=Decimal(10))
    assert [wrong_value(value, tens) and wrong_value(value, tens)[0] for value in (0, 1, 10, 11)] == [
        "too_small", None, None, "too_large",
    ]  # fmt: skip
    assert wrong_value(11, tens) == ("too_large", "1~10", "1 to 10")


@pytest.mark.parametrize(("value", "number"), [(0.1, "0.1"), ("0.10", "0.10"), (Decimal("1E+2"), "100"), ("", None)])
def test_numbers_are_exact(value: object, number: str | None) -> None:
    """A number is read as it is written, digit by digit."""
    found = number_of(value)
    assert (None if found is None else format(found, "f")) == number


def test_every_wrong_place_of_a_draft_is_told() -> None:
    """Unknown fields, a wrong value, a row of a table, too many rows: each with its place."""
    table = field("plan", "table", columns={"work": entry("text"), "cards": entry("number")})
    policy = FormPolicy({"title": field("title"), "plan": table})
    told = {"title": 1, "extra": "x", "plan": [{"work": "가", "cards": "많이"}, {"period": "1월"}]}
    assert [(wrong.place, wrong.code) for wrong in wrong_entries(told, policy)] == [
        (("title",), "not_a_text"),
        (("extra",), "unknown"),
        (("plan", 0, "cards"), "not_a_number"),
        (("plan", 1, "period"), "unknown"),
    ]
    assert [wrong.code for wrong in wrong_entries({"plan": [{}, {}, {}]}, policy)] == ["too_many"]
    assert [wrong.code for wrong in wrong_entries({"plan": ["row"], "title": None}, policy)] == ["not_an_object"]


def test_what_is_asked_depends_on_who_applies() -> None:
    """A field for another track, or on a condition that does not hold, is not missing; blank text is."""
    policy = FormPolicy(
        {
            "title": field("title"),
            "storage": field("storage", when=("storage_asked",)),
            "other": field("other", tracks=("b200",)),
            "note": field("note", required=False),
        }
    )
    nothing: frozenset[str] = frozenset()
    assert [lacks.key for lacks in missing_entries({"title": "  "}, APPLICANT, nothing, policy)] == ["title"]
    assert [lacks.key for lacks in missing_entries({"title": "가"}, APPLICANT, nothing, policy)] == []
    asked = frozenset({"storage_asked"})
    assert [lacks.key for lacks in missing_entries({"title": "가"}, APPLICANT, asked, policy)] == ["storage"]
    (finding,) = form_complete({"title": "가"}, APPLICANT, asked, "fail", policy)
    assert (finding.outcome, finding.code, finding.facts["field"]) == ("fail", "form_field_missing", "storage")


@pytest.mark.parametrize(
    ("rows", "whole"),
    [([], False), ([{"work": "가"}], False), ([{"work": "가"}, {"cards": 1}], False), ([{"work": "가"}] * 2, True)],
    ids=["no row", "one row too few", "a row without its work", "two whole rows"],
)
def test_a_table_is_whole_with_enough_whole_rows(rows: list[dict[str, object]], whole: bool) -> None:
    """As many rows as the form asks, and in each whatever its columns require."""
    columns = {"work": entry("text", "work"), "cards": entry("number", "cards", required=False)}
    policy = FormPolicy({"plan": field("plan", "table", columns=columns, rows_min=2)})
    assert (missing_entries({"plan": rows}, APPLICANT, frozenset(), policy) == ()) is whole


def test_the_form_of_s4_asks_for_its_targets_and_its_plan() -> None:
    """An empty application lacks the two required targets and the stage plan, and none of the optional ones."""
    lacking = {lacks.key for lacks in missing_entries({}, APPLICANT, frozenset(), S4)}
    assert {"target_utilisation", "target_progress", "title"} <= lacking
    assert lacking.isdisjoint({"target_sales", "target_papers", "open_source_what"})


def test_a_patch_changes_only_what_it_names() -> None:
    """Merge (RFC 7396): a field not named stays, None takes one back."""
    assert merged({"a": 1, "b": 2}, {"b": None, "c": [1]}) == {"a": 1, "c": [1]}
