"""A table of a spreadsheet saved as CSV: its encoding, its header in Korean or English, its rows. Nothing is run.

UTF-8 with or without byte order mark and CP949 are read, comma between cells. A cell that a spreadsheet would run as
a formula makes its row wrong: it never reaches anyone's sheet again.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.common.errors import Refusal
from libs.common.keys import fold_key

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beside their full-width forms, which a Korean spreadsheet runs as well."""
NOTHING = ("-", "−", "–")
"""What people write where there is nothing to write."""
CELL_LENGTH_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name of its field and the headers under which it is found; needed or not."""

    field: str
    headers: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, from 1 with the header, its cells by field, or why it cannot be read."""

    line: int
    cells: Mapping[str, str]
    refusal: Refusal | None = None


def decoded(content: bytes) -> str | Refusal:
    """A file's text, from UTF-8 or else CP949; a refusal for any other encoding and for a file with NUL in it."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if "\0" not in text else Refusal("", "import_unreadable", {})
    return Refusal("", "import_unreadable", {})


def table_of(text: str, columns: Sequence[Column], rows_max: int) -> tuple[Row, ...] | Refusal:
    """The rows below a header, empty ones left out; a refusal for a wrong header and for too many rows."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(reader, [])
        fields = _fields(header, columns)
        if isinstance(fields, Refusal):
            return fields
        rows: list[Row] = []
        for row in _rows(reader, fields):
            rows.append(row)
            if len(rows) > rows_max:
                return Refusal("", "import_too_long", {"rows_max": rows_max})
    except csv.Error:
        return Refusal("", "import_unreadable", {})
    return tuple(rows)


def _fields(header: Sequence[str], columns: Sequence[Column]) -> list[str] | Refusal:
    known = {fold_key(name): column.field for column in columns for name in (column.field, *column.headers)}
    found = [known.get(fold_key(cell), "") for cell in header]
    unknown = [cell.strip() for cell, field in zip(header, found, strict=True) if not field]
    missing = [column.headers[0] for column in columns if column.needed and column.field not in found]
    twice = [field for field in found if field and found.count(field) > 1]
    if not (unknown or missing or twice):
        return found
    told = {
        "unknown": ", ".join(cell[:40] for cell in unknown[:10]),
        "missing": ", ".join(missing),
        "twice": ", ".join(dict.fromkeys(twice)),
        "columns": ", ".join(column.headers[0] for column in columns),
    }
    return Refusal("", "import_header", told)


def _rows(lines: Iterator[list[str]], fields: Sequence[str]) -> Iterator[Row]:
    at = 1
    for cells in lines:
        line = at + 1
        at = getattr(lines, "line_num", line)
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(fields) and any(cell.strip() for cell in cells[len(fields) :]):
            yield Row(line, {}, Refusal("", "import_row_shape", {"cells": len(cells), "most": len(fields)}))
            continue
        told = {field: _plain(cell) for field, cell in zip(fields, cells, strict=False)}
        yield Row(line, told, next((wrong for field in told if (wrong := _unsafe(field, told[field]))), None))


def _plain(cell: str) -> str:
    text = cell.strip(" ")
    return "" if text in NOTHING else text


def _unsafe(field: str, text: str) -> Refusal | None:
    if text.startswith(FORMULA):
        return Refusal("", "import_formula", {"column": field})
    if len(text) > CELL_LENGTH_MAX:
        return Refusal(
            "",
            "import_cell",
            {"column": field, "why_ko": f"{CELL_LENGTH_MAX}자 이하", "why_en": f"at most {CELL_LENGTH_MAX}"},
        )
    return None
