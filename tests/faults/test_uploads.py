"""Uploads that are large, dangerous, cut off, killed or too much for the disk: a real process over a real folder."""

import asyncio
import contextlib
import io
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, spawn
from tests.faults.uploads import FORM, MB, form, intake_standing
from tests.services.intake.people import PDF, Office, pdf

Standing = tuple[Stand, Office, Path]


@pytest.fixture(scope="module")
async def standing(frail: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    """Intake's api with a programme open."""
    folder = tmp_path_factory.mktemp("uploads")
    async with intake_standing(frail, folder) as (stand, office):
        yield stand, office, folder / "state"


async def place(office: Office) -> str:
    """Where documents of a new draft go."""
    return f"/v1/applications/{await office.draft(await office.organisation())}/documents"


def files(folder: Path) -> list[str]:
    """What lies in a folder and below."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


async def send(office: Office, path: str, content: bytes | AsyncIterator[bytes], nth: int = 0) -> httpx.Response:
    """Upload a form as the draft's applicant."""
    headers = {**office.of(path, f"applicant-{nth}"), **FORM}
    return await office.http.post(path, content=content, headers=headers)


def in_a_form(content: bytes) -> bytes:
    """A form with this file."""
    return (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nplan\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + content + b"\r\n--x--\r\n"
    )


async def test_f_05_parallel_uploads_are_not_held_in_memory(standing: Standing) -> None:
    """F-05: Eight uploads of 20 MB together cost less memory than one of them, and no file is left over."""
    stand, office, state = standing
    paths = [await place(office) for _ in range(8)]
    await send(office, paths[0], form(1, pdf(1, b"first")))
    assert stand.process is not None
    process = psutil.Process(stand.process.pid)
    before, peak = process.memory_info().rss, 0
    sent = asyncio.gather(*(send(office, path, form(20, PDF + bytes([n])), n) for n, path in enumerate(paths)))
    while not sent.done():
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.01)
    assert [answer.status_code for answer in await sent] == [201] * 8
    assert peak - before < 20 * MB
    assert files(state / "incoming") == []


@pytest.fixture(scope="module")
def million_entries(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A zip whose directory has a million entries for nothing, 46 MB: made by hand, as no program makes such."""
    entry = bytearray(46)
    entry[:4] = b"PK\x01\x02"
    count = 1_000_000
    end = (
        b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (46 * count).to_bytes(4, "little") + (34).to_bytes(4, "little")
    )
    local = b"PK\x03\x04" + bytes(30)
    return local + bytes(entry) * count + end + b"\0\0"


async def test_f_05_a_zip_of_a_million_entries_costs_nothing(standing: Standing, million_entries: bytes) -> None:
    """F-05: 44 MB of directory entries are refused by a code, for little time of the processor and no memory."""
    stand, office, state = standing
    path = await place(office)
    assert stand.process is not None
    process = psutil.Process(stand.process.pid)
    before, spent = process.memory_info().rss, sum(process.cpu_times()[:2])
    answer = await send(office, path, in_a_form(million_entries))
    assert (answer.status_code, answer.json()["code"]) == (422, "document_unsafe"), answer.text
    assert answer.json()["facts"]["entries_max"] == 5_000
    assert sum(process.cpu_times()[:2]) - spent < 3  # of the processor, most of it for receiving; it was 6 to 9
    assert process.memory_info().rss - before < 20 * MB
    assert files(state / "incoming") == []


async def test_f_05_dangerous_and_broken_archives_have_codes(standing: Standing) -> None:
    """F-05: A bomb by its claims is refused, and so is an archive that was cut off."""
    _, office, _ = standing
    path = await place(office)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for nth in range(11):
            archive.writestr(f"{nth}", bytes(MB))
            archive.filelist[-1].file_size = 100 * MB
    refused = await send(office, path, in_a_form(bomb.getvalue()))
    assert (refused.status_code, refused.json()["code"]) == (422, "document_unsafe")
    cut = io.BytesIO()
    with zipfile.ZipFile(cut, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    damaged = await send(office, path, in_a_form(cut.getvalue()[:-10]))
    assert (damaged.status_code, damaged.json()["code"]) == (422, "document_unreadable")


@asynccontextmanager
async def half_an_upload(stand: Stand, path: str, incoming: Path) -> AsyncIterator[None]:
    """Begin an upload by hand and wait until a part of it lies on the disk; hang up in the end."""
    _, writer = await asyncio.open_connection("127.0.0.1", stand.port)
    token = stand.as_("officer", subject="half")["Authorization"]
    head = f"POST /intake{path} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: {9 * MB}\r\n"
    writer.write(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\n".encode() + in_a_form(bytes(2 * MB))[:-9])
    await writer.drain()
    try:
        async with asyncio.timeout(15):
            while not files(incoming):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        yield
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_f_06_a_hang_up_in_an_upload_leaves_nothing(standing: Standing) -> None:
    """F-06: Who leaves in the middle of a file is counted as 499; its part is removed, no traceback is written."""
    stand, office, state = standing
    async with half_an_upload(stand, await place(office), state / "incoming"):
        pass
    counted = 'method="POST",route="/v1/applications/{application_id}/documents",status="499"'
    async with asyncio.timeout(15):
        while counted not in (await stand.probe.get("/metrics")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    assert files(state / "incoming") == []
    assert "Traceback" not in stand.log.read_text()


SWEEP = "import pathlib, sys; from libs.common.incoming import sweep; print(sweep(pathlib.Path(sys.argv[1])))"


async def test_f_06_what_a_killed_process_left_is_swept(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """F-06: After kill -9 in the middle of an upload the next start removes the part; one still written to stays."""
    incoming = tmp_path / "state" / "incoming"
    async with intake_standing(frail, tmp_path) as (stand, office):
        path = await place(office)
        assert stand.process is not None
        async with half_an_upload(stand, path, incoming):
            stand.process.kill()
            stand.process.wait()
        assert len(files(incoming)) == 1
        stand.process = spawn("services.intake", "api", stand.told, stand.log)
        await stand.port_open()
        await stand.await_ready()
        assert files(incoming) == []
        async with half_an_upload(stand, path, incoming):
            command = [sys.executable, "-c", SWEEP, str(incoming)]
            swept = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
            assert swept.stdout == b"0\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("only who may mount a disk can fill a small one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_f_06_a_full_disk_is_507(frail: EmbeddedPostgres, tmp_path: Path, small_disk: Path) -> None:
    """F-06: An upload for which the disk has no room is 507 by a code, nothing of it stays, and a smaller one goes."""
    async with intake_standing(frail, tmp_path, DURE_STATE_DIR=str(small_disk)) as (stand, office):
        path = await place(office)
        full = await send(office, path, form(20))
        assert (full.status_code, full.json()["code"]) == (507, "storage_full"), full.text
        assert files(small_disk / "incoming") == []
        kept = await send(office, path, form(2))
        assert kept.status_code == 201, kept.text
        back = await office.http.get(f"{path}/{kept.json()['document_id']}", headers=office.officer)
        assert len(back.content) == kept.json()["size_bytes"] == 2 * MB + len(PDF)
        assert "Traceback" not in stand.log.read_text()
