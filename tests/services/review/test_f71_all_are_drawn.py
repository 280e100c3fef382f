"""F-71, F-76: a selection of more than ten thousand draws and announces them all, and the process stays awake."""

import asyncio
import time

import pytest
from sqlalchemy import text

from services.review.operations.selections import announce
from tests.services.review.call import CODE, Call

COUNT = 10_050
APPLICATIONS = text(
    "INSERT INTO application (application_id, programme_code, receipt_no, received_at, organisation_id,"
    " organisation_name, sector, counting_unit, track, product, units, months, wished_start, youth, state, final,"
    " passed) SELECT 'A-' || lpad(n::text, 6, '0'), :code, 'R-' || lpad(n::text, 6, '0'), '2025-09-02', 'O-' || n, 'o',"
    " 'private', 'unit-' || n, '1', 'H100x1', 1, 3, '2025-10-01', false, 'eligible', 7000 + n % 3000, true"
    " FROM generate_series(1, :count) AS n"
)
COMPOSITES = text(
    "INSERT INTO composite (application_id, stage, mean, composite, bonus, final, passed, counted_seats,"
    " dropped_seats, criterion_means, programme_version, closed_at) SELECT application_id, 'document', final::text,"
    " final, 0, final, true, '{1,2,3}', '{4,5}', jsonb_build_object('goals', '2000'), 1, '2025-09-20' FROM application"
)


async def blocked_s(act) -> tuple[object, float]:
    """What an act answers, and the longest time for which nothing else in the process went on."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - began)

    watching = asyncio.ensure_future(watch())
    answer = await act
    watching.cancel()
    return answer, longest


@pytest.mark.rule("RV-9")
async def test_f_71_ten_thousand_and_fifty_are_drawn(service_client, tell) -> None:
    """Every one of 10,050 has its row and is selected; the answer says how many there are and pages through all."""
    call = Call(await service_client("review"))
    await call.open()
    async with call.client.db.transaction() as tx:
        await tx.execute(APPLICATIONS, {"code": CODE, "count": COUNT})
        await tx.execute(COMPOSITES)
    began = time.perf_counter()
    drawn, blocked = await blocked_s(call.post("selections", programme=CODE, track="1"))
    taken = time.perf_counter() - began
    assert (drawn["rows_total"], len(drawn["rows"])) == (COUNT, COUNT)
    told = await call.get(f"selections/{drawn['selection_id']}/rows", count="true", limit=1)
    assert told["by_state"] == {"selected": 10_001}
    assert told["total_is_exact"] is False
    async with call.client.db.transaction() as tx:
        selected = text("SELECT count(*) FROM selection_row WHERE outcome = 'selected'")
        assert (await tx.execute(selected)).scalar_one() == COUNT
    tell(f"10,050 drawn in {taken:.1f} s; others waited at most {blocked:.2f} s")
    async with call.client.db.transaction() as tx:
        await announce(tx, drawn["selection_id"], {"officer-1"}, call.client.clock)
    async with call.client.db.transaction() as tx:
        said = text("SELECT count(*) FROM outbox WHERE type LIKE '%selection.announced%'")
        assert (await tx.execute(said)).scalar_one() == COUNT
