"""Restrictions and awards come in from tables: a report per row, no bad row refuses the others (MS-4)."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from services.intake.settings import SETTINGS
from tests.services.intake.people import Office, business_no
from tests.services.intake.test_ms4_founding import person

HEADER = ["사업자등록번호", "국가연구자번호", "성명", "생년월일", "제한 종류", "시작일", "종료일", "분납 승인", "근거"]
ENGLISH = ["business_no", "principal_investigator_id", "name", "born_on", "kind", "from", "until",
           "instalments_approved", "source"]  # fmt: skip


def table(*rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8-sig") -> bytes:
    """A sheet saved as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


async def imported(
    office: Office, content: bytes, status: int = 200, *, dry: bool = False, what: str = "restrictions"
) -> Any:
    """The report of an import."""
    files = {"file": ("표.csv", content, "text/csv")}
    return await office.call("POST", f"/{what}/import", status, files=files, params={"dry_run": dry})


def outcomes(report: Any) -> list[tuple[int, str, str | None]]:
    """What became of each row."""
    return [(one["line"], one["outcome"], one["code"]) for one in report["items"]]


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = office.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.rule("MS-4")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp949"])
@pytest.mark.parametrize("header", [HEADER, ENGLISH], ids=["Korean header", "English header"])
async def test_a_table_is_recorded_once(office: Office, header: list[str], encoding: str) -> None:
    """A dry run says what would be and writes nothing; then it is recorded; the same file again records nothing."""
    house = await office.organisation(business_no="124-81-00998")
    content = table(
        ["124-81-00998", "", "", "", "국세·지방세 체납", "2025. 3. 1.", "-", "예", "국세청 조회, 2025-09-01"],
        ["", "ＮＴＩＳ-99", "홍길동", "1970-01-01", "participation_ban", "2025-01-01", "2026-12-31", "", "NTIS"],
        header=header,
        encoding=encoding,
    )
    would = await imported(office, content, dry=True)
    assert (would["dry_run"], would["recorded"], would["items"][0]["restriction_id"]) == (True, 2, None)
    assert (await office.call("GET", "/restrictions", 200))["items"] == []
    done = await imported(office, content)
    assert outcomes(done) == [(2, "recorded", None), (3, "recorded", None)]
    kept = (await office.call("GET", "/restrictions", 200))["items"]
    assert [one["restriction_id"] for one in kept] == [one["restriction_id"] for one in done["items"]]
    assert [(one["organisation_id"], one["kind"], one["from_day"], one["until_day"]) for one in kept] == [
        (house, "tax_arrears", "2025-03-01", None),
        (None, "participation_ban", "2025-01-01", "2026-12-31"),
    ]
    assert [(one["instalments_approved"], one["source"]) for one in kept] == [
        (True, "국세청 조회, 2025-09-01"),
        (False, "NTIS"),
    ]
    again = await imported(office, content)
    assert [(one["outcome"], one["duplicate_of"]) for one in again["items"]] == [
        ("duplicate", "X-000001"),
        ("duplicate", "X-000002"),
    ]
    assert len((await office.call("GET", "/restrictions", 200))["items"]) == 2
    acts = (await office.call("GET", "/history/restriction/X-000001", 200))["items"]
    assert [one["did"] for one in acts if one["did"] == "import_restrictions"] == ["import_restrictions"]


async def test_a_thousand_rows_of_which_three_are_wrong(office: Office) -> None:
    """997 are recorded in one transaction, three say why not, and the statements do not grow with the rows."""
    await office.organisation(business_no="124-81-00998")

    def rows(count: int, kind: str) -> list[list[str]]:
        return [["", f"N-{nth}", "", "", kind, "2025-03-01", "", "", "NTIS"] for nth in range(count)]

    with counted(office) as few:
        await imported(office, table(*rows(10, "default")))
    wrong = rows(1000, "participation_ban")
    wrong[10][5] = "2025-13-40"
    wrong[500] = [business_no(77), "", "", "", "default", "2025-03-01", "", "", "은행연합회"]
    wrong[999][8] = '=HYPERLINK("http://example.kr")'
    with counted(office) as many:
        report = await imported(office, table(*wrong))
    assert (report["recorded"], report["duplicate"], report["rejected"]) == (997, 0, 3)
    assert [one for one in outcomes(report) if one[1] == "rejected"] == [
        (12, "rejected", "import_cell"),
        (502, "rejected", "import_organisation_unknown"),
        (1001, "rejected", "import_formula"),
    ]
    assert "from" in next(one["ko"] for one in report["items"] if one["line"] == 12)
    assert len(many) == len(few)
    assert len(many) <= 12


DAY = ["default", "2025-03-01", "", ""]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(["", "", "", "", *DAY, "S"], "import_whose", id="of nobody"),
        pytest.param(["1248100998", "N-1", "", "", *DAY, "S"], "import_whose", id="of two"),
        pytest.param(["1248100997", "", "", "", *DAY, "S"], "business_number_wrong", id="a number that does not hold"),
        pytest.param(["", "", "홍길동", "", *DAY, "S"], "investigator_not_told_apart", id="a name alone"),
        pytest.param(
            ["", "N-1", "", "", "default", "2025-03-01", "2025-02-01", "", "S"], "period_backwards", id="backwards"
        ),
        pytest.param(["", "N-1", "", "", *DAY[:3], "maybe", "S"], "import_cell", id="neither yes nor no"),
        pytest.param(["", "N-1", "", "", *DAY, ""], "import_cell", id="no source"),
        pytest.param(["", "N-1", "", "", *DAY, "+82-2"], "import_formula", id="a formula"),
        pytest.param(["", "N-1", "", "", *DAY, "S", "more"], "import_row_shape", id="a cell too many"),
        pytest.param(["", "9" * 101, "", "", *DAY, "S"], "import_cell", id="too long a number"),
    ],
)
async def test_a_row_that_is_wrong_says_why(office: Office, row: list[str], code: str) -> None:
    """Each fault has its code and words in both languages; the row below it is recorded."""
    await office.organisation(business_no="124-81-00998")
    good = ["124-81-00998", "", "", "", "default", "2025-03-01", "", "", "은행연합회"]
    report = await imported(office, table(row, good))
    assert outcomes(report) == [(2, "rejected", code), (3, "recorded", None)]
    assert report["items"][0]["ko"]
    assert report["items"][0]["en"]


async def test_a_file_that_is_no_table_records_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown and missing columns, another encoding, NUL, too many rows: 422 with words; without the role unread."""
    row = ["", "N-1", "", "", "default", "2025-03-01", "", "", "S"]
    missing = await imported(office, table(row[1:], header=[*HEADER[1:-1], "비고"]), 422)
    assert missing["code"] == "import_header"
    assert (missing["facts"]["unknown"], missing["facts"]["missing"]) == ("비고", "근거")
    for content in (table(row).decode("utf-8-sig").encode("utf-16"), b"", "제한 종류\0".encode(), b"\xff\xfe\xff"):
        assert (await imported(office, content, 422))["code"] in {"import_unreadable", "import_header"}
    monkeypatch.setattr(SETTINGS, "import_rows_max", 1)
    assert (await imported(office, table(row, row), 422))["code"] == "import_too_long"
    files = {"file": ("표.csv", table(row), "text/csv")}
    for who in (person(office, "kim"), office.client.as_("auditor"), office.client.as_("operator")):
        await office.call("POST", "/restrictions/import", 403, who=who, files=files)
    assert (await office.call("GET", "/restrictions", 200))["items"] == []


async def test_one_person_is_one_however_a_table_spells_him(office: Office) -> None:
    """The same number in full width, the same name and birth date without one: duplicates; another number: another."""
    ban = ["participation_ban", "2025-01-01", "", "", "NTIS"]
    report = await imported(
        office,
        table(
            ["", "NTIS-99", "홍길동", "1970-01-01", *ban],
            ["", "ｎｔｉｓ-99", "", "", *ban],
            ["", "", "홍 길동", "1970.1.1", *ban],
            ["", "NTIS-98", "홍길동", "1970-01-01", *ban],
        ),
    )
    assert [one["outcome"] for one in report["items"]] == ["recorded", "duplicate", "duplicate", "recorded"]


async def test_awards_come_in_the_same_way_and_screening_looks_again(office: Office) -> None:
    """An imported award is found by the screening of an application under way; a withdrawn one stays a duplicate."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    number = (await office.call("GET", f"/organisations/{organisation_id}", 200))["business_no"]
    header = ["사업자등록번호", "사업 코드", "정부 사업", "연도", "사용 종료일", "근거"]
    content = table([number, "hpc-2025-gpu", "예", "2025", "", "NTIS"], header=header)
    report = await imported(office, content, what="awards")
    assert [(one["outcome"], one["award_id"]) for one in report["items"]] == [("recorded", "W-000001")]
    told = await office.call("GET", f"/applications/{application_id}/screening", 200)
    assert (told["run"], [one["outcome"] for one in told["findings"] if one["rule_id"] == "IN-7"]) == (2, ["fail"])
    await office.call("POST", "/awards/W-000001/withdraw", 200, json={"reason": "동명 기관"})
    again = await imported(office, content, what="awards")
    assert [(one["outcome"], one["duplicate_of"]) for one in again["items"]] == [("duplicate", "W-000001")]
