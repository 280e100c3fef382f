"""A draft is carried out only for grants that are still what it placed (AL-4)."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.events.allocator import GrantPlaced
from tests.services.allocator.office import P0, P1, Office

Lower = Callable[[Office, str, dict[str, int]], Awaitable[None]]
ASKED = {"units": 2, "months": 3}
"""What A-1 has of H100x2 when the draft is made: four cards for three months."""
CHANGED = [
    pytest.param({"units": 1, "months": 3}, id="fewer units"),
    pytest.param({"units": 2, "months": 2}, id="fewer months"),
]


async def _draft(office: Office, programme: str) -> str:
    """Two grants drafted on one server, or on its pool in a dynamic programme."""
    await office.open(programme)
    ids = await office.supply("alpha", programme, "H100")
    if programme == P1:
        await office.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
    await office.award("A-1", programme, "H100x2", 1, **ASKED)
    await office.award("A-2", programme, "H100x2", 2)
    draft = await office.done("/placements", {"programme": programme})
    assert [(line["grant_id"], line["cards"]) for line in draft["lines"]] == [("A-1", 4), ("A-2", 2)]
    return f"/placements/{draft['placement_id']}/confirm"


async def _by_an_officer(office: Office, _: str, lowered: dict[str, int]) -> None:
    await office.done("/grants/A-1/reduce", lowered | {"reason": "축소"})


async def _by_its_agreement(office: Office, programme: str, lowered: dict[str, int]) -> None:
    await office.sign("A-1", programme, "H100x2", **lowered)


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize("programme", [pytest.param(P0, id="named cards"), pytest.param(P1, id="a pool")])
@pytest.mark.parametrize("lowered", CHANGED)
@pytest.mark.parametrize("lower", [_by_an_officer, _by_its_agreement])
async def test_a_draft_of_a_grant_that_was_lowered_since_is_outdated(
    office: Office, lower: Lower, programme: str, lowered: dict[str, int]
) -> None:
    """Lowered between draft and confirmation: the draft names that grant alone and places nobody, so that cards of the
    old size never go to the new units; a new one gives what the grant is now.
    """
    confirm = await _draft(office, programme)
    await lower(office, programme, lowered)
    answer = await office.post(confirm)
    assert (answer.status_code, answer.json()["code"], answer.json()["rule_id"]) == (409, "placement_outdated", "AL-4")
    assert answer.json()["facts"] == {"grants": "A-1"}
    assert await office.client.said(GrantPlaced) == []
    await office.place(programme)
    said = {event.grant_id: event for event in await office.client.said(GrantPlaced)}
    one, grant = said["A-1"], (await office.get("/grants/A-1")).json()
    assert (one.units, one.months, one.cards) == (lowered["units"], lowered["months"], 2 * lowered["units"])
    assert one.priced_units == (one.cards if programme == P0 else one.units)
    assert (grant["cards"], grant["ends_at"]) == (one.cards, one.ends_at.isoformat().replace("+00:00", "Z"))
    assert one.ends_at.month == {2: 11, 3: 12}[lowered["months"]]
