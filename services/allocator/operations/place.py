"""Place a programme's grants together, and confirm what was decided."""

import asyncio
import datetime as dt
import hashlib
import os
import sys
from dataclasses import dataclass
from typing import Any

from libs.common.calendar import kst_day
from libs.common.db import Tx, lock, may_idle
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound
from libs.common.programmes import programme_at
from services.allocator.model import (
    Decision,
    Outcome,
    Party,
    PlacementResult,
    PoolOffer,
    Specification,
    Wish,
    instant_of,
)
from services.allocator.policy import (
    GatePolicy,
    ModePolicy,
    ProductPolicy,
    SpecPolicy,
    SubstitutionPolicy,
    WindowPolicy,
)
from services.allocator.rules.conformance import offer_conformance
from services.allocator.rules.gates import closed_gates
from services.allocator.rules.places import variants_of
from services.allocator.rules.pools import choose_pool
from services.allocator.rules.relations import is_barred_pair
from services.allocator.rules.search_process import read_result, write_problem
from services.allocator.rules.starts import start_choices
from services.allocator.settings import AllocatorSettings
from services.allocator.store import grants, placements, pools, supply

SEARCH_MODULE = "services.allocator.rules.search_process"
IDLE_MARGIN_S = 30
PLACE_FIELDS = (
    "provider_id",
    "data_centre",
    "pool_id",
    "mode",
    "card_type",
    "cards",
    "named_cards",
    "starts_at",
    "ends_at",
    "months_off",
)
GATES_AFTER_PLACEMENT = {"training"}


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks of a placement beside the programme."""

    not_before: dt.date | None = None
    preferences: dict[str, str] | None = None
    """Grant id → wished provider, where the programme takes wishes as preferences (S1, S3)."""


async def make_placement(tx: Tx, by: str, programme_code: str, ask: Ask, now: dt.datetime) -> dict[str, Any]:
    """Decide together where all placeable grants of a programme go; nothing is held until it is confirmed."""
    await lock(tx, "allotment")
    programme = await programme_at(tx, programme_code, now)
    awaiting = await grants.awaiting_placement(tx, programme_code)
    rows = [row for row in awaiting if not open_gates_missing(programme, row)]
    parties = await supply.provider_parties(tx)
    wishes = [_wish(programme, row, parties, ask, now) for row in rows]
    mode = ModePolicy.of(programme).mode
    lines, left = await _into_pools(tx, programme, rows, wishes, ask) if mode == "dynamic" else ([], wishes)
    stock = await supply.stock_of(tx, programme_code, fixed_only=mode == "dynamic")
    settings = AllocatorSettings()
    await may_idle(tx, settings.placement_limit_s + IDLE_MARGIN_S)
    problem = write_problem(stock, left, settings.placement_budget, settings.placement_probe_max)
    result = await _search(problem, settings.placement_limit_s) if left and stock else _nothing_offered(left)
    placement_id = await placements.next_placement_id(tx)
    lines += _fixed_lines(result, left)
    for line in lines:
        line["placement_id"] = placement_id
    header = {
        "placement_id": placement_id,
        "programme_code": programme_code,
        "programme_version": programme.version,
        "rule_id": "AL-4",
        "state": "draft",
        "made_at": now,
        "made_by": by,
        "proven": result.proven,
        "spread_proof": result.spread_proof,
        "data_centres": result.data_centres,
        "load_max": result.load_max,
        "problem_sha256": hashlib.sha256(problem).hexdigest(),
        "budget": str(settings.placement_budget),
    }
    await placements.add_placement(tx, header, lines)
    return await placement_with_lines(tx, placement_id)


async def placement_with_lines(tx: Tx, placement_id: str) -> dict[str, Any]:
    """One placement with its lines. Raises NotFound."""
    found = await placements.placement_of(tx, placement_id)
    if found is None:
        raise NotFound("placement", placement_id)
    return {**found, "lines": await placements.lines_of(tx, placement_id)}


def open_gates_missing(programme: Programme, row: dict[str, Any]) -> list[str]:
    """The gates that must be open before a grant is placed and are not."""
    closed = closed_gates(GatePolicy.of(programme), opened_gates(row), row["grant_id"])
    names = [str(refusal.facts["gate"]) for refusal in closed]
    missing = [gate for gate in names if gate not in GATES_AFTER_PLACEMENT]
    # AL-5 needs the applicant's representatives, which only the agreement tells.
    return missing if row["agreed_at"] is not None else ["agreement", *missing]


def opened_gates(row: dict[str, Any]) -> set[str]:
    """The gates of a grant that are open."""
    gates = {"agreement": row["agreed_at"] is not None, "self_payment": row["self_payment_covered"]}
    return {gate for gate, is_open in gates.items() if is_open}


def _wish(programme: Programme, row: dict[str, Any], parties: dict[str, Party], ask: Ask, now: dt.datetime) -> Wish:
    product = ProductPolicy.of(programme, row["product"])
    variants = variants_of(product.card_type, row["units"] * product.cards_per_unit, SubstitutionPolicy.of(programme))
    applicant = supply.party_of(row)
    barred = {p for p, party in parties.items() if is_barred_pair(party, applicant)}
    starts = start_choices(
        row["wished_start"], row["months"], WindowPolicy.of(programme), ask.not_before or kst_day(now)
    )
    server_cards = (ModePolicy.of(programme).server_cards or product.cards_per_unit) if product.whole_servers else 0
    return Wish(row["grant_id"], row["rank"], variants, server_cards, starts, frozenset(barred))


async def _into_pools(
    tx: Tx, programme: Programme, rows: list[dict[str, Any]], wishes: list[Wish], ask: Ask
) -> tuple[list[dict[str, Any]], list[Wish]]:
    """Give each grant, best rank first, a pool; returns the lines, and the wishes that no pool can serve."""
    figures = await pools.pool_figures(tx, programme=programme.code)
    offers = await pools.pool_offers(tx, programme.code)
    entitled = {f["pool_id"]: f["entitled_cards"] for f in figures}
    lines, left = [], []
    for row, wish in zip(rows, wishes, strict=True):
        able = [_pool_offer(programme, row["product"], f, offers[f["pool_id"]], entitled) for f in figures]
        chosen = choose_pool(able, wish.variants, wish.barred_providers, (ask.preferences or {}).get(row["grant_id"]))
        if chosen is None or not wish.starts:
            left.append(wish)
            continue
        pool, variant = chosen
        entitled[pool.pool_id] += variant.cards
        centre = next(f["data_centre"] for f in figures if f["pool_id"] == pool.pool_id)
        place = {
            "provider_id": pool.provider_id,
            "data_centre": centre,
            "pool_id": pool.pool_id,
            "mode": "dynamic",
            "card_type": variant.card_type,
            "cards": variant.cards,
            "starts_at": instant_of(wish.starts[0].span.from_s),
            "ends_at": instant_of(wish.starts[0].span.until_s),
            "months_off": wish.starts[0].months_off,
        }
        lines.append(_line(Outcome(wish.grant_id, placed=True), wish.rank) | place)
    return lines, left


def _pool_offer(
    programme: Programme, product: str, pool: dict[str, Any], offers: list[dict[str, Any]], entitled: dict[str, int]
) -> PoolOffer:
    conforms = worst_conformance(programme, product, [{**offer, "cards": pool["cards"]} for offer in offers])
    return PoolOffer(
        pool["pool_id"], pool["provider_id"], pool["card_type"], pool["cards"], entitled[pool["pool_id"]], conforms
    )


def worst_conformance(programme: Programme, product: str, offers: list[dict[str, Any]]) -> Decision:
    """How far all offers behind a place conform to a product: the worst of them (AL-6)."""
    policy = ProductPolicy.of(programme, product)
    required = SpecPolicy.of(programme, product)
    variants = {
        v.card_type: v.cards
        for v in variants_of(policy.card_type, policy.cards_per_unit, SubstitutionPolicy.of(programme))
    }
    found = {
        offer_conformance(
            offer["card_type"],
            offer["cards"],
            Specification(**offer["specification"]),
            frozenset(variants),
            variants.get(offer["card_type"], policy.cards_per_unit),
            required,
        )
        for offer in offers
    }
    return "fail" if "fail" in found else "officer" if "officer" in found else "pass"


async def _search(problem: bytes, limit_s: int) -> PlacementResult:
    """Solve a written problem in a process of its own, which dies with its time."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SEARCH_MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        written, failed = await asyncio.wait_for(process.communicate(problem), limit_s)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise Conflict("placement_took_too_long", "AL-4", limit_s=limit_s) from error
    if process.returncode:
        raise RuntimeError(f"the search process failed: {failed.decode(errors='replace')[-2000:]}")
    return read_result(written)


def _nothing_offered(wishes: list[Wish]) -> PlacementResult:
    outcomes = tuple(Outcome(w.grant_id, placed=False, limit="no_offer" if w.starts else "use_window") for w in wishes)
    return PlacementResult((), outcomes, "proved", 0, "0")


def _fixed_lines(result: PlacementResult, wishes: list[Wish]) -> list[dict[str, Any]]:
    ranks = {wish.grant_id: wish.rank for wish in wishes}
    places = {place.grant_id: place for place in result.places}
    lines = []
    for outcome in result.outcomes:
        line = _line(outcome, ranks[outcome.grant_id])
        place = places.get(outcome.grant_id)
        if place is not None:
            line |= {
                "provider_id": place.provider_id,
                "data_centre": place.data_centre,
                "mode": "fixed",
                "card_type": place.card_type,
                "cards": len(place.cards),
                "named_cards": [list(card) for card in place.cards],
                "starts_at": instant_of(place.start.span.from_s),
                "ends_at": instant_of(place.start.span.until_s),
                "months_off": place.start.months_off,
            }
        lines.append(line)
    return lines


def _line(outcome: Outcome, rank: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(PLACE_FIELDS),
        "grant_id": outcome.grant_id,
        "rank": rank,
        "placed": outcome.placed,
        "limit_reached": outcome.limit,
        "proof": outcome.proof,
        "type_proof": outcome.type_proof,
        "start_proof": outcome.start_proof,
    }


async def list_placements(tx: Tx, programme: str | None, after: str, limit: int) -> list[dict[str, Any]]:
    """Placements by id, without their lines."""
    return await placements.placements(tx, programme, after, limit)
