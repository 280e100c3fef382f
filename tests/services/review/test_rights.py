"""What reviewers handed in and what was announced stays, whatever the running role is made to try (F-46)."""

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.review.rights import RIGHTS
from services.review.tables.base import metadata
from tests.services.review.call import CODE, Call, seats, withdrawn

ON_RECORD = ("panel", "seat", "panel_application", "conflict", "sheet", "composite", "escalation", "deliberation")
ANNOUNCED = ("selection_run", "selection_row")


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """A call with a row in each table that only grows, an announced selection and a draft."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=1)
    await made.ranked("P1", "P2")
    drawn = await made.post("selections", programme=CODE, track="1")
    await made.announce(drawn["selection_id"])
    await made.feed(withdrawn("P1"))
    await made.screen("P3", units=2, track="2", product="H100x8")
    await made.post("stages/skip", programme=CODE, track="2", reason="신청 과제 수가 적음")
    await made.panel(track="2", stage="presentation", seats=seats(6, "q", seat6="O-P3"))
    await made.score("P3", "90", stage="presentation", prefix="q")
    drawn = await made.post("selections", programme=CODE, track="2")
    cut = {"application_id": "A-P3", "units": 1, "months": 3, "reason": "서버 수 과다"}
    await made.post(f"selections/{drawn['selection_id']}/deliberations", cuts=[cut])
    return made


async def refused(call: Call, statement: str) -> bool:
    """Whether the running role is refused for want of rights; what it may do is taken back."""
    try:
        async with call.client.db.engine.connect() as connection:
            await connection.execute(text(statement))
            await connection.rollback()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") not in {"42501", "428C9"}:
            raise
        return True
    return False


@pytest.mark.rule("RV-14")
async def test_f46_what_is_on_record_stays(call: Call) -> None:
    """F-46: No sheet, conflict, composite, decision or seat is rewritten, removed or emptied away."""
    for table in metadata.tables:
        assert await refused(call, f"TRUNCATE {table} CASCADE"), table
    for table in (*RIGHTS.append_only, *RIGHTS.changes, *RIGHTS.stays):
        assert await refused(call, f"DELETE FROM {table}"), table
    for table in RIGHTS.append_only:
        for column in [column.name for column in metadata.tables[table].c]:
            assert await refused(call, f'UPDATE {table} SET "{column}" = "{column}"'), f"{table}.{column}"
    assert set(ON_RECORD) <= {*RIGHTS.append_only, *RIGHTS.changes}


@pytest.mark.rule("RV-14")
async def test_f46_an_announced_version_stays_and_a_draft_is_worked_on(call: Call) -> None:
    """F-46: An announced version's state, hash and rows refuse every change; a draft of another pool does not."""
    for version in (1, 2):
        of = f"selection_id = 'SEL-000001' AND run_version = {version}"
        for column in ("state", "sha256", "canonical", "limits", "private_missing", "announced_at"):
            assert await refused(call, f"UPDATE selection_run SET {column} = NULL WHERE {of}"), (version, column)
        assert await refused(call, f"DELETE FROM selection_row WHERE {of}"), version
        assert await refused(call, f"UPDATE selection_row SET outcome = 'selected' WHERE {of}"), version
    assert not await refused(call, "DELETE FROM selection_row WHERE selection_id = 'SEL-000002'")
    assert not await refused(call, "UPDATE selection_run SET state = 'discarded' WHERE selection_id = 'SEL-000002'")
    assert await refused(call, "UPDATE selection_run SET run_by = 'nobody' WHERE selection_id = 'SEL-000002'")


@pytest.mark.rule("RV-5")
async def test_f46_what_intake_said_of_a_receipt_stays(call: Call) -> None:
    """F-46: An application is scored, moved and withdrawn, but its receipt, by which ties are broken, never changes."""
    for column in ("application_id", "programme_code", "receipt_no", "received_at"):
        assert await refused(call, f"UPDATE application SET {column} = {column}"), column
    assert not await refused(call, "UPDATE application SET stage = NULL")
