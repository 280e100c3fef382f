"""What a file really is."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.formats import format_of


def zipped(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def ole2(*streams: str) -> bytes:
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HH", header, 28, 0xFFFE, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = bytearray(512)
    for nth, name in enumerate(("Root Entry", *streams)):
        encoded = name.encode("utf-16-le")
        directory[nth * 128 : nth * 128 + len(encoded)] = encoded
        struct.pack_into("<H", directory, nth * 128 + 64, len(encoded) + 2)
    return bytes(header) + table + bytes(directory)


def elsewhere(at: int) -> bytes:
    """A Hangul file whose first entry lies, by its directory, at a place that the file does not have."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", b"application/hwp+zip")
        archive.filelist[0].header_offset = at
    return buffer.getvalue()


TYPES = ("[Content_Types].xml", b"<Types/>")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"%PDF-1.7\n1 0 obj\n", "pdf", id="a PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82", "png", id="a picture"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged", id="a picture that was cut off"),
        pytest.param(zipped(TYPES, ("xl/workbook.xml", b"<workbook/>")), "xlsx", id="a spreadsheet"),
        pytest.param(zipped(TYPES, ("ppt/presentation.xml", b"")), "pptx", id="slides"),
        pytest.param(zipped(TYPES, ("word/document.xml", b"")), "docx", id="a Word file"),
        pytest.param(
            zipped(("mimetype", b"application/hwp+zip"), ("Contents/x", b"")), "hwpx", id="a Hangul file, HWPX"
        ),
        pytest.param(zipped(("a.txt", b"x"), ("mimetype", b"application/hwp+zip")), "zip", id="mimetype not first"),
        pytest.param(zipped(TYPES, ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"x")), "macro", id="macros inside"),
        pytest.param(zipped(("a.txt", b"x")), "zip", id="some archive"),
        pytest.param(zipped(*((f"{n}", b"") for n in range(5_001))), "unsafe_zip", id="too many entries"),
        pytest.param(ole2("FileHeader", "DocInfo"), "hwp", id="a Hangul file, HWP 5"),
        pytest.param(ole2("PowerPoint Document"), "ppt", id="old slides"),
        pytest.param(ole2("EncryptedPackage"), "encrypted", id="an encrypted Office file"),
        pytest.param(ole2("Else"), "unknown", id="some OLE2 container"),
        pytest.param(bytes.fromhex("d0cf11e0a1b11ae1"), "damaged", id="a cut OLE2 header"),
        pytest.param(b"PK\x03\x04broken", "damaged", id="a broken archive"),
        pytest.param(zipped(TYPES, ("xl/workbook.xml", b"x" * 999))[:-30], "damaged", id="a cut spreadsheet"),
        pytest.param("안녕하세요".encode(), "unknown", id="plain text"),
        pytest.param(b"", "unknown", id="nothing"),
    ],
)
def test_format_of(content: bytes, found: str) -> None:
    """The content tells the format, whatever the name says."""
    assert format_of(content) == found


@pytest.mark.parametrize("at", [1 << 20, 1 << 62, 1 << 63])
def test_an_entry_at_no_place_is_damage(at: int, tmp_path: Path) -> None:
    """F-05: A zip that points outside of itself is damaged; it does not look like a failing disk."""
    (tmp_path / "a").write_bytes(elsewhere(at))
    with (tmp_path / "a").open("rb") as file:
        assert format_of(file) == "damaged"


@given(st.binary(max_size=600), st.sampled_from([b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")]))
def test_it_never_raises(tail: bytes, head: bytes) -> None:
    """Whatever is uploaded has some format."""
    assert format_of(head + tail)
