"""A place that a new judgement took is shown to the officer, who may revoke the award (RV-17, IN-16)."""

import pytest
import pytest_asyncio

from libs.common.events.intake import ApplicationRevoked
from tests.services.review.call import CODE, Call

PANEL = "panels/PN-000001"


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Review alone, on a database of its own."""
    return Call(await service_client("review"))


async def next_calls(call: Call, at: str, **only) -> dict[str, str | None]:
    """The next call of each row that has one."""
    rows = (await call.get(f"{at}/rows", **only))["items"]
    return {row["application_id"]: row["next_call"] for row in rows if row["next_call"]}


@pytest.mark.rule("RV-17")
async def test_whoever_lost_its_place_by_a_new_judgement_may_be_revoked(call: Call) -> None:
    """P1 does not pass any more: its row names the revocation until that is heard; nobody else's row does."""
    await call.open(tracks__1__selection__projects_max=2)
    await call.screen("P1", "P2", "P3")
    await call.panel()
    for seat in range(1, 6):
        await call.sheet("P1", seat, "95" if seat < 4 else "30")
        for name, total in (("P2", "72"), ("P3", "71")):
            await call.sheet(name, seat, total)
    drawn = await call.post("selections", programme=CODE, track="1")
    at = f"selections/{drawn['selection_id']}"
    await call.announce(drawn["selection_id"])
    assert await next_calls(call, at) == {}
    related = {"reviewer_id": "reviewer-1", "reason": "사외이사 겸직 확인", "application_id": "A-P1"}
    await call.post(f"{PANEL}/reopenings", status=201, **related)
    chair = {"seat": 6, "reviewer_id": "reviewer-6", "name": "대체 위원", "reason": "이해충돌"}
    await call.post(f"{PANEL}/substitutes", status=201, **chair)
    await call.sheet("P1", 6, "30")
    asked = "POST /intake/v1/applications/A-P1/revoke"
    assert await next_calls(call, at) == {"A-P1": asked}
    assert await next_calls(call, at, version=1) == {}
    assert (await call.get(f"{at}/rows/A-P1"))["next_call"] == asked
    assert (await call.get(f"{at}/rows/A-P3"))["next_call"] is None
    now = call.client.clock.now()
    told = {"application_id": "A-P1", "programme_code": CODE, "reason": "이해충돌"}
    await call.feed(ApplicationRevoked(**told, withdrawn_at=now))
    assert await next_calls(call, at) == {}
