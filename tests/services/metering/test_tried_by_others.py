"""What somebody tried against metering, each with its right answer: outages by number, and who confirms an end."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.owner import as_owner
from tests.services.metering.meters import Metering, kst


def report(**changes: Any) -> dict[str, Any]:
    """An outage of all of alpha from 1 October, 11:00 in Seoul."""
    return {
        "provider_id": "alpha",
        "scope_kind": "provider",
        "scope_id": "alpha",
        "started_at": kst(1, 11).isoformat(),
        "reason": "정전",
    } | changes


async def test_f_32_outages_are_listed_by_number(metering: Metering) -> None:
    """F-32: OUT-999999 and then OUT-1000000, page by page."""
    async with as_owner(metering.db) as tx:
        await tx.execute(text("ALTER SEQUENCE outage_no RESTART WITH 999998"))
    for _ in range(4):
        assert (await metering.http.post("/v1/outages", json=report(), headers=metering.officer())).status_code == 201
    seen, cursor = [], ""
    for _ in range(4):
        page = (await metering.http.get(f"/v1/outages?limit=1{cursor}", headers=metering.officer())).json()
        seen += [one["outage_id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else ""
    assert seen == ["OUT-999998", "OUT-999999", "OUT-1000000", "OUT-1000001"]


@pytest.mark.rule("AL-19")
async def test_who_stated_an_end_does_not_confirm_it(metering: Metering) -> None:
    """One person states the end for alpha and confirms it with an officer's token: he decides what alpha is paid."""
    as_, http = metering.client.as_, metering.http
    made = (await http.post("/v1/outages", json=report(), headers=metering.officer())).json()
    path = f"/v1/outages/{made['outage_id']}"
    mine = as_("provider", organisation_id="alpha", subject="kim")
    stated = await http.post(f"{path}/close", json={"ended_at": kst(1, 11, 1).isoformat()}, headers=mine)
    assert (stated.status_code, stated.json()["state"]) == (200, "end_stated")
    answer = await http.post(f"{path}/confirm-end", json={}, headers=as_("officer", subject="kim"))
    assert answer.status_code in (403, 409), answer.json()["state"]
    assert (await http.post(f"{path}/confirm-end", json={}, headers=metering.officer())).status_code == 200


@pytest.mark.rule("MT-7")
async def test_closed_and_withdrawn_at_once_is_one_after_the_other(metering: Metering) -> None:
    """Withdrawn twice and closed at one instant: one withdrawal, no 500, and it counts no more."""
    for _ in range(5):
        made = (await metering.http.post("/v1/outages", json=report(), headers=metering.officer())).json()
        path, who = f"/v1/outages/{made['outage_id']}", metering.officer()
        answers = await asyncio.gather(
            metering.http.post(f"{path}/withdraw", json={"reason": "오등록"}, headers=who),
            metering.http.post(f"{path}/withdraw", json={"reason": "오등록"}, headers=who),
            metering.http.post(f"{path}/close", json={"ended_at": kst(1, 12).isoformat()}, headers=who),
        )
        assert sorted(a.status_code for a in answers[:2]) == [200, 409]
        assert answers[2].status_code in (200, 409)
        assert (await metering.http.get(path, headers=who)).json()["state"] == "withdrawn"


@pytest.mark.rule("AL-19")
async def test_the_user_of_another_grant_says_nothing_of_an_end(metering: Metering) -> None:
    """O-000002 has a grant there too: the outage of O-000001's grant is none of its own, and none that is open ends."""
    await metering.place("A-000002", organisation_id="O-000002")
    body = report(scope_kind="grant", scope_id="ａ-000001")
    made = (await metering.http.post("/v1/outages", json=body, headers=metering.officer())).json()
    path = f"/v1/outages/{made['outage_id']}"
    assert made["scope_id"] == "A-000001"
    mine = metering.client.as_("applicant", organisation_id="O-000001")
    other = metering.client.as_("applicant", organisation_id="O-000002")
    early = await metering.http.post(f"{path}/confirm-end", json={"ended_at": kst(1, 12).isoformat()}, headers=mine)
    assert (early.status_code, early.json()["code"]) == (409, "outage_end_not_stated")
    await metering.http.post(f"{path}/close", json={"ended_at": kst(1, 12).isoformat()}, headers=metering.provider())
    for verb, body in (("confirm-end", {}), ("question-end", {"reason": "아님"})):
        assert (await metering.http.post(f"{path}/{verb}", json=body, headers=other)).status_code == 404
    later = await metering.http.post(f"{path}/confirm-end", json={"ended_at": kst(1, 13).isoformat()}, headers=mine)
    assert (later.status_code, later.json()["code"]) == (409, "outage_end_for_the_agency")
