"""Files after the selection: what billing's officer compares before a gate opens (BL-14)."""

import hashlib

import pytest

from libs.common.events.intake import EvidenceFiled
from tests.services.intake.people import PDF, Office


async def upload(office: Office, application_id: str, status: int = 201, content: bytes = PDF, who=None):
    """Somebody of the applicant adds a file."""
    files = {"file": ("잔액증명서.pdf", content, "application/pdf")}
    return await office.call(
        "POST",
        f"/applications/{application_id}/evidence",
        status,
        data={"kind": "self_payment_balance"},
        files=files,
        who=who or office.of(application_id),
    )


async def test_what_was_uploaded_is_what_an_officer_reads(office: Office) -> None:
    """The hash is that of the bytes; the officer downloads the same bytes; both readings are kept."""
    application_id = await office.selected()
    kept = await upload(office, application_id)
    assert (kept["evidence_id"], kept["sha256"]) == ("E-000001", hashlib.sha256(PDF).hexdigest())
    (said,) = await office.client.said(EvidenceFiled)
    assert (said.application_id, said.evidence_id, said.sha256) == (application_id, "E-000001", kept["sha256"])
    (listed,) = await office.call("GET", f"/applications/{application_id}/evidence", 200)
    assert listed == kept
    address = f"/v1/applications/{application_id}/evidence/{kept['evidence_id']}"
    answer = await office.http.get(address, headers=office.officer)
    assert (answer.status_code, answer.content) == (200, PDF)
    acts = await office.call("GET", f"/history/application/{application_id}", 200)
    assert {"upload_evidence", "list_evidence", "download_evidence"} <= {act["did"] for act in acts["items"]}


async def test_only_a_selected_applicant_adds_evidence(office: Office) -> None:
    """Before the selection documents belong to the draft; the agency and strangers add nothing."""
    submitted = await office.submitted()
    assert (await upload(office, submitted, 409))["code"] == "wrong_state"
    selected = await office.selected()
    assert (await upload(office, selected, 403, who=office.officer))["code"] == "applicant_writes_alone"
    stranger = office.client.as_("applicant", organisation_id="O-999999", subject="stranger-1")
    await upload(office, selected, 404, who=stranger)
    address = f"/v1/applications/{selected}/evidence"
    assert (await office.http.get(address, headers=stranger)).status_code == 404
    assert (await office.http.get(f"{address}/E-000001", headers=stranger)).status_code == 404


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00" + b"\x00" * 200])
async def test_what_no_document_may_be_no_evidence_is(office: Office, content: bytes) -> None:
    """An empty file or a program is refused, as it is for documents."""
    application_id = await office.selected()
    await upload(office, application_id, 422, content=content)
    assert await office.call("GET", f"/applications/{application_id}/evidence", 200) == []


async def test_collecting_orphans_leaves_evidence(office: Office) -> None:
    """What only an evidence file names stays in the store."""
    application_id = await office.selected()
    kept = await upload(office, application_id)
    operator = office.client.as_("operator", subject="operator-1")
    await office.call("POST", "/documents/collect", 200, who=operator)
    address = f"/v1/applications/{application_id}/evidence/{kept['evidence_id']}"
    assert (await office.http.get(address, headers=office.officer)).content == PDF
