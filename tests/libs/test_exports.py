"""A list as a file: what an office opens holds the same rows, and no formula."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator

import pytest
from python_calamine import CalamineWorkbook

from libs.common.exports import ROWS_MAX, TooManyRows, cell, export, harmless

COLUMNS = {"번호": lambda row: row[0], "이름": lambda row: row[1], "접수": lambda row: row[2]}
ROWS = [
    ("A-000001", "누리연구소", dt.datetime(2025, 9, 15, 6, tzinfo=dt.UTC)),
    ("A-000002", '=HYPERLINK("http://a.test")', None),
]
SHOWN = [["번호", "이름", "접수"], ["A-000001", "누리연구소", "2025-09-15 15:00:00"]]


async def pages(*told: list[tuple]) -> AsyncIterator[list[tuple]]:
    """Pages of rows, as a store gives them."""
    for page in told:
        yield page


async def body_of(response) -> bytes:
    """The whole answer."""
    return b"".join([chunk async for chunk in response.body_iterator])


async def test_csv_is_opened_by_excel_and_holds_no_formula() -> None:
    """A BOM before the Korean, Seoul's time, a text that begins like a formula as text, a name in Hangul."""
    answer = await export(pages(ROWS[:1], ROWS[1:]), COLUMNS, "csv", "신청 목록")
    told = await body_of(answer)
    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert rows == [*SHOWN, ["A-000002", '\'=HYPERLINK("http://a.test")', ""]]
    assert answer.headers["content-disposition"].endswith("%EC%8B%A0%EC%B2%AD%20%EB%AA%A9%EB%A1%9D.csv")


async def test_xlsx_holds_the_same_rows() -> None:
    """Another program reads the same cells out of the Excel file."""
    answer = await export(pages(ROWS), COLUMNS, "xlsx", "list")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(await body_of(answer))).get_sheet_by_index(0)
    assert sheet.to_python() == [*SHOWN, ["A-000002", '\'=HYPERLINK("http://a.test")', ""]]


async def test_a_list_too_long_is_refused_whole() -> None:
    """More rows than an export holds: nothing is sent, rather than a file that lacks some."""
    with pytest.raises(TooManyRows):
        await export(pages([ROWS[0]] * ROWS_MAX, ROWS[1:]), COLUMNS, "csv", "list")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, None), (True, "O"), (False, "X"), (-3, -3), (("ㄱ", 2), "ㄱ, 2"), (dt.date(2025, 9, 1), "2025-09-01")],
)
def test_values_as_an_office_reads_them(value: object, shown: object) -> None:
    """Yes and no, numbers, lists, days."""
    assert cell(value) == shown


@pytest.mark.parametrize("text", ["=1+1", "+82-2", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a spreadsheet would run is text; a number below zero is a number."""
    assert harmless(text) == f"'{text}"
    assert harmless(-1) == -1
