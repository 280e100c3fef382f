"""Ids and receipts are put in order by their numbers, also past the digits to which zeros fill them up (F-32)."""

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, NOW, Call

LOW, HIGH = "999999", "1000000"


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=1)
    return made


async def paged(call: Call, path: str, field: str, **query) -> list[str]:
    """What a list tells of one field, item by item, each from a page of its own."""
    found, cursor = [], {}
    while True:
        page = await call.get(path, limit=1, **query, **cursor)
        found += [row[field] for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def do(call: Call, *statements: str) -> None:
    async with call.client.db.transaction() as tx:
        for statement in statements:
            await tx.exec_driver_sql(statement)


@pytest.mark.rule("RV-5")
async def test_f_32_ties_are_broken_by_the_receipts_number(call: Call) -> None:
    """F-32: Received at one instant with one score, receipt 99999 is ahead of 100000."""
    await call.screen("P1", receipt_no=f"{CODE}-100000")
    await call.screen("P2", receipt_no=f"{CODE}-99999")
    await call.panel()
    for name in ("P1", "P2"):
        await call.score(name, "80")
    rows = (await call.post("selections", programme=CODE, track="1"))["rows"]
    assert [(row["application_id"], row["ahead_by"]) for row in rows] == [("A-P2", "receipt"), ("A-P1", "last")]


async def test_f_32_applications_by_number(call: Call) -> None:
    """F-32: Progress, assignments, composites and the rows without a rank go by number, on every page."""
    await call.screen(HIGH, LOW)
    await call.panel()
    by_number = [f"A-{LOW}", f"A-{HIGH}"]
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    assert await paged(call, "panels/PN-000001/applications", "application_id") == by_number
    assert await paged(call, "assignments", "application_id", headers=reviewer) == by_number
    for name in (HIGH, LOW):
        await call.score(name, "60")
    assert await paged(call, "composites", "application_id", programme=CODE) == by_number
    rows = (await call.post("selections", programme=CODE, track="1"))["rows"]
    assert [row["application_id"] for row in rows] == by_number


async def test_f_32_panels_and_sheets_by_number(call: Call) -> None:
    """F-32: The millionth panel and the millionth sheet come after those before them, on every page."""
    await call.screen("P1")
    await call.panel()
    columns = "programme_code, programme_version, track, stage, takes_all, seated_by, seated_at"
    values = f"'{CODE}', 1, '2', 'document', false, 'officer-1', '{NOW.isoformat()}'"
    await do(call, *(f"INSERT INTO panel (panel_id, {columns}) VALUES ('PN-{n}', {values})" for n in (HIGH, LOW)))
    assert await paged(call, "panels", "panel_id") == ["PN-000001", f"PN-{LOW}", f"PN-{HIGH}"]
    columns = "application_id, stage, panel_id, seat, reviewer_id, scores, total, comment, programme_version"
    await do(
        call,
        *(
            f"INSERT INTO sheet (sheet_id, {columns}, submitted_at) VALUES ('SH-{number}', 'A-P1', 'document',"
            f" 'PN-000001', {seat}, 'reviewer-{seat}', '{{}}', 0, '', 1, '{NOW.isoformat()}')"
            for seat, number in ((1, HIGH), (2, LOW))
        ),
        f"UPDATE panel_application SET closed_at = '{NOW.isoformat()}'",
    )
    assert await paged(call, "sheets", "sheet_id") == [f"SH-{LOW}", f"SH-{HIGH}"]


async def test_f_32_selections_by_number(call: Call) -> None:
    """F-32: Selections, the waiting list over them, and which of two announced at one instant is the newer one."""
    await call.ranked("P1", "P2")
    columns = "run_version, programme_code, programme_version, track, state, cause, limits, private_missing, sha256"
    values = f"1, '{CODE}', 1, '1', 'announced', 'first', '{{}}', 0, 'x', 'officer-1', '{NOW}', '{NOW}'"
    row = "application_id, position, rank, ahead_by, score, outcome, refused_by, rule_id, promoted, units_asked"
    await do(
        call,
        *(
            f"INSERT INTO selection_run (selection_id, {columns}, run_by, run_at, announced_at)"
            f" VALUES ('SEL-{number}', {values})"
            for number in (HIGH, LOW)
        ),
        *(
            f"INSERT INTO selection_row (selection_id, run_version, {row}, months_asked, units, months, reason)"
            f" VALUES ('SEL-{number}', 1, 'A-P1', 1, 1, 'last', 9500, 'waiting', 'projects', 'RV-9', false,"
            " 1, 3, 1, 3, '')"
            for number in (HIGH, LOW)
        ),
    )
    by_number = [f"SEL-{LOW}", f"SEL-{HIGH}"]
    assert await paged(call, "selections", "selection_id", programme=CODE) == by_number
    assert await paged(call, "waiting-list", "selection_id", programme=CODE) == by_number
    assert (await call.get("results/A-P1"))["selection_id"] == f"SEL-{HIGH}"
