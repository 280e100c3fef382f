"""Place a programme's grants together: load what there is, let it be decided, check it, keep it."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from libs.common.calendar import kst_day
from libs.common.clock import Clock
from libs.common.db import Tx, lock, may_idle
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from services.allocator.model.cards import Card, instant_of
from services.allocator.model.grants import Grant
from services.allocator.model.placements import (
    Gated,
    Outcome,
    Placement,
    PlacementFound,
    PlacementLine,
    PlacementResult,
    PoolOffer,
    PoolPlace,
    Wish,
)
from services.allocator.model.supply import Offer, Party, StockServer
from services.allocator.operations.search import search
from services.allocator.operations.unsound import refuse_unsound
from services.allocator.policy import (
    GatePolicy,
    ModePolicy,
    ProductPolicy,
    SpecPolicy,
    SubstitutionPolicy,
    WindowPolicy,
)
from services.allocator.rules.conformance import worst_conformance
from services.allocator.rules.gates import gates_before_placement
from services.allocator.rules.limits import beside_pools
from services.allocator.rules.placement import NoSearch, place_grants
from services.allocator.rules.places import placement_breaches, pool_place_breaches, whole_server_cards
from services.allocator.rules.pools import serve_from_pools
from services.allocator.rules.relations import is_barred_pair
from services.allocator.rules.search_process import write_problem
from services.allocator.rules.starts import Freed, Season, freed_for, freed_instants, start_choices
from services.allocator.rules.variants import OnlyTypes, grant_variants, lone_types
from services.allocator.settings import AllocatorSettings
from services.allocator.store import cards, grants, placements, pools, supply

IDLE_MARGIN_S = 30


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks of a placement beside the programme."""

    not_before: dt.date | None = None
    preferences: Mapping[str, str] = field(default_factory=dict)
    """Grant id → wished provider, where the programme takes wishes as preferences (S1, S3)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the providers: whom AL-5 compares, and who has one type of cards alone (BL-3)."""

    parties: Mapping[str, Party]
    only_types: OnlyTypes


@dataclass(frozen=True, slots=True)
class Problem:
    """What a placement decides about: the wishes, the pools' part of the answer, and the stock for the rest."""

    programme: Programme
    wishes: tuple[Wish, ...]
    able: tuple[PoolOffer, ...]
    in_pools: tuple[PoolPlace, ...]
    stock: tuple[StockServer, ...]
    gated: tuple[Gated, ...] = ()
    """The grants that cannot be placed yet, as gates are closed (AL-7)."""

    @property
    def left(self) -> tuple[Wish, ...]:
        """The wishes that no pool serves."""
        served = {place.grant_id for place in self.in_pools}
        return tuple(wish for wish in self.wishes if wish.grant_id not in served)


async def make_placement(tx: Tx, by: str, programme_code: str, ask: Ask, clock: Clock) -> PlacementFound:
    """Decide together where all placeable grants of a programme go; nothing is held until it is confirmed."""
    await lock(tx, "allotment")
    now = clock.now()
    problem = await pose_problem(tx, programme_code, ask, now)
    settings = AllocatorSettings()
    written = write_problem(problem.stock, problem.left, settings.placement_budget, settings.placement_probe_max)
    if problem.left and problem.stock:
        await may_idle(tx, settings.placement_limit_s + IDLE_MARGIN_S)
        result = await search(written, settings.placement_limit_s)
    else:
        result = place_grants((), problem.left, NoSearch())
    result = replace(result, outcomes=beside_pools(result.outcomes, problem.left, problem.able))
    made = Placement(
        placement_id=await placements.next_placement_id(tx),
        programme_code=programme_code,
        programme_version=problem.programme.version,
        rule_id="AL-4",
        state="draft",
        made_at=now,
        made_by=by,
        confirmed_at=None,
        confirmed_by=None,
        proven=result.proven,
        spread_proof=result.spread_proof,
        data_centres=result.data_centres,
        load_max=result.load_max,
        problem_sha256=hashlib.sha256(written).hexdigest(),
        budget=str(settings.placement_budget),
    )
    return await keep_placement(tx, made, problem, result)


async def keep_placement(tx: Tx, made: Placement, problem: Problem, result: PlacementResult) -> PlacementFound:
    """Store a placement, once it is checked independently of how it was found.

    Raises Conflict with the breaches where the check finds any: nothing is stored, and the alarm is raised.
    """
    wrong = placement_breaches(problem.stock, problem.left, result.places)
    wrong += pool_place_breaches(problem.able, problem.wishes, problem.in_pools, result.places)
    refuse_unsound("placement", made.programme_code, wrong)
    ranks = {wish.grant_id: wish.rank for wish in problem.wishes}
    lines = [_pool_line(made.placement_id, ranks[place.grant_id], place) for place in problem.in_pools]
    lines += _fixed_lines(made.placement_id, ranks, result)
    lines += [_gated_line(made.placement_id, gated) for gated in problem.gated]
    await placements.add_placement(tx, made, lines)
    return await get_placement(tx, made.placement_id)


async def get_placement(tx: Tx, placement_id: str) -> PlacementFound:
    """One placement with its lines. Raises NotFound."""
    header = await placements.get_placement(tx, placement_id)
    return PlacementFound(header, await placements.list_lines(tx, placement_id))


async def list_placements(tx: Tx, programme: str | None, after: str, limit: int) -> tuple[Placement, ...]:
    """Placements by id, without their lines."""
    return await placements.list_placements(tx, programme, after, limit)


async def pose_problem(tx: Tx, programme_code: str, ask: Ask, now: dt.datetime) -> Problem:
    """What is to be placed, which of it the pools serve, and what the rest can be placed on."""
    programme = await programme_at(tx, programme_code, now)
    gates = GatePolicy.of(programme)
    awaiting = await grants.list_awaiting(tx, programme_code)
    closed = {grant.grant_id: gates_before_placement(gates, grant) for grant in awaiting}
    awarded = [grant for grant in awaiting if not closed[grant.grant_id]]
    parties = {provider.provider_id: provider.party for provider in await supply.list_providers(tx)}
    dynamic = ModePolicy.of(programme).mode == "dynamic"
    stock = await cards.list_stock(tx, programme_code, fixed_only=dynamic)
    season = Season(WindowPolicy.of(programme), kst_day(now), ask.not_before)
    freed = freed_instants(stock)
    only_types = lone_types(await supply.list_offered_types(tx, programme_code, now))
    known = Known(parties, only_types)
    wishes = tuple(_wish(programme, grant, known, season, freed) for grant in awarded)
    able, in_pools = await _into_pools(tx, programme, awarded, wishes, ask, only_types) if dynamic else ((), ())
    gated = tuple(Gated(g.grant_id, g.rank, closed[g.grant_id]) for g in awaiting if closed[g.grant_id])
    return Problem(programme, wishes, able, in_pools, stock, gated)


def _wish(programme: Programme, grant: Grant, known: Known, season: Season, freed: Freed) -> Wish:
    product = ProductPolicy.of(programme, grant.product)
    variants = grant_variants(grant.units, product, SubstitutionPolicy.of(programme), known.only_types)
    applicant = grant.party
    barred = frozenset(code for code, provider in known.parties.items() if is_barred_pair(provider, applicant))
    starts = start_choices(grant.wished_start, grant.months, season, freed_for(freed, variants, barred))
    server_cards = whole_server_cards(product, ModePolicy.of(programme).server_cards)
    return Wish(grant.grant_id, grant.rank, variants, server_cards, starts, barred)


async def _into_pools(
    tx: Tx, programme: Programme, awarded: Sequence[Grant], wishes: Sequence[Wish], ask: Ask, only_types: OnlyTypes
) -> tuple[tuple[PoolOffer, ...], tuple[PoolPlace, ...]]:
    """The programme's pools, and which of them serves which grant, best rank first."""
    figures = await pools.list_figures(tx, programme=programme.code)
    offers = await pools.list_pool_offers(tx, programme.code)
    spans = await placements.list_pool_spans(tx, programme.code)
    centres = {figure.pool_id: figure.data_centre for figure in figures}
    able = tuple(
        PoolOffer(f.pool_id, f.provider_id, f.card_type, f.cards, f.entitled_cards, spans=spans.get(f.pool_id, ()))
        for f in figures
    )
    seen = {
        grant.grant_id: [_seen(programme, grant.product, offer, offers[offer.pool_id], only_types) for offer in able]
        for grant in awarded
    }
    return able, serve_from_pools(wishes, seen, centres, ask.preferences)


def _seen(
    programme: Programme, product: str, pool: PoolOffer, offers: Sequence[Offer], only_types: OnlyTypes
) -> PoolOffer:
    """A pool as a grant of a product sees it: how far its offers conform (AL-6)."""
    conforms = worst_conformance(
        ProductPolicy.of(programme, product),
        SpecPolicy.of(programme, product),
        SubstitutionPolicy.of(programme),
        offers,
        pool.cards,
        only_types,
    )
    return replace(pool, conforms=conforms)


def _pool_line(placement_id: str, rank: int, place: PoolPlace) -> PlacementLine:
    return replace(
        _line(placement_id, rank, Outcome(place.grant_id, placed=True)),
        provider_id=place.provider_id,
        data_centre=place.data_centre,
        pool_id=place.pool_id,
        mode="dynamic",
        card_type=place.variant.card_type,
        cards=place.variant.cards,
        starts_at=instant_of(place.start.span.from_s),
        ends_at=instant_of(place.start.span.until_s),
        months_off=place.start.months_off,
    )


def _gated_line(placement_id: str, gated: Gated) -> PlacementLine:
    stopped = Outcome(gated.grant_id, placed=False, limit="gate")
    return replace(_line(placement_id, gated.rank, stopped), gates=gated.gates)


def _fixed_lines(placement_id: str, ranks: Mapping[str, int], result: PlacementResult) -> list[PlacementLine]:
    places = {place.grant_id: place for place in result.places}
    lines = []
    for outcome in result.outcomes:
        line = _line(placement_id, ranks[outcome.grant_id], outcome)
        place = places.get(outcome.grant_id)
        if place is not None:
            # the stock's ids carry their provider's code, the record has it in a column of its own
            named = tuple(Card(c.server_id.removeprefix(f"{place.provider_id}/"), c.slot) for c in place.cards)
            line = replace(
                line,
                provider_id=place.provider_id,
                data_centre=place.data_centre,
                mode="fixed",
                card_type=place.card_type,
                cards=len(named),
                named_cards=named,
                starts_at=instant_of(place.start.span.from_s),
                ends_at=instant_of(place.start.span.until_s),
                months_off=place.start.months_off,
            )
        lines.append(line)
    return lines


def _line(placement_id: str, rank: int, outcome: Outcome) -> PlacementLine:
    return PlacementLine(
        placement_id=placement_id,
        grant_id=outcome.grant_id,
        rank=rank,
        placed=outcome.placed,
        limit_reached=outcome.limit,
        proof=outcome.proof,
        type_proof=outcome.type_proof,
        start_proof=outcome.start_proof,
    )
