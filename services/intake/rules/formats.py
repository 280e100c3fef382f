"""What a file really is, by its content: the format that documents are judged by.

Names and declared media types are not looked at. Zip and OLE2 containers are opened as far as needed to tell
their kinds apart, with bounds on everything: nothing is unpacked, a zip's directory is read only where it is small,
and of an archive in an archive the directory alone is looked at, one archive deep.
"""

import io
import struct
import zipfile
import zlib
from typing import IO, BinaryIO, cast

import puremagic

from services.intake.rules.ole2 import Ole2, read_at

UNKNOWN = "unknown"
DAMAGED = "damaged"
UNSAFE = "unsafe_zip"
ENCRYPTED = "encrypted"
MACRO = "macro"
EXECUTABLE = "executable"
REFUSED = {
    UNSAFE: "document_unsafe",
    ENCRYPTED: "document_encrypted",
    MACRO: "document_macro",
    EXECUTABLE: "document_executable",
    DAMAGED: "document_unreadable",
}
"""What is dangerous, or nobody could read, and under which code it is not taken."""
ZIP_ENTRIES_MAX = 5_000
ZIP_READ_BYTES_MAX = 1 << 20
"""Of a zip at once, its directory above all: some 200 bytes for each of the most entries that there may be."""
ZIP_EXPANDED_BYTES_MAX = 1 << 30
ZIP_DEPTH_MAX = 2
"""An archive, and those that lie in it: a zip of spreadsheets."""
ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The other methods unpack as much as they like at once."""
MANIFEST_BYTES_MAX = 64 << 10
ZIP = b"PK\x03\x04"
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
MAGIC_BYTES = 8_192
ENDING_BYTES = 64 << 10
BY_PART = (("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"), ("word/document.xml", "docx"))
OLE2_MACROS = {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"}
BY_STREAM = (
    ("EncryptedPackage", ENCRYPTED),
    ("FileHeader", "hwp"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("WordDocument", "doc"),
)
HWP_FLAGS_AT = 36
HWP_LOCKED = 1 << 1 | 1 << 4 | 1 << 8
"""A password, rights management, or a certificate is needed to open it."""
HWP_SCRIPT = 1 << 3
BY_MAGIC = {"jpeg": "jpg", "jfif": "jpg", "tif": "tiff"}
EXECUTABLES = (
    b"MZ",
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\0\0\0\x01\x14\x02\0",
)
PICTURE_ENDS = {"png": b"IEND", "jpg": b"\xff\xd9"}


def format_of(content: bytes | BinaryIO) -> str:
    """The format of a file's content, as a lower-case ending such as `pdf`, `hwp`, `hwpx`, `xlsx`, `pptx`.

    `content` are the bytes or an open file. `encrypted`, `macro`, `executable`, `damaged` and `unsafe_zip` are what
    their names say: no document accepts them. `unknown` is anything else. Raises only what reading the file raises
    (OSError).
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    head = read_at(file, 0, MAGIC_BYTES)
    if head.startswith(ZIP):
        return _Zip().format_of(file, 1)
    if head.startswith(OLE2):
        return _ole2_format(file)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(EXECUTABLES):
        return EXECUTABLE
    try:
        ending = puremagic.from_string(head).removeprefix(".").lower()
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # A PDF or a container by a weaker sign than those above is none.
    if ending in {"", "pdf", "zip"} or ending in dict(BY_PART).values():
        return UNKNOWN
    return _picture(file, BY_MAGIC.get(ending, ending))


def _picture(file: BinaryIO, found: str) -> str:
    """A picture whose end did not arrive is damaged."""
    end = PICTURE_ENDS.get(found, b"")
    size_bytes = file.seek(0, io.SEEK_END)
    return found if end in read_at(file, max(0, size_bytes - ENDING_BYTES), ENDING_BYTES) else DAMAGED


def _ole2_format(file: BinaryIO) -> str:
    container = Ole2(file)
    if not container.whole:
        return DAMAGED
    found = next((name for stream, name in BY_STREAM if stream in container.streams), UNKNOWN)
    if found == "hwp":
        flags = container.head("FileHeader")[HWP_FLAGS_AT : HWP_FLAGS_AT + 4]
        told = int.from_bytes(flags, "little")
        return ENCRYPTED if told & HWP_LOCKED else MACRO if told & HWP_SCRIPT else found
    return MACRO if OLE2_MACROS.intersection(container.streams) else found


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


class _Zip:
    """An archive with those that lie in it: entries and bytes are counted over all of them."""

    def __init__(self) -> None:
        self._entries = 0
        self._expanded_bytes = 0

    def format_of(self, file: BinaryIO, depth: int) -> str:
        """What the archive is."""
        try:
            parts = _InSmallParts(file)
            with zipfile.ZipFile(cast("IO[bytes]", parts)) as archive:
                entries = archive.infolist()
                if not self._is_safe(entries, parts.size_bytes):
                    return UNSAFE
                if any(entry.flag_bits & 1 for entry in entries):
                    return ENCRYPTED
                found = _by_entries(archive, entries)
                return found if found in REFUSED else self._within(archive, entries, depth) or found
        except _TooLarge:
            return UNSAFE
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, zlib.error, OSError):
            return DAMAGED

    def _is_safe(self, entries: list[zipfile.ZipInfo], size_bytes: int) -> bool:
        """Not too many entries, not too much in them, and none that lies over another (then one part expands often)."""
        self._entries += len(entries)
        self._expanded_bytes += sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        within = self._entries <= ZIP_ENTRIES_MAX and self._expanded_bytes <= ZIP_EXPANDED_BYTES_MAX
        return within and packed <= size_bytes

    def _within(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], depth: int) -> str:
        """What makes the archive one that is not taken, among the files in it; empty where nothing does."""
        for entry in entries:
            if entry.is_dir() or not entry.file_size:
                continue
            if entry.compress_type not in ZIP_METHODS:
                return UNSAFE
            with archive.open(entry) as file:
                head = file.read(len(OLE2))
                if head.startswith(EXECUTABLES):
                    return EXECUTABLE
                if head.startswith(ZIP):
                    found = self.format_of(cast("BinaryIO", file), depth + 1) if depth < ZIP_DEPTH_MAX else UNSAFE
                    if found in REFUSED:
                        return found
        return ""


def _by_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = [entry.filename for entry in entries]
    if names and names[0] == "mimetype":
        if entries[0].compress_type not in ZIP_METHODS:
            return "zip"
        with archive.open("mimetype") as entry:
            hangul = entry.read(64).strip() == b"application/hwp+zip"
        return ("hwpx" if not _locked(archive, names) else ENCRYPTED) if hangul else "zip"
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        return MACRO
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((name for part, name in BY_PART if part in names), "zip")


def _locked(archive: zipfile.ZipFile, names: list[str]) -> bool:
    """Whether a Hangul file's manifest says that its parts are encrypted."""
    if "META-INF/manifest.xml" not in names:
        return False
    with archive.open("META-INF/manifest.xml") as entry:
        return b"encryption-data" in entry.read(MANIFEST_BYTES_MAX)
