"""Keys: what is one thing however it is spelt (CV-9)."""

import datetime as dt
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.keys import fold_key, person_key

BORN = dt.date(1970, 5, 5)


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param("KRI-1001", id="as registered"),
        pytest.param("kri-1001", id="in small letters"),
        pytest.param("ＫＲＩ-1001", id="in full-width letters"),
        pytest.param("KRI-\u200b1001", id="with a zero-width space"),
        pytest.param(" KRI - 1001\u3000", id="with spaces, one of them ideographic"),
        pytest.param("KRI\u3164-1001\u00ad", id="with a Hangul filler and a soft hyphen"),
    ],
)
def test_one_researcher_however_the_number_is_spelt(spelt: str) -> None:
    """F-42: The spellings of the specification are one key."""
    assert fold_key(spelt) == "kri-1001"


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize("spelt", ["홍길동", unicodedata.normalize("NFD", "홍길동"), "홍 길 동"], ids=ascii)
def test_one_name_however_it_is_composed(spelt: str) -> None:
    """F-42: A name in NFC, in NFD and with spaces is one name, and one person with one birth date."""
    assert fold_key(spelt) == "홍길동"
    assert person_key(spelt, BORN) == person_key("홍길동", BORN)


@pytest.mark.rule("CV-9")
def test_no_white_space_of_any_script_is_part_of_a_key() -> None:
    """Every code point that counts as white space is left out, wherever it stands."""
    blanks = "".join(character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace())
    assert len(blanks) > 20
    assert fold_key(f"{blanks}KRI{blanks}-1001{blanks}") == "kri-1001"


@pytest.mark.rule("CV-9")
def test_what_differs_stays_apart() -> None:
    """Another number, another name or another birth date is another key; of nothing but blanks nothing remains."""
    assert len({fold_key(text) for text in ("KRI-1001", "KRI-1002", "홍길동", "홍길순")}) == 4
    assert person_key("홍길동", BORN) != person_key("홍길동", dt.date(1970, 5, 6))
    assert fold_key("\u200b \u3164\t") == ""


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    """A key is its own key, so keys already stored can be folded again."""
    assert fold_key(fold_key(text)) == fold_key(text)
