"""P4 `advanced-gpu-2026`: whole servers of eight; a large application presents on site. S4 leaves most values unset."""

from typing import Any

from demo.call import kst
from demo.calls.plan import Applicant, Plan

PAPERS = ("plan_hwp", "plan_pdf", "package")
PEOPLE = {"principal_investigator": {"id": "NTIS-4001", "name": "최책임", "is_professor": False}}
FORM = {
    "title": "한국어 언어모델 사전학습",
    "fields": ["language"],
    "stage": "training",
    "stage_progress": 40,
    "target_utilisation": 85,
    "target_progress": 100,
    "stage_plan": [
        {
            "from": "2026-03", "until": "2026-05", "work": "사전학습", "gpu_from": "2026-03", "servers": 8,
            "utilisation": 85,
        }
    ],
    "staff": [
        {
            "organisation": "해온에이아이", "name": "최책임", "position": "연구소장", "task": "총괄",
            "degree": "전산학 박사", "months": 6, "share": 50,
        }
    ],
}  # fmt: skip
KINDS = (
    "sme", "venture", "startup", "private_medical", "private_institute", "university", "university_hospital", "school",
    "national_institute", "public_institute", "government_funded_institute", "research_support",
)  # fmt: skip
TRACKS = ("H200", "B200")
VALUES: dict[str, Any] = {
    "submissions_open_at": "2025-12-22T00:00:00+09:00",
    "submissions_close_at": "2026-01-16T15:00:00+09:00",
    "use_starts_on": "2026-03-01",
    "use_ends_on": "2027-02-28",
    "intake.max_applications": 1,
    **{f"intake.applicant_kinds.{kind}.counting_unit": "business_no" for kind in KINDS},
    "intake.youth.evidence": "none",
    "intake.repeats.year": 2026,
    "intake.repeats.listed_programmes": [],
    "intake.repeats.listed": "officer",
    "intake.repeats.unlisted_government": "officer",
    "intake.repeats.awards_max": "none",
    "intake.repeats.overlaps": "none",
    "intake.restrictions.compared_on": "closing_date",
    "intake.restrictions.kinds": ["participation_ban"],
    "intake.restrictions.in_force": "fail",
    "intake.restrictions.arrears_with_instalments": "none",
    "intake.restrictions.private_kinds": "none",
    "intake.investigator_and_manager_differ": "none",
    "intake.document_missing": "fail",
    "intake.file_name_with_number": False,
    "review.seats_min": 5,
    "review.seats_max": 7,
    "review.sheets_min": 5,
    "review.trimmed": True,
    "review.decimals": 2,
    "review.rubric.goals.max": 30,
    "review.rubric.capability.max": 15,
    "review.rubric.resource_plan.max": 25,
    "review.rubric.results.max": 30,
    "review.tie_order": "none",
    "review.youth_bonus": "none",
    "review.threshold": 70,
    "review.seats_max_by_reason": "none",
    "review.criterion_means_shown": False,
    "review.acceptance_days": 7,
    "review.objection_days": 7,
    "review.stage_weights": "none",
    **{f"tracks.{track}.document_stage_may_be_skipped": False for track in TRACKS},
    **{f"tracks.{track}.presentation": "none" for track in TRACKS},
    **{f"tracks.{track}.quota.private_min_pct": "none" for track in TRACKS},
    **{f"tracks.{track}.quota.public_below_pct": "none" for track in TRACKS},
    **{f"tracks.{track}.quota.relaxable": False for track in TRACKS},
    **{f"tracks.{track}.selection.capacity": 1_000 for track in TRACKS},
    **{f"tracks.{track}.selection.budget_krw": "none" for track in TRACKS},
    **{f"tracks.{track}.selection.planning_price_krw": "none" for track in TRACKS},
    **{f"tracks.{track}.selection.projects_max": "none" for track in TRACKS},
    **{f"billing.self_payment.rates.{card}.{payer}_krw": 200_000 for card in TRACKS for payer in ("youth", "public")},
}


def _one(nth: int, name: str, kind: str, product: str, units: int, points: str) -> Applicant:
    told: dict[str, Any] = {"form": FORM, "asks": PEOPLE, "wished_start": "2026-03-01", "months": 6, "points": points}
    return Applicant(nth, name, kind, product.removesuffix("x8"), product, units, documents=PAPERS, **told)


ADVANCED = Plan(
    code="advanced-gpu-2026",
    opens=kst("2025-12-22 09:00"),
    files=kst("2026-01-12 10:00"),
    screens=kst("2026-01-19 10:00"),
    reviews=kst("2026-01-26 10:00"),
    announces=kst("2026-02-02 10:00"),
    values=VALUES,
    applicants={
        "large": _one(4_001, "해온에이아이", "sme", "H200x8", 8, "90"),
        "small": _one(4_002, "큰솔브레인", "venture", "H200x8", 2, "82"),
        "weak": _one(4_003, "터울메이커스", "startup", "H200x8", 2, "61"),
    },
)
