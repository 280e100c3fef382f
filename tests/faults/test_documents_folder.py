"""The documents folder belongs to one database: real processes find out before they work with another one."""

import asyncio
import shutil
from pathlib import Path

import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, spawn
from tests.faults.uploads import FORM, form, intake_standing
from tests.services.intake.people import Office, pdf

MARKER = "folder-id.txt"


async def ended(stand: Stand, log: Path, kind: str = "api", **told: str) -> str:
    """What a further process of the same database says, which is to end by itself with status 1."""
    process = spawn("services.intake", kind, {**stand.told, "DURE_PORT": "0", "DURE_PROBE_PORT": "0", **told}, log)
    try:
        status = await asyncio.to_thread(process.wait, 60)
    finally:
        process.kill()
    said = await asyncio.to_thread(log.read_text)
    assert status == 1, said
    assert "Traceback" not in said
    return said


async def upload(office: Office) -> str:
    """Keep a document; returns its address."""
    path = f"/v1/applications/{await office.draft(await office.organisation())}/documents"
    answer = await office.http.post(path, content=form(1), headers={**office.of(path), **FORM})
    assert answer.status_code == 201, answer.text
    return f"{path}/{answer.json()['document_id']}"


@pytest.mark.parametrize("kind", ["api", "worker"])
async def test_f_85_a_process_with_another_disk_does_not_start(
    frail: EmbeddedPostgres, tmp_path: Path, kind: str
) -> None:
    """F-85: The first start marks database and folder; a process with a disk of its own, empty or of another database,
    ends with a sentence in both languages that says what to do; one with the same folder starts."""
    async with intake_standing(frail, tmp_path) as (stand, _):
        folder = tmp_path / "state" / "documents"
        folder_id = (folder / MARKER).read_text().strip()
        said = await ended(stand, tmp_path / "own.log", kind, DURE_STATE_DIR=str(tmp_path / "own"))
        for words in (folder_id, "공유 볼륨", "DURE_STATE_DIR", "mount the same shared volume", MARKER):
            assert words in said
        (tmp_path / "else" / "documents").mkdir(parents=True)
        (tmp_path / "else" / "documents" / MARKER).write_text("another\n")
        said = await ended(stand, tmp_path / "else.log", kind, DURE_STATE_DIR=str(tmp_path / "else"))
        assert "its marker: another" in said
        assert stand.process is not None
        stand.process.terminate()
        await asyncio.to_thread(stand.process.wait, 30)
        stand.process = spawn("services.intake", "api", stand.told, stand.log)
        await stand.await_ready()
        assert (folder / MARKER).read_text().strip() == folder_id


async def test_f_85_a_folder_that_vanishes_is_told(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-85: While the folder is away readiness says so and nothing is kept in its place; once back, all is well."""
    async with intake_standing(frail, tmp_path) as (stand, office):
        document = await upload(office)
        folder = tmp_path / "state" / "documents"
        folder.rename(tmp_path / "away")
        ready = await stand.probe.get("/readyz")
        assert (ready.status_code, ready.json()["why_not"].split(":")[0]) == (503, "documents")
        for method in ("GET", "POST"):
            path = document if method == "GET" else document.rsplit("/", 1)[0]
            content = None if method == "GET" else form(1, pdf(1, b"2"))
            answer = await office.http.request(method, path, content=content, headers={**office.officer, **FORM})
            assert (answer.status_code, answer.json()["code"]) == (503, "documents_folder_wrong")
        assert not folder.exists()
        assert (await office.http.get("/v1/organisations", headers=office.officer)).status_code == 200
        (tmp_path / "away").rename(folder)
        assert (await stand.probe.get("/readyz")).status_code == 200
        assert (await office.http.get(document, headers=office.officer)).status_code == 200


async def test_f_85_a_folder_is_moved_by_the_documented_step(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-85: A copy of the whole folder, its marker included, is the folder from the next start on."""
    async with intake_standing(frail, tmp_path) as (stand, office):
        document = await upload(office)
        assert stand.process is not None
        stand.process.terminate()
        await asyncio.to_thread(stand.process.wait, 30)
        shutil.copytree(tmp_path / "state", tmp_path / "moved")
        shutil.rmtree(tmp_path / "state")
        told = {**stand.told, "DURE_STATE_DIR": str(tmp_path / "moved")}
        stand.process = spawn("services.intake", "api", told, stand.log)
        await stand.await_ready()
        assert (await office.http.get(document, headers=office.officer)).status_code == 200


async def test_f_85_a_database_away_at_the_start_is_awaited(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-85: A process that cannot ask the database yet starts, and ends once it learns that its folder is another."""
    async with intake_standing(frail, tmp_path) as (stand, _):
        await stand.database.cut()
        log = tmp_path / "late.log"
        told = {"DURE_PORT": "0", "DURE_PROBE_PORT": "0", "DURE_STATE_DIR": str(tmp_path / "own")}
        process = spawn("services.intake", "api", {**stand.told, **told}, log)
        try:
            async with asyncio.timeout(60):
                while "not_confirmed_yet" not in log.read_text():  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
            assert process.poll() is None
            await stand.database.restore()
            assert await asyncio.to_thread(process.wait, 60) == 1
        finally:
            process.kill()
        assert "mount the same shared volume" in log.read_text()
