"""What a file really is, by its content: the format that documents are judged by.

Names and declared media types are not looked at. Zip and OLE2 containers are opened as far as needed to tell
their kinds apart, with bounds on everything: nothing is unpacked.
"""

import io
import struct
import zipfile
from collections.abc import Callable

import puremagic

UNKNOWN = "unknown"
ZIP_ENTRIES_MAX = 5_000
ZIP_EXPANDED_BYTES_MAX = 1 << 30
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
OLE2_HEADER_BYTES = 512
OLE2_SECTORS_MAX = 4_096
OLE2_ENTRY_BYTES = 128
OLE2_END = 0xFFFFFFFA
BY_PART = (("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"), ("word/document.xml", "docx"))
BY_STREAM = (
    ("EncryptedPackage", "encrypted"),
    ("FileHeader", "hwp"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("WordDocument", "doc"),
)
BY_MAGIC = {"jpeg": "jpg", "jfif": "jpg", "tif": "tiff"}


def format_of(content: bytes) -> str:
    """The format of a file's content, as a lower-case ending such as `pdf`, `hwp`, `hwpx`, `xlsx`, `pptx`.

    `encrypted`, `macro` and `unsafe_zip` are what their names say: no document accepts them. `unknown` is
    anything else. Never raises.
    """
    if content.startswith(b"PK\x03\x04"):
        return _zip_format(content)
    if content.startswith(OLE2):
        streams = _ole2_streams(content)
        return next((name for stream, name in BY_STREAM if stream in streams), UNKNOWN)
    if content.startswith(b"%PDF-"):
        return "pdf"
    try:
        ending = puremagic.from_string(content[:8192]).removeprefix(".").lower()
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # A PDF or a container by a weaker sign than those above is none.
    return UNKNOWN if ending in {"", "pdf", "zip"} or ending in dict(BY_PART).values() else BY_MAGIC.get(ending, ending)


def _zip_format(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > ZIP_ENTRIES_MAX or sum(entry.file_size for entry in entries) > ZIP_EXPANDED_BYTES_MAX:
                return "unsafe_zip"
            if any(entry.flag_bits & 1 for entry in entries):
                return "encrypted"
            return _by_entries(archive, [entry.filename for entry in entries])
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return UNKNOWN


def _by_entries(archive: zipfile.ZipFile, names: list[str]) -> str:
    if names and names[0] == "mimetype":
        with archive.open("mimetype") as entry:
            return "hwpx" if entry.read(64).strip() == b"application/hwp+zip" else "zip"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macro"
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((name for part, name in BY_PART if part in names), "zip")


def _ole2_streams(content: bytes) -> set[str]:
    """The names in an OLE2 container's directory; empty for a broken one."""
    try:
        sector_bytes = 1 << struct.unpack_from("<H", content, 30)[0]
        if sector_bytes not in {512, 4096}:
            return set()
        next_sector = _ole2_chain(content, sector_bytes)
        sector = struct.unpack_from("<I", content, 48)[0]
        names: set[str] = set()
        for _ in range(OLE2_SECTORS_MAX):
            if sector >= OLE2_END:
                break
            start = sector_bytes + sector * sector_bytes
            names |= _ole2_names(content[start : start + sector_bytes])
            sector = next_sector(sector)
    except (struct.error, IndexError):
        return set()
    return names


def _ole2_chain(content: bytes, sector_bytes: int) -> Callable[[int], int]:
    """How to find the sector after one, by the allocation table that the header lists."""
    per_sector = sector_bytes // 4
    table = struct.unpack_from("<109I", content, 76)

    def next_sector(sector: int) -> int:
        start = sector_bytes + table[sector // per_sector] * sector_bytes + sector % per_sector * 4
        return int(struct.unpack_from("<I", content, start)[0])

    return next_sector


def _ole2_names(directory: bytes) -> set[str]:
    names = set()
    for at in range(0, len(directory) - OLE2_ENTRY_BYTES + 1, OLE2_ENTRY_BYTES):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if 2 < length <= 64:  # the field holds 64 bytes, its end mark included
            names.add(directory[at : at + length - 2].decode("utf-16-le", "replace"))
    return names
