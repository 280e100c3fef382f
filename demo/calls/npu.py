"""P2 `hpc-2025-npu`: servers with domestic AI chips, free of charge; its places are divided by product (S3)."""

from typing import Any

from demo.call import kst
from demo.calls.plan import Applicant, Plan

COMPANY = ("application_form", "application_sheet", "sme_certificate")
STARTUP = ("application_form", "application_sheet", "startup_certificate")
PROFESSOR = ("application_form", "application_sheet", "professor_employment")


def form(model: str, purpose: str = "inference") -> dict[str, Any]:
    """The call's form."""
    return {
        "title": "의료 영상 추론 서비스",
        "model": model,
        "purpose": purpose,
        "targets": "추론 서비스 1건 상용화",
        "field": "의료 인공지능",
        "use": "YOLO 모델을 NPU로 옮겨 추론 서비스를 개발합니다.",
        "necessity": "GPU보다 전력이 적게 드는 추론 환경이 필요합니다.",
    }


def _one(nth: int, name: str, kind: str, tops: str, documents: tuple[str, ...], **more: Any) -> Applicant:
    told = {"form": form("YOLOv8n"), "months": 9, "wished_start": "2025-04-01", **more}
    return Applicant(nth, name, kind, tops, f"NPU{tops}x1", 1, documents=documents, **told)


def _professor(number: str) -> dict[str, Any]:
    return {"principal_investigator": {"id": number, "name": "박교수", "is_professor": True}}


NPU = Plan(
    code="hpc-2025-npu",
    opens=kst("2025-03-13 09:00"),
    files=kst("2025-03-14 10:00"),
    screens=kst("2025-03-19 10:00"),
    reviews=kst("2025-03-24 10:00"),
    announces=kst("2025-03-31 10:00"),
    values={f"tracks.{tops}.selection.budget_krw": "none" for tops in ("60", "120", "240")},
    applicants={
        "university": _one(
            2_001, "누리대학교", "university", "240", PROFESSOR, points="95", asks=_professor("NTIS-2001")
        ),
        "company": _one(2_002, "한빛비전", "sme", "240", COMPANY, points="80"),
        "youth": _one(
            2_003, "다온싱크", "startup", "240", (*STARTUP, "corporate_registry"), points="79.5",
            born_on="1992-03-01", asks={"youth_claimed": True},
        ),
        "unlisted": _one(2_004, "가온랩스", "sme", "60", COMPANY, form=form("우리만의 모델 7B")),
        "training": _one(2_005, "마루데이터", "sme", "60", COMPANY, form=form("YOLOv8n", "training")),
        "plain": _one(2_006, "아라소프트", "sme", "120", COMPANY),
    },
)  # fmt: skip
PLACES = 10
"""An officer's number of places instead of the notice's 200, so that six applications fill a pool: 6, 3 and 1."""
