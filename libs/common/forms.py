"""Reads a form: its fields into memory, its file to disk, with a bound on everything."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile

from libs.common.errors import DureError
from libs.common.incoming import IncomingFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FIELDS_MAX = 20
FIELD_BYTES_MAX = 64 << 10
FILES_MAX = 1
MULTIPART = b"multipart/form-data"


class UnreadableForm(DureError):
    """A form that is none, that ends too early or that has too much in it (400)."""

    status = 400

    def __init__(self) -> None:
        super().__init__("unreadable_form", files_max=FILES_MAX, fields_max=FIELDS_MAX, field_bytes_max=FIELD_BYTES_MAX)


async def read_form(headers: Headers, pieces: AsyncIterator[bytes], folder: Path) -> FormData:
    """The form whose bytes these are; its file lies in `folder`, until the form is closed. Empty for no form.

    Raises UnreadableForm, StorageFull, StorageAway, and what `pieces` raises; then nothing stays on disk.
    """
    media_type, options = parse_options_header(headers.get("content-type"))
    if media_type != MULTIPART:
        return FormData()
    parts = _Parts(folder, options.get(b"charset", b"utf-8").decode("latin-1"))
    try:
        parser = MultipartParser(options.get(b"boundary", b""), parts.callbacks())
        async for piece in pieces:
            parser.write(piece)
            await parts.store()
        parts.finish()
    except FormParserError as error:
        await parts.discard()
        raise UnreadableForm from error
    except BaseException:
        await parts.discard()
        raise
    return FormData(parts.items)


class _Parts:
    """What the parser calls: it collects fields, and what is to be written to which file."""

    def __init__(self, folder: Path, charset: str) -> None:
        self._folder = folder
        self._charset = charset
        self._headers: list[tuple[bytes, bytes]] = []
        self._header = (b"", b"")
        self._name = ""
        self._file: IncomingFile | None = None
        self._field = bytearray()
        self._fields = 0
        self._files: list[IncomingFile] = []
        self._arrived: list[tuple[IncomingFile, bytes]] = []
        self.items: list[tuple[str, str | UploadFile]] = []
        self.whole = False

    def callbacks(self) -> "MultipartCallbacks":
        """Which of these the parser calls when."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda piece, start, end: self._add_to_header(piece[start:end], b""),
            "on_header_value": lambda piece, start, end: self._add_to_header(b"", piece[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    async def store(self) -> None:
        """Give the files what arrived for them. Raises StorageFull, StorageAway."""
        for file, content in self._arrived:
            await file.take(content)
        self._arrived.clear()

    def finish(self) -> None:
        """The last piece was read. Raises UnreadableForm where the form's end did not come."""
        if not self.whole:
            raise UnreadableForm
        for file in self._files:
            file.finish()

    async def discard(self) -> None:
        """Remove every file."""
        for file in self._files:
            await file.close()

    def _begin(self) -> None:
        self._headers, self._header, self._file = [], (b"", b""), None
        self._field.clear()

    def _add_to_header(self, name: bytes, value: bytes) -> None:
        self._header = (self._header[0] + name, self._header[1] + value)

    def _end_header(self) -> None:
        self._headers.append((self._header[0].lower(), self._header[1]))
        self._header = (b"", b"")

    def _open(self) -> None:
        _, options = parse_options_header(dict(self._headers).get(b"content-disposition"))
        if b"name" not in options:
            raise UnreadableForm
        self._name = self._decoded(options[b"name"])
        if b"filename" not in options:
            self._fields += 1
            if self._fields > FIELDS_MAX:
                raise UnreadableForm
            return
        if len(self._files) >= FILES_MAX:
            raise UnreadableForm
        self._file = IncomingFile(self._folder, self._decoded(options[b"filename"]), Headers(raw=self._headers))
        self._files.append(self._file)

    def _take(self, piece: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._arrived.append((self._file, piece[start:end]))
            return
        self._field += piece[start:end]
        if len(self._field) > FIELD_BYTES_MAX:
            raise UnreadableForm

    def _end(self) -> None:
        self.items.append((self._name, self._decoded(bytes(self._field)) if self._file is None else self._file))

    def _finish(self) -> None:
        self.whole = True

    def _decoded(self, written: bytes) -> str:
        try:
            return written.decode(self._charset)
        except (UnicodeError, LookupError):  # not of that encoding, or a name that no text has
            return written.decode("latin-1")
