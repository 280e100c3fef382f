"""What the demo's providers report: one CloudEvent for each grant or session and clock hour."""

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from demo.api import Api

HOUR = dt.timedelta(hours=1)
BATCH = 1000
IDLE_SHARE = 0.3
"""About a third of all samples of real clusters show no utilisation (traces' README, §4)."""


@dataclass(frozen=True)
class Held:
    """An interval in which a grant or session held units at a provider."""

    provider_id: str
    grant_id: str
    session_id: str | None
    units: int
    start: dt.datetime
    end: dt.datetime


@dataclass
class Reported:
    """What metering answered, summed over batches."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    corrections: int = 0

    def add(self, answer: dict[str, Any]) -> None:
        """Add one batch's answer."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + answer[name])


def events_of(held: Held, until: dt.datetime, rng: random.Random) -> Iterator[dict[str, Any]]:
    """The hourly events of one interval up to `until`, in order."""
    start, end = held.start.astimezone(dt.UTC), min(held.end, until).astimezone(dt.UTC)
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        held_s = int((min(end, hour + HOUR) - max(start, hour)).total_seconds())
        if held_s > 0 and hour + HOUR <= until:
            yield event(held, hour, held_s, _utilisation(rng))
        hour += HOUR


def event(held: Held, hour: dt.datetime, held_s: int, utilisation_pct: float, **more: Any) -> dict[str, Any]:
    """One usage event; `corrects` and `suffix` make it a correction of an earlier one."""
    stamp = hour.strftime("%Y%m%dT%H")
    name = f"{held.session_id or held.grant_id}-{stamp}{more.pop('suffix', '')}"
    return {
        "specversion": "1.0",
        "id": name,
        "source": f"/providers/{held.provider_id}",
        "type": "kr.dure.usage.reported.v1",
        "subject": held.grant_id,
        "time": (hour + HOUR).isoformat().replace("+00:00", "Z"),
        "data": {
            "grant_id": held.grant_id,
            "session_id": held.session_id,
            "hour": hour.isoformat().replace("+00:00", "Z"),
            "units": held.units,
            "held_s": held_s,
            "utilisation_pct": utilisation_pct,
            "evidence": f"dcgm/{name}",
            "corrects": more.pop("corrects", None),
        },
    }


def _utilisation(rng: random.Random) -> float:
    return round(rng.uniform(0, 1) if rng.random() < IDLE_SHARE else rng.uniform(40, 100), 1)


def report(
    api: Api, provider_id: str, events: Sequence[dict[str, Any]], told: Reported, tick: Callable[[int], None]
) -> None:
    """Push events in batches, as the provider."""
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        body = json.dumps(batch, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        answer = api.ask("POST", "/metering/v1/usage", content=body, headers=headers, role="provider", org=provider_id)
        told.add(answer.json())
        tick(len(batch))
