"""The training jobs of the demo's P1 users: drawn after a real cluster's figures, or the real trace itself.

The quantiles and shares of `QUANTILES_S` and `CARDS` are those that the traces' README tells of Microsoft's Philly
trace (CC BY 4.0, Microsoft Research, Project Fiddle).
"""

import csv
import datetime as dt
import gzip
import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

QUANTILES_S = (
    (0.0, 60.0),
    (0.5, 1_486.0),
    (0.75, 2_869.0),
    (0.9, 10_536.0),
    (0.95, 29_567.0),
    (0.99, 268_985.0),
    (1.0, 400_000.0),
)
CARDS = ((1, 0.90), (2, 0.07), (4, 0.03))
"""Share of jobs by cards; two-card jobs are oftener than in the trace (1.7 %), so that products 1 and 3 see some."""
DAY_S = 86_400
NIGHT_SHARE = 0.35


@dataclass(frozen=True)
class TrainingJob:
    """One job: when it is asked for, how many cards, how long it runs."""

    nth: int
    at_s: float
    """Seconds since the span's start."""
    cards: int
    duration_s: float


def drawn_jobs(rng: random.Random, count: int, days: int) -> list[TrainingJob]:
    """`count` jobs over `days` days: arrivals denser by day than by night, durations by the trace's quantiles."""
    arrivals = sorted(_arrival(rng, days) for _ in range(count))
    sizes, weights = zip(*CARDS, strict=True)
    return [
        TrainingJob(nth, at_s, int(rng.choices(sizes, weights)[0]), _duration(rng))
        for nth, at_s in enumerate(arrivals, 1)
    ]


def _arrival(rng: random.Random, days: int) -> float:
    while True:
        at_s = rng.uniform(0, days * DAY_S)
        daylight = 0.5 - 0.5 * math.cos(2 * math.pi * (at_s % DAY_S) / DAY_S)
        if rng.random() < NIGHT_SHARE + (1 - NIGHT_SHARE) * daylight:
            return float(int(at_s))


def _duration(rng: random.Random) -> float:
    place = rng.random()
    for (low, low_s), (high, high_s) in itertools.pairwise(QUANTILES_S):
        if place <= high:
            share = (place - low) / (high - low)
            return float(int(math.exp(math.log(low_s) + share * (math.log(high_s) - math.log(low_s)))))
    return QUANTILES_S[-1][1]


def traced_jobs(path: Path, days: int) -> list[TrainingJob]:
    """The real jobs of the first `days` days of a trace file (`timestamp, duration, num_gpus`), in order of submission.

    Raises OSError, KeyError or ValueError for a file that is no such trace.
    """
    return list(_read(path, days))


def _read(path: Path, days: int) -> Iterator[TrainingJob]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        first: dt.datetime | None = None
        for nth, row in enumerate(csv.DictReader(file), 1):
            at = dt.datetime.fromisoformat(row["timestamp"]).replace(tzinfo=dt.UTC)
            first = first or at
            at_s = (at - first).total_seconds()
            if at_s >= days * DAY_S:
                return
            yield TrainingJob(nth, at_s, int(row["num_gpus"]), float(row["duration"]))
