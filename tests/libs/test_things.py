"""Which things a command is about, by its address and its answer."""

from typing import Any

import pytest
from pydantic import BaseModel

from libs.common.things import things_of


def answer(**fields: Any) -> BaseModel:
    """An answer with these fields, in this order."""
    kind = type("Answer", (BaseModel,), {"__annotations__": dict.fromkeys(fields, Any)})
    return kind(**fields)


@pytest.mark.parametrize(
    ("template", "given", "told", "things"),
    [
        pytest.param(
            "/v1/settlements/{settlement_id}/lines/{line_no}/dispute",
            {"settlement_id": "S", "line_no": 1},
            answer(dispute_id="D-1", settlement_id="S"),
            [("settlement", "S")],
            id="the first collection and its id",
        ),
        pytest.param(
            "/v1/statements/{provider}/{programme}/{month}/close",
            {"provider": "alpha", "programme": "p", "month": "2025-10"},
            answer(state="closed"),
            [("statement", "alpha:p:2025-10")],
            id="an id of several parts",
        ),
        pytest.param(
            "/v1/sessions",
            {},
            answer(session_id="S-1", grant_id="A-1"),
            [("session", "S-1"), ("grant", "A-1")],
            id="the answer names a new thing, and what it belongs to",
        ),
        pytest.param(
            "/v1/wait-discounts",
            {},
            answer(proposal_id="P-1", thing="wait_discount", thing_id="p/alpha"),
            [("wait_discount", "p/alpha")],
            id="a proposal names what it is about",
        ),
        pytest.param(
            "/v1/proposals/{proposal_id}/confirm",
            {"proposal_id": "P-1"},
            answer(proposal_id="P-1", thing="budget", thing_id="p"),
            [("proposal", "P-1"), ("budget", "p")],
            id="a confirmation stands in both histories",
        ),
        pytest.param(
            "/v1/sheets/batch",
            {},
            answer(items=[answer(sheet_id="SH-1", application_id="A-1"), answer(sheet_id=None, application_id="A-2")]),
            [("sheet", "SH-1"), ("application", "A-1")],
            id="every item of a batch that was taken",
        ),
        pytest.param(
            "/v1/principal-investigators/{principal_investigator_id}/restrictions",
            {"principal_investigator_id": "KRI-1"},
            answer(restriction_id="R-1"),
            [("principal_investigator", "KRI-1")],
            id="a collection of several words",
        ),
        pytest.param("/v1/documents/collect", {}, answer(removed=3), [("document", "")], id="no thing of its own"),
        pytest.param("/v1/documents/{document_id}", {"document_id": "D"}, None, [("document", "D")], id="no answer"),
    ],
)
def test_a_command_is_about_these_things(template, given, told, things):
    """What its address names, else its answer; each once, in the same order."""
    assert list(things_of(template, given, told)) == things
