"""Absurd definitions: every range and every pair that must agree, each refused with path, range and what to write."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.definition.files import load_definition
from libs.common.definition.mistakes import DefinitionInvalid
from libs.common.definition.reading import check_definition, read_definition, with_value

P0, P1 = (load_definition(Path(f"programmes/{code}.yaml")) for code in ("gpu-rental-2025s", "hpc-2025-gpu"))
RATE = "billing.self_payment.rates.H100"
T1 = "tracks.1"

OUT_OF_RANGE: list[tuple[str, Any, str]] = [
    ("billing.budget.cap_krw", 1_980_000_000_019_800_000_000, "0 to 1,000,000,000,000,000"),
    ("billing.budget.cap_krw", -5, "0 to 1,000,000,000,000,000"),
    ("billing.budget.cap_krw", "19.8bn", "0 to 1,000,000,000,000,000"),
    ("billing.budget.cap_krw", 1.5, "a whole number"),
    ("billing.budget.cap_krw", True, "a whole number"),
    ("billing.budget.operating_krw", -1, "0 to 1,000,000,000,000,000"),
    ("billing.budget.levels_pct", [80, 90, 101], "0 to 100"),
    ("billing.budget.levels_pct", [], "a list"),
    (f"{RATE}.standard_krw", -50_000, "0 to 1,000,000,000,000,000"),
    (f"{RATE}.youth_krw", 10**16, "0 to 1,000,000,000,000,000"),
    ("billing.self_payment.deposit_days", -3, "0 to 3,660"),
    ("billing.self_payment.notified_days", 3_661, "0 to 3,660"),
    ("billing.dispute_days", -7, "0 to 3,660"),
    ("billing.dispute_days", 10**9, "0 to 3,660"),
    ("billing.outage_hours_per_month", 0, "1 to 744"),
    ("billing.delay_days_per_month", 0, "1 to 31"),
    ("billing.delay_days_per_month", 400, "1 to 31"),
    ("billing.price_rounds_max", 0, "1 to 1,000,000"),
    ("billing.fixed_price_max_pct", 150, "1 to 100"),
    ("billing.fixed_price_max_pct", -1, "1 to 100"),
    ("billing.pricing", "none", "none is not possible"),
    ("billing.pricing", "yearly", "one of hourly, monthly"),
    ("billing.self_payment.flow", "gift", "one of own_account, deposit, free"),
    ("metering.wait_limit_s", -1, "0 to 316,224,000"),
    ("metering.wait_limit_s", 10**12, "0 to 316,224,000"),
    ("metering.statement_due_day", 0, "1 to 31"),
    ("metering.statement_due_day", 32, "1 to 31"),
    ("metering.days_per_month", 0, "1 to 31"),
    ("metering.days_per_month", "none", "none is not possible"),
    ("allocation.server_cards", 0, "1 to 1,000,000"),
    ("allocation.mode", "magic", "one of fixed, dynamic"),
    ("allocation.gates", ["prayer"], "one of agreement, self_payment"),
    ("review.seats_min", 0, "1 to 1,000,000"),
    ("review.seats_max", 10**9, "1 to 1,000,000"),
    ("review.sheets_min", -1, "1 to 1,000,000"),
    ("review.decimals", -1, "0 to 2"),
    ("review.decimals", 5, "0 to 2"),
    ("review.threshold", -1, "0 to 1,000,000"),
    ("review.threshold", float("nan"), "0 to 1,000,000"),
    ("review.threshold", float("inf"), "0 to 1,000,000"),
    ("review.threshold", "69.999", "at most 2 decimals"),
    ("review.youth_bonus", -1, "0 to 1,000,000"),
    ("review.trimmed", "perhaps", "true or false"),
    ("review.rubric.goals.max", 0, "1 to 1,000,000"),
    ("review.rubric.goals.max", -30, "1 to 1,000,000"),
    ("cards.A100.h100_equivalents", "1/0", "above nought"),
    ("cards.A100.h100_equivalents", "0", "above nought"),
    ("cards.A100.h100_equivalents", "-1/4", "above nought"),
    ("cards.A100.h100_equivalents", "a quarter", "above nought"),
    ("cards.A100.fp32_tf", 0, "above 0"),
    ("cards.A100.fp32_tf", -19.5, "above 0"),
    (f"{T1}.units_min", 0, "1 to 1,000,000"),
    (f"{T1}.units_max", 10**7, "1 to 1,000,000"),
    (f"{T1}.months_min", 0, "1 to 120"),
    (f"{T1}.months_max", 121, "1 to 120"),
    (f"{T1}.stages", [], "a list"),
    (f"{T1}.stages", ["oracle"], "one of document, presentation"),
    (f"{T1}.quota.private_min_pct", 150, "0 to 100"),
    (f"{T1}.quota.private_min_pct", -1, "0 to 100"),
    (f"{T1}.quota.public_below_pct", 0, "1 to 100"),
    (f"{T1}.selection.capacity", 0, "1 to 120,000,000"),
    (f"{T1}.selection.budget_krw", -1, "0 to 1,000,000,000,000,000"),
    (f"{T1}.selection.planning_price_krw", -1, "0 to 1,000,000,000,000,000"),
    (f"{T1}.selection.projects_max", 0, "1 to 1,000,000"),
    (f"{T1}.selection.cutoff", "guess", "one of stop, skip"),
    ("intake.max_applications", 0, "1 to 1,000,000"),
    ("intake.youth.years", 0, "1 to 150"),
    ("intake.youth.years", 400, "1 to 150"),
    ("intake.youth.born_on_or_after", "1785-08-15", "1900-01-01 to 2100-12-31"),
    ("intake.repeats.year", 25, "2000 to 2100"),
    ("intake.repeats.awards_max", 0, "1 to 1,000,000"),
    ("intake.refused_kinds", ["large enterprise"], "without dot or space"),
    ("intake.restrictions.compared_on", "someday", "one of closing_date, receipt_date"),
    ("intake.documents.plan.formats", [], "a list"),
    ("intake.documents.plan.formats", ["*.pdf"], "the ending of a file name"),
    ("notice_date", "2025-02-30", "2000-01-01 to 2100-12-31"),
    ("notice_date", 20_250_814, "2000-01-01 to 2100-12-31"),
    ("notice_date", "1755129600", "2000-01-01 to 2100-12-31"),
    ("notice_date", "1999-12-31", "2000-01-01 to 2100-12-31"),
    ("use_ends_on", "9999-12-31", "2000-01-01 to 2100-12-31"),
    ("use_starts_on", "none", "none is not possible"),
    ("submissions_open_at", "2025-09-01T00:00:00", "with its offset"),
    ("submissions_close_at", "0001-01-01T00:00:00Z", "an instant of 2000 to 2100"),
    ("submissions_close_at", "9999-12-31T23:59:59Z", "an instant of 2000 to 2100"),
]
"""Path, absurd value, what the answer says to write."""

CONTRADICTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("closing before opening", {"submissions_close_at": "2025-08-20T00:00:00+09:00"}, "submissions_open_at"),
    ("opening and closing at once", {"submissions_close_at": "2025-09-01T00:00:00+09:00"}, "submissions_open_at"),
    ("use that ends before it starts", {"use_ends_on": "2025-09-30"}, "use_starts_on"),
    ("eleven years of use", {"use_ends_on": "2036-01-01"}, "use_ends_on"),
    ("a notice after the closing", {"notice_date": "2025-09-16"}, "notice_date"),
    (
        "submissions after the use",
        {"submissions_close_at": "2026-07-01T00:00:00+09:00"},
        "submissions_close_at",
    ),
    ("fewest units above the most", {f"{T1}.units_min": 2}, f"{T1}.units_min"),
    ("fewest months above the most", {f"{T1}.months_min": 10}, f"{T1}.months_min"),
    (
        "months that the use window does not hold",
        {f"{T1}.months_min": 9, "use_ends_on": "2026-05-31"},
        f"{T1}.months_min",
    ),
    ("a presentation before the documents", {f"{T1}.stages": ["presentation", "document"]}, f"{T1}.stages"),
    ("a stage twice", {f"{T1}.stages": ["document", "document"]}, f"{T1}.stages"),
    ("more sheets than seats", {"review.sheets_min": 99}, "review.sheets_min"),
    ("fewest seats above the most", {"review.seats_min": 8}, "review.seats_min"),
    ("two sheets to trim two from", {"review.sheets_min": 2}, "review.sheets_min"),
    ("a criterion that breaks the hundred", {"review.rubric.goals.max": 300}, "review.rubric"),
    ("a threshold above full marks", {"review.threshold": 101}, "review.threshold"),
    ("a bonus above full marks", {"review.youth_bonus": 200}, "review.youth_bonus"),
    ("a tie order of no criterion", {"review.tie_order": ["goals", "charm"]}, "review.tie_order.1"),
    ("a criterion twice in the tie order", {"review.tie_order": ["goals", "goals"]}, "review.tie_order"),
    ("a kind both admitted and refused", {"intake.refused_kinds": ["sme"]}, "intake.refused_kinds"),
    ("a refused kind twice", {"intake.refused_kinds": ["individual", "individual"]}, "intake.refused_kinds"),
    (
        "counted by a professor whom nobody has",
        {"intake.applicant_kinds.sme.counting_unit": "professor"},
        "intake.applicant_kinds.sme.counting_unit",
    ),
    ("youth born after the notice", {"intake.youth.born_on_or_after": "2025-08-15"}, "intake.youth.born_on_or_after"),
    ("a programme listed twice", {"intake.repeats.listed_programmes": ["a", "a"]}, "intake.repeats.listed_programmes"),
    ("a gate that nothing opens", {"allocation.gates": ["agreement", "training"]}, "allocation.gates"),
    ("a gate twice", {"allocation.gates": ["agreement", "agreement"]}, "allocation.gates"),
    ("a dynamic mode without its rules", {"allocation.mode": "dynamic"}, "allocation.dynamic"),
    ("servers that the cards do not fill", {"allocation.server_cards": 3}, "products.H100x8.cards_per_unit"),
    (
        "a card that stands in for itself",
        {"allocation.substitutions": [{"asked": "H100", "given": "H100", "factor": 1}]},
        "allocation.substitutions.0.given",
    ),
    (
        "a substitution by an unknown card",
        {"allocation.substitutions": [{"asked": "H100", "given": "B200", "factor": 1}]},
        "allocation.substitutions.0.given",
    ),
    ("a youth rate above the full one", {f"{RATE}.youth_krw": 500_000}, f"{RATE}.youth_krw"),
    ("a public rate above the full one", {f"{RATE}.public_krw": 500_000}, f"{RATE}.public_krw"),
    (
        "an operating part above the cap",
        {"billing.budget.cap_krw": 100, "billing.budget.operating_krw": 101},
        "billing.budget.operating_krw",
    ),
    ("levels that do not ascend", {"billing.budget.levels_pct": [90, 80]}, "billing.budget.levels_pct"),
    ("a level twice", {"billing.budget.levels_pct": [80, 80]}, "billing.budget.levels_pct"),
    (
        "tracks that may spend more than the cap",
        {"billing.budget.cap_krw": 100, f"{T1}.selection.budget_krw": 60, "tracks.2.selection.budget_krw": 60},
        f"{T1}.selection.budget_krw",
    ),
    (
        "one card above the whole budget",
        {f"{T1}.selection.budget_krw": 10, f"{T1}.selection.planning_price_krw": 11},
        f"{T1}.selection.planning_price_krw",
    ),
]
"""What contradicts itself, P0's values that make it so, the path that is told."""

STRUCTURE: list[tuple[str, str, Any, str]] = [
    ("no card of a product", "cards_per_unit", 0, "products.H100x1.cards_per_unit"),
    ("10¹² cards of a product", "cards_per_unit", 10**12, "products.H100x1.cards_per_unit"),
    ("a product of an unknown card", "card_type", "B200", "products.H100x1.card_type"),
    ("a product without a name", "name", {"ko": " ", "en": "one card"}, "products.H100x1.name.ko"),
    ("a name with NUL", "name", {"ko": "카드\x00", "en": "one card"}, "products.H100x1.name.ko"),
    ("a name with half a character", "name", {"ko": "카드\ud83d", "en": "one card"}, "products.H100x1.name.ko"),
    ("a name of a million characters", "name", {"ko": "카" * 10**6, "en": "one card"}, "products.H100x1.name.ko"),
    ("an unknown field", "colour", "green", "products.H100x1.colour"),
]


def tree_of(values: dict[str, Any], programme: Any = P0) -> dict[str, Any]:
    """A shipped definition with other values at some paths."""
    tree = json.loads(programme.model_dump_json(by_alias=True))
    for path, value in values.items():
        node = tree
        *parents, leaf = path.split(".")
        for step in parents:
            node = node[step]
        node[leaf] = {**node[leaf], "is": value}
    return tree


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(("path", "value", "says"), OUT_OF_RANGE, ids=lambda v: str(v)[:40])
def test_a_value_out_of_its_range_is_refused(path: str, value: Any, says: str) -> None:
    """F-01: each absurd value is refused by itself, with its path and the range to write in, in both languages."""
    with pytest.raises(DefinitionInvalid) as refused:
        with_value(P0, path, value, "typed in a hurry")
    fields = refused.value.fields
    assert {field.path.removesuffix(".0") for field in fields} - {path} <= {f"{path}.2"}
    assert says in fields[0].en
    assert "적을 것" in fields[0].ko
    assert (refused.value.code, refused.value.status) == ("programme_invalid", 422)
    assert path in str(refused.value.facts["places"])


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    ("values", "path"), [row[1:] for row in CONTRADICTIONS], ids=[row[0] for row in CONTRADICTIONS]
)
def test_values_that_contradict_each_other_are_refused(values: dict[str, Any], path: str) -> None:
    """F-01: each value is in its range, together they cannot be: told with path and what to write."""
    with pytest.raises(DefinitionInvalid) as refused:
        read_definition(tree_of(values))
    told = {field.path: field for field in refused.value.fields}
    assert path in told
    assert "Write" in told[path].en
    assert "십시오" in told[path].ko


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(("name", "value", "path"), [row[1:] for row in STRUCTURE], ids=[row[0] for row in STRUCTURE])
def test_structure_out_of_its_range_is_refused(name: str, value: Any, path: str) -> None:
    """F-01: what is not stated with a source, such as cards of a product, has its range too."""
    tree = tree_of({})
    tree["products"]["H100x1"] = {**tree["products"]["H100x1"], name: value}
    with pytest.raises(DefinitionInvalid) as refused:
        read_definition(tree)
    assert path in [field.path for field in refused.value.fields]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("version", 2**31, id="a version that no column holds"),
        pytest.param("version", 0, id="version nought"),
        pytest.param("code", "../etc", id="a code that is a path"),
        pytest.param("notices", {"S.0": "a.txt"}, id="a key with a dot"),
        pytest.param("notices", {f"S{n}": "a.txt" for n in range(201)}, id="too many notices"),
    ],
)
def test_the_head_of_a_definition_has_ranges(field: str, value: Any) -> None:
    """F-01, F-07: code, version and keys are bounded, since databases, paths and addresses carry them."""
    with pytest.raises(DefinitionInvalid):
        read_definition({**tree_of({}), field: value})


@pytest.mark.rule("CV-10")
def test_a_second_reading_below_the_first_is_refused() -> None:
    """AL-6's doubtful reading asks for at least as much as the sure one."""
    tree = tree_of({"products.H100x2.spec.doubtful_cores": 8}, P1)
    assert [m.path for m in check_definition(tree)[1]] == ["products.H100x2.spec.cores"]


@pytest.mark.rule("CV-10")
def test_an_unchecked_day_after_the_providers_call_is_refused() -> None:
    """Nobody is left to check where the day from which nobody is checked lies after the closing, or there is none."""
    tree = tree_of({"intake.provider_call.impairment_unchecked_since": "2025-02-22"}, P1)
    assert [m.path for m in check_definition(tree)[1]] == ["intake.provider_call.impairment_unchecked_since"]
    endless = tree_of({"intake.provider_call.closes_at": "none"}, P1)
    assert [m.path for m in check_definition(endless)[1]] == ["intake.provider_call.restrictions.compared_on"]


@pytest.mark.rule("CV-10")
def test_a_granted_card_without_rates_is_refused() -> None:
    """Who is granted a card owes by its rate: a definition that prints none says `unset`, it leaves nothing out."""
    tree = tree_of({})
    del tree["billing"]["self_payment"]["rates"]["H100"]
    assert [m.path for m in check_definition(tree)[1]] == ["billing.self_payment.rates.H100"]


@pytest.mark.rule("CV-10")
def test_every_mistake_is_told_at_once() -> None:
    """Ranges, missing and unknown fields, names and pairs are told together: one wrong place hides no other."""
    tree = tree_of({"billing.dispute_days": -7, "review.sheets_min": 99, "intake.refused_kinds": ["sme"]})
    del tree["metering"]["days_per_month"]
    tree["surprise"] = 1
    tree["tracks"]["2"]["products"] = ["H200x8"]
    tree["products"]["H100x4"]["cards_per_unit"] = 0
    told = [mistake.path for mistake in check_definition(tree)[1]]
    assert sorted(told) == [
        "billing.dispute_days",
        "intake.refused_kinds",
        "metering.days_per_month",
        "products.H100x4.cards_per_unit",
        "review.sheets_min",
        "surprise",
        "tracks.2.products.0",
    ]


@pytest.mark.rule("CV-10")
def test_a_wrong_value_is_not_told_a_second_time_as_a_pair() -> None:
    """What is wrong by itself is left out of the pairs: the officer is told once what to correct."""
    tree = tree_of({"review.seats_max": -1, "review.sheets_min": 5})
    assert [mistake.path for mistake in check_definition(tree)[1]] == ["review.seats_max"]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    "tree", [None, [], "code", 7, {}, {"code": {}}, {"tracks": {"1": 7}}, {"billing": {"budget": []}}]
)
def test_no_tree_breaks_the_check(tree: Any) -> None:
    """Whatever arrives instead of a definition is refused; nothing crashes."""
    with pytest.raises(DefinitionInvalid):
        read_definition(tree)


@pytest.mark.parametrize("code", ["gpu-rental-2025s", "hpc-2025-gpu"])
def test_what_was_sensible_still_reads(code: str) -> None:
    """The shipped definitions have no mistake, neither as files nor as parsed by plain YAML."""
    tree = yaml.safe_load(Path(f"programmes/{code}.yaml").read_text(encoding="utf-8"))
    assert read_definition(json.loads(json.dumps(tree, default=str))).code == code
