"""P0 `gpu-rental-2025s` and P1 `hpc-2025-gpu` with a handful of applicants; officers set what the demo's do."""

from typing import Any

from demo import p0, p1
from demo.call import kst
from demo.calls.plan import Applicant, Plan

SHEETS = ("plan", "self_check_and_consent", "business_registration", "application_sheet")
COMPANY = ("sme_certificate", "corporate_registry", "tax_clearance", "financial_statements")


def _professor(number: str) -> dict[str, Any]:
    return {"principal_investigator": {"id": number, "name": "박교수", "is_professor": True}}


def _one(nth: int, name: str, kind: str, track: str, product: str, papers: tuple[str, ...], **more: Any) -> Applicant:
    told = {"units": 1, "months": 3, "wished_start": "2025-10-01", **more}
    return Applicant(nth, name, kind, track, product, documents=papers, **told)


RENTAL = Plan(
    code=p0.CODE,
    opens=kst("2025-09-01 09:00"),
    files=kst("2025-09-10 10:00"),
    screens=kst("2025-09-17 10:00"),
    reviews=kst("2025-09-22 09:00"),
    announces=kst("2025-09-25 10:00"),
    values=p0.VALUES,
    applicants={
        "youth": _one(
            5_001, "라온스튜디오", "sme", "1", "H100x2", (*SHEETS, *COMPANY), points="80", born_on="1992-03-01",
            asks={"youth_claimed": True},
        ),
        "university": _one(
            5_002, "슬기대학교", "university", "1", "H100x4", (*SHEETS, "professor_employment"), points="85",
            legal_form="public_body", asks=_professor("NTIS-5002"),
        ),
        "company": _one(5_006, "온새데이터", "sme", "1", "H100x1", (*SHEETS, *COMPANY), points="75"),
        "weak": _one(5_003, "바른소프트", "sme", "1", "H100x1", (*SHEETS, *COMPANY), points="65"),
        "servers": _one(
            5_004, "채움데이터", "sme", "2", "H100x8", (*SHEETS, *COMPANY, "slides"), units=2, points="84"
        ),
        "late": _one(
            5_005, "누리비전", "sme", "1", "H100x2", (*SHEETS, *COMPANY), files_at=kst("2025-09-15 15:01")
        ),
    },
)  # fmt: skip
DYNAMIC = Plan(
    code=p1.CODE,
    opens=kst("2025-08-01 09:00"),
    files=kst("2025-08-04 10:00"),
    screens=kst("2025-08-18 10:00"),
    reviews=kst("2025-08-20 09:00"),
    announces=kst("2025-08-22 10:00"),
    values=p1.VALUES,
    applicants={
        "two_a100": _one(6_001, "하늘로보틱스", "sme", "1", "A100x2", (), points="82"),
        "one_h100": _one(6_002, "마루브레인", "venture", "2", "H100x1", (), points="78"),
        "weak": _one(6_003, "큰솔싱크", "startup", "2", "H100x1", (), points="55"),
    },
)
