"""One word per thing, in every Korean text (F-64)."""

import re

import pytest

from tests.architecture.source import ROOT, tracked_files

ENDINGS = (".py", ".md", ".yaml", ".yml", ".html", ".json")
THIS_FILE = "tests/architecture/test_words.py"
ONE_WORD = [
    pytest.param("공급사", r"제공자|제공사|공급자", id="provider"),
    pytest.param("환불", r"환급", id="refund"),
    pytest.param("내역서", r"명세", id="usage statement"),
    pytest.param("감액", r"공제", id="deduction"),
    pytest.param("사용료", r"이용료", id="charge"),
    pytest.param("담당자", r"담당관|관리자", id="officer"),
    pytest.param("평가위원", r"심사위원|리뷰어", id="reviewer"),
    pytest.param("자부담금", r"자기부담금|기업부담금", id="self-payment"),
]
"""The word of the glossary, and those that mean the same and are not used."""


@pytest.mark.parametrize(("word", "others"), ONE_WORD)
def test_a_thing_has_one_word(word: str, others: str) -> None:
    """F-64: No text calls a thing by another word than the glossary's; titles of documents in a notice are quoted."""
    other = re.compile(others)
    found = [
        f"{name}:{number} {hit.group()} (여기서는 '{word}')"
        for name in tracked_files()
        if name.endswith(ENDINGS) and name != THIS_FILE and not name.startswith("programmes/")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        for hit in other.finditer(line)
    ]
    assert found == []


def test_lists_of_different_things_have_different_names() -> None:
    """F-64: No two routes of different services share the Korean half of their summary."""
    said: dict[str, set[str]] = {}
    for name in tracked_files():
        if re.match(r"services/\w+/routes/", name):
            for korean in re.findall(r'summary="([^"·]+) · ', (ROOT / name).read_text(encoding="utf-8")):
                said.setdefault(korean, set()).add(name.split("/")[1])
    assert {korean: owners for korean, owners in said.items() if len(owners) > 1} == {}
