"""What an applicant is told of the documents that a call needs: which, why, how made, and where each stands (IN-9)."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.files import load_definition
from services.intake.model.applications import Document, Sketch
from services.intake.policy.documents import DocumentPolicy
from services.intake.rules.conditions import open_conditions
from services.intake.rules.documents import documents_complete
from services.intake.rules.slots import Draft, Slot, document_slots
from tests.services.intake.people import PDF, Office

S2 = DocumentPolicy.of(load_definition(Path("programmes/regional-2025.yaml")))
FIRM = Draft("한빛", "1-H100", "private", "sme", "corporation", frozenset(), open_conditions(Sketch()))
NOW = dt.datetime(2025, 7, 30, tzinfo=dt.UTC)


def document(kind: str, **more: Any) -> Document:
    """An uploaded PDF of one page."""
    made = Document("D-000001", "A-000001", kind, f"{kind}.pdf", "pdf", 100, "0" * 64, "kim", NOW, 1)
    return replace(made, **more)


def slots(*documents: Document, draft: Draft = FIRM) -> dict[str, Slot]:
    """S2's slots by kind."""
    return {slot.document.kind: slot for slot in document_slots(documents, draft, S2)}


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("kind", "draft", "need"),
    [
        pytest.param("business_registration", FIRM, "required", id="everybody's"),
        pytest.param("sme_certificate", replace(FIRM, kind="university"), None, id="another kind's"),
        pytest.param("corporate_registry", FIRM, "on_condition", id="the reduction may still be claimed"),
        pytest.param(
            "corporate_registry", replace(FIRM, holds=frozenset({"youth_claimed"})), "required", id="it is claimed"
        ),
        pytest.param("corporate_registry", replace(FIRM, undecided=frozenset()), None, id="filed without the claim"),
        pytest.param("masked_identity", FIRM, None, id="of sole proprietors alone"),
        pytest.param("manager_degree", FIRM, "on_condition", id="nobody manages yet"),
        pytest.param("storage_request", FIRM, "on_condition", id="nothing is said of storage"),
    ],
)
def test_a_slot_is_needed_as_far_as_the_draft_says(kind: str, draft: Draft, need: str | None) -> None:
    """What cannot concern the applicant is left out; what may still is told with its condition."""
    slot = slots(draft=draft).get(kind)
    assert (slot and slot.need) == need
    if slot is not None and need == "on_condition":
        assert set(slot.waits_for) <= set(draft.undecided)


@pytest.mark.rule("IN-9")
def test_of_a_group_the_rest_is_optional_once_one_is_there() -> None:
    """An enrolment certificate stands for the employment certificate."""
    before = slots()
    assert {before[one].need for one in ("manager_employment", "manager_enrolment")} == {"required"}
    after = slots(document("manager_enrolment", issued_on=dt.date(2025, 5, 1)))
    assert (after["manager_employment"].need, after["manager_employment"].findings) == ("optional", ())
    assert (after["manager_enrolment"].need, after["manager_enrolment"].state) == ("required", "attached")


@pytest.mark.rule("IN-9")
def test_slots_find_what_screening_finds() -> None:
    """All findings of the slots together are those of IN-9's own rule on the same documents."""
    given = [document("application", found_format="xlsx"), document("sme_certificate")]
    screened = documents_complete(
        [one.attachment for one in given],
        organisation_name="한빛",
        applicant=("1-H100", "private", "sme", "corporation"),
        policy=S2,
    )
    assert {"document_missing", "document_wrong_format", "document_validity_not_stated"} <= {
        finding.code for finding in screened
    }
    found = [finding for slot in slots(*given).values() for finding in slot.findings]
    assert {(one.code, str(one.facts)) for one in found} == {(one.code, str(one.facts)) for one in screened}


@pytest.mark.rule("IN-9")
def test_while_the_track_is_not_said_its_documents_wait_for_it() -> None:
    """A document of one track alone is `on_condition` with that track."""
    policy = replace(S2, documents={"slides": replace(S2.documents["application"], kind="slides", tracks=("2-HPC",))})
    (slot,) = document_slots((), replace(FIRM, track=None), policy)
    assert (slot.need, slot.tracks) == ("on_condition", ("2-HPC",))
    assert document_slots((), FIRM, policy) == ()


async def test_an_applicant_reads_the_slots_of_a_draft(office: Office) -> None:
    """Names, formats, the file name to use and the state, in both languages; a stranger finds nothing."""
    organisation_id = await office.organisation()
    application_id = await office.draft(organisation_id, track=None, product=None, youth_claimed=False)
    at = f"/applications/{application_id}/document-slots"
    before = {one["kind"]: one for one in (await office.call("GET", at, 200, who=office.of(at)))["items"]}
    plan = before["plan"]
    assert (plan["state"], plan["need"], plan["number"]) == ("missing", "required", 1)
    assert plan["file_name"] == f"[한빛에이아이1] 1_{plan['name']['ko']}"
    assert plan["findings"][0]["code"] == "document_missing"
    assert all(one["ko"] and "document_when" not in one["ko"] for slot in before.values() for one in slot["conditions"])
    assert {one["need"] for one in before.values() if one["conditions"]} <= {"on_condition", "optional"}
    await office.upload(application_id, "plan", "plan.pdf", PDF)
    after = {one["kind"]: one for one in (await office.call("GET", at, 200))["items"]}["plan"]
    assert (after["state"], [one["code"] for one in after["findings"]]) == ("wrong", ["document_file_name"])
    assert [one["file_name"] for one in after["documents"]] == ["plan.pdf"]
    await office.call("GET", at, 404, who=office.applicant(await office.organisation()))


async def test_the_officer_reads_the_slots_of_a_filing(office: Office) -> None:
    """Once it is filed nothing waits for a condition any more, and everything needed is attached."""
    application_id = await office.submitted()
    shown = await office.call("GET", f"/applications/{application_id}/document-slots", 200)
    needed = [one for one in shown["items"] if one["need"] == "required"]
    assert {one["need"] for one in shown["items"]} <= {"required", "optional"}
    assert needed
    assert {one["state"] for one in needed} == {"attached"}
