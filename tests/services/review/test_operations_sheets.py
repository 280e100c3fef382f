"""Several sheets at once: what one item of a batch means for the others, and how many queries a batch needs."""

import asyncio

import pytest_asyncio
from sqlalchemy import event

from tests.services.review.call import CODE, Call, scores, seats


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


async def batch(call, seat: int, *told: dict) -> list[dict]:
    """Several sheets of one reviewer at once; returns their outcomes."""
    sheets = [{"stage": "document", "scores": scores("80"), **one} for one in told]
    headers = call.client.as_("reviewer", subject=f"reviewer-{seat}")
    answer = await call.http.post("/v1/sheets/batch", json={"sheets": sheets}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_the_same_sheet_twice_in_one_batch(call) -> None:
    """The first of two sheets for one application is kept, the second is told so, and what comes after is kept too."""
    await call.open()
    await call.screen("P1", "P2")
    await call.panel()
    told = [{"application_id": "A-P1"}, {"application_id": "A-P1", "scores": scores("70")}, {"application_id": "A-P2"}]
    items = await batch(call, 1, *told)
    assert [item["code"] for item in items] == ["", "sheet_given_already", ""]
    kept = (await call.get("sheets", headers=call.client.as_("reviewer", subject="reviewer-1")))["items"]
    assert [(one["sheet_id"], one["application_id"], one["total"]) for one in kept] == [
        ("SH-000001", "A-P1", "80.00"),
        ("SH-000002", "A-P2", "80.00"),
    ]


async def test_a_stage_that_closes_in_the_middle_of_a_batch(call) -> None:
    """What comes after the closing sheet meets the closed stage, and the next stage that it opened."""
    await call.open(tracks__1__stages=["document", "presentation"])
    await call.screen("P1", "P2")
    await call.panel()
    await call.panel(stage="presentation")
    for seat in (1, 2, 3, 4):
        await batch(call, seat, {"application_id": "A-P1"}, {"application_id": "A-P2"})
    early = await batch(call, 1, {"application_id": "A-P1", "stage": "presentation"})
    assert [item["code"] for item in early] == ["not_found"]
    items = await batch(
        call,
        5,
        {"application_id": "A-P1"},
        {"application_id": "A-P1", "stage": "presentation"},
        {"application_id": "A-P1"},
        {"application_id": "A-P2", "scores": scores("60")},
    )
    assert [item["code"] for item in items] == ["", "", "stage_closed", ""]
    assert [item["sheet"] and item["sheet"]["stage_closed"] for item in items] == [True, False, None, True]
    closed = (await call.get("composites", programme=CODE))["items"]
    assert [(one["application_id"], one["stage"], one["passed"]) for one in closed] == [
        ("A-P1", "document", True),
        ("A-P2", "document", True),
    ]


async def test_a_conflict_of_interest_among_good_sheets(call) -> None:
    """A sheet that its reviewer may not give is refused; those before and after it are kept and close their stages."""
    await call.open()
    await call.screen("P1", "P2", "P3")
    await call.panel(seats=seats(6, seat6="O-P2"))
    told = [{"application_id": f"A-P{number}"} for number in (1, 2, 3)]
    for seat in (1, 2, 3, 4, 5):
        await batch(call, seat, *told)
    items = await batch(call, 6, *told)
    assert [item["code"] for item in items] == ["", "stage_closed", ""]
    await call.screen("P4")
    await call.post(
        "panels/PN-000001/conflicts", reviewer_id="reviewer-5", application_id="A-P4", reason="공동 연구", status=201
    )
    await call.screen("P5")
    items = await batch(call, 5, {"application_id": "A-P4"}, {"application_id": "A-P5"})
    assert [item["code"] for item in items] == ["conflict_of_interest", ""]
    assert [one["application_id"] for one in (await call.get("composites", programme=CODE))["items"]] == [
        "A-P1",
        "A-P2",
        "A-P3",
    ]


async def test_a_sheet_that_cannot_close_its_stage_costs_only_itself(call) -> None:
    """Where a value is unset that closing needs, the closing sheet is refused by name and nothing of it is kept."""
    await call.open(review__threshold="unset")
    await call.screen("P1", "P2")
    await call.panel(seats=seats(6))
    for seat in (1, 2, 3, 4, 5):
        await batch(call, seat, {"application_id": "A-P1"})
    items = await batch(call, 6, {"application_id": "A-P1"}, {"application_id": "A-P2"})
    assert [item["code"] for item in items] == ["policy_missing", ""]
    kept = (await call.get("sheets", headers=call.client.as_("reviewer", subject="reviewer-6")))["items"]
    assert [one["application_id"] for one in kept] == ["A-P2"]
    assert (await call.get("composites", programme=CODE))["items"] == []


async def test_batches_at_one_instant_in_any_order(call) -> None:
    """Reviewers who hand in the same applications at once, some backwards, are all accepted; each stage closes once."""
    await call.open()
    names = [f"P{number}" for number in range(8)]
    await call.screen(*names)
    await call.panel()
    told = [{"application_id": f"A-{name}"} for name in names]
    outcomes = await asyncio.gather(*(batch(call, seat, *told[:: 1 if seat % 2 else -1]) for seat in range(1, 6)))
    assert {item["outcome"] for items in outcomes for item in items} == {"accepted"}
    assert sum(item["sheet"]["stage_closed"] for items in outcomes for item in items) == len(names)
    assert len((await call.get("composites", programme=CODE))["items"]) == len(names)


async def test_a_batch_needs_few_queries(call) -> None:
    """Many sheets need as many queries as one, whether or not they close their stages."""
    await call.open()
    names = [f"P{number:02d}" for number in range(20)]
    await call.screen(*names)
    await call.panel()
    asked: list[str] = []

    def count(*told: object) -> None:
        asked.append(str(told[2]))

    engine = call.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    needed = []
    for seat in range(1, 6):
        for some in (names[:1], names[1:]):
            asked.clear()
            items = await batch(call, seat, *({"application_id": f"A-{name}"} for name in some))
            assert {item["outcome"] for item in items} == {"accepted"}
            needed.append(len(asked))
    event.remove(engine, "before_cursor_execute", count)
    assert needed[:8] == [8] * 8
    assert needed[8] == needed[9] <= 19
