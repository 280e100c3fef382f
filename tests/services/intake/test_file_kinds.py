"""What is taken as a document and what is not: by content, in a process apart, before any transaction (IN-9)."""

import asyncio
import io
import struct
import time
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from pypdf import PdfWriter

from libs.common import apart
from libs.common.apart import LOOKERS, TooMuch, look_apart
from services.intake.rules.look import look_at
from tests.services.intake.people import PDF, Office, pdf, xlsx
from tests.services.intake.rules.test_formats import TYPES, ole2, zipped

HWPX = ("mimetype", b"application/hwp+zip")


def hwp(flags: int) -> bytes:
    """The smallest HWP 5 file: a directory, and a FileHeader with these flags in a small stream."""
    made = bytearray(ole2("FileHeader", "DocInfo"))
    struct.pack_into("<I", made, 56, 4096)  # below it a stream is small
    root, header = 1024, 1024 + 128
    struct.pack_into("<II", made, root + 116, 2, 512)
    struct.pack_into("<II", made, header + 116, 0, 256)
    struct.pack_into("<I", made, 512 + 8, 0xFFFFFFFE)
    stream = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000304, flags)
    return bytes(made) + stream.ljust(512, b"\0")


def locked_pdf(user_password: str) -> bytes:
    """A PDF that only its owner may change; with a user's password nobody else opens it."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt(user_password, "the-owners", algorithm="AES-256")
    writer.write(made)
    return made.getvalue()


def lying_zip(claimed_bytes: int) -> bytes:
    """A zip whose one entry says that it is so large."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1 << 20))
        archive.filelist[-1].file_size = claimed_bytes
    return buffer.getvalue()


def nested(depth: int, innermost: bytes) -> bytes:
    """An archive in an archive, so many times."""
    return innermost if depth == 0 else zipped(("inner.zip", nested(depth - 1, innermost)), ("a.txt", b"x"))


MACRO_BOOK = zipped(TYPES, ("xl/workbook.xml", b"<w/>"), ("xl/vbaProject.bin", b"x"))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(pdf(3), ("pdf", 3), id="a PDF of three pages"),
        pytest.param(pdf(1) + bytes(2 << 20), ("pdf", 1), id="a PDF with zeros behind it"),
        pytest.param(pdf(3)[:-40], ("damaged", None), id="a PDF without its end"),
        pytest.param(b"%PDF-1.7\n%%EOF\n", ("damaged", None), id="a PDF without a page"),
        pytest.param(locked_pdf("secret"), ("encrypted", None), id="a PDF that asks for a password"),
        pytest.param(locked_pdf(""), ("pdf", 1), id="a PDF that is only locked against changes"),
        pytest.param(hwp(1), ("hwp", None), id="a Hangul file"),
        pytest.param(hwp(1 | 1 << 1), ("encrypted", None), id="a Hangul file with a password"),
        pytest.param(hwp(1 | 1 << 4), ("encrypted", None), id="a Hangul file under rights management"),
        pytest.param(hwp(1 | 1 << 3), ("macro", None), id="a Hangul file with a script"),
        pytest.param(hwp(1)[:-600], ("damaged", None), id="a Hangul file that was cut off"),
        pytest.param(ole2("WordDocument", "Macros"), ("macro", None), id="an old Word file with macros"),
        pytest.param(zipped(HWPX, ("Contents/section0.xml", b"x")), ("hwpx", None), id="a Hangul file, HWPX"),
        pytest.param(
            zipped(HWPX, ("META-INF/manifest.xml", b"<odf:encryption-data/>")), ("encrypted", None), id="HWPX, locked"
        ),
        pytest.param(zipped(TYPES, ("XL/VBAPROJECT.BIN", b"x")), ("macro", None), id="macros in capitals"),
        pytest.param(zipped(TYPES, ("xl/workbook.xml", b""), ("xl/macrosheets/s.xml", b"")), ("macro", None), id="XLM"),
        pytest.param(zipped(("a.xlsx", xlsx()), ("b.pdf", PDF)), ("zip", None), id="attachments in one zip"),
        pytest.param(zipped(("a.xlsm", MACRO_BOOK)), ("macro", None), id="macros within a zip"),
        pytest.param(zipped(("setup.pdf", b"MZ\x90\0")), ("executable", None), id="a program within a zip"),
        pytest.param(nested(2, b"x"), ("zip", None), id="an archive in an archive"),
        pytest.param(nested(3, b"x"), ("unsafe_zip", None), id="an archive in an archive in an archive"),
        pytest.param(nested(1, lying_zip(2 << 30)), ("unsafe_zip", None), id="a bomb within a zip"),
        pytest.param(lying_zip(2 << 30), ("unsafe_zip", None), id="a bomb"),
        pytest.param(b"MZ\x90\0" + bytes(99), ("executable", None), id="a program of Windows"),
        pytest.param(b"\x7fELF" + bytes(99), ("executable", None), id="a program of Linux"),
        pytest.param("안녕하세요".encode(), ("unknown", None), id="plain text"),
    ],
)
def test_look_at(content: bytes, found: tuple[str, int | None]) -> None:
    """The content tells what a file is, how many pages it has, and why it is not taken."""
    assert look_at(io.BytesIO(content)) == found


def files_in(folder: Path) -> list[str]:
    """The names of all files below a folder."""
    return [one.name for one in folder.rglob("*") if one.is_file()]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "document_empty", id="nothing"),
        pytest.param(b"MZ\x90\0" + bytes(99), "document_executable", id="a program named as a PDF"),
        pytest.param(PDF[:-40], "document_unreadable", id="a PDF that was cut off"),
        pytest.param(xlsx()[:-30], "document_unreadable", id="a spreadsheet that was cut off"),
        pytest.param(locked_pdf("secret"), "document_encrypted", id="a password"),
        pytest.param(MACRO_BOOK, "document_macro", id="macros"),
        pytest.param(lying_zip(2 << 30), "document_unsafe", id="a bomb"),
    ],
)
async def test_what_is_dangerous_or_unreadable_is_refused(
    office: Office, tmp_path: Path, content: bytes, code: str
) -> None:
    """It is refused by a code with words in both languages, and nothing of it stays."""
    application_id = await office.draft(await office.organisation())
    refused = await office.upload(application_id, "plan", "계획서.pdf", content, status=422)
    assert (refused["code"], refused["rule_id"]) == (code, "IN-9")
    assert "계획서.pdf" in refused["messages"]["ko"]
    assert "계획서.pdf" in refused["messages"]["en"]
    assert files_in(tmp_path) == ["folder-id.txt"]
    assert (await office.call("GET", f"/applications/{application_id}", 200))["documents"] == []


async def test_a_wrong_format_is_taken_and_judged_by_screening(office: Office) -> None:
    """A spreadsheet named as a PDF is no danger: it is kept, and an officer decides (S0)."""
    application_id = await office.draft(await office.organisation())
    kept = await office.upload(application_id, "plan", "계획서.pdf", xlsx())
    assert (kept["found_format"], kept["pages"]) == ("xlsx", None)
    told = await office.call("POST", f"/applications/{application_id}/check", 200)
    assert "document_wrong_format" in {finding["code"] for finding in told["findings"]}


async def test_pages_are_told_with_the_document(office: Office) -> None:
    """A PDF's pages are counted once and kept."""
    application_id = await office.draft(await office.organisation())
    await office.upload(application_id, "plan", "계획서.pdf", pdf(21))
    (document,) = (await office.call("GET", f"/applications/{application_id}", 200))["documents"]
    assert document["pages"] == 21


def takes_for_ever(_: BinaryIO) -> None:
    """A look that does not end."""
    while True:
        pass


def takes_all_memory(_: BinaryIO) -> int:
    """A look that wants more memory than there is for it."""
    return len(bytes(apart.MEMORY_BYTES_MAX))


HERE = "tests.services.intake.test_file_kinds"


async def test_f_05_a_look_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-05: What takes too much time or memory is told so; the event loop and the next file do not wait for it."""
    monkeypatch.setattr(apart, "WAIT_S_MAX", 3.0)
    (tmp_path / "a").write_bytes(pdf(2))
    began, longest_s = time.monotonic(), 0.0
    look = asyncio.create_task(look_apart(f"{HERE}:takes_for_ever", tmp_path / "a"))
    while not look.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest_s = max(longest_s, time.monotonic() - before)
    with pytest.raises(TooMuch):
        await look
    assert time.monotonic() - began < 10
    assert longest_s < 1
    monkeypatch.undo()
    with pytest.raises(TooMuch):
        await look_apart(f"{HERE}:takes_all_memory", tmp_path / "a")
    assert await look_apart("services.intake.rules.look:look_at", tmp_path / "a") == ["pdf", 2]


async def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    """Where something else ended the process that waits for files, the next file has one of its own."""
    (tmp_path / "a").write_bytes(pdf(2))
    assert await look_apart("services.intake.rules.look:look_at", tmp_path / "a") == ["pdf", 2]
    for looker in LOOKERS._free:
        looker._process.kill()
        looker._process.wait()
    assert await look_apart("services.intake.rules.look:look_at", tmp_path / "a") == ["pdf", 2]
