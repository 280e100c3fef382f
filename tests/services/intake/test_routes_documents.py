"""Uploaded documents over REST, and the files behind them."""

import hashlib
import unicodedata
from pathlib import Path

import pytest

from services.intake.settings import SETTINGS
from services.intake.store.files import Folder, path_of
from tests.services.intake.people import PDF, Office, xlsx

NAME = "[한빛에이아이] 1_사업수행계획서.pdf"


async def test_a_document_comes_back_as_it_went(office: Office, tmp_path: Path) -> None:
    """A Hangul name in either Unicode form is kept composed, and the content comes back byte for byte."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", unicodedata.normalize("NFD", NAME), PDF)
    assert (kept["file_name"], kept["found_format"], kept["size_bytes"]) == (NAME, "pdf", len(PDF))
    assert kept["sha256"] == hashlib.sha256(PDF).hexdigest()
    path = f"/v1/applications/{application_id}/documents/{kept['document_id']}"
    answer = await office.http.get(path, headers=office.officer)
    assert answer.content == PDF
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"[______] 1________.pdf\"; filename*=UTF-8''%5B%ED%95%9C")
    assert path_of(tmp_path / "documents", kept["sha256"]).read_bytes() == PDF


async def test_documents_belong_to_the_draft(office: Office) -> None:
    """Documents come and go in a draft, and stay once it is submitted."""
    application_id = await office.draft(await office.organisation())
    first = await office.upload(application_id, "plan", NAME, PDF)
    second = await office.upload(application_id, "plan", NAME, PDF)
    at = f"/applications/{application_id}"
    await office.call("DELETE", f"{at}/documents/{first['document_id']}", 204)
    await office.call("DELETE", f"{at}/documents/{first['document_id']}", 404)
    assert [one["document_id"] for one in (await office.call("GET", at, 200))["documents"]] == [second["document_id"]]
    await office.call("POST", f"{at}/submit", 200)
    await office.upload(application_id, "plan", NAME, PDF, status=409)
    await office.call("DELETE", f"{at}/documents/{second['document_id']}", 409)


async def test_a_withdrawn_draft_gives_its_room_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents of a draft that was withdrawn can be removed, and count no more; those of a receipt stay for good."""
    organisation_id = await office.organisation()
    draft, received = await office.draft(organisation_id), await office.draft(organisation_id)
    large = await office.upload(draft, "plan", NAME, PDF + bytes(1 << 20))
    small = await office.upload(received, "plan", NAME, PDF)
    await office.call("POST", f"/applications/{received}/submit", 200)
    for application_id in (draft, received):
        await office.call("POST", f"/applications/{application_id}/withdraw", 200, json={"reason": "그만둠"})
    monkeypatch.setattr(SETTINGS, "organisation_bytes_max", 1 << 20)
    other = await office.draft(organisation_id)
    await office.upload(other, "plan", NAME, PDF, status=409)
    me = office.applicant(organisation_id)
    await office.call("DELETE", f"/applications/{draft}/documents/{large['document_id']}", 204, who=me)
    await office.upload(other, "plan", NAME, PDF)
    kept = await office.call("DELETE", f"/applications/{received}/documents/{small['document_id']}", 409, who=me)
    assert (kept["code"], kept["facts"]["state"]) == ("wrong_state", "withdrawn")
    await office.upload(draft, "plan", NAME, PDF, status=409)


async def test_a_removed_document_leaves_the_store(office: Office, tmp_path: Path) -> None:
    """F-50: The content goes with the last document that has it, not before."""
    application_id = await office.draft(await office.organisation())
    first = await office.upload(application_id, "plan", NAME, PDF)
    second = await office.upload(application_id, "plan", NAME, PDF)
    place = path_of(tmp_path / "documents", first["sha256"])
    at = f"/applications/{application_id}/documents"
    await office.call("DELETE", f"{at}/{first['document_id']}", 204)
    assert place.exists()
    await office.call("DELETE", f"{at}/{second['document_id']}", 204)
    assert not place.exists()


async def test_orphans_are_collected(office: Office, tmp_path: Path) -> None:
    """F-50: What a crash left in the store without a document is removed by an operator's command, the rest stays."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", NAME, PDF)
    orphan = kept_by_hand(tmp_path / "documents", PDF + b"nobody's")
    operator = office.client.as_("operator")
    assert await office.call("POST", "/documents/collect", 200, who=operator) == {"collected": 1}
    assert stored(tmp_path / "documents") == [kept["sha256"]]
    assert orphan != kept["sha256"]
    assert await office.call("POST", "/documents/collect", 200, who=operator) == {"collected": 0}
    await office.call("POST", "/documents/collect", 403)


async def test_documents_have_limits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-50: A draft holds so many documents, an organisation so many bytes over all its applications."""
    organisation_id = await office.organisation()
    one, other = await office.draft(organisation_id), await office.draft(organisation_id)
    monkeypatch.setattr(SETTINGS, "documents_max", 1)
    await office.upload(one, "plan", NAME, PDF)
    full = await office.upload(one, "plan", NAME, PDF + b"2", status=409)
    assert (full["code"], full["facts"]["documents_max"]) == ("documents_max_reached", 1)
    monkeypatch.setattr(SETTINGS, "organisation_bytes_max", 1 << 20)
    large = await office.upload(other, "plan", NAME, PDF + bytes(1 << 20), status=409)
    assert (large["code"], large["facts"]["organisation_mib_max"]) == ("organisation_bytes_reached", 1)
    await office.upload(other, "plan", NAME, PDF + b"3")


async def test_what_cannot_be_a_document(office: Office) -> None:
    """An empty file and a kind that the call does not know are refused; another's draft is not found."""
    application_id = await office.draft(await office.organisation())
    assert (await office.upload(application_id, "plan", NAME, b"", status=422))["code"] == "document_empty"
    assert (await office.upload(application_id, "poem", NAME, PDF, status=422))["code"] == "document_unknown"
    upload = {"data": {"kind": "plan"}, "files": {"file": (NAME, PDF)}}
    await office.call("POST", f"/applications/{application_id}/documents", 404, who=office.applicant("O-9"), **upload)


async def test_too_large_a_file(office: Office) -> None:
    """A file above the limit is refused as a problem; one above the limit of other bodies is taken."""
    application_id = await office.draft(await office.organisation())
    await office.upload(application_id, "plan", NAME, PDF + bytes(3 << 20))
    refused = await office.upload(application_id, "plan", NAME, bytes(SETTINGS.upload_bytes_max + 1), status=413)
    assert refused["code"] == "body_too_large"


async def test_the_format_is_the_contents(office: Office) -> None:
    """A spreadsheet is one whatever its name says, and a path in a name is cut."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "application_sheet", "..\\..\\etc\\표.pdf", xlsx())
    assert (kept["found_format"], kept["file_name"]) == ("xlsx", "표.pdf")


def kept_by_hand(folder: Path, content: bytes) -> str:
    """Keep a content as an upload does; returns its hash."""
    part = folder / "x.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    Folder(folder).keep(sha256, len(content), part)
    return sha256


def stored(folder: Path) -> list[str]:
    """The hashes of all contents that lie there."""
    return [one.sha256 for one in Folder(folder).lying("", 1_000)]


async def test_contents_are_kept_once_and_whole(office: Office, tmp_path: Path) -> None:
    """The same content is one file; one that was damaged on the disk, or is gone, is mended by the next upload."""
    folder = tmp_path / "documents"
    application_id = await office.draft(await office.organisation())
    small, large = PDF, PDF + b" " * 600_000
    for content in (small, large):
        place = path_of(folder, hashlib.sha256(content).hexdigest())
        for spoil in (None, lambda at: at.write_bytes(PDF[:3]), Path.unlink, None):
            if spoil is not None:
                spoil(place)
            await office.upload(application_id, "plan", "계획서.pdf", content)
            assert place.read_bytes() == content
    assert [path.name for path in folder.rglob("*.part")] == []
    assert len(stored(folder)) == 2


async def test_a_wrong_form_is_refused(office: Office, tmp_path: Path) -> None:
    """F-05: No boundary, no end, a second file, too many or too long fields are 400, and nothing stays on disk."""
    path = f"/v1/applications/{await office.draft(await office.organisation())}/documents"
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF * 9_999 + b"\r\n"
    for body, boundary in (
        (file, "x"),
        (file + b"--x--\r\n", ""),
        (file + b"--x--\r\n", "y"),
        (file + file + b"--x--\r\n", "x"),
        (file + (part % (b"kind", b"plan")) * 21 + b"--x--\r\n", "x"),
        (file + part % (b"kind", b"p" * 70_000) + b"--x--\r\n", "x"),
        (file + b"--x\r\nContent-Disposition: form-data\r\n\r\nplan\r\n--x--\r\n", "x"),
    ):
        headers = {**office.officer, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = await office.http.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_form"), answer.text
    assert files_in(tmp_path) == []


def files_in(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_a_missing_file_is_its_own_error(office: Office, tmp_path: Path) -> None:
    """F-85: A document whose file is gone, or cut, is neither "not found" nor a database out of reach."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", NAME, PDF)
    path = f"/applications/{application_id}/documents/{kept['document_id']}"
    place = path_of(tmp_path / "documents", kept["sha256"])
    place.write_bytes(PDF[:-1])
    cut = await office.call("GET", path, 503)
    place.unlink()
    gone = await office.call("GET", path, 503)
    assert cut["code"] == gone["code"] == "document_missing_file"
    assert gone["facts"] == {"document_id": kept["document_id"], "file_name": NAME}
    await office.upload(application_id, "plan", NAME, PDF)
    assert (await office.http.get(f"/v1{path}", headers=office.officer)).content == PDF


@pytest.mark.rule("IN-9")
async def test_days_of_a_certificate_are_stated_and_restated_while_it_is_a_draft(office: Office) -> None:
    """With the upload or afterwards, keeping the document's id; impossible days and a filed document are refused."""
    application_id = await office.draft(await office.organisation())
    at = f"/applications/{application_id}/documents"
    told = {"kind": "sme_certificate", "issued_on": "2025-09-01", "valid_until": "2026-03-31"}
    files = {"file": ("확인서.pdf", PDF, "application/pdf")}
    made = await office.call("POST", at, 201, data=told, files=files)
    assert (made["issued_on"], made["valid_until"], made["filing_version"]) == ("2025-09-01", "2026-03-31", 1)
    future = await office.call("POST", at, 422, data={**told, "issued_on": "2025-09-03"}, files=files)
    assert future["code"] == "document_issued_in_future"
    days = f"{at}/{made['document_id']}/days"
    restated = await office.call("PUT", days, 200, json={"issued_on": "2025-08-01", "valid_until": None})
    assert (restated["document_id"], restated["issued_on"], restated["valid_until"]) == (
        made["document_id"],
        "2025-08-01",
        None,
    )
    swapped = {"issued_on": "2025-08-01", "valid_until": "2025-07-31"}
    assert (await office.call("PUT", days, 422, json=swapped))["code"] == "document_dates_swapped"
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    refused = await office.call("PUT", days, 409, json={"issued_on": None, "valid_until": None})
    assert refused["code"] == "wrong_state"
    (kept,) = (await office.call("GET", f"/applications/{application_id}", 200))["documents"]
    assert kept["issued_on"] == "2025-08-01"
