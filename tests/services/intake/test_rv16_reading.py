"""Who reads an application as its reviewer, from when to when; and that nobody else does (RV-16, F-40)."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from libs.common.definition.files import load_definition
from libs.common.events.review import SeatCleared, SeatReviewer, SeatSeated, SeatVacated
from services.intake.model.applications import Document
from services.intake.model.reviewing import ReaderFact
from services.intake.policy.reviewing import Asked, ReadingPolicy
from services.intake.rules.reviewing import access_of, answers_shown, documents_of_stage
from tests.services.intake.people import DEFINITION, OPEN_DAY, P0, PDF, Office

AT = dt.datetime(2025, 9, 22, tzinfo=dt.UTC)
WHERE: dict[str, Any] = {"programme_code": P0, "stage": "document", "panel_id": "PN-000001"}


def fact(kind: Any, sitting: int = 1, seat: int = 1) -> ReaderFact:
    return ReaderFact("A-1", "document", "reviewer-1", "PN-1", seat, sitting, kind, "", AT)


STORIES = {
    "never seated": ([], "submitted", "none"),
    "seated": ([fact("seated")], "eligible", "head"),
    "cleared before the seating is heard": ([fact("cleared")], "eligible", "none"),
    "seated and cleared, heard in the other order": ([fact("cleared"), fact("seated")], "eligible", "whole"),
    "vacated": ([fact("seated"), fact("cleared"), fact("vacated")], "eligible", "none"),
    "vacated, and the seating is heard late": ([fact("vacated"), fact("cleared"), fact("seated")], "eligible", "none"),
    "seated again asks the question again": (
        [fact("seated"), fact("cleared"), fact("vacated"), fact("seated", 2)], "eligible", "head",
    ),
    "an old vacating heard late takes nothing back": (
        [fact("seated", 2), fact("cleared", 2), fact("vacated", 1)], "eligible", "whole",
    ),
    "announced, reopened for a substitute": ([fact("seated"), fact("cleared")], "selected", "whole"),
    "withdrawn": ([fact("seated"), fact("cleared")], "withdrawn", "none"),
    "revoked": ([fact("seated"), fact("cleared")], "revoked", "none"),
    "one seat vacated, another one kept": (
        [fact("seated"), fact("vacated"), fact("seated", 1, 2), fact("cleared", 1, 2)], "eligible", "whole",
    ),
}  # fmt: skip


@pytest.mark.rule("RV-16")
@pytest.mark.parametrize(("facts", "state", "access"), STORIES.values(), ids=STORIES)
def test_what_a_reviewer_may_read(facts: list[ReaderFact], state: str, access: str) -> None:
    """Whatever the order in which facts are heard, the last sitting decides."""
    assert access_of(facts, state) == access


class Desk:
    """Reviewers before intake, and review's words about them."""

    def __init__(self, office: Office, application_id: str) -> None:
        self.office, self.application_id = office, application_id

    async def hear(self, *events: Any) -> None:
        """Deliver events as the service's runtime does, one after the other."""
        for event in events:
            await self.office.client.feed(event)

    def seated(self, *reviewers: str, **more: Any) -> SeatSeated:
        seats = [SeatReviewer(seat=n, reviewer_id=one, sitting=1) for n, one in enumerate(reviewers, start=1)]
        return SeatSeated(**{**WHERE, **more}, application_id=self.application_id, seats=seats, seated_at=AT)

    def cleared(self, reviewer: str, **more: Any) -> SeatCleared:
        told = {**WHERE, "seat": 1, "sitting": 1, **more}
        return SeatCleared(**told, application_id=self.application_id, reviewer_id=reviewer, cleared_at=AT)

    def vacated(self, reviewer: str, why: str) -> SeatVacated:
        seats = [{"seat": 1, "reviewer_id": reviewer, "sitting": 1}]
        told = {**WHERE, "application_id": self.application_id, "seats": seats, "why": why, "vacated_at": AT}
        return SeatVacated.model_validate(told)

    async def read(self, reviewer: str, status: int = 200, *, stage: str = "document", below: str = "") -> Any:
        """The application, or one of its documents, as a reviewer asks for it."""
        who = self.office.client.as_("reviewer", subject=reviewer)
        path = f"/v1/reviewing/{self.application_id}{below}"
        answer = await self.office.http.get(path, params={"stage": stage}, headers=who)
        assert answer.status_code == status, answer.text
        return answer.json() if "json" in answer.headers["content-type"] else answer


@pytest.fixture
async def desk(office: Office) -> Desk:
    """A submitted application, before whom reviewer-1 and reviewer-2 sit."""
    application_id = await office.submitted()
    made = Desk(office, application_id)
    await made.hear(made.seated("reviewer-1", "reviewer-2"))
    return made


@pytest.mark.rule("RV-16")
async def test_f_40_a_seated_reviewer_opens_the_application_and_a_document(desk: Desk) -> None:
    """F-40: First the head alone, to answer the conflict question; then text and documents, byte for byte."""
    head = await desk.read("reviewer-1")
    assert (head["cleared"], head["text"], head["documents"]) == (False, None, None)
    assert head["organisation"].startswith("한빛에이아이")
    assert (head["product"], head["names_hidden"]) == ("H100x2", False)
    known = await desk.office.call("GET", f"/applications/{desk.application_id}", 200)
    plan = next(one for one in known["documents"] if one["kind"] == "plan")
    await desk.read("reviewer-1", 404, below=f"/documents/{plan['document_id']}")
    await desk.hear(desk.cleared("reviewer-1"))
    whole = await desk.read("reviewer-1")
    assert (whole["cleared"], whole["text"]["months"]) == (True, 6)
    assert [one["document_id"] for one in whole["documents"]] == [one["document_id"] for one in known["documents"]]
    opened = await desk.read("reviewer-1", below=f"/documents/{plan['document_id']}")
    assert len(opened.content) == plan["size_bytes"]
    assert opened.content.startswith(PDF[:5])


@pytest.mark.rule("RV-16")
async def test_f_40_nobody_else_finds_it(desk: Desk) -> None:
    """F-40: A reviewer of another panel or stage, a stranger's spelling, an unknown application: all 404 alike."""
    await desk.hear(desk.cleared("reviewer-1"))
    other = await desk.read("reviewer-9", 404)
    await desk.read("Reviewer-1", 404)
    await desk.read("reviewer-1", 404, stage="presentation")
    none = await Desk(desk.office, "A-999999").read("reviewer-1", 404)
    assert (other["code"], none["code"]) == ("not_found", "not_found")
    for role in ("officer", "applicant", "auditor"):
        who = desk.office.client.as_(role, organisation_id="O-000001" if role == "applicant" else "")
        answer = await desk.office.http.get(
            f"/v1/reviewing/{desk.application_id}", params={"stage": "document"}, headers=who
        )
        assert (role, answer.status_code) == (role, 403)


@pytest.mark.rule("RV-16")
@pytest.mark.parametrize("why", ["conflict", "stage_closed", "replaced"])
async def test_from_the_vacating_on_nothing_is_read(desk: Desk, why: str) -> None:
    """A conflict declared while reading, the stage's close, a substitute: 404 from the event on; another reads."""
    await desk.hear(desk.cleared("reviewer-1"))
    plan = (await desk.read("reviewer-1"))["documents"][0]["document_id"]
    await desk.hear(desk.vacated("reviewer-1", why))
    await desk.read("reviewer-1", 404)
    await desk.read("reviewer-1", 404, below=f"/documents/{plan}")
    assert (await desk.read("reviewer-2"))["cleared"] is False
    await desk.hear(desk.cleared("reviewer-1"), desk.seated("reviewer-1"))  # heard late, or again
    await desk.read("reviewer-1", 404)


@pytest.mark.rule("RV-16")
async def test_every_opening_is_on_record(desk: Desk) -> None:
    """Who opened what stands in the application's history: the head, the whole, each document; no refusal."""
    await desk.read("reviewer-1")
    await desk.hear(desk.cleared("reviewer-1"))
    plan = (await desk.read("reviewer-1"))["documents"][0]["document_id"]
    await desk.read("reviewer-1", below=f"/documents/{plan}")
    await desk.read("reviewer-9", 404)
    async with desk.office.client.db.transaction() as tx:
        rows = await tx.execute(text("SELECT actor, did, thing, thing_id FROM act WHERE 'reviewer' = ANY(roles)"))
        kept = [tuple(row) for row in rows]
    whole = ("reviewer-1", "open_for_review", "application", desk.application_id)
    assert sorted(kept) == sorted(
        [
            whole,
            whole,
            ("reviewer-1", "open_document_for_review", "document", plan),
            ("reviewer-1", "open_document_for_review", "application", desk.application_id),
        ]
    )


@pytest.mark.rule("RV-16")
async def test_a_withdrawn_application_is_read_by_nobody(desk: Desk) -> None:
    """Its applicant took it back: whoever sat for it finds it no longer."""
    await desk.hear(desk.cleared("reviewer-1"))
    path = f"/applications/{desk.application_id}/withdraw"
    await desk.office.call("POST", path, 200, json={"reason": "사업 포기"})
    assert (await desk.read("reviewer-1", 404))["code"] == "not_found"


@pytest.mark.rule("RV-16")
async def test_hidden_names(desk: Desk) -> None:
    """Where the call hides names neither organisation nor people nor a file's name tell who applies."""
    office = desk.office
    hidden = {"path": "review.names_hidden", "value": True, "reason": "위원회 의결"}
    await office.call("PUT", f"/programmes/{P0}/values", 200, json=hidden, headers={"If-Match": '"1"'})
    await desk.hear(desk.cleared("reviewer-1"))
    read = await desk.read("reviewer-1")
    assert (read["organisation"], read["text"]["leads"], read["names_hidden"]) == (None, None, True)
    assert "한빛" not in json.dumps(read, ensure_ascii=False)
    plan = next(one for one in read["documents"] if one["kind"] == "plan")
    assert plan["file_name"] == f"사업수행계획서-{plan['document_id'].removeprefix('D-')}.pdf"
    opened = await desk.read("reviewer-1", below=f"/documents/{plan['document_id']}")
    assert quote("사업수행계획서") in opened.headers["content-disposition"]


@pytest.mark.rule("RV-16")
def test_the_documents_of_a_stage() -> None:
    """Slides are shown at the presentation, with all else; at the document stage all but them."""
    kept = [
        Document(f"D-{n}", "A-1", kind, "f.pdf", "pdf", 1, "0" * 64, "a", AT)
        for n, kind in enumerate(("plan", "slides"))
    ]
    assert [one.kind for one in documents_of_stage(kept, "document")] == ["plan"]
    assert [one.kind for one in documents_of_stage(kept, "presentation")] == ["plan", "slides"]


STAFF = Asked(
    "staff",
    "투입 인력",
    "staff",
    "table",
    personal=False,
    choices={},
    columns=(
        Asked("name", "성명", "name", "text", personal=True, choices={}),
        Asked("task", "담당업무", "task", "text", personal=False, choices={}),
    ),
)
GOAL = Asked("goal", "목표", "goal", "number", personal=False, choices={})
SIGNED = Asked("signed", "작성자", "author", "text", personal=True, choices={})
WRITTEN = {"staff": [{"name": "김하나", "task": "학습"}], "goal": 0, "signed": "김하나", "gone": "?"}


@pytest.mark.rule("RV-16")
@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        pytest.param(
            False,
            {"staff": [{"name": "김하나", "task": "학습"}], "goal": 0, "signed": "김하나"},
            id="names shown",
        ),
        pytest.param(True, {"staff": [{"task": "학습"}], "goal": 0}, id="names hidden"),
    ],
)
def test_a_reviewer_reads_the_form_without_persons_where_names_are_hidden(hidden: bool, told: dict[str, Any]) -> None:
    """What tells who somebody is goes, field or column; nought is an answer."""
    policy = ReadingPolicy(hidden, {}, (STAFF, GOAL, SIGNED))
    answers = answers_shown(WRITTEN, policy)
    assert {one.asked.key: one.value for one in answers} == told
    assert ("성명" in {column.name_ko for column in answers[0].asked.columns}) is not hidden


@pytest.mark.rule("RV-16")
def test_a_shipped_call_marks_its_staffs_names() -> None:
    """S4's staff table and the providers' members say which columns tell who somebody is."""
    marked = {
        code: {
            column.key
            for field in ReadingPolicy.of(load_definition(Path(f"programmes/{code}.yaml"))).form
            for column in field.columns
            if column.personal
        }
        for code in ("advanced-gpu-2026", "hpc-2025-gpu-providers", "hpc-2025-npu-providers")
    }
    assert marked == {
        "advanced-gpu-2026": {"organisation", "name"},
        "hpc-2025-gpu-providers": {"name", "business_no"},
        "hpc-2025-npu-providers": {"name", "business_no"},
    }


async def test_the_forms_answers_are_read_with_their_names(service_client: Any) -> None:
    """Over REST: nothing before the conflict is denied, then the field's names and its value."""
    office = Office(await service_client("intake"))
    office.client.clock.set(OPEN_DAY)
    definition = copy.deepcopy(DEFINITION)
    names = {"ko": "목표", "en": "goal"}
    definition["intake"]["form"] = {"goal": {"name": names, "kind": "number", "required": False}}
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", f"/programmes/{P0}/open", 200)
    desk = Desk(office, await office.submitted(form={"goal": 7}))
    await desk.hear(desk.seated("reviewer-1"))
    assert (await desk.read("reviewer-1"))["text"] is None
    await desk.hear(desk.cleared("reviewer-1"))
    (told,) = (await desk.read("reviewer-1"))["text"]["form"]
    assert (told["key"], told["name"], told["value"]) == ("goal", names, 7)
