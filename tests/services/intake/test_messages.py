"""What intake's findings say, read aloud: nothing stands where nothing is known, and no code in a Korean sentence."""

from typing import Any

import pytest

from libs.common.errors import Fact
from libs.common.messages.facts import LANGUAGES, fill
from libs.common.messages.vocabulary import VOCABULARY
from services.intake.messages import MESSAGES
from services.intake.rules.formats import DAMAGED, UNKNOWN, UNSAFE

DAYS = {"use_from": "2025-11-01", "use_until": "2026-07-31"}
AWARD = {"programme": "tips-2025", "year": 2025}


def said(code: str, facts: dict[str, Fact]) -> list[str]:
    """The sentence of a code, Korean and English."""
    return [fill(getattr(MESSAGES[code], language), facts, language, VOCABULARY) for language in LANGUAGES]


@pytest.mark.parametrize(
    ("code", "facts", "ko", "en"),
    [
        pytest.param(
            "award_listed",
            {**AWARD, "running_until": None},
            "중복 지원 제한 사업의 수혜 이력이 있습니다(사업 tips-2025, 2025년).",
            "It has support of a listed programme (tips-2025, 2025).",
            id="an award whose end nobody told",
        ),
        pytest.param(
            "award_listed",
            {**AWARD, "running_until": "2025-12-31"},
            "중복 지원 제한 사업의 수혜 이력이 있습니다(사업 tips-2025, 2025년, 사용 종료 2025. 12. 31.(수)).",
            "It has support of a listed programme (tips-2025, 2025, in use until 31 December 2025).",
            id="an award with its end",
        ),
        pytest.param(
            "units_out_of_bounds",
            {"asked": 0, "least": 1, "most": None},
            "신청 수량 0은 범위(1 이상)를 벗어났습니다.",
            "0 units are outside the bounds (at least 1).",
            id="no most",
        ),
        pytest.param(
            "months_out_of_bounds",
            {"asked": 10, "least": 1, "most": 9},
            "신청 기간 10개월은 범위(1개월 이상 9개월 이하)를 벗어났습니다.",
            "10 months are outside the bounds (at least 1, at most 9).",
            id="a least and a most",
        ),
        pytest.param(
            "outside_use_window",
            {**DAYS, "window_from": None, "window_until": "2026-06-30"},
            "희망 사용 기간(2025. 11. 1.(토)~2026. 7. 31.(금))이 사업의 사용 기간을 벗어났습니다."
            " 2026. 6. 30.(화)까지 쓸 수 있습니다.",
            "The wished use (1 November 2025 to 31 July 2026) leaves the use window."
            " It ends on 30 June 2026 at the latest.",
            id="a window without a beginning",
        ),
        pytest.param(
            "youth_not_met",
            {"born_on_or_after": None},
            "청년기업 요건(인정되는 기업 형태)에 해당하지 않습니다."
            " 감면은 적용되지 않으며 신청 자격에는 영향이 없습니다.",
            "It is no youth enterprise (a legal form that counts): no reduction applies. Eligibility is not affected.",
            id="a call without a birth date",
        ),
        pytest.param(
            "document_not_what_it_says",
            {"file_name": "계획서", "found": "pdf", "said": None},
            "파일 '계획서'의 이름이 내용의 형식(pdf)과 맞지 않습니다.",
            "The name of file '계획서' does not fit what it holds (pdf).",
            id="a name without an ending",
        ),
        pytest.param(
            "document_not_what_it_says",
            {"file_name": "계획서.hwp", "found": "unknown", "said": "hwp"},
            "파일 '계획서.hwp'의 이름이 내용의 형식(알 수 없음)과 맞지 않습니다(이름의 형식: hwp).",
            "The name of file '계획서.hwp' does not fit what it holds (unknown); it says hwp.",
            id="a content that nobody knows",
        ),
        pytest.param(
            "document_wrong_format",
            {"file_name": "a.pdf", "found": "encrypted", "allowed": "pdf, hwp"},
            "파일 'a.pdf'의 형식(암호가 걸린 파일)이 맞지 않습니다. 낼 수 있는 형식: pdf, hwp",
            "The format of file 'a.pdf' (encrypted) does not fit; this document must be one of: pdf, hwp",
            id="an encrypted file",
        ),
        pytest.param(
            "restriction_in_force",
            {"on": "2025-09-15", "kind": "default", "of": "", "from": "2025-03-01", "until": None},
            "2025. 9. 15.(월) 기준 참여 제한 사유(채무불이행)가 있습니다(기간 2025. 3. 1.(토)부터).",
            "On 15 September 2025 a restriction (default) is in force (from 1 March 2025).",
            id="a restriction of nobody in particular that still runs",
        ),
    ],
)
def test_what_is_not_known_is_not_said(code: str, facts: dict[str, Any], ko: str, en: str) -> None:
    """F-60: A part of a sentence whose fact nobody told is left out, in both languages."""
    assert said(code, facts) == [ko, en]


@pytest.mark.parametrize("found", [UNKNOWN, DAMAGED, UNSAFE, "encrypted", "macro"])
def test_no_format_is_told_by_its_code(found: str) -> None:
    """F-60: What a file turned out to be has its word; endings such as `pdf` are words already."""
    korean, _ = said("document_wrong_format", {"file_name": "a", "found": found, "allowed": "hwp"})
    assert found not in korean
