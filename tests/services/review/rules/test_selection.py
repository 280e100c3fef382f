"""RV-9, RV-12, RV-13: who is selected, who moves up; against all subsets for small pools."""

import itertools
import random
import time
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.model.selections import Candidate, Lowering
from services.review.policy.selection import (
    DeliberationPolicy,
    ProductPolicy,
    QuotaPolicy,
    SelectionPolicy,
    SelfPaymentRates,
)
from services.review.rules.deliberation import counting_cuts, deliberate, sitting_refusals
from services.review.rules.demand import demand_of
from services.review.rules.selection import select_best
from services.review.rules.waiting import promote

HALF = QuotaPolicy(50, 50, True)


def policy(
    capacity=None, *, quota=None, cutoff="skip", budget=None, price=1, projects=None, units=None, kind="peak_cards"
):
    return SelectionPolicy(
        capacity_kind=kind,
        capacity=None if capacity is None else Fraction(capacity),
        budget_krw=budget,
        planning_price_krw=price,
        projects_max=projects,
        per_counting_unit_max=units,
        cutoff=cutoff,
        quota=quota,
        products={"H100": ProductPolicy(1, Fraction(1)), "A100": ProductPolicy(1, Fraction(1, 4))},
    )


def candidate(name: str, cards: int = 1, months: int = 1, unit: str = "", product: str = "H100") -> Candidate:
    sector = "public" if name.startswith("U") else "private"
    return Candidate(name, sector, unit or name, product, False, cards, months)


def pool(text: str) -> list[Candidate]:
    """`U1 P1(4)` in rank order: public U1 with one card, private P1 with four."""
    result = []
    for word in text.split():
        name, _, cards = word.rstrip(")").partition("(")
        result.append(candidate(name, int(cards or 1)))
    return result


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize(
    ("ranking", "limits", "selected"),
    [
        pytest.param("U1 P1 U2 P2 P3", policy(3, quota=HALF), "U1 P1 P2", id="capacity 3: U2 gives way to P2"),
        pytest.param("U1 P1 U2 P2 P3", policy(2, quota=HALF), "P1 P2", id="capacity 2: U1 has no completion"),
        pytest.param("U1 P1(4) P2 P3", policy(3, quota=HALF, cutoff="stop"), "", id="stop: U1 alone breaks the quota"),
        pytest.param("U1 P1(4) P2 P3", policy(3, quota=HALF), "U1 P2 P3", id="skip goes on behind P1"),
        pytest.param("X(2) A(3) B C", policy(4), "X B C", id="what does not fit is passed over"),
        pytest.param("X(2) A(3) B C", policy(4, cutoff="stop"), "X", id="stop ends the pool at A"),
        pytest.param("P1 P2 P3", policy(projects=2), "P1 P2", id="number of projects"),
        pytest.param("P1(2) P2(2) P3", policy(budget=3), "P1 P3", id="budget"),
        pytest.param(
            "U1 P1(2) P2 P3", policy(3, quota=HALF, cutoff="stop"), "U1 P2 P3", id="a quota refusal stops nothing"
        ),
        pytest.param("P1 P2", policy(), "P1 P2", id="no limits"),
        pytest.param("", policy(1), "", id="nobody passes"),
    ],
)
def test_worked_examples(ranking, limits, selected) -> None:
    """The rank-lexicographically best feasible set, by the rule's own examples."""
    assert " ".join(select_best(pool(ranking), limits).selected) == selected


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize(
    ("ranking", "limits", "refused"),
    [
        pytest.param(
            "P1(2) P2", policy(1, cutoff="stop"), {"P1": "capacity", "P2": "cutoff"}, id="cutoff is named first"
        ),
        pytest.param("P1 P2(3)", policy(2, budget=2), {"P2": "capacity"}, id="capacity is named before budget"),
        pytest.param("P1 P2(2)", policy(9, budget=2, projects=1), {"P2": "budget"}, id="budget before projects"),
        pytest.param("P1 U1", policy(9, projects=1, quota=HALF), {"U1": "projects"}, id="projects before quota"),
        pytest.param("P1 U1", policy(9, quota=HALF), {"U1": "quota"}, id="quota last"),
    ],
)
def test_every_refusal_names_one_limit(ranking, limits, refused) -> None:
    """The first that holds of cutoff, capacity, budget, projects, counting unit, quota."""
    assert select_best(pool(ranking), limits).refused == refused


@pytest.mark.rule("RV-9")
def test_counting_unit_across_pools() -> None:
    """A company selected in another pool of the call is not selected again beyond its limit."""
    ranked = [candidate("P1", unit="124-81-00998"), candidate("P2", unit="other")]
    choice = select_best(ranked, policy(units=1), selected_elsewhere={"124-81-00998": 1})
    assert (choice.selected, choice.refused) == (("P2",), {"P1": "counting_unit"})


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize(
    ("kind", "selected"),
    [
        pytest.param("peak_cards", ("P1", "P2"), id="peak cards: six months of four quarter cards are one card"),
        pytest.param("card_months", ("P2",), id="card-months: they are six"),
    ],
)
def test_capacity_in_equivalents(kind, selected) -> None:
    """Capacity counts H100-equivalents, as cards at once or as card-months."""
    ranked = [candidate("P1", 4, 6, product="A100"), candidate("P2", 1, 1)]
    assert select_best(ranked, policy(2, kind=kind)).selected == selected


@pytest.mark.rule("RV-9")
def test_budget_is_what_the_subsidy_carries() -> None:
    """Cards × months × planning price less the self-payment of the payer, never below zero."""
    rates = SelfPaymentRates(400_000, 200_000, 0)
    limits = SelectionPolicy(
        "card_months",
        None,
        10**9,
        3_000_000,
        None,
        None,
        "skip",
        None,
        {"H100x4": ProductPolicy(4, Fraction(1), rates)},
    )
    asked = Candidate("P1", "private", "P1", "H100x4", True, 1, 6)
    assert demand_of(asked, limits).budget_krw == 24 * 2_800_000
    gwangju = replace(limits, products={"H100x4": ProductPolicy(4, Fraction(1), replace(rates, regional_krw=100_000))})
    for sector in ("private", "public"):
        there = replace(asked, sector=sector, reduction="regional")
        assert demand_of(there, gwangju).budget_krw == 24 * 2_900_000, "F-14: what RV-9 takes off is BL-4's amount"
    assert demand_of(replace(asked, reduction="none"), limits).budget_krw == 24 * 2_600_000
    cheap = SelectionPolicy("card_months", None, 1, 1, None, None, "skip", None, limits.products)
    assert demand_of(asked, cheap).budget_krw == 0


# Against all subsets


def usage(chosen, limits):
    demands = [demand_of(c, limits) for c in chosen]
    return sum(d.capacity for d in demands), sum(d.budget_krw for d in demands)


def fits(chosen, limits) -> bool:
    capacity, budget = usage(chosen, limits)
    return (limits.capacity is None or capacity <= limits.capacity) and (
        limits.budget_krw is None or budget <= limits.budget_krw
    )


def feasible(ranked, chosen, limits, elsewhere) -> bool:
    units = Counter(elsewhere)
    units.update(c.counting_unit for c in chosen)
    private = sum(c.sector == "private" for c in chosen)
    return (
        fits(chosen, limits)
        and (limits.projects_max is None or len(chosen) <= limits.projects_max)
        and all(
            limits.per_counting_unit_max is None or units[c.counting_unit] <= limits.per_counting_unit_max
            for c in chosen
        )
        and (not chosen or limits.quota is None or len(chosen) - private < private)
        and (limits.cutoff == "skip" or not behind_a_stop(ranked, chosen, limits))
    )


def behind_a_stop(ranked, chosen, limits) -> bool:
    before: list[Candidate] = []
    stopped = False
    for c in ranked:
        if c in chosen:
            if stopped:
                return True
            before.append(c)
        elif not fits([*before, c], limits):
            stopped = True
    return False


def best_of_all_subsets(ranked, limits, elsewhere):
    for mask in itertools.product([True, False], repeat=len(ranked)):
        chosen = [c for c, taken in zip(ranked, mask, strict=True) if taken]
        if feasible(ranked, chosen, limits, elsewhere):
            return tuple(c.application_id for c in chosen)
    raise AssertionError("the empty set is always feasible")


pools = st.lists(
    st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.booleans()), max_size=9
)
limits_of_any_kind = st.builds(
    policy,
    st.none() | st.integers(0, 12),
    quota=st.sampled_from([None, HALF, HALF]),
    cutoff=st.sampled_from(["skip", "stop"]),
    budget=st.none() | st.integers(0, 30),
    projects=st.none() | st.integers(0, 8),
    units=st.none() | st.integers(1, 2),
    kind=st.sampled_from(["peak_cards", "card_months"]),
)


@pytest.mark.rule("RV-9")
@settings(max_examples=250, deadline=None)
@given(pools, limits_of_any_kind)
def test_against_all_subsets(drawn, limits) -> None:
    """Under any limits the result is the first feasible subset in rank-lexicographic order, found by trying all."""
    ranked = [
        candidate(f"{'U' if public else 'P'}{place}", cards, months, f"unit{unit}" if shared else "")
        for place, (public, cards, months, unit, shared) in enumerate(drawn)
    ]
    elsewhere = {"unit0": 1}
    choice = select_best(ranked, limits, selected_elsewhere=elsewhere)
    assert choice.selected == best_of_all_subsets(ranked, limits, elsewhere)
    assert {*choice.selected, *choice.refused} == {c.application_id for c in ranked}


@pytest.mark.rule("RV-9")
@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.integers(1, 6)), min_size=5, max_size=10),
    st.integers(3, 20),
    st.integers(5, 60),
    st.sampled_from(["skip", "stop"]),
)
def test_quota_with_both_capacity_and_budget(drawn, capacity, budget, cutoff) -> None:
    """Where cards and won pull in different directions the completion question is still answered exactly."""
    ranked = [
        candidate(f"{'U' if public else 'P'}{n}", cards, months) for n, (public, cards, months) in enumerate(drawn)
    ]
    limits = policy(capacity, quota=HALF, budget=budget, cutoff=cutoff)
    assert select_best(ranked, limits).selected == best_of_all_subsets(ranked, limits, {})


@pytest.mark.rule("RV-9")
@pytest.mark.parametrize("cutoff", ["skip", "stop"])
@pytest.mark.parametrize("seed", range(4))
def test_fast_enough_for_five_hundred(cutoff, seed) -> None:
    """Five hundred applications under all limits at once are decided in seconds."""
    rng = random.Random(seed)
    ranked = [
        candidate(f"{'U' if rng.random() < 0.55 else 'P'}{n}", rng.choice([1, 2, 4, 8]), rng.randint(1, 9))
        for n in range(500)
    ]
    limits = policy(600, quota=HALF, budget=2400, cutoff=cutoff, units=1)
    started = time.perf_counter()
    select_best(ranked, limits)
    assert time.perf_counter() - started < 10


# Waiting list


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("kept", "waiting", "limits", "added", "missing"),
    [
        pytest.param("X B C", "A(3)", policy(4), "", 0, id="one card free, A does not fit: unchanged"),
        pytest.param("X B", "A(3) D(2)", policy(4), "D", 0, id="the next that fits moves up"),
        pytest.param("P1 P2 U1", "U2 P3", policy(4, quota=HALF), "P3", 0, id="U2 would break the quota"),
        pytest.param("P1 U1 U2", "U3 P2 P3", policy(9, quota=HALF), "P2 P3", 0, id="broken: only private ones"),
        pytest.param("U1 U2", "U3 P2", policy(9, quota=HALF), "P2", 2, id="the shortfall is shown: two are missing"),
        pytest.param("", "P1 U1", policy(9, quota=HALF), "P1", 0, id="nobody kept: an ordinary selection"),
        pytest.param("X B", "A(3) D(2)", policy(4, cutoff="stop"), "", 0, id="stop holds for the waiting list too"),
    ],
)
def test_promotion(kept, waiting, limits, added, missing) -> None:
    """Only additions are made, from the kept set."""
    choice = promote(pool(kept), pool(waiting), limits)
    assert (" ".join(choice.selected), choice.private_missing) == (added, missing)


@pytest.mark.rule("RV-13")
@settings(max_examples=100, deadline=None)
@given(pools, st.integers(0, 8), st.integers(2, 12))
def test_a_withdrawal_never_costs_anybody_a_place(drawn, gone, capacity) -> None:
    """After any withdrawal the kept stay, and what is added keeps capacity and counting units."""
    ranked = [candidate(f"{'U' if public else 'P'}{n}", cards) for n, (public, cards, *_rest) in enumerate(drawn)]
    limits = policy(capacity, quota=HALF)
    first = select_best(ranked, limits).selected
    kept = [c for c in ranked if c.application_id in first and c.application_id != f"P{gone}"]
    waiting = [c for c in ranked if c.application_id not in first]
    choice = promote(kept, waiting, limits)
    added = [c for c in waiting if c.application_id in choice.selected]
    assert fits([*kept, *added], limits)


# Deliberation


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(
    ("ranking", "capacity", "lowerings", "selected"),
    [
        pytest.param("X(2) A(3) B C", 4, {"X": 1}, "X B C", id="X cut to 1: A does not fit, unchanged"),
        pytest.param("X(3) A(3) B", 4, {"X": 1}, "X B", id="X cut to 1: two cards are free, A (3) still does not fit"),
        pytest.param("X(3) A(3) B", 5, {"X": 1}, "X A B", id="X cut to 1: A moves up"),
        pytest.param("X(2) A(3) B C", 5, {"A": 1}, "X A B C", id="a waiting one is offered the rest and takes it"),
        pytest.param("X(5) Y(3) A(3) B(2)", 8, {"X": 3, "Y": 2}, "X Y A", id="F-53: both cuts together free three"),
        pytest.param("X(2) A(3) B C", 4, {}, "X B C", id="nothing lowered"),
    ],
)
def test_deliberation(ranking, capacity, lowerings, selected) -> None:
    """Freed limits flow back to selection, from the kept set."""
    decisions = [Lowering(name, cards, 1, "reason") for name, cards in lowerings.items()]
    assert " ".join(deliberate(pool(ranking), decisions, policy(capacity)).choice.selected) == selected


@pytest.mark.rule("RV-12")
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 6)), min_size=3, max_size=7),
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 5), st.integers(1, 3)), min_size=2, max_size=6),
    st.integers(4, 14),
    st.sampled_from(["skip", "stop"]),
    st.data(),
)
def test_the_order_of_cuts_changes_nothing(drawn, told, capacity, cutoff, data) -> None:
    """Whatever is cut, also one application several times: every order awards the same to the same, by one reason."""
    ranked = [candidate(f"{'U' if public else 'P'}{n}", cards, 3) for n, (public, cards) in enumerate(drawn)]
    cuts = [
        Lowering(ranked[n % len(ranked)].application_id, units, months, f"reason {k}")
        for k, (n, units, months) in enumerate(told)
    ]
    limits = policy(capacity, quota=HALF, cutoff=cutoff)
    other = data.draw(st.permutations(cuts))
    assert deliberate(ranked, cuts, limits) == deliberate(ranked, other, limits)
    assert counting_cuts(cuts) == counting_cuts(other)


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(
    ("cuts", "units", "months", "reason"),
    [
        pytest.param([(3, 6, "a"), (2, 6, "b")], 2, 6, "b", id="the lower counts, with its reason"),
        pytest.param([(2, 6, "b"), (3, 6, "a")], 2, 6, "b", id="also where it was typed first"),
        pytest.param([(2, 6, "b"), (3, 4, "a")], 2, 4, "b\na", id="units of one, months of the other, both reasons"),
        pytest.param([(2, 4, "b"), (2, 4, "a")], 2, 4, "a", id="the same twice: one reason, the same in every order"),
    ],
)
def test_of_two_cuts_the_lower_counts(cuts, units, months, reason) -> None:
    """Units and months are lowered each by the lowest cut."""
    told = [Lowering("X", *cut) for cut in cuts]
    assert counting_cuts(told) == {"X": Lowering("X", units, months, reason)}


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(
    ("lowering", "allowed", "codes"),
    [
        pytest.param(Lowering("X", 1, 2, "fewer servers do"), True, [], id="fewer units"),
        pytest.param(Lowering("X", 3, 1, "r"), True, ["deliberation_raises"], id="more units, fewer months"),
        pytest.param(Lowering("X", 2, 2, "r"), True, ["deliberation_changes_nothing"], id="the same"),
        pytest.param(Lowering("X", 0, 2, "r"), True, ["deliberation_leaves_nothing"], id="nothing left"),
        pytest.param(Lowering("X", 1, 2, " "), True, ["reason_missing"], id="no reason"),
        pytest.param(Lowering("X", 1, 2, "r"), False, ["deliberation_not_foreseen"], id="a track without deliberation"),
    ],
)
def test_only_lowering(lowering, allowed, codes) -> None:
    """The committee lowers, never raises, and always with a reason."""
    asked = {"X": candidate("X", 2, 2)}
    assert [r.code for r in sitting_refusals(asked, [lowering], DeliberationPolicy(allowed))] == codes


@pytest.mark.rule("RV-12")
def test_every_wrong_cut_of_a_sitting_is_told() -> None:
    """A sitting is refused whole, and its officer reads of all wrong cuts at once."""
    asked = {name: candidate(name, 2, 2) for name in "XY"}
    cuts = [Lowering("X", 1, 2, "r"), Lowering("Y", 3, 2, "r"), Lowering("X", 2, 2, "r")]
    told = sitting_refusals(asked, cuts, DeliberationPolicy(allowed=True))
    assert [(r.code, r.facts["application_id"]) for r in told] == [
        ("deliberation_raises", "Y"),
        ("deliberation_changes_nothing", "X"),
    ]
