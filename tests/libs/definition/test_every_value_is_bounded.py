"""No value of a definition without its range, and none that goes with another unchecked, but for a reason (CV-10)."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from libs.common.definition.expected import value_of
from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.definition.reading import check_definition
from libs.common.definition.stated import Stated, StatedOrNone, StatedValue

SHIPPED = [load_definition(file) for file in sorted(Path("programmes").glob("*.yaml"))]
BY_CODE = {programme.code: programme for programme in SHIPPED}
P0, P1 = BY_CODE["gpu-rental-2025s"], BY_CODE["hpc-2025-gpu"]
KEYED = re.compile(
    r"^(cards|products|tracks|intake\.applicant_kinds|intake\.documents|review\.rubric|billing\.self_payment\.rates"
    r"|obligations)\.[^.]+"
)
UNBOUNDED: dict[str, str] = {}
"""Path → why it needs no range. Nothing does."""
DECIDES = "a decision by itself: what it applies to stands beside it"
COUNTS = "a limit by itself: nothing else of a definition counts the same"
LASTS = "a length by itself: it begins with a fact, not with a day of the definition"
MEASURES = "a measure of one thing, compared with offers, not with the definition"
DIVIDES = "a divisor by itself, within its range"
ALONE: dict[str, str] = {
    "allocation.dynamic.fallback_report_days": LASTS,
    "allocation.dynamic.idle_s": LASTS,
    "allocation.after_end.own_cost_months": LASTS,
    "allocation.burst": DECIDES,
    "allocation.extra_storage_tb": "a pool of each provider, compared with its offers",
    "allocation.healing_hours": LASTS,
    "allocation.provider_change": DECIDES,
    "allocation.provider_choice": DECIDES,
    "allocation.reclaim_days": LASTS,
    "allocation.set_up_days": LASTS,
    "billing.delay_days_per_month": DIVIDES,
    "billing.dispute_days": LASTS,
    "billing.fixed_price_max_pct": "a share of a price that is agreed outside the definition",
    "billing.outage_hours_per_month": DIVIDES,
    "billing.price_rounds_max": COUNTS,
    "billing.pricing": "either kind goes with either mode (BL-1)",
    "billing.self_payment.deposit_days": LASTS,
    "billing.self_payment.notified_days": LASTS,
    "cards.*.fp32_tf": MEASURES,
    "cards.*.h100_equivalents": MEASURES,
    "cards.*.int8_tops": MEASURES,
    "intake.agreement_form": DECIDES,
    "intake.applicant_kinds.*.opened_within_years": LASTS,
    "intake.document_missing": DECIDES,
    "intake.document_wrong_format": DECIDES,
    "intake.documents.*.formats": "endings of file names: written twice, one changes nothing",
    "intake.documents.*.required": DECIDES,
    "intake.file_name_with_number": DECIDES,
    "intake.investigator_and_manager_differ": DECIDES,
    "intake.max_applications": COUNTS,
    "intake.provider_call.all_products_first": DECIDES,
    "intake.provider_call.csap": DECIDES,
    "intake.provider_call.demonstration": "words: whatever is to be shown",
    "intake.provider_call.one_in_principle": DECIDES,
    "intake.provider_call.price_rounds_max": COUNTS,
    "intake.provider_call.restrictions.arrears_with_instalments": DECIDES,
    "intake.provider_call.restrictions.in_force": DECIDES,
    "intake.receipt_days": LASTS,
    "intake.repeats.listed": DECIDES,
    "intake.repeats.unlisted_government": DECIDES,
    "intake.restrictions.arrears_with_instalments": DECIDES,
    "intake.restrictions.compared_on": "without a closing day the day of the receipt counts (IN-8)",
    "intake.restrictions.in_force": DECIDES,
    "intake.retention_years": LASTS,
    "intake.revocation.accounts_of_year": "the accounts of any year that is over, or nearly",
    "intake.revocation.giving_up_bars": DECIDES,
    "intake.revocation.intent_needed": DECIDES,
    "intake.supplement": DECIDES,
    "metering.days_per_month": DIVIDES,
    "metering.statement_due_day": "a day of any month; a shorter month ends sooner (MT-10)",
    "metering.wait_limit_s": LASTS,
    "obligations.*.stages.months_max": LASTS,
    "obligations.*.target_response_pct": "a share of the answers, not of anything in the definition",
    "obligations.*.times_max": COUNTS,
    "products.*.spec.cpu_ghz": "the doubtful second reading of S1 has no other speed",
    "products.*.spec.line_gbps": "the doubtful second reading of S1 has no other line",
    "products.*.storage_tb": MEASURES,
    "review.acceptance_days": LASTS,
    "review.criterion_means_shown": DECIDES,
    "review.decimals": "how a score is shown, within its range",
    "review.names_hidden": DECIDES,
    "review.objection_days": LASTS,
    "tracks.*.deliberation": DECIDES,
    "tracks.*.quota.private_min_pct": "any share goes with any other: all private satisfies both",
    "tracks.*.quota.public_below_pct": "any share goes with any other: all private satisfies both",
    "tracks.*.quota.relaxable": DECIDES,
    "tracks.*.selection.cutoff": DECIDES,
    "tracks.*.selection.projects_max": COUNTS,
}
"""Stated value → why no other value of a definition can contradict it."""


def constraints(pieces: Any) -> dict[str, Any]:
    """The limits that stand beside an annotation."""
    found: dict[str, Any] = {}
    for piece in pieces:
        for one in piece.metadata if isinstance(piece, FieldInfo) else [piece]:
            names = ("ge", "gt", "le", "max_length", "pattern")
            found |= {name: getattr(one, name) for name in names if getattr(one, name, None) is not None}
    return found


def leaves(here: Any, path: str = "", beside: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every place of the model that holds a value: its path, its kind, its limits; lists and maps are places too."""
    if get_origin(here) is Annotated:
        inner, *pieces = get_args(here)
        yield from leaves(inner, path, (*beside, *pieces))
    elif get_origin(here) in (Union, UnionType):
        for kind in get_args(here):
            if kind is not NoneType:
                yield from leaves(kind, path, beside)
    elif get_origin(here) in (list, dict):
        yield path, get_origin(here), constraints(beside)
        *keys, item = get_args(here)
        for key in keys:
            yield from leaves(key, f"{path}.<name>")
        yield from leaves(item, f"{path}.*")
    elif isinstance(here, type) and issubclass(here, Stated | StatedOrNone):
        yield from leaves(value_of(here), path)
        yield from leaves(
            StatedValue.model_fields["source"].annotation,
            f"{path}.source",
            tuple(StatedValue.model_fields["source"].metadata),
        )
    elif isinstance(here, type) and issubclass(here, BaseModel):
        for name, field in here.model_fields.items():
            yield from leaves(field.annotation, f"{path}.{name}".lstrip("."), tuple(field.metadata))
    else:
        yield path, here, constraints(beside)


def is_bounded(kind: Any, limits: dict[str, Any]) -> bool:
    """Whether everything that a place can hold lies within some range."""
    if kind is bool or get_origin(kind) is Literal:
        return True
    if kind in (list, dict):
        return "max_length" in limits
    if kind is str:
        return "max_length" in limits or re.search(r"\{\d+,\d+\}", str(limits.get("pattern", ""))) is not None
    if kind in (int, Decimal, dt.date, dt.datetime, AwareDatetime):
        return ("ge" in limits or "gt" in limits) and "le" in limits
    return False


PLACES = list(leaves(Programme))


def test_the_walk_sees_the_whole_model() -> None:
    """Every stated value of the shipped definitions lies at a place that the walk found, so none escapes it."""
    walked = {path for path, *_ in PLACES}
    stated = {pattern(path) for programme in SHIPPED for path in programme.stated_values()}
    assert stated <= walked
    assert len(PLACES) > 200


def test_no_place_of_a_definition_is_without_a_range() -> None:
    """CV-10: each number, instant, text, list and map of the model has its bounds; an exception needs a reason."""
    without = {path for path, kind, limits in PLACES if not is_bounded(kind, limits)}
    assert without == set(UNBOUNDED)
    assert all(UNBOUNDED.values())


def pattern(path: str) -> str:
    """A path with a star for what a definition calls its own things."""
    return KEYED.sub(r"\1.*", path)


def test_every_stated_value_is_checked_against_another_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """CV-10: a new value is compared with those it must agree with, or stands in the list of those that stand alone."""
    read: set[str] = set()

    def watched(method: Any) -> Any:
        def look(self: Any) -> Any:
            read.add(pattern(self.path))
            return method(self)

        return look

    for kind in (Stated, StatedOrNone):
        for name in ("known", "is_none"):
            if hasattr(kind, name):
                monkeypatch.setattr(kind, name, watched(getattr(kind, name)))
    for programme in SHIPPED:
        assert check_definition(programme.as_json())[1] == ()
    stated = {pattern(path) for programme in SHIPPED for path in programme.stated_values()}
    assert stated - read == set(ALONE)
    assert all(ALONE.values())


CONTRADICTIONS = [
    ("tracks.1.document_stage_may_be_skipped", {"tracks.1.document_stage_may_be_skipped": True}, P0),
    ("tracks.1.selection.capacity_kind", {"tracks.1.selection.capacity_kind": "none"}, P1),
    ("intake.provider_call.restrictions.compared_on", {"intake.provider_call.closes_at": "none"}, P1),
    ("intake.repeats.awards_max", {"intake.repeats.awards_max": 2, "intake.repeats.listed_programmes": "none"}, P0),
    ("intake.repeats.awards_max", {"intake.repeats.awards_max": 2, "intake.repeats.year": "none"}, P0),
    ("intake.provider_call.closes_at", {"intake.provider_call.closes_at": "2026-02-21T15:00:00+09:00"}, P1),
]


@pytest.mark.parametrize(("path", "values", "programme"), CONTRADICTIONS, ids=lambda one: str(one)[:60])
def test_f_01_what_nothing_can_satisfy_is_told(path: str, values: dict[str, Any], programme: Programme) -> None:
    """F-01: values that are each in their range and leave nothing that satisfies both are told at their path."""
    tree = programme.as_json()
    for at, value in values.items():
        node = tree
        for step in at.split("."):
            node = node[step]
        node["is"] = value
    told = [(mistake.path, mistake.code) for mistake in check_definition(tree)[1]]
    assert (path, "contradiction") in told


def test_f_01_a_document_for_no_legal_form_is_told() -> None:
    """F-01: a document that asks for a legal form that nobody has is never brought: told with what was meant."""
    tree = P0.as_json()
    (key, *_) = tree["intake"]["documents"]
    tree["intake"]["documents"][key]["legal_forms"] = ["corporations"]
    (mistake,) = check_definition(tree)[1]
    assert mistake.path == f"intake.documents.{key}.legal_forms.0"
    assert "Did you mean 'corporation'?" in mistake.en
