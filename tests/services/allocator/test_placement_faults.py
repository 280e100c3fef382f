"""Faults of placement that people met, each through REST with the value that is right (F-23, F-24, F-25, F-32)."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.calendar import kst_midnight
from tests.owner import as_owner
from tests.services.allocator.office import P0, P1, Office

WINDOW_ENDS = "2026-07-01T00:00:00+09:00"
"""The end of P0's use window, exclusive."""


def days(month: int, day: int, hour: int = 0, year: int = 2025) -> dt.datetime:
    """A full hour in Seoul."""
    return kst_midnight(dt.date(year, month, day)) + dt.timedelta(hours=hour)


async def lines(office: Office, programme: str = P0, **ask: Any) -> dict[str, Any]:
    """The lines of a new placement, by grant."""
    draft = await office.done("/placements", {"programme": programme, **ask})
    assert draft["unplaced"] == sum(not line["placed"] for line in draft["lines"])
    return {line["grant_id"]: line for line in draft["lines"]}


def start_of(line: Any) -> str:
    """The day on which a placed grant starts, in Seoul."""
    return (dt.datetime.fromisoformat(line["starts_at"]) + dt.timedelta(hours=9)).strftime("%m-%d %H:%M")


@pytest.mark.rule("AL-1")
async def test_f_24_sixteen_cards_sit_on_four_half_used_servers(office: Office) -> None:
    """F-24: H100×4 given as 16 A100 where four servers have 4 of 8 cards free: four of each, proved, and confirmed."""
    await office.open(P0)
    await office.supply("beta", P0, "A100", 4)
    for rank in range(1, 9):
        await office.award(f"B-{rank}", P0, "H100x1", rank, months=9)
    first = await office.place(P0)
    on_server: dict[str, str] = {}
    for line in first["lines"]:
        on_server.setdefault(line["named_cards"][0][0], line["grant_id"])
    assert len(on_server) == 4
    for grant in on_server.values():
        await office.done(f"/grants/{grant}/end", {"reason": "이용자 포기"})
    await office.award("A-1", P0, "H100x4", 9, months=3)
    placed = await office.place(P0)
    (line,) = placed["lines"]
    assert (line["placed"], line["card_type"], line["cards"], line["proof"]) == (True, "A100", 16, "proved")
    assert placed["proven"]
    assert (await office.get("/grants/A-1")).json()["servers"] == dict.fromkeys(sorted(on_server), 4)


@pytest.mark.rule("AL-1")
async def test_f_24_a_server_product_takes_no_half_used_server(office: Office) -> None:
    """F-24: H100×8 by the server is not put together from two halves: no capacity, proved."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 2)
    for rank, product in enumerate(("H100x4", "H100x4", "H100x4"), 1):
        await office.award(f"B-{rank}", P0, product, rank, months=9)
    await office.place(P0)
    await office.done("/grants/B-1/end", {"reason": "이용자 포기"})
    await office.award("A-1", P0, "H100x8", 4, months=9)
    line = (await lines(office))["A-1"]
    assert (line["placed"], line["limit_reached"], line["proof"]) == (False, "capacity", "proved")


MADE = [
    pytest.param(days(9, 30, 10), {}, "10-01 00:00", 0, id="the month is still to come"),
    pytest.param(days(10, 1, 10), {}, "10-01 00:00", 0, id="its first day is not over"),
    pytest.param(days(10, 2), {}, "10-03 00:00", 0, id="on the second, at midnight"),
    pytest.param(days(10, 2, 23), {}, "10-03 00:00", 0, id="on the second, late at night"),
    pytest.param(days(10, 30, 10), {}, "10-31 00:00", 0, id="one day of it is left"),
    pytest.param(days(10, 31, 10), {}, "11-01 00:00", 1, id="no day of it is left"),
    pytest.param(days(11, 5, 10), {}, "11-06 00:00", 1, id="wholly past: the first open month"),
    pytest.param(days(10, 2, 10), {"not_before": "2025-10-20"}, "10-20 00:00", 0, id="an officer's first day"),
    pytest.param(days(10, 2, 10), {"not_before": "2025-09-01"}, "10-03 00:00", 0, id="an officer's day that is past"),
]


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize(("made", "ask", "start", "off"), MADE)
async def test_f_23_a_month_that_has_begun_is_open_from_the_next_day(
    office: Office, made: dt.datetime, ask: dict[str, str], start: str, off: int
) -> None:
    """F-23: wished 1 October, placed on 2 October: it starts on 3 October, not a month late."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A-1", P0, "H100x1", 1)
    office.client.clock.set(made)
    line = (await lines(office, **ask))["A-1"]
    assert (start_of(line), line["months_off"], line["start_proof"]) == (start, off, "proved")


FREED = [
    pytest.param("2025-10-10T00:00:00+09:00", "10-10 00:00", id="offered from a midnight on"),
    pytest.param("2025-10-10T00:00:01+09:00", "10-11 00:00", id="a second later: the day after"),
    pytest.param("2025-10-31T00:00:01+09:00", "11-01 00:00", id="not within the wished month"),
]


@pytest.mark.rule("AL-4")
@pytest.mark.parametrize(("offered", "start"), FREED)
async def test_f_23_the_next_day_is_one_on_which_cards_can_be_had(office: Office, offered: str, start: str) -> None:
    """F-23: no card is offered on 3 October: the grant starts on the first day on which one is."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", **{"from": offered})
    await office.award("A-1", P0, "H100x1", 1)
    office.client.clock.set(days(10, 2, 10))
    assert start_of((await lines(office))["A-1"]) == start


@pytest.mark.rule("AL-4")
async def test_f_23_months_that_no_longer_fit_wait_for_an_officers_cut(office: Office) -> None:
    """F-23: nine months from 3 October leave the window: unplaced by `window`, told in words; cut to eight, placed."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A-1", P0, "H100x1", 1, months=9)
    office.client.clock.set(days(10, 2, 10))
    line = (await lines(office))["A-1"]
    assert (line["placed"], line["limit_reached"], line["proof"]) == (False, "window", "proved")
    (refusal,) = line["refusals"]
    assert (refusal["rule_id"], refusal["code"]) == ("AL-4", "placement_window")
    assert "개월" in refusal["messages"]["ko"]
    await office.done("/grants/A-1/reduce", {"units": 1, "months": 8, "reason": "시작이 늦어 남은 기간에 맞춤"})
    (placed,) = (await office.place(P0))["lines"]
    assert (start_of(placed), placed["refusals"]) == ("10-03 00:00", [])
    grant = (await office.get("/grants/A-1")).json()
    assert (grant["state"], grant["months_asked"], grant["months"]) == ("placed", 9, 8)
    assert grant["ends_at"] == "2026-06-02T15:00:00Z"


@pytest.mark.rule("AL-4")
async def test_f_23_a_grant_of_a_pool_starts_on_the_next_day_too(office: Office) -> None:
    """F-23: the same in a dynamic programme: placed with its pool on 2 October it may draw from it on the third."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100")
    await office.done("/pools", {"pool_id": "p", "programme": P1, "server_ids": ids})
    await office.award("A-1", P1, "H100x2", 1, months=2)
    office.client.clock.set(days(10, 2, 10))
    line = (await lines(office, P1))["A-1"]
    assert (start_of(line), line["months_off"], line["pool_id"]) == ("10-03 00:00", 0, "p")


async def test_a_placement_made_before_says_the_limit_in_todays_word(office: Office) -> None:
    """Lines are never changed: one that an older process wrote as `use_window` is read as `window`."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A-1", P0, "H100x1", 1, months=10)
    draft = await office.done("/placements", {"programme": P0})
    async with as_owner(office.client.db) as tx:
        await tx.execute(text("UPDATE placement_line SET limit_reached = 'use_window'"))
    (line,) = (await office.get(f"/placements/{draft['placement_id']}")).json()["lines"]
    assert (line["limit_reached"], line) == ("window", draft["lines"][0])


@pytest.mark.rule("AL-5")
async def test_f_25_a_grant_that_every_pool_is_barred_from_names_the_relation(office: Office) -> None:
    """F-25: the only pool is the applicant's own company's: `relation`, not `no_offer`; without any pool `no_offer`."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100")
    number = (await office.get("/providers")).json()["items"][0]["business_no"]
    await office.award("A-1", P1, "H100x2", 1, business_no=number)
    assert (await lines(office, P1))["A-1"]["limit_reached"] == "no_offer"
    await office.done("/pools", {"pool_id": "p", "programme": P1, "server_ids": ids})
    line = (await lines(office, P1))["A-1"]
    assert (line["limit_reached"], line["proof"]) == ("relation", "proved")
    assert [(r["rule_id"], r["code"]) for r in line["refusals"]] == [("AL-5", "placement_relation")]


@pytest.mark.rule("AL-4")
async def test_f_25_a_grant_larger_than_every_pool_says_so(office: Office) -> None:
    """F-25: sixteen cards are asked of a pool of eight that may serve the applicant: `pool_size`, not `no_offer`."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100")
    await office.done("/pools", {"pool_id": "p", "programme": P1, "server_ids": ids})
    await office.award("A-1", P1, "H100x2", 1, units=8)
    assert (await lines(office, P1))["A-1"]["limit_reached"] == "pool_size"


@pytest.mark.rule("AL-7")
@pytest.mark.parametrize("programme", [pytest.param(P0, id="named cards"), pytest.param(P1, id="pools")])
async def test_f_25_a_grant_behind_a_closed_gate_is_named_with_its_gate(office: Office, programme: str) -> None:
    """F-25: nobody can be placed, as gates are closed: each grant names its gates; confirming places nobody."""
    await office.open(programme)
    await office.supply("alpha", programme, "H100")
    await office.award("A-1", programme, "H100x1", 1, signed=False, paid=False)
    await office.award("A-2", programme, "H100x1", 2, paid=False)
    await office.award("A-3", programme, "H100x1", 3, signed=False)
    draft = await office.done("/placements", {"programme": programme})
    assert (draft["placed"], draft["unplaced"]) == (0, 3)
    found = {line["grant_id"]: (line["limit_reached"], line["gates"]) for line in draft["lines"]}
    assert found == {
        "A-1": ("gate", ["agreement", "self_payment"]),
        "A-2": ("gate", ["self_payment"]),
        "A-3": ("gate", ["agreement"]),
    }
    (refusal,) = draft["lines"][1]["refusals"]
    assert (refusal["rule_id"], refusal["code"], refusal["facts"]["gate"]) == (
        "AL-7",
        "placement_gate",
        "self_payment",
    )
    assert "self_payment" not in refusal["messages"]["ko"] + refusal["messages"]["en"]
    await office.done(f"/placements/{draft['placement_id']}/confirm")
    assert (await office.get("/grants/A-2")).json()["state"] == "awaiting"
    again = (await office.get(f"/placements/{draft['placement_id']}")).json()
    assert again["lines"] == draft["lines"]


OFFERS = [
    pytest.param({"until": "2026-01-01T00:00:00+09:00"}, True, id="ends exactly when the grant ends"),
    pytest.param({"until": "2025-12-31T23:59:59+09:00"}, False, id="ends a second earlier"),
    pytest.param({"until": "2025-12-31T23:59:59.999999+09:00"}, False, id="ends a microsecond earlier"),
    pytest.param({"from": "2025-10-01T00:00:00+09:00"}, True, id="begins exactly when the grant begins"),
    pytest.param({"from": "2025-10-01T00:00:00.000001+09:00"}, False, id="begins a microsecond later"),
]


@pytest.mark.rule("AL-3")
@pytest.mark.parametrize(("offered", "fits"), OFFERS)
async def test_a_card_counts_only_while_it_is_offered(office: Office, offered: dict[str, str], fits: bool) -> None:
    """Three months from 1 October: an offer may end at the very instant of the grant's end, and no earlier."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", **offered)
    await office.award("A-1", P0, "H100x1", 1)
    line = (await lines(office))["A-1"]
    assert (line["placed"] and start_of(line) == "10-01 00:00") is fits


@pytest.mark.rule("AL-3")
@pytest.mark.parametrize(
    ("until", "pool"),
    [
        pytest.param("2026-01-01T00:00:00+09:00", "alpha", id="to the grant's very end"),
        pytest.param("2025-12-31T23:59:59+09:00", "beta", id="a second less"),
    ],
)
async def test_a_pool_whose_cards_last_comes_before_the_wished_one(office: Office, until: str, pool: str) -> None:
    """A grant to 1 January wishes alpha: it is placed there only where alpha's cards are offered to the grant's end."""
    await office.open(P1)
    for provider, more in (("alpha", {"until": until}), ("beta", {})):
        ids = await office.supply(provider, P1, "H100", **more)
        await office.done("/pools", {"pool_id": provider, "programme": P1, "server_ids": ids})
    await office.award("A-1", P1, "H100x2", 1, months=3)
    assert (await lines(office, P1, preferences={"A-1": "alpha"}))["A-1"]["pool_id"] == pool


@pytest.mark.rule("AL-3")
async def test_a_card_that_is_down_is_given_to_nobody(office: Office) -> None:
    """Seven of eight cards are down for a day of the grant's use: two cards can be had only after it."""
    await office.open(P0)
    (server,) = await office.supply("alpha", P0, "H100")
    down = {"from": "2025-10-09T15:00:00Z", "until": "2025-10-10T15:00:00Z", "cards": 7, "reason": "점검"}
    await office.done(f"/servers/{server}/down", down)
    await office.award("A-1", P0, "H100x1", 1)
    await office.award("A-2", P0, "H100x2", 2)
    found = await lines(office)
    assert [start_of(found[grant]) for grant in ("A-1", "A-2")] == ["10-01 00:00", "11-01 00:00"]


async def test_f_32_placements_past_a_million_stand_in_order_of_their_number(office: Office) -> None:
    """F-32: PL-1000000 comes after PL-999999, page by page, and so do the grants of one rank."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    async with as_owner(office.client.db) as tx:
        await tx.execute(text("SELECT setval('placement_no', 999998)"))
    for grant in ("A-1000000", "A-999999"):
        await office.award(grant, P0, "H100x8", 1)
    made = [await office.done("/placements", {"programme": P0}) for _ in range(3)]
    ids = [one["placement_id"] for one in made]
    assert ids == ["PL-999999", "PL-1000000", "PL-1000001"]
    assert [line["grant_id"] for line in made[0]["lines"]] == ["A-999999", "A-1000000"]
    assert [start_of(line) for line in made[0]["lines"]] == ["10-01 00:00", "01-01 00:00"]
    seen, cursor = [], ""
    for _ in ids:
        page = (await office.get(f"/placements?limit=1{cursor}")).json()
        seen += [one["placement_id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (ids, None)
