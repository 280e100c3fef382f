"""Outages through REST."""

from typing import Any

import pytest

from libs.common.events.metering import OutageClosed, OutageOpened
from tests.services.metering.meters import Metering, kst, usage_item


def report(**changes: Any) -> dict[str, Any]:
    """An outage of the whole provider from 1 October, 11:00."""
    return {
        "provider_id": "alpha",
        "scope_kind": "provider",
        "scope_id": "alpha",
        "started_at": kst(1, 11).isoformat(),
        "reason": "정전",
    } | changes


@pytest.mark.rule("MT-7")
async def test_an_outage_is_opened_closed_and_not_billable(metering: Metering) -> None:
    """While open an outage takes every later hour; closed, only its own; both are told."""
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)))
    opened = await metering.http.post("/v1/outages", json=report(), headers=metering.provider())
    assert (opened.status_code, opened.json()["state"]) == (201, "open")
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["outage_unit_hours"]) == (8, 72)
    outage_id = opened.json()["outage_id"]
    body = {"ended_at": kst(1, 13).isoformat()}
    closed = await metering.http.post(f"/v1/outages/{outage_id}/close", json=body, headers=metering.officer())
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["outage_unit_hours"]) == (64, 16)
    (said,) = [event for event in await metering.client.said(OutageOpened) if event.ended_at is None]
    assert said.outage_id == outage_id
    assert [event.ended_at for event in await metering.client.said(OutageClosed)] == [kst(1, 13)]
    again = await metering.http.post(f"/v1/outages/{outage_id}/close", json=body, headers=metering.officer())
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"started_at": kst(6, month=11).isoformat()}, 422, "outage_in_the_future", id="not yet begun"),
        pytest.param({"ended_at": kst(1, 11).isoformat()}, 422, "outage_ends_before_start", id="no length"),
        pytest.param({"scope_id": "beta"}, 409, "outage_scope_unknown", id="another provider as scope"),
        pytest.param({"scope_kind": "grant", "scope_id": "A-9"}, 409, "outage_scope_unknown", id="unknown grant"),
        pytest.param({"scope_kind": "planet"}, 422, "invalid_request", id="unknown scope"),
        pytest.param({"provider_id": "beta"}, 404, "not_found", id="another provider"),
        pytest.param({"colour": "red"}, 422, "invalid_request", id="an unknown field"),
        pytest.param({"started_at": "2025-10-01T10:00:00"}, 422, "invalid_request", id="without offset"),
        pytest.param({"started_at": "0001-01-01T00:00:00+09:00"}, 422, "invalid_request", id="out of reach"),
    ],
)
async def test_outages_that_cannot_be(metering: Metering, changes: dict[str, Any], status: int, code: str) -> None:
    """An impossible report is refused by a stable code."""
    answer = await metering.http.post("/v1/outages", json=report(**changes), headers=metering.provider())
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_outages_are_seen_by_their_provider_and_the_agency(metering: Metering) -> None:
    """Another provider finds nothing, by list or by id."""
    over = report(ended_at=kst(1, 12).isoformat())
    outage_id = (await metering.http.post("/v1/outages", json=over, headers=metering.officer())).json()["outage_id"]
    for headers, count in ((metering.provider(), 1), (metering.officer(), 1), (metering.provider("beta"), 0)):
        found = await metering.http.get("/v1/outages?state=closed", headers=headers)
        assert len(found.json()["items"]) == count
        one = await metering.http.get(f"/v1/outages/{outage_id}", headers=headers)
        assert one.status_code == (200 if count else 404)
    assert (await metering.http.get("/v1/outages?state=open", headers=metering.officer())).json()["items"] == []
