"""A claim is compared with the file that intake took in, whichever is heard first (BL-14)."""

import pytest

from libs.common.events.intake import EvidenceFiled
from tests.services.billing.office import P0

OWN = "/self-payments/A-000001"
APPLICANT = {"role": "applicant", "organisation_id": "O-1", "subject": "applicant-1"}
FULL = 9_600_000
TYPED, BYTES = "9f" * 32, "ab" * 32


def filed(sha256, **more):
    """Intake took a file in."""
    told = {
        "application_id": "A-000001",
        "programme_code": P0,
        "evidence_id": "E-000001",
        "kind": "self_payment_balance",
        "file_name": "잔액증명서.pdf",
        "size_bytes": 9,
        "sha256": sha256,
        "filed_at": "2025-10-01T00:00:00Z",
    }
    return EvidenceFiled(**{**told, **more})


async def claimed(office, document_id="E-000001"):
    """The applicant claims the balance by a document with the SHA-256 that he types."""
    named = {} if document_id is None else {"document_id": document_id}
    document = {"sha256": TYPED, "file_name": "1_잔액증명서.pdf", **named}
    told = await office.done(f"{OWN}/evidence", {"balance_krw": FULL, "document": document}, **APPLICANT)
    return told["evidence"][-1]["evidence_id"]


async def shown(office):
    """The two SHA-256 side by side, and the call that opens the file."""
    (one,) = (await office.read(OWN))["evidence"]
    return one["sha256"], one["filed_sha256"], one["document_call"]


CALL = "GET /intake/v1/applications/A-000001/evidence/E-000001"


@pytest.mark.rule("BL-14")
@pytest.mark.parametrize("first", ["claim", "file"])
async def test_a_claim_of_other_bytes_than_were_uploaded_is_not_confirmed(office, first):
    """Both hashes are shown; refused in words; rejected, and claimed anew with the uploaded bytes it is confirmed."""
    await office.open(P0)
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    if first == "file":
        await office.client.feed(filed(BYTES))
    evidence_id = await claimed(office)
    if first == "claim":
        assert await shown(office) == (TYPED, None, None)
        await office.client.feed(filed(BYTES))
    assert await shown(office) == (TYPED, BYTES, CALL)
    confirm = f"{OWN}/evidence/{evidence_id}/confirm"
    assert await office.refused(confirm, {"balance_krw": FULL}) == (409, "document_differs")
    await office.done(f"{OWN}/evidence/{evidence_id}/reject", {"reason": "올린 파일과 다름"})
    document = {"sha256": BYTES, "file_name": "잔액증명서.pdf", "document_id": "E-000001"}
    told = await office.done(f"{OWN}/evidence", {"balance_krw": FULL, "document": document}, **APPLICANT)
    right = f"{OWN}/evidence/{told['evidence'][-1]['evidence_id']}/confirm"
    assert (await office.done(right, {"balance_krw": FULL}))["covered"] is True


@pytest.mark.parametrize("document_id", [None, "E-000009"], ids=["names none", "another number"])
async def test_the_same_bytes_are_the_same_file(office, document_id):
    """A claim without the file's number finds it by its SHA-256; told twice it is there once; it is confirmed."""
    await office.open(P0)
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    for _ in range(2):
        await office.client.feed(filed(TYPED))
    evidence_id = await claimed(office, document_id)
    assert await shown(office) == (TYPED, TYPED, CALL)
    assert (await office.done(f"{OWN}/evidence/{evidence_id}/confirm", {"balance_krw": FULL}))["covered"] is True


async def test_another_applications_file_is_none_of_this_one(office):
    """The number is intake's, but of another application: nothing is compared with it, nothing of it is shown."""
    await office.open(P0)
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    await office.client.feed(filed(BYTES, application_id="A-000002"))
    evidence_id = await claimed(office)
    assert await shown(office) == (TYPED, None, None)
    assert (await office.done(f"{OWN}/evidence/{evidence_id}/confirm", {"balance_krw": FULL}))["covered"] is True
