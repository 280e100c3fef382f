"""Announced results by receipt number, without a token; nothing before, and nothing about single people (MS-5)."""

import pytest
import pytest_asyncio

from libs.common.small_cells import told_count
from tests.services.review.call import CODE, Call


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


async def results(call: Call, code: str = CODE, status: int = 200):
    """The answer to somebody without a token."""
    answer = await call.http.get(f"/v1/public/results/{code}")
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.rule("MS-5")
@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (1_000, 1_000)])
def test_small_counts_are_not_told(count: int, told: int | None) -> None:
    """One to four speak of single people; none, and five or more, do not."""
    assert told_count(count) == told


async def test_results_are_told_once_they_are_announced(call: Call) -> None:
    """A draft tells nothing; after the announcement the selected stand by receipt, in order, others as counts."""
    await call.open(tracks__1__selection__capacity=2, tracks__1__selection__capacity_kind="peak_cards")
    await call.ranked("P1", "P2", "P3")
    drawn = await call.post("selections", programme=CODE, track="1")
    assert (await results(call))["pools"] == []
    await call.announce(drawn["selection_id"])
    (pool,) = (await results(call))["pools"]
    assert (pool["track"], pool["selected"]) == ("1", [f"{CODE}-P1", f"{CODE}-P2"])
    assert (pool["waiting_count"], pool["refused_count"]) == (None, 0)
    assert len(pool["sha256"]) == 64
    text = str(pool)
    assert not [name for name in ("organisation", "A-P", "O-P", "unit-", "score", "평가위원") if name in text]


async def test_a_call_that_is_not_there_is_not_found(call: Call) -> None:
    """An unknown call, and one that was never opened."""
    assert (await results(call, "no-such-call", 404))["code"] == "not_found"
