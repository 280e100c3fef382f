"""Who holds a card is told by kind and name: servers, pools, grants and sessions may be named alike (CV-9, AL-3)."""

import pytest

from services.allocator.store.sessions import session_id_of
from tests.services.allocator.office import P1, Office, at

DOWN = {"cards": 2, "from": "2025-09-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "reason": "점검"}
DOUBTFUL = {"cpu_ghz": "2.1", "cores": 16, "memory_gb": 128, "storage_tb": "2", "line_gbps": "1"}
"""What reaches product 3 in one of two readings only."""


async def _use(office: Office, *grants: str) -> None:
    """Grants of H100x2 that are placed with the pool and active; it is 2 October."""
    for rank, grant in enumerate(grants, 1):
        await office.award(grant, P1, "H100x2", rank)
    await office.place(P1)
    office.client.clock.set(at("00:00"))
    for grant in grants:
        await office.activate(grant)


@pytest.mark.rule("AL-3")
async def test_a_pool_named_like_its_server_has_no_card_that_is_down(office: Office) -> None:
    """A pool of six of its server's eight cards, the other two down: three pairs run, the fourth waits."""
    await office.open(P1)
    (server,) = await office.supply("alpha", P1, "H100")
    await office.done("/pools", {"pool_id": server, "programme": P1, "server_ids": [server], "cards": 6})
    await office.done(f"/servers/{server}/down", DOWN)
    await _use(office, "A", "B", "C", "D")
    states = [(await office.ask(grant, "08:00"))["state"] for grant in "ABCD"]
    assert states == ["running", "running", "running", "waiting"]


@pytest.mark.rule("AL-6")
async def test_a_pool_has_no_offer_of_a_server_that_is_named_like_it(office: Office) -> None:
    """A doubtful server of the pool's name is down: it is no part of the pool, so nothing is left to decide."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100")
    (doubtful,) = await office.supply("alpha", P1, "H100", offer_id="doubtful", prefix="x", specification=DOUBTFUL)
    await office.done("/pools", {"pool_id": doubtful, "programme": P1, "server_ids": ids})
    await office.done(f"/servers/{doubtful}/down", DOWN)
    await _use(office, "A")
    assert (await office.get("/grants/A")).json()["payable"] is True


@pytest.mark.rule("AL-10")
@pytest.mark.parametrize(
    ("pool_id", "end"),
    [
        pytest.param("A", "/grants/A/end", id="a grant that ends"),
        pytest.param(session_id_of(1), f"/sessions/{session_id_of(1)}/release", id="a session that is released"),
    ],
)
async def test_a_pool_keeps_its_cards_when_its_namesake_lets_go(office: Office, pool_id: str, end: str) -> None:
    """A pool named like a grant or a session: once that ends, the cards are the pool's still, and nobody else's."""
    await office.open(P1)
    (server,) = await office.supply("alpha", P1, "H100", cards=2)
    await office.done("/pools", {"pool_id": pool_id, "programme": P1, "server_ids": [server]})
    await _use(office, "A", "B")
    assert (await office.ask("A", "08:00"))["session_id"] == session_id_of(1)
    office.client.clock.set(at("09:00"))
    await office.done(end, {"reason": "포기"})
    taken = await office.post(f"/servers/{server}/down", DOWN | {"from": "2025-10-03T00:00:00Z"})
    assert (taken.status_code, taken.json().get("code")) == (409, "cards_held")
    assert (await office.ask("B", "09:30"))["state"] == "running"
