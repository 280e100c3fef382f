"""All that is found out about an uploaded file before it is taken: its format, and how many pages a PDF has."""

import io
import logging
from typing import IO, BinaryIO, cast

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from services.intake.rules.formats import DAMAGED, ENCRYPTED, format_of

PDF_END = b"startxref"
END_MARK = b"%%EOF"
BACK_BYTES = 1 << 20
"""A file is searched from its end in steps of so much."""
BROKEN = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)


def look_at(file: BinaryIO) -> tuple[str, int | None]:
    """The format of a file's content, and the number of pages of a PDF; None for any other.

    A PDF that is cut off or of which no page can be found is `damaged`, one that needs a password to be opened
    `encrypted`; one that is only locked against changes is neither. Raises OSError.
    """
    found = format_of(file)
    return _pdf(file) if found == "pdf" else (found, None)


def _pdf(file: BinaryIO) -> tuple[str, int | None]:
    end = _end_of(file)
    if not end:
        return DAMAGED, None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(cast("IO[bytes]", _First(file, end)))
        if reader.is_encrypted and not reader.decrypt(""):
            return ENCRYPTED, None
        pages = reader.get_num_pages()
    except BROKEN:
        return DAMAGED, None
    return ("pdf", pages) if pages > 0 else (DAMAGED, None)


def _end_of(file: BinaryIO) -> int:
    """Where the PDF ends by its last end mark; 0 where it has none. What lies after it belongs to nobody."""
    at = file.seek(0, io.SEEK_END)
    while at > 0:
        first = max(0, at - BACK_BYTES)
        file.seek(first)
        piece = file.read(at - first + len(PDF_END) + 32)  # a mark that lies over two steps is whole in one of them
        place = piece.rfind(PDF_END)
        if place >= 0:
            mark = piece.find(END_MARK, place)
            return first + (mark + len(END_MARK) if mark >= 0 else len(piece))
        at = first
    return 0


class _First(io.RawIOBase):
    """The first bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        super().__init__()
        self._file = file
        self._size_bytes = size_bytes
        self._at = 0

    def readable(self) -> bool:
        """It is read."""
        return True

    def seekable(self) -> bool:
        """From anywhere."""
        return True

    def seek(self, at: int, whence: int = io.SEEK_SET) -> int:
        """Go there. Raises ValueError for a place before the first byte."""
        at += (0, self._at, self._size_bytes)[whence]
        if at < 0:
            raise ValueError(at)
        self._at = at
        return at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def read(self, bytes_wanted: int = -1) -> bytes:
        """So many bytes, or the rest."""
        left = max(0, self._size_bytes - self._at)
        self._file.seek(self._at)
        piece = self._file.read(left if bytes_wanted < 0 else min(bytes_wanted, left))
        self._at += len(piece)
        return piece
