"""P3 `regional-2025`: eight cards or up to 3 PF in a regional data centre, paid half by who is there (S2)."""

from typing import Any

from demo.call import kst
from demo.calls.plan import Applicant, Plan

PAPERS = (
    "application", "summary_sheet", "investigator_consent", "manager_consent", "business_registration",
    "investigator_employment", "manager_employment",
)  # fmt: skip
PEOPLE = {
    "principal_investigator": {"id": "NTIS-3001", "name": "김책임", "is_professor": False},
    "manager": {"id": "NTIS-3002", "name": "이실무", "standing": "employee"},
}
ONE_PERSON = {**PEOPLE, "manager": {"id": "NTIS-3001", "name": "김책임", "standing": "employee"}}
FORM = {
    "title": "지역 의료 영상 모델",
    "model": "의료 영상 분할 모델을 지역 병원의 영상으로 학습합니다.",
    "data": "비식별 처리를 마친 영상 40만 장",
}
GWANGJU = {"region": "gwangju", "kind": "branch", "since": "2019-05-01"}
BAN = {"kind": "participation_ban", "from": "2025-01-01", "until": "2025-08-05", "source": "NTIS"}


def _one(nth: int, name: str, kind: str, product: str, papers: tuple[str, ...] = PAPERS, **more: Any) -> Applicant:
    told = {"units": 1, "form": FORM, "asks": PEOPLE, "wished_start": "2025-08-27", "months": 4, **more}
    track = {"A100x8": "1-A100", "H100x8": "1-H100", "HPC1PF": "2-HPC"}[product]
    return Applicant(nth, name, kind, track, product, documents=papers, **told)


COMPANY = (*PAPERS, "sme_certificate")
BANNED: dict[str, Any] = {"nth": 3_003, "name": "온새솔루션", "kind": "sme", "papers": COMPANY, "restrictions": (BAN,)}
REGIONAL = Plan(
    code="regional-2025",
    opens=kst("2025-07-28 09:00"),
    files=kst("2025-08-12 10:00"),
    screens=kst("2025-08-18 10:00"),
    reviews=kst("2025-08-20 10:00"),
    announces=kst("2025-08-26 10:00"),
    values={f"tracks.{track}.selection.budget_krw": "none" for track in ("1-A100", "1-H100", "2-HPC")},
    applicants={
        "gwangju": _one(
            3_001, "광주진흥공단", "other_public", "H100x8", places=(GWANGJU,), asks={**PEOPLE, "region_claimed": True}
        ),
        "computing": _one(3_002, "자람대학교", "university", "HPC1PF", units=2, points="85"),
        "banned": _one(**BANNED, product="A100x8", files_at=kst("2025-08-05 10:00")),
        "a_day_later": _one(**BANNED, product="H100x8", files_at=kst("2025-08-06 10:00")),
        "third": _one(**BANNED, product="A100x8", files_at=kst("2025-08-07 10:00")),
        "one_person": _one(3_004, "새벽로보틱스", "sme", "A100x8", COMPANY, asks=ONE_PERSON),
    },
)
