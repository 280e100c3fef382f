"""Names are one however they are spelt (CV-9), absurd values are refused (CV-10), next calls exist (F-62)."""

import datetime as dt
from typing import Any

import pytest

from libs.common.events.intake import ProviderRegistered
from tests.services.metering.meters import HOURLY, Metering, kst, usage_item


async def registered(metering: Metering) -> None:
    """Intake told of alpha."""
    await metering.client.feed(
        ProviderRegistered(
            provider_id="alpha",
            organisation_id="O-000009",
            name="알파클라우드",
            business_no="1248100998",
            members=[],
            representative_keys=[],
            affiliates=[],
            registered_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC),
        )
    )


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    ("kind", "typed", "known"),
    [
        pytest.param("provider", "ＡＬＰＨＡ", "alpha", id="full-width letters"),
        pytest.param("data_centre", "Alpha-DC1", "alpha-dc1", id="capital letters"),
        pytest.param("pool", "alpha-\u200bh100", "alpha-h100", id="a zero-width space"),
        pytest.param("server", " ALPHA-S01 ", "alpha-s01", id="blanks around"),
    ],
)
async def test_an_outage_hits_what_its_scope_names_however_it_is_typed(
    metering: Metering, kind: str, typed: str, known: str
) -> None:
    """Units in the scope lose their hours under any spelling; where a grant names it, the known one is kept."""
    await registered(metering)
    await metering.place("A-000003", servers={"alpha-s01": 8}, starts_at=kst(2), delivered=False)
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)))
    body = {"provider_id": "Alpha", "scope_kind": kind, "scope_id": typed, "reason": "정전"}
    body |= {"started_at": kst(1, 11).isoformat(), "ended_at": kst(1, 13).isoformat()}
    told = await metering.http.post("/v1/outages", json=body, headers=metering.officer())
    assert (told.status_code, told.json()["scope_id"], told.json()["provider_id"]) == (201, known, "alpha")
    (line,) = (await metering.statement())["lines"]
    assert line["outage_unit_hours"] == 16


@pytest.mark.rule("CV-9")
async def test_statements_bear_the_providers_name(metering: Metering) -> None:
    """Beside the id: in a draft, a closed one and the list."""
    await registered(metering)
    assert (await metering.statement())["provider_name"] == "알파클라우드"
    assert (await metering.close()).json()["provider_name"] == "알파클라우드"
    listed = (await metering.http.get("/v1/statements", headers=metering.officer())).json()["items"]
    assert [item["provider_name"] for item in listed] == ["알파클라우드"]


@pytest.mark.rule("CV-10")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"started_at": "1999-12-31T23:59:59Z"}, id="before 2000"),
        pytest.param({"ended_at": "2101-01-01T00:00:00Z"}, id="after 2100"),
        pytest.param({"reason": "x" * 2001}, id="too long a reason"),
        pytest.param({"scope_id": "\u200b\u3164"}, id="a scope that names nothing"),
        pytest.param({"scope_id": "a\x00b"}, id="a NUL"),
    ],
)
async def test_a_report_out_of_bounds_is_refused(metering: Metering, changes: dict[str, Any]) -> None:
    """422 before anything is looked up."""
    body = {"provider_id": "alpha", "scope_kind": "provider", "scope_id": "alpha", "reason": "정전"}
    body |= {"started_at": kst(1, 11).isoformat(), **changes}
    answer = await metering.http.post("/v1/outages", json=body, headers=metering.provider())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.rule("MT-10")
async def test_F_62_a_drafts_evidence_leads_to_its_closing(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """The evidence of a draft is not there yet; the call that is named closes it; a closed one names none."""
    path = f"/v1/statements/alpha/{HOURLY}/2025-10"
    draft = (await metering.http.get(f"{path}/evidence", headers=metering.officer())).json()
    method, call = draft["facts"]["next_call"].split(" ")
    assert (draft["code"], method) == ("wrong_state", "POST")
    assert call.startswith("/metering/v1/")
    closed = await metering.http.post(call.removeprefix("/metering"), headers=metering.officer())
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert (await metering.http.get(f"{path}/evidence", headers=metering.officer())).status_code == 200
    again = (await metering.close()).json()
    assert (again["code"], again["facts"]["next_call"]) == ("wrong_state", "")


@pytest.mark.rule("MT-2")
async def test_F_62_a_conflict_says_what_to_do(metering: Metering) -> None:  # noqa: N802 - the fault's id
    """An item under a used id with other data names rule and reason in both languages."""
    await metering.post(usage_item("e-1", kst(1, 10)))
    (item,) = (await metering.post(usage_item("e-1", kst(1, 10), units=3)))["items"]
    assert (item["outcome"], item["rule_id"], item["code"]) == ("conflict", "MT-2", "usage_conflict")
    assert "'e-1'은 다른 내용으로" in item["messages"]["ko"] or "'e-1'은(는)" not in item["messages"]["ko"]
    assert "correction" in item["messages"]["en"]
