"""The demo's figures, asked of the services as an officer would (§5's JSON), and what its report shows."""

import datetime as dt
import math
from collections import Counter
from typing import Any

from demo.api import Api
from demo.supply import PROVIDERS
from libs.common.calendar import KST

SERVICES = ("intake", "review", "allocator", "metering", "billing")
SETTLED = (
    "provider", "programme", "month", "charge_krw", "discount_krw", "deduction_krw", "fee_krw",
    "self_payment_krw", "subsidy_krw", "uncovered_krw", "statement_sha256",
)  # fmt: skip
USAGE = (
    "events", "duplicates", "corrections", "billable_unit_hours", "discounted_unit_hours",
    "outage_unit_hours", "unmatched_unit_hours", "gap_unit_hours",
)  # fmt: skip
HOUR = dt.timedelta(hours=1)


def summarise(api: Api, programmes: list[str], seconds: float, rss_mb: int) -> dict[str, Any]:
    """The summary of a finished demo."""
    buses = [api.get(f"/{name}/v1/operations/bus") for name in SERVICES]
    usage = [api.get("/metering/v1/summary", params={"programme": code}) for code in programmes]
    ledger = api.get("/billing/v1/summary")["ledger"]
    settled = api.all("/billing/v1/settlements")
    return {
        "programmes": [_programme(api, code) for code in programmes],
        "sessions": _sessions(api, programmes[-1]),
        "usage": {name: sum(one[name] for one in usage) for name in USAGE},
        "settlements": [
            {name: one[name] for name in SETTLED}
            for one in sorted(settled, key=lambda s: (s["programme"], s["month"], s["provider"]))
        ],
        "ledger": {"entries": ledger["entries"], "sum_krw": ledger["sum_krw"]},
        "events": {"published": sum(b["published"] for b in buses), "dead": sum(b["dead_letters"] for b in buses)},
        "seconds": round(seconds, 1),
        "rss_mb": rss_mb,
    }


def _programme(api: Api, code: str) -> dict[str, Any]:
    asked = {"params": {"programme": code}}
    intake = api.get("/intake/v1/summary", **asked)
    review = api.get("/review/v1/summary", **asked)
    allocator = api.get("/allocator/v1/summary", **asked)
    return {
        "code": code,
        "applications": intake["applications"],
        "refused_late": intake["refused_late"],
        "ineligible": intake["ineligible"],
        "passed": review["passed"],
        "selected": review["selected"],
        "promoted": review["promoted"],
        "placed": allocator["placed"],
        "active": sum(grant["activated_at"] is not None for grant in api.all("/allocator/v1/grants", **asked)),
    }


def _sessions(api: Api, code: str) -> dict[str, Any]:
    counts: dict[str, Any] = api.get("/allocator/v1/summary", params={"programme": code})["sessions"]
    return counts


def waits_s(sessions: list[dict[str, Any]]) -> list[int]:
    """The waits of all assigned requests, in seconds, shortest first; those of switches are left out."""
    return sorted(
        int((_at(s["assigned_at"]) - _at(s["requested_at"])).total_seconds())
        for s in sessions
        if s["assigned_at"] and s["origin"] == "request" and not s["continues"]
    )


def cards_in_use(
    grants: list[dict[str, Any]],
    sessions: list[dict[str, Any]],
    capacity: dict[str, int],
    start: dt.datetime,
    end: dt.datetime,
) -> dict[str, Any]:
    """Cards in use at every full hour, by provider: fixed grants from delivery to end, sessions while they run."""
    spans: dict[str, list[tuple[dt.datetime, dt.datetime, int]]] = {provider: [] for provider in PROVIDERS}
    for grant in grants:
        if grant["delivered_at"] and grant["mode"] == "fixed":
            spans[grant["provider_id"]].append((_at(grant["delivered_at"]), _at(grant["ends_at"]), grant["cards"]))
    for session in sessions:
        if session["assigned_at"]:
            over = _at(session["ended_at"]) if session["ended_at"] else end
            spans[session["provider_id"]].append((_at(session["assigned_at"]), over, session["cards"]))
    return {
        provider: {"capacity": capacity[provider], "points": _hourly(found, start, end)}
        for provider, found in spans.items()
    }


def _hourly(spans: list[tuple[dt.datetime, dt.datetime, int]], start: dt.datetime, end: dt.datetime) -> list[list[Any]]:
    hours = int((end - start) / HOUR)
    change: Counter[int] = Counter()
    for begins, over, cards in spans:
        first = max(0, math.ceil((begins - start) / HOUR))
        last = min(hours, int((over - start) / HOUR))
        if last > first:
            change[first] += cards
            change[last] -= cards
    points, used = [], 0
    for hour in range(hours):
        used += change[hour]
        points.append([(start + hour * HOUR).astimezone(KST).isoformat(), used])
    return points


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
