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
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        log.configure(stream=stream)
        log.get("masks").warning("said", words=said)
    finally:
        root.handlers, root.level = handlers, level
    assert json.loads(stream.getvalue())["words"] == told
