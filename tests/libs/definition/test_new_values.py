"""What definitions can say since all calls ship: each field's range, each pair, each call by itself (CV-10, F-55)."""

import json
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.files import load_definition
from libs.common.definition.mistakes import DefinitionInvalid
from libs.common.definition.programme import PROVIDERS_CALL, Programme
from libs.common.definition.reading import check_definition, read_kept, with_value
from libs.common.errors import PolicyMissing

CODES = ("gpu-rental-2025s", "hpc-2025-gpu", "hpc-2025-npu", "regional-2025", "advanced-gpu-2026")
P0, P1, P2, P3, P4 = (load_definition(Path(f"programmes/{code}.yaml")) for code in CODES)
G, N = (load_definition(Path(f"programmes/{code}-providers.yaml")) for code in ("hpc-2025-gpu", "hpc-2025-npu"))

OUT_OF_RANGE: list[tuple[Programme, str, Any, str]] = [
    (P3, "tracks.1-A100.selection.share_pct", 0, "1 to 100"),
    (P3, "tracks.1-A100.selection.share_pct", 101, "1 to 100"),
    (P3, "review.places", 0, "1 to 1,000,000"),
    (P0, "review.seats_max_by_reason", 10**9, "1 to 1,000,000"),
    (P0, "review.names_hidden", "perhaps", "true or false"),
    (P0, "review.criterion_means_shown", 1, "true or false"),
    (P0, "review.acceptance_days", -1, "0 to 3,660"),
    (P0, "review.objection_days", 10**9, "0 to 3,660"),
    (P0, "review.stage_weights", {"document": 101}, "0 to 100"),
    (P0, "review.stage_weights", {"oracle": 100}, "document, presentation"),
    (P0, "tracks.2.presentation", ["someday"], "2000-01-01 to 2100-12-31"),
    (P0, "tracks.2.presentation", [], "1 to 60 items"),
    (P4, "tracks.H200.large", {"H200x8": 0}, "1 to 1,000,000"),
    (P4, "tracks.H200.large", 8, "entries"),
    (P4, "tracks.H200.large_stages", ["oracle"], "one of document, presentation"),
    (P4, "tracks.H200.body_pages_about", 0, "1 to 1,000,000"),
    (P2, "cards.NPU60.int8_tops", 0, "above 0"),
    (P1, "products.A100x2.at_least_as_good", ["better than A100"], "without dot or space"),
    (P1, "products.A100x2.alone", {"H100": 0}, "1 to 1,000,000"),
    (P1, "products.A100x2.storage_tb", -1, "above 0"),
    (P1, "allocation.extra_storage_tb", 0, "above 0"),
    (P1, "allocation.burst", "sometimes", "true or false"),
    (P1, "allocation.provider_change", "whim", "one of wish, problem"),
    (P2, "allocation.by_model", "yes please", "true or false"),
    (P3, "allocation.set_up_days", -14, "0 to 3,660"),
    (P3, "allocation.reclaim_days", 3_661, "0 to 3,660"),
    (P3, "allocation.healing_hours", -1, "0 to 1,000,000"),
    (P3, "allocation.low_use.below_pct", 0, "1 to 100"),
    (P3, "allocation.low_use.hardly_any_pct", 101, "0 to 100"),
    (P3, "allocation.low_use.span_days", -1, "0 to 3,660"),
    (P3, "allocation.training.people_min", 0, "1 to 1,000,000"),
    (P1, "allocation.after_end.free_months", 121, "0 to 120"),
    (P1, "allocation.after_end.own_cost_months", -3, "0 to 120"),
    (P3, "allocation.after_end.free_days", -30, "0 to 3,660"),
    (P3, "billing.self_payment.rates.H100.regional_krw", -1, "0 to 1,000,000,000,000,000"),
    (P1, "billing.budget.part_krw", 10**16, "0 to 1,000,000,000,000,000"),
    (P1, "billing.budget.shared_with", ["../etc"], "small letters"),
    (P1, "billing.lowest_dynamic_price_krw", {"A100x2": -1}, "0 to 1,000,000,000,000,000"),
    (P2, "intake.models", [", Series"], "every model"),
    (P2, "intake.models", [" "], "with a letter or a digit"),
    (P2, "intake.model_unlisted", "maybe", "one of pass, fail, officer"),
    (P2, "intake.purpose_refused", "maybe", "one of pass, fail, officer"),
    (P2, "intake.repeats.overlaps", {"hpc-2025-gpu": "maybe"}, "one of pass, fail, officer"),
    (P2, "intake.applicant_kinds.startup.opened_within_years", 101, "1 to 100"),
    (P3, "intake.region.registered_by", "someday", "one of notice_date"),
    (P3, "intake.receipt_days", -3, "0 to 3,660"),
    (P3, "intake.supplement", "sometimes", "one of: allowed|one of allowed"),
    (P3, "intake.agreement_form", "handshake", "one of electronic, sealed_paper"),
    (P3, "intake.retention_years", 0, "1 to 100"),
    (P3, "intake.investigator_and_manager_differ", "often", "true or false"),
    (P3, "intake.documents.manager_employment.issued_on_or_after", "2025-05", "2000-01-01 to 2100-12-31"),
    (P3, "intake.documents.application.pages_max", 0, "1 to 1,000,000"),
    (P1, "intake.revocation.accounts_of_year", 24, "2000 to 2100"),
    (G, "intake.provider_call.price_rounds_max", 0, "1 to 1,000,000"),
    (G, "intake.provider_call.demonstration", ["a look"], "ko, en"),
    (P0, "obligations.final_report.after_months", 121, "0 to 120"),
    (P0, "obligations.surveys.times_max", 0, "1 to 1,000,000"),
    (P0, "obligations.final_report.missing", ["scolding"], "one of clawback, bar, reclaim"),
    (P1, "obligations.mid_term.on_days", ["2025-08-32"], "2000-01-01 to 2100-12-31"),
    (P1, "obligations.performance_survey.target_response_pct", 150, "0 to 100"),
    (P2, "obligations.progress.stages.months_max", 121, "0 to 120"),
    (P2, "obligations.progress.stages.without_reason", [0], "1 to 1,000,000"),
    (P4, "publication_sentence", " ", "not blank"),
]
"""The call, the path, an absurd value, what the answer says to write."""

CONTRADICTIONS: list[tuple[str, Programme, dict[str, Any], str]] = [
    ("shares that do not make a hundred", P3, {"tracks.2-HPC.selection.share_pct": 30}, "tracks.1-A100.selection"),
    ("a pool without a share", P3, {"tracks.2-HPC.selection.share_pct": "none"}, "tracks.2-HPC.selection.share_pct"),
    ("shares of no places", P3, {"review.places": "none"}, "review.places"),
    ("an eighth seat below the seventh", P0, {"review.seats_max_by_reason": 6}, "review.seats_max"),
    ("weights below a hundred", P0, {"review.stage_weights": {"document": 40}}, "review.stage_weights"),
    (
        "weights of a stage that no track has",
        P2,
        {"review.stage_weights": {"presentation": 100}},
        "review.stage_weights",
    ),
    ("a presentation in a document track", P0, {"tracks.1.presentation": ["2025-09-25"]}, "tracks.1.presentation"),
    ("a presentation before the closing", P0, {"tracks.2.presentation": ["2025-09-14"]}, "tracks.2.presentation"),
    ("large from more than can be asked for", P4, {"tracks.B200.large": {"B200x8": 17}}, "tracks.B200.large"),
    ("everything large", P4, {"tracks.B200.large": {"B200x8": 2}}, "tracks.B200.large"),
    ("large units of another product", P4, {"tracks.B200.large": {"H200x8": 8}}, "tracks.B200.large.H200x8"),
    ("stages of large ones where nothing is large", P4, {"tracks.B200.large": "none"}, "tracks.B200.large_stages"),
    ("fewer pages for the large", P4, {"tracks.B200.large_body_pages_about": 10}, "tracks.B200.body_pages_about"),
    (
        "a card better than itself",
        P1,
        {"products.A100x2.at_least_as_good": ["A100"]},
        "products.A100x2.at_least_as_good.0",
    ),
    (
        "a better card that nobody knows",
        P1,
        {"products.A100x2.at_least_as_good": ["B300"]},
        "products.A100x2.at_least_as_good.0",
    ),
    ("its own card alone", P1, {"products.A100x2.alone": {"A100": 1}}, "products.A100x2.alone.A100"),
    ("an unknown card alone", P1, {"products.A100x2.alone": {"B300": 1}}, "products.A100x2.alone.B300"),
    (
        "next to none above low",
        P3,
        {"allocation.low_use.below_pct": 5, "allocation.low_use.hardly_any_pct": 10},
        "allocation.low_use.hardly_any_pct",
    ),
    (
        "low use over no days",
        P3,
        {"allocation.low_use.below_pct": 5, "allocation.low_use.span_days": "none"},
        "allocation.low_use.span_days",
    ),
    ("two free periods", P3, {"allocation.after_end.free_months": 1}, "allocation.after_end.free_days"),
    (
        "a region without a rate",
        P3,
        {"billing.self_payment.rates.A100.regional_krw": "none"},
        "billing.self_payment.rates.A100.regional_krw",
    ),
    (
        "a rate without a region",
        P0,
        {"billing.self_payment.rates.A100.regional_krw": 1},
        "billing.self_payment.rates.A100.regional_krw",
    ),
    (
        "a regional rate above the full one",
        P3,
        {"billing.self_payment.rates.A100.regional_krw": 100_001},
        "billing.self_payment.rates.A100.regional_krw",
    ),
    ("a region first that there is none of", P0, {"intake.region_first": True}, "intake.region_first"),
    ("evidence that nobody brings", P3, {"intake.region.evidence": ["map"]}, "intake.region.evidence.0"),
    ("a cap shared with itself", P1, {"billing.budget.shared_with": ["hpc-2025-gpu"]}, "billing.budget.shared_with"),
    ("a shared cap without a part", P1, {"billing.budget.part_krw": "none"}, "billing.budget.part_krw"),
    ("a part above the cap", P1, {"billing.budget.part_krw": 19_800_000_001}, "billing.budget.part_krw"),
    ("a part of one's own cap", P0, {"billing.budget.part_krw": 5}, "billing.budget.part_krw"),
    (
        "a price of an unknown product",
        P1,
        {"billing.lowest_dynamic_price_krw": {"B300x1": 5}},
        "billing.lowest_dynamic_price_krw.B300x1",
    ),
    (
        "a purpose that the form does not offer",
        P2,
        {"intake.purposes_allowed": ["mining"]},
        "intake.purposes_allowed.0",
    ),
    ("a refused purpose without meaning", P2, {"intake.purpose_refused": "none"}, "intake.purpose_refused"),
    ("an unlisted model without meaning", P2, {"intake.model_unlisted": "none"}, "intake.model_unlisted"),
    ("a model twice", P2, {"intake.models": ["UNet", "UNet"]}, "intake.models"),
    (
        "a list of models nobody is asked for",
        P0,
        {"intake.models": ["UNet"], "intake.model_unlisted": "officer"},
        "intake.models",
    ),
    (
        "this programme overlapping with itself",
        P2,
        {"intake.repeats.overlaps": {"hpc-2025-npu": "fail"}},
        "intake.repeats.overlaps",
    ),
    (
        "youth that is claimed where nobody is young",
        P3,
        {"intake.youth.born_on_or_after": "none", "intake.youth.years": "none"},
        "intake.documents.corporate_registry.when.0",
    ),
    (
        "a certificate issued after the closing",
        P3,
        {"intake.documents.manager_employment.issued_on_or_after": "2025-08-15"},
        "intake.documents.manager_employment.issued_on_or_after",
    ),
    (
        "about more pages than the most",
        P4,
        {"intake.documents.plan_pdf.pages_about": 30, "intake.documents.plan_pdf.pages_max": 20},
        "intake.documents.plan_pdf.pages_about",
    ),
    (
        "a duty without a due date",
        P0,
        {"obligations.final_report.after_months": "none"},
        "obligations.final_report.after_days",
    ),
    ("a duty due twice", P0, {"obligations.final_report.on_days": ["2026-07-31"]}, "obligations.final_report.on_days"),
    ("a printed duty without a day", P1, {"obligations.mid_term.on_days": "none"}, "obligations.mid_term.on_days"),
    ("a duty before use begins", P1, {"obligations.mid_term.on_days": ["2025-03-31"]}, "obligations.mid_term.on_days"),
    (
        "a sixth of five stages",
        P2,
        {"obligations.progress.stages.without_reason": [6]},
        "obligations.progress.stages.without_reason.0",
    ),
    ("a sentence with a name nobody fills in", P4, {"publication_sentence": "({grant})"}, "publication_sentence"),
    ("a brace that is not closed", P4, {"publication_sentence": "({project_number"}, "publication_sentence"),
]
"""What contradicts itself, in which call, the values that make it so, where it is told."""


def field(**changes: Any) -> dict[str, Any]:
    """A field of a form."""
    return {"name": {"ko": "칸", "en": "field"}, "kind": "text", **changes}


def document(**changes: Any) -> dict[str, Any]:
    """A document that everybody brings."""
    stated = {"formats": {"is": ["pdf"], "source": "S0 §6"}, "required": {"is": True, "source": "S0 §6"}}
    return {"name": {"ko": "서류", "en": "document"}, "number": 9, **stated, **changes}


COLUMN = {"name": {"ko": "열", "en": "column"}, "kind": "text"}
WORDS = {"ko": "{receipt_no}", "en": "{receipt_no}"}
STRUCTURE: list[tuple[str, Programme, str, Any, str]] = [
    ("a round of itself", P0, "round_of", "gpu-rental-2025s", "round_of"),
    ("a round with a budget of its own", P0, "round_of", "hpc-2025-gpu", "billing.budget.shared_with"),
    ("a users' call that serves others", P0, "serves", ["hpc-2025-gpu"], "serves"),
    ("a providers' call that serves nobody", G, "serves", [], "serves"),
    ("a providers' call that serves itself", G, "serves", ["hpc-2025-gpu-providers"], "serves"),
    ("a users' call taken for a providers'", P0, "audience", "providers", "serves"),
    ("a providers' call taken for a users'", G, "audience", "users", "serves"),
    ("a call for the moon", P0, "audience", "everybody", "audience"),
    ("a providers' call with a quota", G, "tracks.1.quota", P0.as_json()["tracks"]["1"]["quota"], "tracks.1.quota"),
    (
        "a closing written twice",
        G,
        "intake.provider_call",
        P1.as_json()["intake"]["provider_call"],
        "intake.provider_call",
    ),
    ("a providers' call that asks nothing", G, "intake.provider_call", None, "intake.provider_call"),
    (
        "rates of an unknown product",
        P0,
        "billing.self_payment.rated_by",
        "product",
        "billing.self_payment.rates.H100x1",
    ),
    ("a choice of nothing", P0, "intake.form", {"a": field(kind="choice")}, "intake.form.a.choices"),
    (
        "choices of a text",
        P0,
        "intake.form",
        {"a": field(choices={"x": {"ko": "ㄱ", "en": "x"}})},
        "intake.form.a.choices",
    ),
    ("a table of nothing", P0, "intake.form", {"a": field(kind="table")}, "intake.form.a.columns"),
    ("a text with columns", P0, "intake.form", {"a": field(columns={"b": COLUMN})}, "intake.form.a.columns"),
    ("a text with a range", P0, "intake.form", {"a": field(least=1)}, "intake.form.a.least"),
    ("a range upside down", P0, "intake.form", {"a": field(kind="number", least=2, most=1)}, "intake.form.a.least"),
    ("a number beyond all", P0, "intake.form", {"a": field(kind="number", most=10**30)}, "intake.form.a.most"),
    (
        "more rows than rows",
        P0,
        "intake.form",
        {"a": field(kind="table", columns={"b": COLUMN}, rows_min=3, rows_max=2)},
        "intake.form.a.rows_min",
    ),
    ("a kind of field nobody knows", P0, "intake.form", {"a": field(kind="drawing")}, "intake.form.a.kind"),
    ("a field of an unknown track", P0, "intake.form", {"a": field(tracks=["9"])}, "intake.form.a.tracks.0"),
    ("a field of an unknown kind", P0, "intake.form", {"a": field(kinds=["club"])}, "intake.form.a.kinds.0"),
    ("a form without the storage that is asked for", P3, "intake.form", {}, "intake.documents.storage_request.when.0"),
    ("a form without the model", P2, "intake.form", {}, "intake.models"),
    ("a region of nowhere", P3, "intake.region", None, "billing.self_payment.rates.A100.regional_krw"),
    (
        "a document for the large where none is",
        P0,
        "intake.documents.extra",
        document(when=["large"]),
        "intake.documents.extra.when.0",
    ),
    (
        "a document for a region there is none of",
        P0,
        "intake.documents.extra",
        document(when=["region_claimed"]),
        "intake.documents.extra.when.0",
    ),
    (
        "a corporation's paper of a sole proprietor",
        P0,
        "intake.documents.extra",
        document(when=["sole_proprietor"], legal_forms=["corporation"]),
        "intake.documents.extra.when.0",
    ),
    (
        "a condition nobody knows",
        P0,
        "intake.documents.extra",
        document(when=["full_moon"]),
        "intake.documents.extra.when.0",
    ),
    (
        "a condition twice",
        P0,
        "intake.documents.extra",
        document(when=["student_manager"] * 2),
        "intake.documents.extra.when",
    ),
    ("a duty of an unknown track", P0, "obligations.final_report.tracks", ["9"], "obligations.final_report.tracks.0"),
    (
        "a question that cannot be answered",
        P0,
        "obligations.final_report.questions",
        {"a": field(kind="choice")},
        "obligations.final_report.questions.a.choices",
    ),
    ("a message about nothing known", P0, "messages", {"gossip": {"subject": WORDS, "body": WORDS}}, "messages.gossip"),
    (
        "a message with a name nobody fills in",
        P0,
        "messages",
        {"duty": {"subject": WORDS, "body": WORDS}},
        "messages.duty.subject.ko",
    ),
]
"""What structure cannot be, in which call, at which path, what stands there, where it is told."""


def tree_with(programme: Programme, path: str, value: Any, *, stated: bool) -> dict[str, Any]:
    """A shipped definition with something else at a path; `stated`: in place of a stated value's own."""
    tree = json.loads(json.dumps(programme.as_json()))
    node = tree
    *parents, leaf = path.split(".")
    for step in parents:
        node = node[step]
    node[leaf] = {**node[leaf], "is": value} if stated else value
    return tree


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(("programme", "path", "value", "says"), OUT_OF_RANGE, ids=lambda v: str(v)[:40])
def test_an_absurd_value_of_a_new_field_is_refused(programme: Programme, path: str, value: Any, says: str) -> None:
    """F-01: each is refused by itself, with its path and what to write, in both languages."""
    with pytest.raises(DefinitionInvalid) as refused:
        with_value(programme, path, value, "typed in a hurry")
    told = refused.value.fields[0]
    assert told.path.startswith(path)
    assert any(words in told.en for words in says.split("|"))
    assert "적" in told.ko


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    ("programme", "values", "path"), [row[1:] for row in CONTRADICTIONS], ids=[row[0] for row in CONTRADICTIONS]
)
def test_new_values_that_contradict_each_other_are_refused(
    programme: Programme, values: dict[str, Any], path: str
) -> None:
    """F-01, F-55: together they cannot be, or nothing could satisfy them: told with the path and what to write."""
    tree = programme.as_json()
    for at, value in values.items():
        tree = tree_with(Programme.model_validate(tree), at, value, stated=True)
    told = {mistake.path: mistake for mistake in check_definition(tree)[1]}
    found = next((mistake for at, mistake in told.items() if at.startswith(path)), None)
    assert found is not None, sorted(told)
    assert "Write" in found.en or "Keep" in found.en or "Correct" in found.en or "Remove" in found.en
    assert "십시오" in found.ko


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    ("programme", "path", "value", "told_at"), [row[1:] for row in STRUCTURE], ids=[row[0] for row in STRUCTURE]
)
def test_new_structure_that_cannot_be_is_refused(programme: Programme, path: str, value: Any, told_at: str) -> None:
    """F-01, F-55: forms, conditions, calls and templates that nothing could satisfy are told at their place."""
    told = [mistake.path for mistake in check_definition(tree_with(programme, path, value, stated=False))[1]]
    assert told_at in told


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize("programme", [G, N], ids=lambda p: p.code)
def test_a_providers_call_grants_nothing(programme: Programme) -> None:
    """What it does not state is unset: a step that needs it stops and names it; nobody is asked to fill it in."""
    with pytest.raises(PolicyMissing) as stopped:
        programme.allocation.mode.required()
    assert stopped.value.facts["path"] == "allocation.mode"
    assert programme.billing.self_payment.flow.source == PROVIDERS_CALL
    assert not [path for path in programme.unset_paths() if path.split(".")[0] in ("allocation", "metering", "billing")]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize("part", ["allocation", "metering", "billing"])
def test_a_users_call_must_say_how_it_grants(part: str) -> None:
    """Only a providers' call may leave these parts out; of a users' call the missing part is told by its name."""
    tree = P0.as_json()
    del tree[part]
    assert (part, "required") in [(mistake.path, mistake.code) for mistake in check_definition(tree)[1]]


NEW = {
    "": {"audience", "serves", "round_of", "summary", "public", "obligations", "messages", "publication_sentence"},
    "review": {
        "places", "seats_max_by_reason", "names_hidden", "criterion_means_shown", "acceptance_days", "objection_days",
        "stage_weights",
    },
    "intake": {
        "form", "investigator_and_manager_differ", "models", "model_unlisted", "purposes_allowed", "purpose_refused",
        "region", "region_first", "supplement", "receipt_days", "agreement_form", "revocation", "retention_years",
    },
    "allocation": {
        "by_model", "provider_change", "burst", "extra_storage_tb", "set_up_days", "reclaim_days", "healing_hours",
        "low_use", "training", "after_end",
    },
    "billing": {"lowest_dynamic_price_krw"},
}  # fmt: skip
"""What came with this version, by part."""


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize("programme", [P0, P1], ids=lambda p: p.code)
def test_a_version_kept_before_still_reads(programme: Programme) -> None:
    """A definition without any of the new fields reads: what a notice would have to say is unset, the rest is none."""
    tree = programme.as_json()
    for part, names in NEW.items():
        for name in names:
            del (tree[part] if part else tree)[name]
    for track in tree["tracks"].values():
        for name in ("presentation", "large", "large_stages", "body_pages_about", "large_body_pages_about"):
            del track[name]
        del track["selection"]["share_pct"]
    old = read_kept(tree)
    assert (old.audience, old.round_of, old.obligations) == ("users", None, {})
    assert old.review.places.optional() is None
    assert old.tracks["1"].large.optional() is None
    with pytest.raises(PolicyMissing):
        old.review.acceptance_days.optional()
    assert old.tracks["1"].selection.capacity.source == programme.tracks["1"].selection.capacity.source
