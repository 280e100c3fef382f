"""What a file really is, by its content: the format that documents are judged by.

Names and declared media types are not looked at. Zip and OLE2 containers are opened as far as needed to tell
their kinds apart, with bounds on everything: nothing is unpacked, a zip's directory is read only where it is small,
and what lies in a container, such as another container, is not opened.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, cast

import puremagic

UNKNOWN = "unknown"
DAMAGED = "damaged"
UNSAFE = "unsafe_zip"
ZIP_ENTRIES_MAX = 5_000
ZIP_READ_BYTES_MAX = 1 << 20
"""Of a zip at once, its directory above all: some 200 bytes for each of the most entries that there may be."""
ZIP_EXPANDED_BYTES_MAX = 1 << 30
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
OLE2_HEADER_BYTES = 512
OLE2_SECTORS_MAX = 1_024
OLE2_ENTRY_BYTES = 128
OLE2_END = 0xFFFFFFFA
MAGIC_BYTES = 8_192
BY_PART = (("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"), ("word/document.xml", "docx"))
BY_STREAM = (
    ("EncryptedPackage", "encrypted"),
    ("FileHeader", "hwp"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("WordDocument", "doc"),
)
BY_MAGIC = {"jpeg": "jpg", "jfif": "jpg", "tif": "tiff"}


def format_of(content: bytes | BinaryIO) -> str:
    """The format of a file's content, as a lower-case ending such as `pdf`, `hwp`, `hwpx`, `xlsx`, `pptx`.

    `content` are the bytes or an open file. `encrypted`, `macro`, `damaged` and `unsafe_zip` are what their names
    say: no document accepts them. `unknown` is anything else. Raises only what reading the file raises (OSError).
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    head = _read_at(file, 0, MAGIC_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _zip_format(file)
    if head.startswith(OLE2):
        streams = _ole2_streams(file)
        return next((name for stream, name in BY_STREAM if stream in streams), UNKNOWN)
    if head.startswith(b"%PDF-"):
        return "pdf"
    try:
        ending = puremagic.from_string(head).removeprefix(".").lower()
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # A PDF or a container by a weaker sign than those above is none.
    return UNKNOWN if ending in {"", "pdf", "zip"} or ending in dict(BY_PART).values() else BY_MAGIC.get(ending, ending)


def _read_at(file: BinaryIO, at: int, bytes_max: int) -> bytes:
    file.seek(at)
    return file.read(bytes_max)


class _TooLarge(Exception):
    """A zip has a part that is larger than any document's."""


class _InSmallParts:
    """A file of which little is read at once, whatever the zip says about itself."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size_bytes = file.seek(0, io.SEEK_END)
        self.tell, self.seekable = file.tell, file.seekable

    def seek(self, at: int, whence: int = io.SEEK_SET) -> int:
        """Go there. Raises BadZipFile for a place that the file does not have."""
        if whence == io.SEEK_SET and not 0 <= at <= self.size_bytes:
            raise zipfile.BadZipFile
        return self._file.seek(at, whence)

    def read(self, bytes_wanted: int = -1) -> bytes:
        """So many bytes, or the rest. Raises _TooLarge."""
        left = self.size_bytes - self.tell()
        wanted = left if bytes_wanted < 0 else min(bytes_wanted, left)
        if wanted > ZIP_READ_BYTES_MAX:
            raise _TooLarge
        return self._file.read(wanted)


def _zip_format(file: BinaryIO) -> str:
    parts = _InSmallParts(file)
    try:
        with zipfile.ZipFile(cast("IO[bytes]", parts)) as archive:
            entries = archive.infolist()
            if not _is_safe(entries, parts.size_bytes):
                return UNSAFE
            if any(entry.flag_bits & 1 for entry in entries):
                return "encrypted"
            return _by_entries(archive, entries)
    except _TooLarge:
        return UNSAFE
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, zlib.error):
        return DAMAGED


def _is_safe(entries: list[zipfile.ZipInfo], size_bytes: int) -> bool:
    """Not too many entries, not too much in them, and none that lies over another (then one part expands often)."""
    expanded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    return len(entries) <= ZIP_ENTRIES_MAX and expanded <= ZIP_EXPANDED_BYTES_MAX and packed <= size_bytes


def _by_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = [entry.filename for entry in entries]
    if names and names[0] == "mimetype":
        if entries[0].compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return "zip"  # the other methods unpack as much as they like at once
        with archive.open("mimetype") as entry:
            return "hwpx" if entry.read(64).strip() == b"application/hwp+zip" else "zip"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macro"
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((name for part, name in BY_PART if part in names), "zip")


def _ole2_streams(file: BinaryIO) -> set[str]:
    """The names in an OLE2 container's directory; empty for a broken one."""
    header = _read_at(file, 0, OLE2_HEADER_BYTES)
    try:
        sector_bytes = 1 << struct.unpack_from("<H", header, 30)[0]
        if sector_bytes not in {512, 4096}:
            return set()
        next_sector = _ole2_chain(file, header, sector_bytes)
        sector = struct.unpack_from("<I", header, 48)[0]
        names: set[str] = set()
        for _ in range(OLE2_SECTORS_MAX):
            if sector >= OLE2_END:
                break
            names |= _ole2_names(_read_at(file, sector_bytes + sector * sector_bytes, sector_bytes))
            sector = next_sector(sector)
    except (struct.error, IndexError):
        return set()
    return names


def _ole2_chain(file: BinaryIO, header: bytes, sector_bytes: int) -> Callable[[int], int]:
    """How to find the sector after one, by the allocation table that the header lists."""
    per_sector = sector_bytes // 4
    table = struct.unpack_from("<109I", header, 76)

    def next_sector(sector: int) -> int:
        start = sector_bytes + table[sector // per_sector] * sector_bytes + sector % per_sector * 4
        return int(struct.unpack("<I", _read_at(file, start, 4))[0])

    return next_sector


def _ole2_names(directory: bytes) -> set[str]:
    names = set()
    for at in range(0, len(directory) - OLE2_ENTRY_BYTES + 1, OLE2_ENTRY_BYTES):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if 2 < length <= 64:  # the field holds 64 bytes, its end mark included
            names.add(directory[at : at + length - 2].decode("utf-16-le", "replace"))
    return names
