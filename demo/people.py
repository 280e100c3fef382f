"""The demo's applicants: generated from a seed, with invented names and numbers whose check digits hold."""

import datetime as dt
import io
import random
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import Any

FIRST = (
    "한빛",
    "새벽",
    "가온",
    "누리",
    "다온",
    "라온",
    "마루",
    "바른",
    "슬기",
    "아라",
    "온새",
    "자람",
    "채움",
    "큰솔",
    "터울",
    "푸름",
    "하늘",
    "해온",
)
SECOND = {
    "sme": ("에이아이", "데이터", "로보틱스", "소프트", "비전"),
    "midsize": ("정보통신", "솔루션즈"),
    "venture": ("랩스", "브레인", "딥러닝"),
    "startup": ("스튜디오", "메이커스", "싱크"),
    "university": ("대학교",),
    "university_hospital": ("대학교병원",),
    "national_institute": ("국립연구원",),
    "public_institute": ("공공연구소",),
    "government_funded_institute": ("기술연구원",),
    "other_public": ("진흥공단",),
    "individual": ("개인",),
    "large_enterprise": ("그룹",),
}
FAMILY = "김이박최정강조윤장임"
GIVEN = ("하나", "두리", "세온", "네아", "다솔", "여름", "가을", "겨울", "봄이", "한별")
CERTIFICATE = {
    "sme": "sme_certificate",
    "midsize": "midsize_certificate",
    "venture": "venture_certificate",
    "startup": "startup_certificate",
}
WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


@dataclass(frozen=True)
class Wish:
    """What one applicant of the demo is and wants, and what is special about it."""

    name: str
    business_no: str
    kind: str
    sector: str
    track: str
    product: str
    units: int
    months: int
    wished_start: dt.date
    representative: dict[str, str]
    youth_claimed: bool = False
    special: str = ""
    """What makes this applicant a case of its own, such as `late` or `banned`; empty for nearly all."""
    professor: dict[str, Any] | None = None
    documents: tuple[tuple[str, str, bytes], ...] = field(default=())
    """(kind, file name, content)."""


def business_number(nth: int) -> str:
    """The `nth` invented business number whose check digit holds (IN-11)."""
    nine = [int(c) for c in f"{101_810_000 + nth:09d}"]
    total = sum(w * d for w, d in zip(WEIGHTS, nine, strict=True)) + 5 * nine[8] // 10
    return "".join(map(str, nine)) + str(-total % 10)


def person(rng: random.Random, *, youth: bool) -> dict[str, str]:
    """An invented representative, born on either side of the youth line."""
    year = rng.randint(1988, 1998) if youth else rng.randint(1962, 1982)
    born = dt.date(year, rng.randint(1, 12), rng.randint(1, 28))
    return {"name": rng.choice(FAMILY) + rng.choice(GIVEN), "born_on": born.isoformat()}


def name_of(rng: random.Random, kind: str, nth: int) -> str:
    """An invented organisation's name; the number keeps names apart."""
    return f"{rng.choice(FIRST)}{rng.choice(SECOND[kind])} {nth:03d}"


@cache
def pdf(title: str) -> bytes:
    """A small, valid, one-page PDF."""
    stream = f"BT /F1 18 Tf 60 760 Td ({title.encode('ascii', 'replace').decode()}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


@cache
def office_file(part: str) -> bytes:
    """The smallest file that is an Office document with this main part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (("[Content_Types].xml", "<Types/>"), (part, "<document/>")):
            archive.writestr(zipfile.ZipInfo(name, (2025, 9, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def documents_of(name: str, kind: str, sector: str, track: str) -> tuple[tuple[str, str, bytes], ...]:
    """All documents that P0 asks of such an applicant, named as the notice says."""
    wanted = [("plan", 1), ("self_check_and_consent", 3), ("business_registration", 4)]
    if sector == "private":
        wanted += [(CERTIFICATE[kind], 7), ("corporate_registry", 7), ("tax_clearance", 7), ("financial_statements", 7)]
    elif kind in ("university", "university_hospital"):
        wanted += [("professor_employment", 7)]
    else:
        wanted += [("organisation_status", 7)]
    files = [(what, f"[{name}] {number}_{what}.pdf", pdf(what)) for what, number in wanted]
    files.append(("application_sheet", f"[{name}] 2_신청 현황표.xlsx", office_file("xl/workbook.xml")))
    if track == "2":
        files.append(("slides", f"[{name}] 6_발표자료.pptx", office_file("ppt/presentation.xml")))
    return tuple(files)
