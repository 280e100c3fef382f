"""Which folder of documents belongs to a database."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from libs.common.kept_outside import StartRefused
from services.intake.operations.folder import claim_folder
from services.intake.routes import folder as edge
from services.intake.store.contents import MARKER
from services.intake.store.files import Folder, path_of
from tests.owner import as_owner
from tests.services.intake.people import PDF, Office

NAME = "a.pdf"


async def claim(office: Office, folder: Path) -> str:
    """What a process that starts with this folder finds."""
    async with office.client.db.transaction() as tx:
        return await claim_folder(tx, Folder(folder), office.client.clock)


async def test_a_disk_that_hangs_is_told_in_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A documents disk that gives no answer is 503 within the limit, for many at once, and keeps one thread."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", NAME, PDF)
    path = f"/applications/{application_id}/documents/{kept['document_id']}"
    hangs, looks = threading.Event(), []

    def look(*_: object) -> str:
        looks.append(1)
        hangs.wait()
        return ""

    monkeypatch.setattr(edge, "why_not_usable", look)
    monkeypatch.setattr(edge, "LOOK_LIMIT_S", 0.2)
    try:
        async with asyncio.timeout(5):
            away = await asyncio.gather(*(office.call("GET", path, 503) for _ in range(8)))
            away.append(await office.call("GET", path, 503))
    finally:
        hangs.set()
    assert {one["code"] for one in away} == {"storage_unavailable"}
    assert len(looks) == 1
    monkeypatch.undo()
    assert (await office.http.get(f"/v1{path}", headers=office.officer)).content == PDF


async def test_f_85_an_empty_database_marks_an_empty_folder(office: Office, tmp_path: Path) -> None:
    """F-85: Both get the same id, once, also where two processes start at the same instant."""
    first, second = await asyncio.gather(claim(office, tmp_path / "new"), claim(office, tmp_path / "new"))
    assert first == second == Folder(tmp_path / "new").read_marker()


async def test_f_85_a_crash_before_the_commit_is_mended(office: Office, tmp_path: Path) -> None:
    """F-85: A marker whose database never heard of it, in a folder without documents, is replaced."""
    (tmp_path / MARKER).write_text("nobody's\n")
    assert await claim(office, tmp_path) == Folder(tmp_path).read_marker() != "nobody's"


async def test_f_85_a_database_without_an_id_takes_the_folder_of_its_documents(office: Office, tmp_path: Path) -> None:
    """F-85: After the upgrade the folder that holds the documents is marked, any other refused."""
    kept = await office.upload(await office.draft(await office.organisation()), "plan", NAME, PDF)
    async with office.client.db.transaction() as tx:
        with pytest.raises(StartRefused, match="is not the folder"):
            await claim_folder(tx, Folder(tmp_path / "other"), office.client.clock)
    async with as_owner(office.client.db) as tx:
        await tx.execute(text("ALTER TABLE document_folder DISABLE TRIGGER USER"))
        await tx.execute(text("DELETE FROM document_folder"))
    with pytest.raises(StartRefused, match="does not hold the documents"):
        await claim(office, tmp_path / "other")
    (tmp_path / "documents" / MARKER).unlink()
    assert await claim(office, tmp_path / "documents") == Folder(tmp_path / "documents").read_marker()
    assert [one.sha256 for one in Folder(tmp_path / "documents").lying("", 9)] == [kept["sha256"]]


async def test_f_85_a_new_database_does_not_take_anothers_documents(office: Office, tmp_path: Path) -> None:
    """F-85: A folder with contents is no empty database's: collecting would remove them."""
    place = path_of(tmp_path / "full", "ab" * 32)
    place.parent.mkdir(parents=True)
    place.write_bytes(PDF)
    with pytest.raises(StartRefused, match="another database"):
        await claim(office, tmp_path / "full")


async def test_f_85_a_folder_that_cannot_be_written_is_told(office: Office, tmp_path: Path) -> None:
    """F-85: What is in the way is named with the setting that leads there."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StartRefused, match="DURE_STATE_DIR"):
        await claim(office, tmp_path / "file" / "documents")
