"""Documents over REST, in a folder and in a bucket: found by every process, collected when nobody's."""

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from libs.common.disk import StorageAway
from libs.common.kept_outside import StartRefused
from libs.common.service import Runtime
from services.intake import jobs
from services.intake.operations import documents as operations
from services.intake.operations.folder import claim_folder
from services.intake.settings import SETTINGS
from services.intake.store.bucket import Bucket
from services.intake.store.contents import Place
from tests.engines.object_store import BUCKET, KEY, SECRET, ObjectStore
from tests.services.intake.people import PDF, Office, pdf
from tests.services.intake.places import KINDS, bucket, named, put, read

NAME = "계획서.pdf"


@pytest.fixture(params=KINDS)
async def stored(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service_client) -> Office:
    """An office whose documents lie in a folder, or in a bucket."""
    if request.param == "bucket":
        named(monkeypatch, request.getfixturevalue("object_store"), f"office/{tmp_path.name}")
    made = Office(await service_client("intake"))
    await made.open_programme()
    return made


def place_of(office: Office) -> Place:
    """Where its documents lie."""
    place: Place = office.client.runtime.kept_outside.place
    return place


async def test_a_document_goes_and_comes(stored: Office) -> None:
    """Upload, download, removal: the same over both places; the content goes with the last document."""
    application_id = await stored.draft(await stored.organisation())
    first = await stored.upload(application_id, "plan", NAME, PDF)
    second = await stored.upload(application_id, "plan", NAME, PDF)
    at = f"/applications/{application_id}/documents"
    answer = await stored.http.get(f"/v1{at}/{first['document_id']}", headers=stored.officer)
    assert answer.content == PDF
    await stored.call("DELETE", f"{at}/{first['document_id']}", 204)
    assert await asyncio.to_thread(read, place_of(stored), first["sha256"]) == PDF
    await stored.call("DELETE", f"{at}/{second['document_id']}", 204)
    assert await asyncio.to_thread(read, place_of(stored), first["sha256"]) is None


async def run_job(office: Office) -> None:
    """Collect once, from the beginning."""
    outside = office.client.runtime.kept_outside
    outside.swept_until = ""
    await jobs.collect_orphans(office.client.db, office.client.clock, outside)


async def test_f_50_orphans_are_collected_by_a_job(
    stored: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-50: What a refused upload left behind goes after the time of grace; what a document names never goes."""
    application_id = await stored.draft(await stored.organisation())
    kept = await stored.upload(application_id, "plan", NAME, PDF)
    orphan = await asyncio.to_thread(put, place_of(stored), tmp_path, b"left by an upload whose transaction failed")
    await run_job(stored)
    lying = await asyncio.to_thread(place_of(stored).lying, "", 9)
    assert {one.sha256 for one in lying} == {kept["sha256"], orphan}, "it is younger than the time of grace"
    monkeypatch.setattr(SETTINGS, "orphans_grace_s", 0)
    await asyncio.sleep(1.1)  # a store tells instants to the second
    await run_job(stored)
    assert [one.sha256 for one in await asyncio.to_thread(place_of(stored).lying, "", 9)] == [kept["sha256"]]


async def test_an_upload_beside_the_collecting_of_the_same_content_wins(
    stored: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever comes first, a document that was answered 201 has its content."""
    application_id = await stored.draft(await stored.organisation())
    at = f"/applications/{application_id}/documents"
    monkeypatch.setattr(SETTINGS, "orphans_grace_s", 0)
    for nth in range(6):
        content = pdf(1, f"{nth}".encode())
        gone = await stored.upload(application_id, "plan", NAME, content)
        _, kept, _ = await asyncio.gather(
            stored.call("DELETE", f"{at}/{gone['document_id']}", 204),
            stored.upload(application_id, "plan", NAME, content),
            run_job(stored),
        )
        answer = await stored.http.get(f"/v1{at}/{kept['document_id']}", headers=stored.officer)
        assert (answer.status_code, answer.content) == (200, content)


async def test_what_was_collected_since_it_was_brought_is_brought_again(stored: Office, tmp_path: Path) -> None:
    """Between the look and the transaction the content vanishes: the transaction keeps it nevertheless."""
    place = place_of(stored)
    sha256 = await asyncio.to_thread(put, place, tmp_path, PDF)
    part = tmp_path / "again.part"
    part.write_bytes(PDF)
    await asyncio.to_thread(place.bring, sha256, part)
    async with stored.client.db.transaction() as tx:
        assert await operations.collect(tx, sha256, place=place)
    await asyncio.to_thread(place.keep, sha256, len(PDF), part)
    assert await asyncio.to_thread(read, place, sha256) == PDF


async def test_a_missing_file_is_its_own_error(stored: Office) -> None:
    """F-85: A row without its content is `document_missing_file`, over either place; the next upload mends it."""
    application_id = await stored.draft(await stored.organisation())
    kept = await stored.upload(application_id, "plan", NAME, PDF)
    await asyncio.to_thread(place_of(stored).remove, kept["sha256"])
    path = f"/applications/{application_id}/documents/{kept['document_id']}"
    assert (await stored.call("GET", path, 503))["code"] == "document_missing_file"
    await stored.upload(application_id, "plan", NAME, PDF)
    assert (await stored.http.get(f"/v1{path}", headers=stored.officer)).content == PDF


async def test_f_85_two_processes_without_a_common_disk_share_a_bucket(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service_client
) -> None:
    """F-85: A second process with a disk of its own finds what the first one kept."""
    named(monkeypatch, object_store, f"two/{tmp_path.name}")
    office = Office(await service_client("intake"))
    await office.open_programme()
    kept = await office.upload(await office.draft(await office.organisation()), "plan", NAME, PDF)
    runtime: Runtime = office.client.runtime
    settings = runtime.settings.model_copy(update={"state_dir": tmp_path / "another-disk"})
    other = type(runtime.kept_outside)(runtime.db, settings, runtime.clock)
    await other.confirm()
    assert await asyncio.to_thread(read, await other.usable(), kept["sha256"]) == PDF


async def test_f_85_a_bucket_of_another_database_is_refused(
    office: Office, object_store: ObjectStore, tmp_path: Path
) -> None:
    """F-85: A bucket with another mark, one that is not there, and one that does not let us in stop the start."""
    await office.upload(await office.draft(await office.organisation()), "plan", NAME, PDF)
    taken = bucket(object_store, f"taken/{tmp_path.name}")
    await asyncio.to_thread(taken.write_marker, "anothers")
    for wrong, said in (
        (taken, "its marker: anothers"),
        (bucket(object_store, "", bucket="no-such-bucket"), "DURE_DOCUMENTS_URL"),
        (bucket(object_store, "x", secret_access_key="wrong"), "DURE_DOCUMENTS_URL"),
    ):
        async with office.client.db.transaction() as tx:
            with pytest.raises(StartRefused, match=said):
                await claim_folder(tx, wrong, office.client.clock)


async def test_a_store_that_is_away_is_503(stored: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket that nobody answers for is 503 with Retry-After, in time, and readiness says so."""
    application_id = await stored.draft(await stored.organisation())
    kept = await stored.upload(application_id, "plan", NAME, PDF)
    away = Bucket(BUCKET, "x", endpoint="http://127.0.0.1:1", access_key_id=KEY, secret_access_key=SECRET)
    outside = stored.client.runtime.kept_outside
    monkeypatch.setattr(outside, "place", away)
    path = f"/v1/applications/{application_id}/documents/{kept['document_id']}"
    began = time.monotonic()
    answer = await stored.http.get(path, headers=stored.officer)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert time.monotonic() - began < 5
    assert "documents" in await outside.in_the_way()
    with pytest.raises(StorageAway):
        await asyncio.to_thread(put, away, tmp_path, PDF)
    monkeypatch.undo()


async def test_a_draft_has_a_limit_of_bytes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-50: One draft keeps so many bytes; another draft of the same organisation has its own."""
    organisation_id = await office.organisation()
    one, other = await office.draft(organisation_id), await office.draft(organisation_id)
    monkeypatch.setattr(SETTINGS, "draft_bytes_max", len(PDF) + (1 << 20))
    await office.upload(one, "plan", NAME, PDF + bytes(1 << 20))
    refused = await office.upload(one, "plan", NAME, PDF, status=409)
    assert (refused["code"], refused["facts"]) == ("draft_bytes_reached", {"kept_mib": 1, "draft_mib_max": 1})
    await office.upload(other, "plan", NAME, PDF)


async def test_documents_from_before_have_no_pages(office: Office) -> None:
    """A row that was written before pages were counted is shown without, and its file is handed out."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", NAME, PDF)
    async with office.client.db.transaction() as tx:
        columns = "application_id, kind, file_name, found_format, size_bytes, sha256, uploaded_by, uploaded_at"
        await tx.execute(text(f"INSERT INTO document (document_id, {columns}) SELECT 'D-9', {columns} FROM document"))
    shown = (await office.call("GET", f"/applications/{application_id}", 200))["documents"]
    assert {one["document_id"]: one["pages"] for one in shown} == {kept["document_id"]: 1, "D-9": None}
    path = f"/v1/applications/{application_id}/documents/D-9"
    assert (await office.http.get(path, headers=office.officer)).content == PDF
