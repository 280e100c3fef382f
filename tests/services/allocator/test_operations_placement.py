"""Placement through REST: supply, awards, a decision, its confirmation."""

import datetime as dt

from libs.common.events.allocator import GrantActivated, GrantChanged, GrantEnded, GrantPlaced
from libs.common.events.intake import ApplicationWithdrawn
from tests.services.allocator.office import P0, P1, Office


async def test_grants_are_placed_together_and_told(office: Office) -> None:
    """Three grants on two servers: a whole server, two shared; the events carry places, prices and ranks."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 2)
    for rank, (grant, product) in enumerate((("A-1", "H100x8"), ("A-2", "H100x4"), ("A-3", "H100x2")), 1):
        await office.award(grant, P0, product, rank)
    placed = await office.place(P0)
    assert (placed["placed"], placed["unplaced"], placed["proven"]) == (3, 0, True)
    said = {e.grant_id: e for e in await office.client.said(GrantPlaced)}
    assert sorted(said["A-1"].servers.values()) == [8]
    assert (said["A-2"].servers, said["A-2"].priced_product, said["A-2"].priced_units) == (
        said["A-3"].servers | {next(iter(said["A-3"].servers)): 4},
        "H100",
        4,
    )
    assert said["A-3"].payable
    assert said["A-3"].starts_at == dt.datetime(2025, 9, 30, 15, tzinfo=dt.UTC)
    assert said["A-3"].ends_at == dt.datetime(2025, 12, 31, 15, tzinfo=dt.UTC)
    grant = (await office.get("/grants/A-3")).json()
    assert (grant["state"], grant["provider_id"], grant["mode"]) == ("placed", "alpha", "fixed")


async def test_a_grant_in_another_type_is_priced_by_the_assigned_cards(office: Office) -> None:
    """Only A100 is offered: two H100 become eight A100 (AL-2), priced by card."""
    await office.open(P0)
    await office.supply("beta", P0, "A100", 1)
    await office.award("A-1", P0, "H100x2", 1)
    await office.place(P0)
    (said,) = await office.client.said(GrantPlaced)
    assert (said.card_type, said.cards, said.asked_card_type) == ("A100", 8, "H100")
    assert (said.priced_product, said.priced_units) == ("A100", 8)


async def test_what_cannot_be_placed_says_why(office: Office) -> None:
    """A related provider, and cards for only one of two: each unplaced grant names its limit."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x8", 1, months=9)
    await office.award("A-2", P0, "H100x8", 2, months=9)
    provider = (await office.get("/providers")).json()["items"][0]
    await office.award("A-3", P0, "H100x1", 3, business_no=provider["business_no"])
    draft = await office.done("/placements", {"programme": P0})
    lines = {line["grant_id"]: (line["placed"], line["limit_reached"], line["proof"]) for line in draft["lines"]}
    assert lines["A-1"] == (True, "", "proved")
    assert lines["A-2"] == (False, "capacity", "proved")
    assert lines["A-3"] == (False, "relation", "proved")


async def test_a_grant_without_its_gates_is_not_placed(office: Office) -> None:
    """Neither unsigned nor unpaid grants are placed; both are named."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x1", 1, signed=False)
    await office.award("A-2", P0, "H100x1", 2, paid=False)
    draft = await office.done("/placements", {"programme": P0})
    assert [(line["placed"], line["limit_reached"]) for line in draft["lines"]] == [(False, "gate")] * 2


async def test_a_placement_is_confirmed_once_and_not_when_things_changed(office: Office) -> None:
    """Two drafts of the same grant: the second is outdated; a confirmed one cannot be confirmed again."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x1", 1)
    first = await office.done("/placements", {"programme": P0})
    second = await office.done("/placements", {"programme": P0})
    await office.done(f"/placements/{first['placement_id']}/confirm")
    again = await office.post(f"/placements/{first['placement_id']}/confirm")
    outdated = await office.post(f"/placements/{second['placement_id']}/confirm")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (outdated.status_code, outdated.json()["code"]) == (409, "placement_outdated")


async def test_an_offer_in_doubt_waits_for_an_officer(office: Office) -> None:
    """S1 product 3 between two readings: confirming names the offer; after the decision it is not payable."""
    await office.open(P1)
    ids = await office.supply(
        "alpha",
        P1,
        "H100",
        specification={"cpu_ghz": "2.1", "cores": 16, "memory_gb": 128, "storage_tb": "2", "line_gbps": "1"},
    )
    await office.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
    await office.award("A-1", P1, "H100x2", 1)
    draft = await office.done("/placements", {"programme": P1})
    refused = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert (refused.status_code, refused.json()["code"], refused.json()["rule_id"]) == (
        409,
        "conformance_undecided",
        "AL-6",
    )
    decision = {"product": "H100x2", "payable": False, "reason": "표의 인쇄대로 판단"}
    await office.done("/offers/alpha-h100/conformance", decision)
    await office.done(f"/placements/{draft['placement_id']}/confirm")
    (said,) = await office.client.said(GrantPlaced)
    assert (said.payable, said.pool_id, said.mode, said.priced_product, said.priced_units) == (
        False,
        "alpha-h100",
        "dynamic",
        "H100x2",
        1,
    )


async def test_dynamic_grants_spread_over_pools_by_entitlement(office: Office) -> None:
    """Four grants of one card on pools of 8 and 4 cards end with the same load."""
    await office.open(P1)
    for provider, cards in (("alpha", 4), ("beta", 2)):
        ids = await office.supply(provider, P1, "H100", cards=cards)
        await office.done("/pools", {"pool_id": f"{provider}-h100", "programme": P1, "server_ids": ids})
    for rank in range(1, 4):
        await office.award(f"A-{rank}", P1, "H100x1", rank)
    await office.place(P1)
    pools = {p["pool_id"]: p["entitled_cards"] for p in (await office.get("/pools")).json()["items"]}
    assert pools == {"alpha-h100": 2, "beta-h100": 1}


async def test_a_pool_and_a_fault_hold_their_cards(office: Office) -> None:
    """Cards of a pool or cards that are down are not given to fixed grants (AL-3)."""
    await office.open(P0)
    ids = await office.supply("alpha", P0, "H100", 1)
    await office.done("/pools", {"pool_id": "p", "programme": P0, "server_ids": ids, "cards": 4})
    down = {"cards": 3, "from": "2025-09-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "reason": "고장"}
    await office.done(f"/servers/{ids[0]}/down", down)
    await office.award("A-1", P0, "H100x2", 1)
    await office.award("A-2", P0, "H100x1", 2)
    draft = await office.done("/placements", {"programme": P0})
    assert [(line["placed"], line["limit_reached"]) for line in draft["lines"]] == [(False, "capacity"), (True, "")]
    over = await office.post("/pools", {"pool_id": "q", "programme": P0, "server_ids": ids})
    assert (over.status_code, over.json()["code"]) == (409, "cards_held")


async def test_activation_names_every_closed_gate(office: Office) -> None:
    """After placement the deposit turns out too small for the assigned type: activation names the gate."""
    from libs.common.events.billing import SelfpayDue

    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x1", 1)
    await office.place(P0)
    due = SelfpayDue(
        application_id="A-1", programme_code=P0, amount_krw=500, flow="own_account", due_at=None, reason="BL-4"
    )
    await office.client.feed(due)
    office.client.clock.set(dt.datetime(2025, 9, 30, 15, tzinfo=dt.UTC))
    refused = await office.post("/grants/A-1/activate")
    assert refused.status_code == 409
    assert [(r["rule_id"], r["code"], r["facts"]["gate"]) for r in refused.json()["refusals"]] == [
        ("AL-7", "gate_closed", "self_payment")
    ]


async def test_a_late_delivery_keeps_the_end(office: Office) -> None:
    """Stated and confirmed for 6 October: the grant starts late, its end stays (AL-16)."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x1", 1)
    await office.place(P0)
    office.client.clock.set(dt.datetime(2025, 10, 6, 2, tzinfo=dt.UTC))
    delivered = "2025-10-05T15:00:00+00:00"
    await office.done("/grants/A-1/delivery", {"delivered_at": delivered}, role="provider", org="alpha")
    await office.done("/grants/A-1/delivery/confirm", role="applicant", org="O-A-1")
    await office.done("/grants/A-1/activate", {"delivered_at": delivered})
    (said,) = await office.client.said(GrantActivated)
    assert said.delivered_at.isoformat() == delivered
    assert (said.starts_at.isoformat(), said.ends_at.isoformat()) == (
        "2025-09-30T15:00:00+00:00",
        "2025-12-31T15:00:00+00:00",
    )


async def test_a_withdrawn_grant_gives_its_cards_to_the_next(office: Office) -> None:
    """The cards of a grant that gave up are free for the one that did not fit before."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x8", 1, months=9)
    await office.place(P0)
    await office.award("A-2", P0, "H100x8", 2, months=9)
    assert (await office.done("/placements", {"programme": P0}))["placed"] == 0
    now = office.client.clock.now()
    await office.client.feed(
        ApplicationWithdrawn(application_id="A-1", programme_code=P0, withdrawn_at=now, reason="포기")
    )
    assert (await office.place(P0))["placed"] == 1
    (ended,) = await office.client.said(GrantEnded)
    assert (ended.grant_id, ended.provider_id, ended.reason) == ("A-1", "alpha", "포기")


async def test_a_withdrawal_that_overtakes_the_selection_ends_the_grant_all_the_same(office: Office) -> None:
    """Heard first, it waits for the grant: that is ended as it arrives, once, and is placed nowhere."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    now = office.client.clock.now()
    gone = ApplicationWithdrawn(application_id="A-1", programme_code=P0, withdrawn_at=now, reason="포기")
    await office.client.feed(gone)
    for _ in range(2):
        await office.award("A-1", P0, "H100x8", 1, months=9)
    assert (await office.done("/placements", {"programme": P0}))["placed"] == 0
    (ended,) = await office.client.said(GrantEnded)
    assert (ended.grant_id, ended.ended_at, ended.reason) == ("A-1", now, "포기")


async def test_months_are_only_lowered_and_with_a_reason(office: Office) -> None:
    """A placed grant is cut from 3 to 2 months: its end moves, both values stay on record; raising is refused."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A-1", P0, "H100x1", 1)
    await office.place(P0)
    await office.done("/grants/A-1/reduce", {"units": 1, "months": 2, "reason": "늦은 시작"})
    (said,) = await office.client.said(GrantChanged)
    assert (said.months, said.ends_at.isoformat()) == (2, "2025-11-30T15:00:00+00:00")
    grant = (await office.get("/grants/A-1")).json()
    assert (grant["months_asked"], grant["months"], grant["changes"][0]["months_before"]) == (3, 2, 3)
    raised = await office.post("/grants/A-1/reduce", {"units": 1, "months": 4, "reason": "더"})
    assert (raised.status_code, raised.json()["code"]) == (422, "only_lower")


async def test_facts_that_come_before_the_announcement_are_not_lost(office: Office) -> None:
    """The agreement is heard first: once the grant exists its gate is open."""
    from libs.common.events.intake import AgreementSigned

    await office.open(P0)
    await office.client.feed(
        AgreementSigned(
            application_id="A-1",
            programme_code=P0,
            programme_version=1,
            organisation_id="O-1",
            organisation_name="가",
            business_no="1234567890",
            applicant_kind="sme",
            sector="private",
            youth=False,
            representative_keys=[],
            affiliates=[],
            track="1",
            product="H100x1",
            units=1,
            months=3,
            wished_start=dt.date(2025, 10, 1),
            signed_at=office.client.clock.now(),
        )
    )
    await office.award("A-1", P0, "H100x1", 1, signed=False)
    assert (await office.get("/grants/A-1")).json()["agreed_at"] is not None
