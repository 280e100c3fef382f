"""What the logs do not tell: personal data is masked, in a line of any length."""

import io
import json
import logging

import pytest

from libs.common import log


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param("from kim.hana+1@dept.example.ac.kr!", "from ***@***!", id="an address of mail"),
        pytest.param("<a-b_c@x-y.kr>, 김@한빛.kr", "<***@***>, ***@***", id="two addresses"),
        pytest.param("a@b is none, nor is @x.kr", "a@b is none, nor is @x.kr", id="no address"),
        pytest.param("no 101-81-00001 and 1018100001", "no ***-**-00001 and ***-**-00001", id="business numbers"),
        pytest.param(
            "call 010-1234-5678 or 01012345678", "call ***-****-**** or ***-****-****", id="telephone numbers"
        ),
        pytest.param("a" * 60_000 + "@x.kr", "***@***", id="a very long one"),
    ],
)
def test_personal_data_is_masked(said: str, told: str) -> None:
    """F-05: Addresses of mail, telephone and business numbers are masked, the rest stays."""
    assert logged(said) == told


class Spoken:
    """A fact that is no plain value."""

    def __str__(self) -> str:
        """What a log tells of it."""
        return "kim@x.kr"


def test_personal_data_is_masked_however_deep_it_lies() -> None:
    """In lists, in names and values of mappings, and in the text of whatever is no plain value."""
    said = {"who": ["kim@x.kr", {"010-1234-5678": (Spoken(), 3, None, True, 0.5)}]}
    assert logged(said) == {"who": ["***@***", {"***-****-****": ["***@***", 3, None, True, 0.5]}]}


@pytest.mark.parametrize("said", [pytest.param(10**30, id="a huge integer"), pytest.param("\ud800", id="half a pair")])
def test_a_line_that_json_libraries_refuse_is_written_all_the_same(said: object) -> None:
    """No log line is lost, and none raises, for what it tells."""
    assert logged([said]) == [said]


def logged(said: object) -> object:
    """What a log line tells of `said`."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        log.configure(stream=stream)
        log.get("masks").warning("said", words=said)
    finally:
        root.handlers, root.level = handlers, level
    return json.loads(stream.getvalue())["words"]
