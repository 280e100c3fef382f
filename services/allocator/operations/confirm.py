"""Confirm a placement: the cards are held, the grants know their place, everybody hears of it."""

import datetime as dt
from typing import Any

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, Refusal, Refused, WrongState
from libs.common.events.allocator import GrantPlaced
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.allocator.operations.place import placement_with_lines, worst_conformance
from services.allocator.policy import ModePolicy, ProductPolicy
from services.allocator.rules.cards import assignment_mode
from services.allocator.store import grants, placements, pools, supply


async def confirm_placement(tx: Tx, by: str, placement_id: str, now: dt.datetime) -> dict[str, Any]:
    """Carry a draft placement out. Refused where grants or cards changed since, or an offer is still in doubt."""
    await lock(tx, "allotment")
    header = await placements.placement_of(tx, placement_id, for_update=True)
    if header is None:
        raise NotFound("placement", placement_id)
    if header["state"] != "draft":
        raise WrongState("placement", placement_id, header["state"], ["draft"], "POST /v1/placements")
    programme = await programme_at(tx, header["programme_code"], now)
    lines = [line for line in await placements.lines_of(tx, placement_id) if line["placed"]]
    awards = await grants.locked_grants(tx, [line["grant_id"] for line in lines])
    changed = [line["grant_id"] for line in lines if awards[line["grant_id"]]["state"] != "awaiting"]
    if changed:
        raise Conflict("placement_outdated", "AL-4", grants=", ".join(changed))
    payable = await _payable(tx, programme, lines, awards)
    await _hold_named_cards(tx, lines)
    said = [_placed(programme, line, awards[line["grant_id"]], payable[line["grant_id"]]) for line in lines]
    for event in said:
        award = awards[event.grant_id]
        await _keep_place(tx, event, ProductPolicy.of(programme, award["product"]), award)
    await placements.confirm(tx, placement_id, state="confirmed", confirmed_at=now, confirmed_by=by)
    await say(tx, *said, now=now)
    return await placement_with_lines(tx, placement_id)


async def _payable(
    tx: Tx, programme: Programme, lines: list[dict[str, Any]], awards: dict[str, dict[str, Any]]
) -> dict[str, bool]:
    """Whether each grant's place conforms to its product. Raises Refused with every offer that is still in doubt."""
    offers_of_pool = await pools.pool_offers(tx, programme.code)
    payable: dict[str, bool] = {}
    doubts: dict[tuple[str, str], Refusal] = {}
    for line in lines:
        product = awards[line["grant_id"]]["product"]
        servers = sorted({server for server, _ in line["named_cards"] or ()})
        offers = (
            [{**o, "cards": line["cards"]} for o in offers_of_pool[line["pool_id"]]]
            if line["pool_id"]
            else await supply.offers_of_servers(tx, servers)
        )
        decided = True
        for offer in offers:
            conforms = worst_conformance(programme, product, [offer])
            if conforms == "officer":
                decision = await supply.conformance_of(tx, offer["offer_id"], product)
                if decision is None:
                    facts = {"offer_id": offer["offer_id"], "product": product}
                    doubts[offer["offer_id"], product] = Refusal("AL-6", "conformance_undecided", facts)
                decided = decided and bool(decision and decision["payable"])
            decided = decided and conforms != "fail"
        payable[line["grant_id"]] = decided
    if doubts:
        raise Refused(list(doubts.values()))
    return payable


async def _hold_named_cards(tx: Tx, lines: list[dict[str, Any]]) -> None:
    fixed = [line for line in lines if line["named_cards"]]
    ids = await supply.card_ids(tx, sorted({server for line in fixed for server, _ in line["named_cards"]}))
    for line in fixed:
        wanted = {ids[server, index] for server, index in line["named_cards"]}
        servers = sorted({server for server, _ in line["named_cards"]})
        free = {c["card_id"] for c in await supply.unheld_cards(tx, servers, line["starts_at"], line["ends_at"])}
        if not wanted <= free:
            raise Conflict("placement_outdated", "AL-10", grants=line["grant_id"])
        await supply.hold(
            tx,
            layer="allotment",
            kind="fixed",
            holders=[(line["grant_id"], card_id) for card_id in sorted(wanted)],
            from_at=line["starts_at"],
            until=line["ends_at"],
        )


def _placed(programme: Programme, line: dict[str, Any], award: dict[str, Any], payable: bool) -> GrantPlaced:
    product = ProductPolicy.of(programme, award["product"])
    servers: dict[str, int] = {}
    for server, _ in line["named_cards"] or ():
        servers[server] = servers.get(server, 0) + 1
    return GrantPlaced(
        grant_id=award["grant_id"],
        programme_code=programme.code,
        programme_version=programme.version,
        organisation_id=award["organisation_id"],
        placement_id=line["placement_id"],
        provider_id=line["provider_id"],
        data_centre=line["data_centre"],
        pool_id=line["pool_id"],
        servers=servers,
        mode=assignment_mode(ModePolicy.of(programme).mode, line["mode"]),
        product=award["product"],
        units=award["units"],
        months=award["months"],
        card_type=line["card_type"],
        cards=line["cards"],
        asked_card_type=product.card_type,
        priced_product=line["card_type"] if product.priced_by_card else award["product"],
        priced_units=line["cards"] if product.priced_by_card else award["units"],
        payable=payable,
        starts_at=line["starts_at"],
        ends_at=line["ends_at"],
        rank=award["rank"],
    )


async def _keep_place(tx: Tx, event: GrantPlaced, product: ProductPolicy, award: dict[str, Any]) -> None:
    await grants.change_grant(
        tx,
        event.grant_id,
        state="placed",
        programme_version=event.programme_version,
        placement_id=event.placement_id,
        provider_id=event.provider_id,
        data_centre=event.data_centre,
        pool_id=event.pool_id,
        mode=event.mode,
        card_type=event.card_type,
        asked_card_type=product.card_type,
        cards=event.cards,
        cards_per_unit=event.cards // award["units"],
        servers=event.servers,
        payable=event.payable,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
