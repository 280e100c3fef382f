"""Facts in messages, as people read them (F-60)."""

import pytest

from libs.common.messages.facts import fill, with_particles
from libs.common.messages.vocabulary import VOCABULARY
from libs.common.messages.words import words_of


@pytest.mark.parametrize(
    ("name", "value", "ko", "en"),
    [
        pytest.param("at", "2025-09-30T15:00:00+00:00", "2025. 10. 1.(수) 00:00", "1 October 2025, 00:00 (Seoul)",
                     id="an instant, in Seoul's time"),
        pytest.param("at", "2025-09-15T06:00:00.001Z", "2025. 9. 15.(월) 15:00:00.001",
                     "15 September 2025, 15:00:00.001 (Seoul)", id="a millisecond too late shows its millisecond"),
        pytest.param("on", "2025-08-14", "2025. 8. 14.(목)", "14 August 2025", id="a day"),
        pytest.param("month", "2025-10", "2025년 10월", "October 2025", id="a month"),
        pytest.param("due_krw", 4000000, "4,000,000", "4,000,000", id="won"),
        pytest.param("fee_krw", -1651, "−1,651", "−1,651", id="won taken back"),
        pytest.param("year", 2025, "2025", "2025", id="a year has no separator"),
        pytest.param("round", 3, "3", "3", id="a number that names something"),
        pytest.param("flow", "own_account", "전용계좌", "own account", id="a code"),
        pytest.param("needs", "officer, provider", "담당자, 공급사", "officer, provider", id="several codes"),
        pytest.param("running_until", None, "정해지지 않음", "not stated", id="nothing stated"),
        pytest.param("born_on", "2025-02-30", "2025-02-30", "2025-02-30", id="no day of the calendar stays as it is"),
        pytest.param("at", "9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59+00:00",
                     id="beyond what Seoul's calendar can say"),
        pytest.param("name", "한빛 2호", "한빛 2호", "한빛 2호", id="a name"),
    ],
)  # fmt: skip
def test_a_fact_is_written_as_people_write_it(name: str, value: str | int | None, ko: str, en: str) -> None:
    """F-60: Seoul's time, separators, words for codes, and nothing of Python."""
    facts = {name: value}
    assert fill(f"{{{name}}}", facts, "ko", VOCABULARY) == ko
    assert fill(f"{{{name}}}", facts, "en", VOCABULARY) == en


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("신청", "신청을 신청은 신청이 신청으로"),
        ("과제", "과제를 과제는 과제가 과제로"),
        ("A-000126", "A-000126을 A-000126은 A-000126이 A-000126으로"),
        ("A-9", "A-9를 A-9는 A-9가 A-9로"),
        ("4,000,000원", "4,000,000원을 4,000,000원은 4,000,000원이 4,000,000원으로"),
        ("서울", "서울을 서울은 서울이 서울로"),
        ("alpha", "alpha를 alpha는 alpha가 alpha로"),
        ("(주)한빛", "(주)한빛을 (주)한빛은 (주)한빛이 (주)한빛으로"),
    ],
)
def test_the_particle_fits_the_last_letter(word: str, told: str) -> None:
    """F-60: No `을(를)` is left: the particle is the one that fits."""
    template = "{word}을(를) {word}은(는) {word}이(가) {word}(으)로"
    assert fill(template, {"word": word}, "ko", VOCABULARY) == told


def test_a_particle_after_a_closing_quote_fits_the_word_inside() -> None:
    """F-60: `'A-9'을(를)` becomes `'A-9'를`."""
    assert fill("'{id}'을(를)", {"id": "A-9"}, "ko", VOCABULARY) == "'A-9'를"
    assert fill("'{id}'과(와) '{id}'와(과)", {"id": "A-9"}, "ko", VOCABULARY) == "'A-9'와 'A-9'와"
    assert fill("{id}과(와)", {"id": "한빛"}, "ko", VOCABULARY) == "한빛과"


def test_a_wrong_state_is_told_in_words() -> None:
    """F-60, F-62: Thing and state in words, and no next call where there is none."""
    facts = {"thing": "grant", "id": "A-000123", "state": "awaiting", "allowed": "active", "next_call": ""}
    told = words_of("wrong_state", facts)
    assert told["ko"] == "과제 'A-000123'은 지금 '배정 전' 상태라 처리할 수 없습니다(가능한 상태: 이용 중)."
    assert told["en"] == "grant 'A-000123' is 'awaiting placement'; this needs 'active'."
    onward = words_of("wrong_state", facts | {"next_call": "POST /allocator/v1/placements"})
    assert onward["ko"].endswith("(가능한 상태: 이용 중). 다음 절차: POST /allocator/v1/placements")


def test_a_fact_that_is_not_there_is_seen() -> None:
    """A message whose fact nobody gave shows its name instead of failing."""
    assert fill("{who}은(는)", {}, "ko", VOCABULARY) == "{who}는"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("포트 8080을(를) 쓸 수 없습니다", "포트 8080을 쓸 수 없습니다", id="a spoken digit"),
        pytest.param("정산 2025-10은(는) 확정됨", "정산 2025-10은 확정됨", id="the last part of a number"),
        pytest.param("상품 H100-8은(는) 없습니다", "상품 H100-8은 없습니다", id="the last part of a code"),
        pytest.param("역할 'alpha'은(는) 없습니다", "역할 'alpha'는 없습니다", id="behind a closing quote"),
        pytest.param("합격자 두레이(가) 포기", "합격자 두레가 포기", id="a vowel"),
        pytest.param("서울(으)로, 부산(으)로", "서울로, 부산으로", id="two in one sentence"),
        pytest.param("이것은 그대로입니다", "이것은 그대로입니다", id="nothing left open"),
    ],
)
def test_a_finished_sentence_gets_its_particles(text: str, written: str) -> None:
    """F-60: What the command line says is written out before; the particle follows the last letter or digit."""
    assert with_particles(text) == written
