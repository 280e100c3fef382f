"""What somebody tried against the allocator, each with its right answer: confirmations, corrections, activations."""

import datetime as dt

import pytest

from libs.common.events.allocator import GrantPlaced, SessionAssigned
from tests.services.allocator.office import P0, P1, SIGNED, Office

MARRIED = ["k-hong"]


def kst(month: int, day: int) -> dt.datetime:
    """Midnight of a day of 2025 in Seoul."""
    return dt.datetime(2025, month, day, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.mark.rule("AL-4")
async def test_a_draft_confirmed_months_later_does_not_begin_in_the_past(office: Office) -> None:
    """Drafted on 25 September for 1 October, confirmed on 20 November: use cannot begin seven weeks ago."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1)
    draft = await office.done("/placements", {"programme": P0})
    office.client.clock.set(kst(11, 20))
    answer = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert (answer.status_code, answer.json().get("code")) == (409, "placement_outdated")


@pytest.mark.rule("AL-5")
async def test_a_draft_is_not_confirmed_with_a_provider_that_became_related(office: Office) -> None:
    """Between draft and confirmation intake tells that alpha shares the applicant's representative: no pair now."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1, keys=MARRIED)
    draft = await office.done("/placements", {"programme": P0})
    await office.provider("alpha", representative_keys=MARRIED, changed_at=SIGNED, reason="변경")
    (line,) = (await office.done("/placements", {"programme": P0}))["lines"]
    assert line["limit_reached"] == "relation"  # a new draft knows
    answer = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert answer.status_code == 409, answer.text
    assert await office.client.said(GrantPlaced) == []


@pytest.mark.rule("AL-16")
async def test_who_stated_a_delivery_does_not_correct_it(office: Office) -> None:
    """One person states the 20th for alpha; somebody confirms; the same person as an officer corrects it to the 1st."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1)
    await office.place(P0)
    office.client.clock.set(kst(10, 25))
    as_ = office.client.as_
    http = office.client.http
    stated = await http.post(
        "/v1/grants/A/delivery",
        json={"delivered_at": kst(10, 20).isoformat()},
        headers=as_("provider", organisation_id="alpha", subject="kim"),
    )
    assert stated.status_code == 201
    await office.done("/grants/A/delivery/confirm", role="applicant", org="O-A")
    answer = await http.post(
        "/v1/grants/A/delivery/correct",
        json={"delivered_at": kst(10, 1).isoformat(), "reason": "정정"},
        headers=as_("officer", subject="kim"),
    )
    assert answer.status_code == 403, answer.json()["confirmed"]


@pytest.mark.rule("AL-16")
async def test_a_grant_is_not_activated_after_its_end(office: Office) -> None:
    """1 October to 1 January; on 5 January nobody lets its use begin as of 1 October."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1)
    await office.place(P0)
    office.client.clock.set(dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    answer = await office.post("/grants/A/activate", {"delivered_at": kst(10, 1).isoformat()})
    assert answer.status_code == 409, answer.json()


@pytest.mark.rule("AL-3")
async def test_a_draft_is_not_confirmed_in_a_pool_whose_offer_is_over(office: Office) -> None:
    """Drafted into a pool offered until 1 November, confirmed on 5 November: the pool has no card."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=4, until=kst(11, 1).isoformat())
    await office.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
    await office.award("A", P1, "H100x1", 1)
    draft = await office.done("/placements", {"programme": P1})
    office.client.clock.set(kst(11, 5))
    answer = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert (answer.status_code, answer.json().get("code")) == (409, "placement_outdated")


@pytest.mark.rule("AL-3")
async def test_nothing_is_placed_with_a_pool_whose_cards_have_all_left(office: Office) -> None:
    """The pool's only offer ended on 1 November; on 5 November a grant is placed: not there, for it has no card."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=4, until=kst(11, 1).isoformat())
    await office.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
    await office.award("A", P1, "H100x1", 1)
    office.client.clock.set(kst(11, 5))
    draft = await office.done("/placements", {"programme": P1})
    assert [(line["placed"], line["pool_id"]) for line in draft["lines"]] == [(False, None)]


@pytest.mark.rule("AL-3")
async def test_a_pool_counts_with_the_cards_that_it_has_at_the_start(office: Office) -> None:
    """The pool's cards are offered from 1 October only; on 1 September a grant from 1 October is placed there."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100", cards=4, **{"from": kst(10, 1).isoformat()})
    await office.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
    await office.award("A", P1, "H100x1", 1)
    (line,) = (await office.place(P1))["lines"]
    assert (line["placed"], line["pool_id"]) == (True, "alpha-h100")


@pytest.mark.rule("AL-4")
async def test_an_officers_cut_is_not_undone_by_the_next_run(office: Office) -> None:
    """Months cut from 3 to 1 while the grant awaits its place; the same selection said again leaves them cut."""
    await office.open(P0)
    await office.award("A", P0, "H100x1", 1)
    await office.done("/grants/A/reduce", {"units": 1, "months": 1, "reason": "기간 부족"})
    await office.award("A", P0, "H100x1", 1, signed=False, paid=False)
    assert (await office.get("/grants/A")).json()["months"] == 1


@pytest.mark.rule("AL-4")
async def test_an_officers_cut_is_not_undone_by_the_agreement(office: Office) -> None:
    """Months cut from 3 to 1 before the agreement is heard; the agreement of 3 months does not raise them silently."""
    await office.open(P0)
    await office.award("A", P0, "H100x1", 1, signed=False)
    await office.done("/grants/A/reduce", {"units": 1, "months": 1, "reason": "기간 부족"})
    await office.sign("A", P0, "H100x1")
    assert (await office.get("/grants/A")).json()["months"] == 1


@pytest.mark.rule("AL-11")
async def test_an_ended_grant_gets_no_cards_by_the_turn_to_fixed(office: Office) -> None:
    """A's period is over and no job ran yet; the pool turns fixed: A gets no card and no session is said."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1)
    office.client.clock.set(dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    await office.done("/pools/alpha-h100/switch", {"to": "fixed", "reason": "장애"})
    said = await office.client.said(SessionAssigned)
    assert [s.grant_id for s in said] == []


@pytest.mark.rule("AL-16")
async def test_who_stated_a_delivery_and_took_it_back_does_not_activate(office: Office) -> None:
    """One person states the 20th for alpha, takes it back, and as an officer lets use begin as of the 1st."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1)
    await office.place(P0)
    office.client.clock.set(kst(10, 25))
    as_, http = office.client.as_, office.client.http
    mine = as_("provider", organisation_id="alpha", subject="kim")
    await http.post("/v1/grants/A/delivery", json={"delivered_at": kst(10, 20).isoformat()}, headers=mine)
    await http.post("/v1/grants/A/delivery/withdraw", json={"reason": "오기"}, headers=mine)
    body = {"delivered_at": kst(10, 1).isoformat()}
    answer = await http.post("/v1/grants/A/activate", json=body, headers=as_("officer", subject="kim"))
    assert answer.status_code in (403, 409), answer.json()["delivered_at"]
