"""F-16 through REST: cards that were taken down are brought back, and history stays."""

import datetime as dt
from typing import Any

from services.allocator.jobs import watch
from services.allocator.metrics import METRICS
from tests.services.allocator.office import P0, P1, Office

SERVER = "alpha-h100-s01"
ALPHA: dict[str, Any] = {"role": "provider", "org": "alpha"}
NOW = dt.datetime(2025, 9, 10, tzinfo=dt.UTC)


def down(first: int, last: int, cards: int = 8, month: int = 9) -> dict[str, Any]:
    """Cards that are down from one day of a month to another."""
    return {
        "cards": cards,
        "from": f"2025-{month:02d}-{first:02d}T00:00:00Z",
        "until": f"2025-{month:02d}-{last:02d}T00:00:00Z",
        "reason": "메모리 오류",
    }


async def supplied(office: Office, programme: str = P0) -> None:
    """A server of eight cards; it is 10 September."""
    await office.open(programme)
    await office.supply("alpha", programme, "H100")
    office.client.clock.set(NOW)


async def cards_down(office: Office, when: dt.datetime = NOW) -> int:
    """How many cards of alpha are down at an instant, as the gauge tells it."""
    office.client.clock.set(when)
    await watch(office.client.db, office.client.clock)
    (family,) = METRICS.cards.collect()
    return sum(int(s.value) for s in family.samples if s.labels == {"provider": "alpha", "state": "down"})


async def test_f_16_cards_that_are_up_again_can_be_given_and_the_fault_stays_on_record(office: Office) -> None:
    """F-16: down for a season, nobody is placed; up again with a reason, the grant is; both acts have names."""
    await supplied(office)
    await office.award("A", P0, "H100x1", 1)
    taken = await office.done(f"/servers/{SERVER}/down", {**down(1, 30), "until": "2026-06-30T00:00:00Z"})
    assert (taken["down_id"], taken["taken_down_by"], taken["taken_down_at"]) == (
        "D-000001",
        "officer-1",
        "2025-09-10T00:00:00Z",
    )
    assert (await office.done("/placements", {"programme": P0}))["placed"] == 0
    up = await office.done(f"/servers/{SERVER}/up", {"reason": "부품 교체"}, **ALPHA)
    assert (up["up_at"], up["brought_up_by"], up["up_reason"]) == ("2025-09-10T00:00:00Z", "provider-1", "부품 교체")
    assert (await office.place(P0))["placed"] == 1
    (kept,) = (await office.get(f"/servers/{SERVER}/downtimes", **ALPHA)).json()["items"]
    assert kept == up
    assert (kept["reason"], kept["until"]) == ("메모리 오류", "2026-06-30T00:00:00Z"), "as it was told then"


async def test_f_16_a_downtime_ends_when_it_is_said_to(office: Office) -> None:
    """F-16: down 1–20 September, up since the 5th, said on the 10th: down on the 4th, up on the 5th; never down at all
    where it is up from its beginning on.
    """
    await supplied(office)
    await office.done(f"/servers/{SERVER}/down", down(1, 20))
    await office.done(f"/servers/{SERVER}/up", {"reason": "복구", "up_at": "2025-09-05T00:00:00Z"})
    days = [NOW.replace(day=number) for number in (4, 5)]
    assert [await cards_down(office, when) for when in days] == [8, 0]
    office.client.clock.set(NOW)
    again = await office.done(f"/servers/{SERVER}/down", down(6, 20, cards=3))
    assert await cards_down(office) == 3
    wrong = {"reason": "다른 서버였음", "down_id": again["down_id"], "up_at": "2025-09-01T00:00:00Z"}
    assert (await office.done(f"/servers/{SERVER}/up", wrong))["up_at"] == "2025-09-06T00:00:00Z"
    assert await cards_down(office, NOW.replace(day=7)) == 0


async def test_f_16_a_downtime_still_to_come_is_taken_back(office: Office) -> None:
    """F-16: planned for October, taken back in September: in October all cards are there."""
    await supplied(office)
    await office.done(f"/servers/{SERVER}/down", down(1, 5, month=10))
    await office.done(f"/servers/{SERVER}/up", {"reason": "점검 취소"})
    assert await cards_down(office, dt.datetime(2025, 10, 2, tzinfo=dt.UTC)) == 0


async def test_f_16_what_cannot_be_up_again_is_refused(office: Office) -> None:
    """F-16: nothing down, up in the future, one of several unnamed, twice, after its end, without a reason."""
    await supplied(office)
    path = f"/servers/{SERVER}/up"

    async def code(body: dict[str, Any], **caller: Any) -> str:
        answer = await office.post(path, body, **caller)
        assert answer.status_code in (404, 409, 422), answer.text
        return str(answer.json()["code"])

    assert await code({"reason": "x"}) == "not_down"
    first = await office.done(f"/servers/{SERVER}/down", down(1, 20, cards=2))
    assert await code({"reason": "x", "up_at": "2025-09-10T00:00:01Z"}) == "up_in_the_future"
    assert await code({"reason": "x"}, role="provider", org="beta") == "not_found"
    assert await code({"reason": ""}) == await code({}) == "invalid_request"
    second = await office.done(f"/servers/{SERVER}/down", down(1, 20, cards=1))
    assert await code({"reason": "x"}) == "which_downtime"
    await office.done(path, {"reason": "x", "down_id": first["down_id"]})
    assert await code({"reason": "x", "down_id": first["down_id"]}) == "not_down"
    office.client.clock.set(NOW.replace(day=20))
    assert await code({"reason": "x", "down_id": second["down_id"]}) == "not_down"


async def test_f_16_two_providers_servers_of_one_name_do_not_meet(office: Office) -> None:
    """F-16: alpha's s1 is up again, beta's s1 stays down."""
    await office.open(P1)
    for provider in ("alpha", "beta"):
        await office.supply(provider, P1, "H100", prefix="same")
    office.client.clock.set(NOW)
    for provider in ("alpha", "beta"):
        await office.done(f"/servers/same-s01/down?provider={provider}", down(1, 20))
    assert (await office.post("/servers/same-s01/up", {"reason": "x"})).json()["code"] == "provider_needed"
    await office.done("/servers/same-s01/up", {"reason": "복구"}, **ALPHA)
    assert await cards_down(office) == 0
    page = (await office.get("/servers/same-s01/downtimes", role="provider", org="beta")).json()["items"]
    assert [(one["provider_id"], one["up_at"]) for one in page] == [("beta", None)]


async def test_ends_reductions_switches_and_faults_need_a_reason(office: Office) -> None:
    """Ending, lowering, switching and taking down are refused without a reason, and with a blank one."""
    await office.pool(("A", "H100x1"))
    bodies: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/grants/A/end", {}),
        ("/grants/A/reduce", {"units": 1, "months": 2}),
        ("/pools/alpha-h100/switch", {"to": "fixed"}),
        (f"/servers/{SERVER}/down", {key: value for key, value in down(1, 2).items() if key != "reason"}),
    )
    for path, body in bodies:
        for reason in ({}, {"reason": ""}, {"reason": " \u200b"}):
            answer = await office.post(path, body | reason)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (path, reason)
            assert "reason" in answer.text
