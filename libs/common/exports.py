"""A list as a file that people open: CSV (UTF-8 with BOM) or Excel, row by row, Korean headers.

A text that a spreadsheet would take for a formula is written as text. Rows come page by page and go to a file on
disk, so that memory does not grow with them; the answer is sent once the file is whole, so none is cut short.
"""

import asyncio
import csv
import datetime as dt
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import IO, Any, Literal, Protocol, TypeVar
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from libs.common.calendar import KST
from libs.common.errors import DureError

T = TypeVar("T")
ExportFormat = Literal["csv", "xlsx"]
ROWS_MAX = 100_000
PAGE_ROWS = 1_000
IN_MEMORY_BYTES = 1 << 20
CHUNK_BYTES = 64 << 10
CELL_LENGTH_MAX = 32_000
"""Excel holds 32,767 characters in a cell."""
MEDIA_TYPES: Mapping[ExportFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | None


class TooManyRows(DureError):
    """A list longer than an export holds (422): nothing is left out silently."""

    status = 422

    def __init__(self) -> None:
        super().__init__("export_too_long", rows_max=ROWS_MAX)


class Sheet(Protocol):
    """Where rows are written."""

    def write(self, cells: Sequence[Cell]) -> None:
        """Write one row."""

    def close(self) -> None:
        """Write what is left."""


def cell(value: Any) -> Cell:
    """A value as an office reads it: instants in Seoul's time, days as they are, yes and no as O and X, lists joined.

    Never raises.

    Example: 2025-09-15T06:00:00Z → `2025-09-15 15:00:00`.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "O" if value else "X"
    if isinstance(value, int):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple):
        return ", ".join(str(cell(one) or "") for one in value)
    return str(value)


def harmless(told: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it."""
    if not isinstance(told, str):
        return told
    cut = told[:CELL_LENGTH_MAX]
    return f"'{cut}" if cut.startswith(FORMULA_BEGINS) else cut


async def export(
    pages: AsyncIterator[Sequence[T]],
    columns: Mapping[str, Callable[[T], Any]],
    file_format: ExportFormat,
    name: str,
) -> StreamingResponse:
    """The answer that holds all rows of `pages`: one column for each header, `name` is the file's, without ending.

    Raises TooManyRows beyond `ROWS_MAX`; then nothing is sent.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed once it is sent
    try:
        with closing(_sheet(file, file_format)) as sheet:
            sheet.write(list(columns))
            async for rows in _at_most(pages):
                await asyncio.to_thread(_write, sheet, rows, columns)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.{file_format}')}"}
    return StreamingResponse(_chunks(file), media_type=MEDIA_TYPES[file_format], headers=headers)


async def _at_most(pages: AsyncIterator[Sequence[T]]) -> AsyncIterator[Sequence[T]]:
    told = 0
    async for rows in pages:
        told += len(rows)
        if told > ROWS_MAX:
            raise TooManyRows
        yield rows


def _write(sheet: Sheet, rows: Sequence[T], columns: Mapping[str, Callable[[T], Any]]) -> None:
    for row in rows:
        sheet.write([harmless(cell(read(row))) for read in columns.values()])


def _sheet(file: IO[bytes], file_format: ExportFormat) -> Sheet:
    return _Excel(file) if file_format == "xlsx" else _Csv(file)


class _Csv:
    """Comma-separated, with a BOM: without it Excel shows Korean as noise."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)

    def write(self, cells: Sequence[Cell]) -> None:
        self._rows.writerow(cells)

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class _Excel:
    """One worksheet, its first row bold and always in sight."""

    def __init__(self, file: IO[bytes]) -> None:
        import xlsxwriter  # noqa: PLC0415 - only a process that writes such a file loads it

        told = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(file, told)
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._bold = self._book.add_format({"bold": True})
        self._row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        for column, told in enumerate(cells):
            self._sheet.write(self._row, column, told, None if self._row else self._bold)
        self._row += 1

    def close(self) -> None:
        self._book.close()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
