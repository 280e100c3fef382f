"""How fast a selection is drawn: `python -m tests.bench.bench_selection` prints one table.

From score sheets to the ranking and the selection, pure. Each line is given in seconds and as a ratio to sorting the
same whole numbers (every sheet's total) in the same run, since machines differ. Every run of a line is compared with
the one before it, byte by byte; `stop` is set against `skip` on the same applications.
"""

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import rfc8785

from services.review.model.applications import Application
from services.review.model.sheets import ScoreSheet
from services.review.policy.scoring import ScoringPolicy, TiePolicy
from services.review.policy.selection import ProductPolicy, QuotaPolicy, SelectionPolicy
from services.review.rules.drawing import DrawnFrom
from services.review.rules.freezing import plain
from services.review.rules.scoring import judge

T = TypeVar("T")
CRITERIA = {"goals": 3_000, "capability": 1_500, "resource_plan": 2_500, "results": 3_000}
REVIEWERS = 7
SIZES = (1, 2, 4, 8)
PUBLIC = 0.55
RUNS = 5
LIMIT_S, STOP_MAX = 1.0, 2.0
RECEIVED = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)
QUOTA = QuotaPolicy(50, 50, relaxable=True)


def applications(count: int, rng: random.Random) -> dict[str, Application]:
    """So many, a little over half of them public, of one to eight cards and one to nine months."""
    return {
        f"A-{n:06d}": Application(
            application_id=f"A-{n:06d}",
            programme_code="bench",
            receipt_no=f"bench-{n:06d}",
            received_at=RECEIVED + dt.timedelta(seconds=n),
            organisation_id=f"O-{n}",
            organisation_name="",
            sector="public" if rng.random() < PUBLIC else "private",
            counting_unit=f"unit-{n}",
            track="1",
            product="H100",
            units=rng.choice(SIZES),
            months=rng.randint(1, 9),
            wished_start=RECEIVED.date(),
            youth=False,
            state="eligible",
        )
        for n in range(count)
    }


def sheets(rng: random.Random) -> list[ScoreSheet]:
    """What seven reviewers give one application."""
    return [
        ScoreSheet(seat, {name: rng.randrange(most // 2, most + 1, 50) for name, most in CRITERIA.items()})
        for seat in range(1, REVIEWERS + 1)
    ]


def policy(count: int, cutoff: str, *, budget: bool) -> SelectionPolicy:
    """Cards for about a third of them, with a quota; with `budget` also won for about as many."""
    return SelectionPolicy(
        capacity_kind="peak_cards",
        capacity=Fraction(count * 5 // 4),
        budget_krw=count * 6 * 1_000_000 if budget else None,
        planning_price_krw=1_000_000,
        projects_max=None,
        per_counting_unit_max=1,
        cutoff=cutoff,  # type: ignore[arg-type]
        quota=QUOTA,
        products={"H100": ProductPolicy(1, Fraction(1))},
    )


def least_s(act: Callable[[], T]) -> tuple[float, T]:
    """The shortest of a few runs, and what they all answer. Raises AssertionError where two differ by a byte."""
    times, answers = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        answers.append(act())
        times.append(time.perf_counter() - began)
    assert len({_bytes(one) for one in answers}) == 1
    return min(times), answers[0]


def _bytes(answer: object) -> bytes:
    return repr(answer).encode() if not isinstance(answer, tuple) else rfc8785.dumps([plain(one) for one in answer])


def measure(count: int) -> bool:
    """Print the lines of one size; whether all limits hold."""
    rng = random.Random(1)
    there = applications(count, rng)
    given = {known: sheets(rng) for known in there}
    totals = [sheet.total for one in given.values() for sheet in one]
    sort_s, _ = least_s(lambda: sorted(totals))
    scoring, ties = ScoringPolicy(True, 2, 0, 7_000), TiePolicy(tuple(CRITERIA))
    judge_s, finals = least_s(
        lambda: {known: judge("document", one, youth=False, policy=scoring) for known, one in given.items()}
    )
    _line(f"{count:6d} judged, {REVIEWERS} sheets of {len(CRITERIA)} criteria", judge_s, sort_s)
    holds = True
    for budget in (False, True):
        taken = {}
        limits = "cards and won" if budget else "cards"
        for cutoff in ("skip", "stop"):
            known = DrawnFrom(there, finals, (), policy(count, cutoff, budget=budget), ties, {})
            taken[cutoff], _ = least_s(lambda drawn=known: drawn.award()[1])  # type: ignore[misc]
            _line(f"{count:6d} ranked and selected, {cutoff}, {limits}", taken[cutoff], sort_s)
        ratio = taken["stop"] / taken["skip"]
        sys.stdout.write(f"{count:6d} stop against skip, {limits:24} {ratio:9.2f} × (limit {STOP_MAX})\n")
        holds &= ratio <= STOP_MAX and max(taken.values()) <= LIMIT_S
    return holds


def _line(what: str, seconds: float, sort_s: float) -> None:
    sys.stdout.write(f"{what:50} {seconds:7.3f} s {seconds / sort_s:7.1f} ×\n")


def main() -> int:
    """Print the table; 1 where a limit does not hold."""
    sys.stdout.write(f"ratios to sorting the totals of all sheets; limit {LIMIT_S} s for ranking and selection\n")
    held = [measure(count) for count in (1_000, 10_000)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
