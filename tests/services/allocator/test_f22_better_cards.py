"""Cards at least as good (AL-21) and a provider of one type alone (BL-3), through REST (F-22)."""

import dataclasses
from typing import Any

import pytest

from libs.common.definition.files import load_definition
from libs.common.events.allocator import GrantPlaced
from services.allocator.model.placements import Variant
from services.allocator.policy import ProductPolicy, SubstitutionPolicy
from services.allocator.rules.variants import better_variants, grant_variants, with_lone_providers
from tests.services.allocator.office import P0, P1, PROGRAMMES, SPECIFICATION, Office, at

PRODUCT_1 = ProductPolicy("A100x2", "A100", 2, False, False, ("H100", "H200"), (("H100", 1),))
NO_SUBSTITUTES = SubstitutionPolicy(())


async def pool_of(office: Office, provider: str, card_type: str, cards: int = 8, **offer: Any) -> None:
    """A provider's pool of one type of cards."""
    ids = await office.supply(provider, P1, card_type, cards=cards, **offer)
    pool_id = f"{provider}-{card_type.lower()}"
    await office.done("/pools", {"pool_id": pool_id, "programme": P1, "server_ids": ids, "provider_id": provider})


async def grant(office: Office, grant_id: str) -> Any:
    """A grant as it is shown."""
    return (await office.get(f"/grants/{grant_id}")).json()


@pytest.mark.rule("AL-21")
def test_a_better_type_serves_with_the_products_own_number() -> None:
    """Product 3 of S1: two H200 for two H100; a substitution of the same type keeps its own number (AL-2)."""
    product_3 = ProductPolicy("H100x2", "H100", 2, False, False, ("H200",))
    assert better_variants(product_3, 1) == (Variant("H200", 2),)
    substituted = SubstitutionPolicy((("H100", "H200", 1),))
    assert grant_variants(1, product_3, substituted) == (Variant("H100", 2), Variant("H200", 2))
    assert grant_variants(3, dataclasses.replace(product_3, better=()), NO_SUBSTITUTES) == (Variant("H100", 6),)


@pytest.mark.rule("BL-3")
def test_a_provider_of_h100_alone_gives_one() -> None:
    """K has H100 alone: one card; M has A100 too: two; nobody alone: no such variant."""
    variants = grant_variants(1, PRODUCT_1, NO_SUBSTITUTES, {"K": "H100", "N": "H200"})
    given = {who: [(v.card_type, v.cards) for v in variants if v.may_come_from(who)] for who in "KMN"}
    assert given["K"] == [("A100", 2), ("H200", 2), ("H100", 1)]
    assert given["M"] == given["N"] == [("A100", 2), ("H100", 2), ("H200", 2)]
    assert with_lone_providers((Variant("A100", 2),), PRODUCT_1, 1, {}) == (Variant("A100", 2),)


@pytest.mark.rule("AL-21")
async def test_f_22_an_h200_pool_serves_an_h100_product(office: Office) -> None:
    """F-22: two H200 for H100×2, at its price, payable; its sessions take two cards; it counts 134 TF."""
    await office.open(P1)
    await pool_of(office, "alpha", "H200", 4)
    await office.award("A-1", P1, "H100x2", 1)
    (line,) = (await office.place(P1))["lines"]
    assert (line["placed"], line["card_type"], line["cards"]) == (True, "H200", 2)
    (placed,) = await office.client.said(GrantPlaced)
    assert (placed.priced_product, placed.priced_units, placed.payable) == ("H100x2", 1, True)
    shown = await grant(office, "A-1")
    assert (shown["asked_card_type"], shown["card_type"], shown["fp32_tflops"]) == ("H100", "H200", "134")
    office.client.clock.set(at("00:00"))
    await office.activate("A-1")
    session = await office.ask("A-1", "01:00")
    assert (session["state"], sum(session["servers"].values())) == ("running", 2)


@pytest.mark.rule("AL-21")
async def test_f_22_the_own_type_goes_first_and_the_specification_still_decides(office: Office) -> None:
    """H100 before H200 where both are there; an H200 offer below the specification is not payable (AL-6)."""
    await office.open(P1)
    await pool_of(office, "alpha", "H200", 2, specification={**SPECIFICATION, "cores": 8})
    await pool_of(office, "beta", "H100", 1)
    for rank in (1, 2):
        await office.award(f"A-{rank}", P1, "H100x1", rank)
    await office.place(P1)
    placed = {event.grant_id: event for event in await office.client.said(GrantPlaced)}
    assert {name: (p.card_type, p.payable) for name, p in placed.items()}["A-1"] == ("H100", True)
    await office.award("A-3", P1, "H100x2", 3)
    await office.place(P1)
    third = {event.grant_id: event for event in await office.client.said(GrantPlaced)}["A-3"]
    assert (third.card_type, third.cards, third.payable) == ("H200", 2, False)


@pytest.mark.rule("BL-3")
async def test_f_22_an_h100_only_provider_serves_product_1(office: Office) -> None:
    """F-22: one H100 per user at the A100×2 price, 39 TF; two users fit where two cards are."""
    await office.open(P1)
    await pool_of(office, "alpha", "H100", 2)
    for rank in (1, 2):
        await office.award(f"A-{rank}", P1, "A100x2", rank)
    placement = await office.place(P1)
    assert [(line["card_type"], line["cards"]) for line in placement["lines"]] == [("H100", 1), ("H100", 1)]
    placed = await office.client.said(GrantPlaced)
    assert {(p.priced_product, p.priced_units, p.payable) for p in placed} == {("A100x2", 1, True)}
    assert (await grant(office, "A-1"))["fp32_tflops"] == "39"
    office.client.clock.set(at("00:00"))
    for rank in (1, 2):
        await office.activate(f"A-{rank}")
        assert (await office.ask(f"A-{rank}", "01:00"))["state"] == "running"


@pytest.mark.rule("BL-3")
async def test_f_22_a_provider_with_another_type_gives_two(office: Office) -> None:
    """Who has A100 too gives the product's own number; a draft made before is outdated once it offers them."""
    await office.open(P1)
    await pool_of(office, "alpha", "H100", 2)
    await office.award("A-1", P1, "A100x2", 1)
    draft = await office.done("/placements", {"programme": P1})
    assert draft["lines"][0]["cards"] == 1
    await office.supply("alpha", P1, "A100", cards=8)
    outdated = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert (outdated.status_code, outdated.json()["code"]) == (409, "placement_outdated")
    (line,) = (await office.place(P1))["lines"]
    assert (line["card_type"], line["cards"]) == ("H100", 2)


@pytest.mark.rule("BL-3")
async def test_f_22_fixed_cards_are_given_by_the_same_rules(office: Office) -> None:
    """Named cards of providers fixed from the start: H100 alone one card, H200 the product's own number."""
    await office.open(P1)
    await office.supply("alpha", P1, "H100", cards=2, mode="fixed")
    await office.supply("beta", P1, "H200", cards=2, mode="fixed")
    await office.award("A-1", P1, "A100x2", 1)
    await office.award("A-2", P1, "H100x2", 2)
    placed = await office.place(P1)
    given = {line["grant_id"]: (line["card_type"], line["cards"], line["proof"]) for line in placed["lines"]}
    assert given == {"A-1": ("H200", 2, "proved"), "A-2": ("H100", 2, "proved")}
    await office.supply("gamma", P1, "H100", cards=2, mode="fixed")
    for rank in (3, 4):
        await office.award(f"A-{rank}", P1, "A100x2", rank)
    placed = await office.place(P1)
    assert [(line["card_type"], line["cards"], line["proof"]) for line in placed["lines"]] == [
        ("H100", 1, "proved")
    ] * 2


async def test_nothing_else_stands_in(office: Office) -> None:
    """P0 lists no better cards: a B200-like type that nobody asked for is no offer."""
    programme = load_definition(PROGRAMMES / f"{P0}.yaml")
    assert all(ProductPolicy.of(programme, code).better == () for code in programme.products)
    await office.open(P1)
    await pool_of(office, "alpha", "A100", 8)
    await office.award("A-1", P1, "H100x1", 1)
    (line,) = (await office.done("/placements", {"programme": P1}))["lines"]
    assert (line["placed"], line["limit_reached"]) == (False, "no_offer")
