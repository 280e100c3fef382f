"""What review's answers say, as people read it."""

from typing import get_args

import pytest
import pytest_asyncio

from libs.common.messages.vocabulary import VOCABULARY
from services.review.model.runs import RunState
from tests.services.review.call import CODE, Call, seats


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


@pytest.mark.rule("RV-1")
@pytest.mark.parametrize(
    ("seats_max", "ko", "en"),
    [
        pytest.param(
            7,
            "평가위원회의 위원은 5인 이상 7인 이하이어야 합니다(현재 4인).",
            "A panel has at least 5 and at most 7 reviewers (here 4).",
            id="both limits are told",
        ),
        pytest.param(
            "none",
            "평가위원회의 위원은 5인 이상이어야 합니다(현재 4인).",
            "A panel has at least 5 reviewers (here 4).",
            id="no upper limit, none is told",
        ),
    ],
)
async def test_f60_the_size_of_a_panel_is_told_in_whole_sentences(call: Call, seats_max, ko, en) -> None:
    """F-60: Where a programme sets no upper limit the sentence names none, instead of saying that it is not stated."""
    await call.open(review__seats_max=seats_max)
    refused = await call.panel(status=409, seats=seats(4))
    assert (refused["code"], refused["messages"]) == ("panel_size", {"ko": ko, "en": en})


async def test_f60_a_discarded_draft_is_told_in_words(call: Call) -> None:
    """F-60: Whoever announces a draft that was replaced is told so, and every state of a selection has words."""
    assert set(VOCABULARY["state.selection"]) == set(get_args(RunState))
    await call.open()
    await call.ranked("P1")
    old, _ = [await call.post("selections", programme=CODE, track="1") for _ in range(2)]
    refused = await call.post(f"selections/{old['selection_id']}/announce", status=409, reason="의결")
    assert "지금 '새 선정안으로 바뀜' 상태라" in refused["messages"]["ko"]
    assert "is 'discarded'; this needs 'draft'" in refused["messages"]["en"]
