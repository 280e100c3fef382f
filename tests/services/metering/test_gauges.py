"""Metering's gauges, each with its story; REST and metric say the same number (F-67)."""

import datetime as dt
from typing import Any

import pytest

from services.metering.jobs import watch
from services.metering.metrics import REGISTRY
from tests.services.metering.meters import HOURLY, Metering, kst, usage_item


async def gauge(metering: Metering, name: str, **labels: str) -> Any:
    """What a gauge says after the job ran; None where it has no such labels."""
    await watch(metering.db, metering.clock)
    return REGISTRY.get_sample_value(name, labels)


@pytest.mark.rule("MT-2")
async def test_F_67_items_are_counted_once_for_rest_and_metric(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """Six are rejected, three of them for unknown grants: six by REST and six by the metric, by programme."""
    good = [usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 14)]
    early = [usage_item(f"x-{n}", kst(6, n, month=11)) for n in range(3)]
    unknown = [usage_item(f"u-{n}", kst(1, 10), grant_id="A-9", session_id=None) for n in range(3)]
    told = await metering.post(*good, *good[:2], usage_item("e-10", kst(1, 10), units=3), *early, *unknown)
    assert (told["accepted"], told["duplicates"], told["conflicts"], told["rejected"]) == (4, 2, 1, 6)
    for query, rejected in (("", 6), (f"?programme={HOURLY}", 3)):
        summary = (await metering.http.get(f"/v1/summary{query}", headers=metering.officer())).json()
        assert (summary["events"], summary["duplicates"], summary["conflicts"]) == (4, 2, 1)
        assert summary["rejected"] == rejected
    name = "dure_metering_usage_items"
    of_programme = {"provider": "alpha", "programme": HOURLY}
    counts = [await gauge(metering, name, **of_programme, outcome=o) for o in ("accepted", "duplicate", "conflict")]
    assert counts == [4, 2, 1]
    rejected = [await gauge(metering, name, provider="alpha", programme=p, outcome="rejected") for p in (HOURLY, "")]
    assert rejected == [3, 3]


@pytest.mark.rule("MT-10")
async def test_F_67_a_provider_that_never_reported_shows_in_the_lag(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """Silent since its first session began; after its first report, since the end of that hour."""
    metering.clock.set(kst(1, 15))
    assert await gauge(metering, "dure_metering_usage_lag_seconds", provider="alpha") == 5 * 3600
    await metering.post(usage_item("e-1", kst(1, 10)))
    assert await gauge(metering, "dure_metering_usage_lag_seconds", provider="alpha") == 4 * 3600


@pytest.mark.rule("MT-10")
async def test_F_67_a_fixed_grant_is_silent_from_its_delivery_and_not_after_its_end(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """A fixed grant of beta, never reported: silent from its start, and no longer once its period is over."""
    name = "dure_metering_usage_lag_seconds"
    assert await gauge(metering, name, provider="beta") is None
    ends = {"starts_at": kst(1, month=11), "ends_at": kst(8, month=11)}
    await metering.place("A-000002", provider_id="beta", mode="fixed", pool_id=None, **ends)
    assert await gauge(metering, name, provider="beta") == 4 * 86_400
    for later in (kst(8, month=11), kst(30, month=12)):
        metering.clock.set(later)
        assert await gauge(metering, name, provider="beta") == 7 * 86_400


@pytest.mark.rule("MT-10")
async def test_F_67_overdue_statements_are_counted_while_there_is_a_grant(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """October is overdue from 8 November, 00:00; closed it is not; months after the grants' end are nobody's."""
    name, labels = "dure_metering_statements_overdue", {"provider": "alpha", "programme": HOURLY}
    assert await gauge(metering, name, **labels) == 0
    metering.clock.set(kst(8, month=11) - dt.timedelta(seconds=1))
    assert await gauge(metering, name, **labels) == 0
    metering.clock.set(kst(8, month=11))
    assert await gauge(metering, name, **labels) == 1
    assert (await metering.close()).status_code == 200
    assert await gauge(metering, name, **labels) == 0
    metering.clock.set(kst(1, month=1).replace(year=2028))
    assert await gauge(metering, name, **labels) == 2, "November and December 2025, and no month of 2026 or 2027"


async def test_F_67_open_outages_and_hours_without_events(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """An outage counts until its end is confirmed; a session's hour is missing once it has been over for an hour."""
    metering.clock.set(kst(1, 13, 30))
    missing = "dure_metering_hours_without_events"
    assert await gauge(metering, missing, provider="alpha") == 2, "10:00 and 11:00; 12:00 ended half an hour ago"
    await metering.post(usage_item("e-1", kst(1, 10)))
    assert await gauge(metering, missing, provider="alpha") == 1
    body = {"provider_id": "alpha", "scope_kind": "provider", "scope_id": "alpha", "reason": "정전"}
    body["started_at"] = kst(1, 12).isoformat()
    outage = (await metering.http.post("/v1/outages", json=body, headers=metering.provider())).json()
    assert await gauge(metering, "dure_metering_outages_open", provider="alpha") == 1
    end = {"ended_at": kst(1, 13).isoformat()}
    path = f"/v1/outages/{outage['outage_id']}"
    await metering.http.post(f"{path}/close", json=end, headers=metering.provider())
    assert await gauge(metering, "dure_metering_outages_open", provider="alpha") == 1, "stated, not confirmed"
    await metering.http.post(f"{path}/confirm-end", json={}, headers=metering.officer())
    assert await gauge(metering, "dure_metering_outages_open", provider="alpha") is None
