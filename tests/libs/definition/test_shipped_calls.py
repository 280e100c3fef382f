"""What the seven shipped calls say, value by value as the specification's table of programmes prints it."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.files import check_file, load_definition
from libs.common.definition.programme import Programme
from services.intake.policy.applicants import YouthPolicy
from services.intake.rules.youth import youth_line

KST = dt.timezone(dt.timedelta(hours=9))
FILES = sorted(Path("programmes").glob("*.yaml"))
CALLS = {file.stem: load_definition(file) for file in FILES}
P0, P1, P2 = CALLS["gpu-rental-2025s"], CALLS["hpc-2025-gpu"], CALLS["hpc-2025-npu"]
P3, P4 = CALLS["regional-2025"], CALLS["advanced-gpu-2026"]
G, N = CALLS["hpc-2025-gpu-providers"], CALLS["hpc-2025-npu-providers"]

SAYS: list[tuple[Programme, str, Any]] = [
    (P0, "submissions_close_at", dt.datetime(2025, 9, 15, 15, tzinfo=KST)),
    (P0, "review.threshold", Decimal(70)),
    (P0, "review.seats_max", 7),
    (P0, "review.seats_max_by_reason", 8),
    (P0, "intake.documents.application_sheet.formats", ["xlsx", "pdf"]),
    (P0, "intake.supplement", "allowed"),
    (P0, "allocation.provider_change", "problem"),
    (P0, "obligations.final_report.after_months", 1),
    (P0, "obligations.performance_report_2.after_months", 24),
    (P0, "obligations.surveys.times_max", 5),
    (P1, "products.A100x2.at_least_as_good", ["H100", "H200"]),
    (P1, "products.H100x2.at_least_as_good", ["H200"]),
    (P1, "products.H100x2.spec.cores", 16),
    (P1, "products.H100x2.spec.doubtful_cores", 32),
    (P1, "products.H100x2.spec.doubtful_memory_gb", 384),
    (P1, "products.H100x2.spec.doubtful_storage_tb", Decimal(10)),
    (P1, "products.H100x16.spec.memory_gb", 384),
    (P1, "allocation.extra_storage_tb", Decimal(100)),
    (P1, "allocation.after_end.free_months", 1),
    (P1, "allocation.after_end.own_cost_months", 3),
    (P1, "intake.revocation.accounts_of_year", 2024),
    (P1, "billing.budget.cap_krw", 19_800_000_000),
    (P1, "billing.budget.shared_with", ["hpc-2025-npu"]),
    (P2, "notice_date", dt.date(2025, 2, 12)),
    (P2, "submissions_close_at", dt.datetime(2025, 3, 17, 15, tzinfo=KST)),
    (P2, "review.places", 200),
    (P2, "review.threshold", None),
    (P2, "review.youth_bonus", Decimal(1)),
    (P2, "intake.document_missing", "fail"),
    (P2, "intake.purposes_allowed", ["inference"]),
    (P2, "intake.repeats.overlaps", {"hpc-2025-gpu": "pass", "ai-voucher-ai-semiconductor": "officer"}),
    (P2, "intake.applicant_kinds.startup.opened_within_years", 7),
    (P2, "allocation.by_model", True),
    (P2, "billing.self_payment.flow", "free"),
    (P2, "billing.budget.shared_with", ["hpc-2025-gpu"]),
    (P2, "obligations.progress.stages.without_reason", [4, 5]),
    (P3, "submissions_close_at", dt.datetime(2025, 8, 14, 14, tzinfo=KST)),
    (P3, "review.places", 50),
    (P3, "review.threshold", Decimal(70)),
    (P3, "intake.max_applications", 2),
    (P3, "intake.repeats.awards_max", 2),
    (P3, "intake.applicant_kinds.midsize.decision", "officer"),
    (P3, "intake.restrictions.compared_on", "receipt_date"),
    (P3, "intake.supplement", None),
    (P3, "intake.receipt_days", 3),
    (P3, "intake.region_first", True),
    (P3, "intake.region.registered_by", "notice_date"),
    (P3, "intake.agreement_form", "sealed_paper"),
    (P3, "intake.investigator_and_manager_differ", True),
    (P3, "intake.documents.manager_enrolment.issued_on_or_after", dt.date(2025, 5, 1)),
    (P3, "intake.documents.sme_certificate.valid_on_notice_date", True),
    (P3, "billing.self_payment.deposit_days", 15),
    (P3, "allocation.reclaim_days", 7),
    (P3, "allocation.set_up_days", 14),
    (P3, "allocation.training.people_min", 1),
    (P3, "allocation.after_end.free_days", 30),
    (P3, "products.HPC1PF.storage_tb", Decimal(10)),
    (P4, "tracks.H200.large", {"H200x8": 8}),
    (P4, "tracks.B200.large", {"B200x8": 4}),
    (P4, "tracks.H200.units_max", 32),
    (P4, "tracks.B200.units_max", 16),
    (P4, "tracks.B200.units_min", 2),
    (P4, "tracks.B200.months_min", 3),
    (P4, "tracks.B200.months_max", 12),
    (P4, "tracks.H200.stages", ["document"]),
    (P4, "tracks.H200.large_stages", ["document", "presentation"]),
    (P4, "tracks.H200.body_pages_about", 20),
    (P4, "tracks.H200.large_body_pages_about", 30),
    (G, "submissions_open_at", dt.datetime(2025, 1, 23, tzinfo=KST)),
    (G, "submissions_close_at", dt.datetime(2025, 2, 21, 15, tzinfo=KST)),
    (G, "review.threshold", Decimal(80)),
    (G, "review.seats_min", 5),
    (G, "intake.provider_call.cards_not_alone", ["A100"]),
    (G, "intake.provider_call.all_products_first", True),
    (G, "intake.provider_call.price_rounds_max", 3),
    (G, "intake.provider_call.impairment_unchecked_since", dt.date(2022, 2, 21)),
    (N, "intake.provider_call.csap", True),
    (N, "intake.provider_call.agreement_kinds", ["tax_arrears"]),
    (N, "review.threshold", Decimal(80)),
]
"""The call, the path, the value; None is `none`."""

UNSET: list[tuple[Programme, list[str]]] = [
    (P0, ["tracks.1.selection.capacity", "billing.budget.cap_krw", "billing.dispute_days"]),
    (P1, ["notice_date", "submissions_open_at", "review.threshold", "allocation.dynamic.idle_s"]),
    (P2, ["billing.budget.part_krw", "billing.budget.operating_krw"]),
    (P3, ["allocation.low_use.below_pct", "billing.budget.cap_krw", "tracks.2-HPC.presentation"]),
    (
        P4,
        [
            "submissions_open_at",
            "use_starts_on",
            "intake.max_applications",
            "intake.restrictions.kinds",
            "intake.repeats.listed",
            "review.threshold",
            "review.rubric.goals.max",
            "review.seats_min",
            "tracks.H200.quota.private_min_pct",
            "billing.self_payment.rates.H200.youth_krw",
            "billing.self_payment.rates.B200.public_krw",
        ],
    ),
]
"""What the notices leave to an officer."""

RUBRICS: list[tuple[Programme, list[int]]] = [
    (P0, [30, 15, 25, 30]),
    (P2, [30, 5, 50, 10, 5]),
    (P3, [15, 30, 25, 30]),
    (G, [10, 10, 15, 45, 15, 2, 1, 2]),
    (N, [10, 20, 20, 45, 2, 1, 2]),
]
SHARES = [
    (P2, {"60": 60, "120": 30, "240": 10}, [120, 60, 20]),
    (P3, {"1-A100": 30, "1-H100": 50, "2-HPC": 20}, [15, 25, 10]),
]
RATES: list[tuple[Programme, str, int, int | None, int | None, int | None]] = [
    (P3, "A100x8", 800_000, 400_000, 800_000, 400_000),
    (P3, "H100x8", 3_200_000, 1_600_000, 3_200_000, 1_600_000),
    (P3, "HPC1PF", 6_400_000, 3_200_000, 6_400_000, 3_200_000),
    (P4, "H200x8", 3_200_000, None, None, None),
    (P4, "B200x8", 6_400_000, None, None, None),
    (P0, "H100x4", 1_600_000, 800_000, 0, None),
]
"""The call, the product, won a month as the notice prints them: full, youth, public, region; None is none or unset."""


def stated(programme: Programme, path: str) -> Any:
    """A stated value by its path."""
    return programme.stated_values()[path]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_file_checks_green(file: Path) -> None:
    """No mistake in any of the seven, and each begins with the line by which an editor finds the schema."""
    assert check_file(file).mistakes == ()
    assert file.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../docs/programme.schema.json\n"
    )


def test_all_calls_of_the_notices_ship() -> None:
    """Five calls for users and two for providers, which serve the two that have their own notice for providers."""
    assert len(CALLS) == 7
    serves = {code: call.serves for code, call in CALLS.items() if call.audience == "providers"}
    assert serves == {"hpc-2025-gpu-providers": ["hpc-2025-gpu"], "hpc-2025-npu-providers": ["hpc-2025-npu"]}


@pytest.mark.parametrize(("programme", "path", "value"), SAYS, ids=lambda one: str(getattr(one, "code", one))[:50])
def test_a_call_says_what_its_notice_prints(programme: Programme, path: str, value: Any) -> None:
    """Each printed value stands in its definition as it is printed."""
    found = stated(programme, path)
    assert not found.is_unset()
    assert found.known() == value
    assert (value is None) == (found.is_ == "none")


@pytest.mark.parametrize(("programme", "paths"), UNSET, ids=[row[0].code for row in UNSET])
def test_what_a_notice_leaves_open_is_unset(programme: Programme, paths: list[str]) -> None:
    """CV-8: silence is no value: an officer fills it in before the step that needs it."""
    assert set(paths) <= set(programme.unset_paths())


@pytest.mark.parametrize(("programme", "maxima"), RUBRICS, ids=[row[0].code for row in RUBRICS])
def test_the_rubrics_make_a_hundred(programme: Programme, maxima: list[int]) -> None:
    """The criteria in the notice's order, with its points."""
    assert [line.max.required() for line in programme.review.rubric.values()] == maxima
    assert sum(maxima) == 100


@pytest.mark.parametrize(("programme", "shares", "places"), SHARES, ids=[row[0].code for row in SHARES])
def test_the_shares_divide_the_places_whole(programme: Programme, shares: dict[str, int], places: list[int]) -> None:
    """RV-11's worked example: 200 places 60/30/10 → 120/60/20, 50 places 30/50/20 → 15/25/10."""
    found = {code: track.selection.share_pct.optional() for code, track in programme.tracks.items()}
    assert found == shares
    total = programme.review.places.optional() or 0
    assert [Fraction(total * share, 100) for share in shares.values()] == places


@pytest.mark.parametrize(("programme", "product", "full", "youth", "public", "regional"), RATES)
def test_the_rates_make_what_the_notices_print(
    programme: Programme, product: str, full: int, youth: int | None, public: int | None, regional: int | None
) -> None:
    """BL-4: the rate of a card times the cards of a unit is what the notice prints for a set, a PF, a server."""
    asked = programme.product(product)
    rate = programme.billing.self_payment.rate(asked.card_type)
    wanted = [
        (rate.standard_krw, full),
        (rate.youth_krw, youth),
        (rate.public_krw, public),
        (rate.regional_krw, regional),
    ]
    for one, krw in wanted:
        known = one.known()
        assert (None if known is None else known * asked.cards_per_unit) == krw


@pytest.mark.parametrize(
    ("programme", "line", "forms"),
    [
        pytest.param(P0, dt.date(1985, 8, 15), ("corporation",), id="S0, computed"),
        pytest.param(P2, dt.date(1985, 2, 12), ("corporation", "sole_proprietor"), id="S3, printed"),
        pytest.param(P3, dt.date(1985, 7, 29), ("corporation", "sole_proprietor"), id="S2, printed"),
        pytest.param(P4, dt.date(1985, 12, 22), ("corporation",), id="S4, printed"),
    ],
)
def test_the_youth_lines_are_those_of_the_notices(programme: Programme, line: dt.date, forms: tuple[str, ...]) -> None:
    """IN-6: a printed line wins; else the notice date minus 40 years plus a day."""
    policy = YouthPolicy.of(programme)
    assert youth_line(policy) == line
    assert policy.legal_forms == forms


def test_the_annex_is_listed_without_its_misprints() -> None:
    """IN-13: both misprinted entries are series, none is empty before `Series`, none stands there twice."""
    models = P2.intake.models.optional() or []
    assert {"DenseNet Series", "MobileNet Series", "YOLO Series", "Llama2 Series"} <= set(models)
    assert not {"DenseNet", "Series", "MobileNet_Series"} & set(models)
    assert (len(models), len(set(models))) == (56, 56)


def test_the_providers_documents_are_nine_and_eight() -> None:
    """S1 §6: nine numbers for GPU, eight for NPU, which asks for no MSP contract."""
    numbers = [{document.number for document in call.intake.documents.values()} for call in (G, N)]
    assert numbers == [set(range(1, 10)), set(range(1, 9))]


def test_a_fourth_product_stands_in_the_price_book_alone() -> None:
    """S1's 1PF is two products of one number that no track offers to users and both are offered by providers."""
    fourth = {code for code, product in P1.products.items() if product.number == 4}
    assert fourth == {"H100x16", "A100x56"}
    assert not fourth & {name for track in P1.tracks.values() for name in track.products}
    assert fourth <= set(G.tracks["1"].products)
