"""The independent check runs on every placement and pool before it is stored (F-56, AL-3)."""

from dataclasses import replace

import pytest

from libs.common.errors import Conflict
from services.allocator.metrics import METRICS
from services.allocator.model.placements import Outcome, Place, PlacementResult
from services.allocator.operations.place import Ask, Problem, keep_placement, pose_problem
from services.allocator.rules.naming import Book
from services.allocator.store import placements
from tests.services.allocator.office import P0, P1, Office

WORST = ["placed twice", "over capacity", "another start", "related provider", "split servers"]


def _places(problem: Problem) -> tuple[Place, ...]:
    """Each wish on cards of its own, on the servers of the one site there is."""
    book = Book(problem.stock)
    (group,) = (group for group in book.groups if not group[3])
    places = []
    for wish in problem.wishes:
        place = book.fit(group, wish, wish.variants[0], wish.starts[0])
        assert place is not None
        book.hold(place)
        places.append(place)
    return tuple(places)


def _spoilt(how: str, problem: Problem, places: tuple[Place, ...]) -> tuple[Problem, tuple[Place, ...]]:
    """A placement with one fault."""
    first, second = places
    match how:
        case "placed twice":
            return problem, (first, second, first)
        case "over capacity":
            return problem, (first, replace(second, cards=first.cards))
        case "another start":
            return problem, (replace(first, start=replace(first.start, months_off=99)), second)
        case "related provider":
            barred = tuple(replace(wish, barred_providers=frozenset({"alpha"})) for wish in problem.wishes)
            return replace(problem, wishes=barred), places
        case _:
            other = min({s.server_id for s in problem.stock} - {c.server_id for c in first.cards})
            moved = (first.cards[0]._replace(server_id=other), *first.cards[1:])
            return problem, (replace(first, cards=moved), second)


@pytest.mark.rule("AL-3")
@pytest.mark.parametrize("how", WORST)
async def test_a_placement_that_breaks_a_rule_is_not_stored(office: Office, how: str) -> None:
    """F-56: whatever search or greedy brings, the checker refuses it with an alarm, and nothing of it is kept."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 2)
    for rank in (1, 2):
        await office.award(f"A-{rank}", P0, "H100x4", rank)
    draft = await office.done("/placements", {"programme": P0})
    before = METRICS.unsound.labels("placement")._value.get()
    async with office.client.db.transaction() as tx:
        header = replace(await placements.get_placement(tx, draft["placement_id"]), placement_id="PL-BAD")
        problem = await pose_problem(tx, P0, Ask(), office.client.clock.now())
    problem, places = _spoilt(how, problem, _places(problem))
    result = PlacementResult(places, tuple(Outcome(w.grant_id, placed=True) for w in problem.wishes), "proved", 1, "1")
    with pytest.raises(Conflict) as refused:
        async with office.client.db.transaction() as tx:
            await keep_placement(tx, header, problem, result)
    assert (refused.value.code, refused.value.rule_id) == ("allocation_unsound", "AL-3")
    assert METRICS.unsound.labels("placement")._value.get() == before + 1
    assert (await office.get("/placements/PL-BAD")).status_code == 404
    assert len((await office.get("/placements")).json()["items"]) == 1


async def test_a_place_in_a_pool_that_breaks_a_rule_is_not_stored(office: Office) -> None:
    """F-56: the pools' part is checked too: a grant given to a pool twice, or in more cards than it may use."""
    await office.open(P1)
    ids = await office.supply("alpha", P1, "H100")
    await office.done("/pools", {"pool_id": "p", "programme": P1, "server_ids": ids})
    await office.award("A-1", P1, "H100x2", 1)
    draft = await office.done("/placements", {"programme": P1})
    nothing = PlacementResult((), (), "proved", 0, "0")
    async with office.client.db.transaction() as tx:
        header = replace(await placements.get_placement(tx, draft["placement_id"]), placement_id="PL-BAD")
        problem = await pose_problem(tx, P1, Ask(), office.client.clock.now())
    (place,) = problem.in_pools
    more = replace(place, variant=replace(place.variant, cards=64))
    for spoilt in ((place, place), (more,), (replace(place, provider_id="beta"),)):
        with pytest.raises(Conflict, match="allocation_unsound"):
            async with office.client.db.transaction() as tx:
                await keep_placement(tx, header, replace(problem, in_pools=spoilt), nothing)
    assert (await office.get("/placements/PL-BAD")).status_code == 404


@pytest.mark.rule("AL-3")
async def test_a_pool_holds_its_cards_while_they_are_offered(office: Office) -> None:
    """Two servers offered for different times: each card of the pool is held only within its own offer."""
    from sqlalchemy import text

    await office.open(P1)
    first = await office.supply("alpha", P1, "H100")
    second = await office.supply("alpha", P1, "H100", offer_id="late", until="2026-01-01T00:00:00Z", prefix="late")
    await office.done("/pools", {"pool_id": "p", "programme": P1, "server_ids": [*first, *second]})
    async with office.client.db.transaction() as tx:
        query = "SELECT DISTINCT server_id, upper(during) FROM holding JOIN card USING (card_id) ORDER BY 1"
        ends = [(server, at.date().isoformat()) for server, at in await tx.execute(text(query))]
    assert ends == [("alpha-h100-s01", "2026-12-31"), ("late-s01", "2026-01-01")]


@pytest.mark.rule("CV-5")
@pytest.mark.rule("CV-6")
async def test_a_grant_shows_what_its_cards_are_worth(office: Office) -> None:
    """F-56: 2 H100 given as 8 A100 are worth 2 H100; in P1, where the notice prints TFLOPS, H100×2 has 134."""
    await office.open(P0)
    await office.supply("beta", P0, "A100", 1)
    await office.award("A-1", P0, "H100x2", 1)
    asked = (await office.get("/grants/A-1")).json()
    await office.place(P0)
    placed = (await office.get("/grants/A-1")).json()
    assert [(g["card_type"], g["h100_equivalents"]) for g in (asked, placed)] == [(None, "2"), ("A100", "2")]
    await office.open(P1)
    await office.award("A-2", P1, "H100x2", 1)
    assert (await office.get("/grants/A-2")).json()["fp32_tflops"] == "134"
