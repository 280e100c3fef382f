"""How many pages a document may have."""

import dataclasses

import pytest

from services.intake.model.applications import Attachment
from services.intake.policy.documents import DocumentKind, DocumentPolicy
from services.intake.rules.documents import documents_complete
from services.intake.rules.pages import pages_within

PLAN = DocumentKind("plan", "계획서", "plan", 1, None, True, (), (), (), (), "", body=True)
POLICY = DocumentPolicy({"plan": PLAN}, "officer", "fail", file_name_with_number=False, body_pages={"1": (20, 30)})
LARGE = frozenset({"large"})


@pytest.mark.rule("IN-9")
@pytest.mark.rule("IN-14")
@pytest.mark.parametrize(
    ("pages", "changed", "track", "conditions", "found"),
    [
        pytest.param(20, {}, "1", frozenset(), [], id="a body of exactly about 20"),
        pytest.param(21, {}, "1", frozenset(), [("officer", "document_about_pages")], id="one more"),
        pytest.param(30, {}, "1", LARGE, [], id="exactly about 30 of a large application"),
        pytest.param(31, {}, "1", LARGE, [("officer", "document_about_pages")], id="one more of a large one"),
        pytest.param(999, {}, "2", frozenset(), [], id="a track that counts no pages"),
        pytest.param(999, {"body": False}, "1", frozenset(), [], id="another document than the body"),
        pytest.param(10, {"pages_about": 9}, "1", LARGE, [("officer", "document_about_pages")], id="its own number"),
        pytest.param(10, {"pages_max": 10}, "2", frozenset(), [], id="exactly at the limit"),
        pytest.param(11, {"pages_max": 10}, "1", LARGE, [("fail", "document_too_many_pages")], id="over the limit"),
        pytest.param(None, {"pages_max": 1}, "1", LARGE, [], id="pages that nobody knows"),
    ],
)
def test_pages_within(
    pages: int | None, changed: dict[str, object], track: str, conditions: frozenset[str], found: list[tuple[str, str]]
) -> None:
    """A printed limit binds, "about" is an officer's."""
    attachment = Attachment("plan", "a.pdf", "pdf", pages)
    told = pages_within(attachment, dataclasses.replace(PLAN, **changed), track, conditions, POLICY)
    assert [(finding.outcome, finding.code) for finding in told] == found


@pytest.mark.rule("IN-9")
def test_screening_tells_pages() -> None:
    """What is said of pages is among the findings of the documents."""
    attachment = Attachment("plan", "a.pdf", "pdf", 31)
    applicant = ("1", "private", "sme", "corporation")
    (found,) = documents_complete(
        [attachment], organisation_name="x", applicant=applicant, policy=POLICY, conditions=LARGE
    )
    assert (found.rule_id, found.outcome, found.facts["pages_about"]) == ("IN-9", "officer", 30)
