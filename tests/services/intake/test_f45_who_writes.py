"""Who writes an application: its applicant alone; the agency sees it and asks for supplements."""

from typing import Any

from tests.services.intake.people import PDF, Office

FORM = {"data": {"kind": "plan"}, "files": {"file": ("계획서.pdf", PDF, "application/pdf")}}


async def refused(office: Office, method: str, path: str, **more: Any) -> None:
    """What the officer asks is refused with words, and nobody but the agency learns of it."""
    answer = await office.call(method, path, 403, who=office.officer, **more)
    assert answer["code"] == "applicant_writes_alone"
    assert "보완을 요청" in answer["messages"]["ko"]
    await office.call(method, path, 404, who=office.applicant("O-999999"), **more)


async def test_f_45_the_officer_writes_no_draft(office: Office) -> None:
    """F-45: Beginning, editing, uploading, deleting, submitting and withdrawing are 403 for the officer; all stays."""
    organisation_id = await office.organisation()
    application_id = await office.draft(organisation_id)
    kept = await office.upload(application_id, "plan", "계획서.pdf", PDF)
    at = f"/applications/{application_id}"
    before = await office.call("GET", at, 200)
    asked = {"track": "1", "product": "H100x1", "units": 2, "months": 3, "wished_start": "2025-10-01"}
    new = {**asked, "programme": before["programme"], "organisation_id": organisation_id}
    await refused(office, "POST", "/applications", json=new)
    await refused(office, "PUT", at, json=asked, headers={"If-Match": '"1"'})
    await refused(office, "POST", f"{at}/documents", **FORM)
    await refused(office, "DELETE", f"{at}/documents/{kept['document_id']}")
    await refused(office, "POST", f"{at}/submit")
    await refused(office, "POST", f"{at}/withdraw", json={"reason": "대신 취하"})
    assert await office.call("GET", at, 200) == before
    await office.call("PUT", at, 200, json=asked, headers={"If-Match": '"1"'})
    await office.call("DELETE", f"{at}/documents/{kept['document_id']}", 204)
    await office.call("POST", f"{at}/submit", 200)


async def test_f_45_the_officer_signs_for_nobody(office: Office) -> None:
    """F-45: The agreement is drawn up by the officer and signed by the applicant; the history names each."""
    application_id = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await refused(office, "POST", f"/agreements/{application_id}/sign")
    await refused(office, "POST", f"/applications/{application_id}/withdraw", json={"reason": "대신 포기"})
    me = office.of(application_id, "kim")
    await office.call("POST", f"/agreements/{application_id}/sign", 200, who=me)
    steps = (await office.call("GET", f"/applications/{application_id}", 200))["history"]
    assert [(step["state"], step["by"]) for step in steps[-2:]] == [("agreed", "officer-1"), ("signed", "kim")]
