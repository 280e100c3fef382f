"""Who withdrew or was found ineligible is scored no more: not by whom the stage awaited, and at no instant."""

import asyncio

import pytest
import pytest_asyncio
from sqlalchemy import text

from services.review.operations.turns import lock_first
from tests.services.review.call import CODE, Call, seats, withdrawn
from tests.services.review.test_turns import until_it_waits

REVIEWED = text("SELECT state, stage, final, passed FROM application WHERE application_id = 'A-P1'")
RELATED = {"reviewer_id": "reviewer-6", "application_id": "A-P1", "reason": "공동 연구"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Document, then presentation; P1 lacks only the sheet of the last of six seats."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__stages=["document", "presentation"])
    await made.screen("P1", "P2")
    await made.panel(seats=seats(6))
    await made.panel(stage="presentation")
    for seat in range(1, 6):
        await made.sheet("P1", seat)
    return made


async def nothing_was_made_of_it(call: Call) -> None:
    """P1 is withdrawn, its stage was never closed, and the next panel does not have it."""
    (first, _) = (await call.get("panels/PN-000001/applications"))["items"]
    assert (first["state"], first["closed_at"]) == ("withdrawn", None)
    assert (await call.get("composites", programme=CODE))["items"] == []
    assert (await call.get("panels/PN-000002/applications"))["items"] == []
    async with call.client.db.transaction() as tx:
        assert (await tx.execute(REVIEWED)).one() == ("withdrawn", None, None, None)


@pytest.mark.rule("RV-1")
async def test_a_relation_to_who_is_gone_closes_nothing(call: Call) -> None:
    """The last awaited seat declares a relation after the withdrawal: refused, and the stage stays as it was."""
    await call.feed(withdrawn("P1"))
    refused = await call.post("panels/PN-000001/conflicts", status=409, **RELATED)
    assert (refused["code"], refused["facts"]["thing"], refused["facts"]["state"]) == (
        "wrong_state",
        "application",
        "withdrawn",
    )
    await nothing_was_made_of_it(call)


@pytest.mark.rule("RV-1")
async def test_nobody_is_seated_for_who_is_gone(call: Call) -> None:
    """A substitute who is named for a withdrawn application is refused, and named for the other one is seated."""
    await call.feed(withdrawn("P1"))
    path, chair = "panels/PN-000001/substitutes", {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원"}
    told = {**chair, "reason": "기한 경과", "replaces_seat": 6}
    refused = await call.post(path, status=422, **told, application_ids=["A-P1", "A-P2"])
    assert (refused["code"], refused["facts"]["applications"]) == ("applications_not_in_stage", "A-P1")
    await call.post(path, **told, application_ids=["A-P2"])
    await nothing_was_made_of_it(call)


@pytest.mark.rule("RV-1")
@pytest.mark.parametrize("last", ["sheet", "relation"])
async def test_who_goes_while_the_stage_closes_is_not_scored(call: Call, last: str) -> None:
    """The withdrawal is committed after the desk was read and before its stage is closed: it is not closed."""
    event, client = withdrawn("P1"), call.client
    async with client.db.transaction() as tx:
        await lock_first(tx, [event])
        await client.service.handlers[type(event)](tx, event, client.clock)
        act = call.sheet("P1", 6) if last == "sheet" else call.post("panels/PN-000001/conflicts", **RELATED)
        closing = asyncio.ensure_future(act)
        await until_it_waits(tx, closing)
    assert not (await closing).get("stage_closed")
    await nothing_was_made_of_it(call)


@pytest.mark.rule("RV-1")
async def test_who_is_gone_is_not_open(call: Call) -> None:
    """A panel has still to close those of its applications whose progress awaits somebody."""
    assert (await call.get("panels/PN-000001"))["open_applications"] == 2
    await call.feed(withdrawn("P1"))
    progress = (await call.get("panels/PN-000001/applications"))["items"]
    assert [row["application_id"] for row in progress if row["awaited_seats"]] == ["A-P2"]
    assert (await call.get("panels/PN-000001"))["open_applications"] == 1
    for seat in range(1, 7):
        await call.sheet("P2", seat)
    assert (await call.get("panels/PN-000001"))["open_applications"] == 0
