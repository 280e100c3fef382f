"""The search as a process of its own, so that neither the service's memory nor its event loop carries the solver.

Reads a placement problem as JSON from standard input and writes the result as JSON to standard output.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from services.allocator.model.cards import Card, Span
from services.allocator.model.placements import Outcome, Place, PlacementResult, StartChoice, Variant, Wish
from services.allocator.model.supply import StockServer
from services.allocator.rules.placement import place_grants
from services.allocator.rules.search import CpSatSearch


def write_problem(stock: Sequence[StockServer], wishes: Sequence[Wish], budget: float, probe_max: float) -> bytes:
    """A placement problem as JSON; `budget` and `probe_max` are the solver's deterministic seconds."""
    problem = {
        "stock": [[s.server_id, s.provider_id, s.data_centre, s.card_type, s.busy, s.offered] for s in stock],
        "wishes": [
            [
                w.grant_id,
                w.rank,
                [[v.card_type, v.cards, None if v.only is None else sorted(v.only), sorted(v.but)] for v in w.variants],
                w.server_cards,
                [[s.span, s.months_off] for s in w.starts],
                sorted(w.barred_providers),
            ]
            for w in wishes
        ],
        "budget": budget,
        "probe_max": probe_max,
    }
    return json.dumps(problem).encode()


def solve(problem: bytes) -> bytes:
    """Place the grants of a written problem; the result as JSON."""
    read = json.loads(problem)
    stock = [_server(row) for row in read["stock"]]
    wishes = [_wish(row) for row in read["wishes"]]
    search = CpSatSearch(stock, budget=read["budget"], probe_max=read["probe_max"])
    result = place_grants(stock, wishes, search)
    written = {
        "places": [
            [p.grant_id, p.provider_id, p.data_centre, p.card_type, p.cards, [p.start.span, p.start.months_off]]
            for p in result.places
        ],
        "outcomes": [[o.grant_id, o.placed, o.limit, o.proof, o.type_proof, o.start_proof] for o in result.outcomes],
        "spread": [result.spread_proof, result.data_centres, result.load_max],
    }
    return json.dumps(written).encode()


def read_result(written: bytes) -> PlacementResult:
    """The result that a search process wrote."""
    read = json.loads(written)
    places = tuple(
        Place(grant, provider, centre, card_type, tuple(Card(*card) for card in cards), _start(start))
        for grant, provider, centre, card_type, cards, start in read["places"]
    )
    return PlacementResult(places, tuple(Outcome(*row) for row in read["outcomes"]), *read["spread"])


def _server(row: list[Any]) -> StockServer:
    server_id, provider_id, data_centre, card_type, busy, offered = row
    held = tuple(tuple(Span(*span) for span in spans) for spans in busy)
    return StockServer(server_id, provider_id, data_centre, card_type, held, Span(*offered))


def _wish(row: list[Any]) -> Wish:
    grant_id, rank, variants, server_cards, starts, barred = row
    return Wish(
        grant_id,
        rank,
        tuple(_variant(row) for row in variants),
        server_cards,
        tuple(_start(start) for start in starts),
        frozenset(barred),
    )


def _variant(row: list[Any]) -> Variant:
    card_type, cards, only, but = row
    return Variant(card_type, cards, None if only is None else frozenset(only), frozenset(but))


def _start(row: list[Any]) -> StartChoice:
    return StartChoice(Span(*row[0]), row[1])


if __name__ == "__main__":
    sys.stdout.buffer.write(solve(sys.stdin.buffer.read()))
