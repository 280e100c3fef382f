"""Faults found with outages (F-16, F-26, F-28, F-29, F-31), each through REST with the right value."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from libs.common.calendar import KST
from libs.common.events.metering import OutageClosed, OutageEndStated, OutageOpened, OutageWithdrawn
from tests.services.metering.meters import MONTHLY, Metering, kst, usage_item

TEN, HALF_PAST, ELEVEN = kst(1, 10), kst(1, 10, 30), kst(1, 11)


def report(scope_kind: str = "provider", scope_id: str = "alpha", **changes: Any) -> dict[str, Any]:
    """An outage at alpha from 1 October, 11:00 in Seoul."""
    return {
        "provider_id": "alpha",
        "scope_kind": scope_kind,
        "scope_id": scope_id,
        "started_at": kst(1, 11).isoformat(),
        "reason": "정전",
    } | changes


async def outage(metering: Metering, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Report an outage that is taken."""
    answer = await metering.http.post("/v1/outages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def act(metering: Metering, outage_id: str, verb: str, headers: dict[str, str], **body: Any) -> Any:
    """Close an outage, confirm its end, question it or withdraw it."""
    told = {name: at.isoformat() if isinstance(at, dt.datetime) else at for name, at in body.items()}
    return await metering.http.post(f"/v1/outages/{outage_id}/{verb}", json=told, headers=headers)


async def lost(metering: Metering, month: str = "2025-10", programme: str = "hpc-2025-gpu") -> int:
    """The outage unit-hours of a month's only line."""
    (line,) = (await metering.statement(month, programme))["lines"]
    hours: int = line["outage_unit_hours"]
    return hours


async def all_hours(metering: Metering) -> None:
    """Ten hours of the session's 8 units are reported."""
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)))


@pytest.mark.rule("MT-7")
async def test_f_26_two_units_outages_are_not_stacked_on_one(metering: Metering) -> None:
    """Monthly: server 1 out 10:00–10:30, server 2 out 10:30–11:00, one unit each: 2 started unit-hours."""
    await metering.place(
        "A-000002",
        programme_code=MONTHLY,
        mode="fixed",
        pool_id=None,
        servers={"s1": 1, "s2": 1},
        units=2,
        priced_units=2,
        cards=2,
        ends_at=dt.datetime(2026, 1, 1, tzinfo=KST),
    )
    for server, start, end in (("s1", TEN, HALF_PAST), ("s2", HALF_PAST, ELEVEN)):
        body = report("server", server, started_at=start.isoformat(), ended_at=end.isoformat())
        await outage(metering, metering.officer(), body)
    assert await lost(metering, programme=MONTHLY) == 2


@pytest.mark.rule("MT-7")
async def test_f_26_two_units_are_up_half_an_hour_each(metering: Metering) -> None:
    """Hourly: each unit is up for 1,800 s outside its own server's outage: 3,600 unit-seconds, not 1,800.

    The next hour's 1,800 unit-seconds make the sum visible: 5,400 begin 2 hours, 3,600 would begin 1.
    """
    await metering.assign(kst(2, 10), "S-000002", units=2, servers={"s1": 1, "s2": 1})
    await metering.release(kst(2, 12), "S-000002")
    await metering.post(
        usage_item("a", kst(2, 10), units=2, held_s=1800, session_id="S-000002"),
        usage_item("b", kst(2, 11), units=2, held_s=900, session_id="S-000002"),
    )
    for server, start, end in (("s1", kst(2, 10), kst(2, 10, 30)), ("s2", kst(2, 10, 30), kst(2, 11))):
        body = report("server", server, started_at=start.isoformat(), ended_at=end.isoformat())
        await outage(metering, metering.officer(), body)
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["outage_unit_hours"]) == (2, 0)


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("data_centre", "alpha-dc-1", id="a data centre misspelt"),
        pytest.param("pool", "alpha-h200", id="another pool"),
        pytest.param("server", "alpha-s1", id="another server"),
        pytest.param("grant", "A-000009", id="an unknown grant"),
        pytest.param("provider", "beta", id="another provider"),
    ],
)
async def test_f_28_a_scope_that_names_nothing_is_refused(metering: Metering, kind: str, name: str) -> None:
    """`alpha-dc-1` where `alpha-dc1` exists: refused, and what exists is told; nothing is kept or said."""
    answer = await metering.http.post("/v1/outages", json=report(kind, name), headers=metering.officer())
    assert (answer.status_code, answer.json()["code"]) == (409, "outage_scope_unknown")
    if kind == "data_centre":
        assert "alpha-dc1" in answer.json()["messages"]["ko"]
    assert await metering.client.said(OutageOpened) == []


@pytest.mark.rule("MT-7")
async def test_f_28_a_provider_that_nobody_knows_has_no_outage(metering: Metering) -> None:
    """Neither registered nor with a grant: the provider itself is a scope that names nothing."""
    body = report("provider", "gamma", provider_id="gamma")
    answer = await metering.http.post("/v1/outages", json=body, headers=metering.officer())
    assert (answer.status_code, answer.json()["code"]) == (409, "outage_scope_unknown")


@pytest.mark.rule("MT-7")
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("data_centre", "ALPHA-DC1", id="a grant's data centre"),
        pytest.param("pool", "alpha-h100", id="a grant's pool"),
        pytest.param("server", "Alpha-S01", id="a session's server, which no grant names"),
    ],
)
async def test_f_28_what_grants_and_sessions_name_is_known(metering: Metering, kind: str, name: str) -> None:
    """Data centres, pools and servers are known from grants and from sessions, in any spelling."""
    told = await outage(metering, metering.provider(), report(kind, name))
    assert told["scope_id"] == name.casefold()


@pytest.mark.rule("MT-7")
async def test_f_29_a_provider_cannot_close_the_agencys_outage(metering: Metering) -> None:
    """It may state an end one second after the start; for money the outage stays open until the agency confirms."""
    await all_hours(metering)
    outage_id = (await outage(metering, metering.officer(), report()))["outage_id"]
    early = kst(1, 11) + dt.timedelta(seconds=1)
    stated = await act(metering, outage_id, "close", metering.provider(), ended_at=early)
    assert (stated.status_code, stated.json()["state"], stated.json()["ended_at"]) == (200, "end_stated", None)
    assert await lost(metering) == 72
    alone = await act(metering, outage_id, "confirm-end", metering.provider())
    assert alone.status_code == 403
    unexplained = await act(metering, outage_id, "confirm-end", metering.officer(), ended_at=kst(1, 13))
    assert (unexplained.status_code, unexplained.json()["code"]) == (422, "outage_reason_missing")
    confirmed = await act(
        metering, outage_id, "confirm-end", metering.officer(), ended_at=kst(1, 13), reason="점검 기록과 다름"
    )
    shown = confirmed.json()
    assert (confirmed.status_code, shown["state"], shown["ended_at"]) == (200, "closed", "2025-10-01T04:00:00Z")
    assert (shown["stated_end"]["ended_at"], shown["stated_end"]["by"]) == ("2025-10-01T02:00:01Z", "provider-1")
    assert (shown["closed_by"], shown["closed_reason"]) == ("officer-1", "점검 기록과 다름")
    assert await lost(metering) == 16
    assert [event.ended_at for event in await metering.client.said(OutageClosed)] == [kst(1, 13)]
    assert [event.ended_at for event in await metering.client.said(OutageEndStated)] == [early]


@pytest.mark.rule("AL-19")
async def test_f_29_a_provider_states_its_own_outages_end(metering: Metering) -> None:
    """Its own outage too stays open for money until confirmed, also one reported with its end, it may restate it."""
    await all_hours(metering)
    over = report(ended_at=kst(1, 12).isoformat())
    told = await outage(metering, metering.provider(), over)
    assert (told["state"], told["ended_at"], told["stated_end"]["ended_at"]) == (
        "end_stated",
        None,
        "2025-10-01T03:00:00Z",
    )
    assert await lost(metering) == 72
    again = await act(metering, told["outage_id"], "close", metering.provider(), ended_at=kst(1, 13))
    assert again.json()["stated_end"]["ended_at"] == "2025-10-01T04:00:00Z"
    confirmed = await act(metering, told["outage_id"], "confirm-end", metering.client.as_("operator"))
    assert (confirmed.json()["ended_at"], confirmed.json()["closed_by"]) == ("2025-10-01T04:00:00Z", "operator-1")
    assert await lost(metering) == 16
    late = await act(metering, told["outage_id"], "close", metering.provider(), ended_at=kst(1, 12))
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


@pytest.mark.rule("AL-19")
async def test_f_29_the_agencys_own_close_counts_at_once(metering: Metering) -> None:
    """The agency closes what it opened; an end that nobody stated cannot be confirmed."""
    await all_hours(metering)
    outage_id = (await outage(metering, metering.officer(), report()))["outage_id"]
    nothing = await act(metering, outage_id, "confirm-end", metering.officer())
    assert (nothing.status_code, nothing.json()["code"]) == (409, "outage_end_not_stated")
    closed = await act(metering, outage_id, "close", metering.officer(), ended_at=kst(1, 13))
    assert (closed.json()["state"], closed.json()["closed_by"]) == ("closed", "officer-1")
    assert await lost(metering) == 16
    twice = await act(metering, outage_id, "confirm-end", metering.officer())
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")


@pytest.mark.rule("AL-19")
async def test_f_29_the_agency_overrules_a_stated_end_with_a_reason(metering: Metering) -> None:
    """Closing over the provider's statement is a confirmation: another instant needs a reason."""
    told = await outage(metering, metering.provider(), report(ended_at=kst(1, 12).isoformat()))
    bare = await act(metering, told["outage_id"], "close", metering.officer(), ended_at=kst(1, 13))
    assert (bare.status_code, bare.json()["code"]) == (422, "outage_reason_missing")
    closed = await act(
        metering, told["outage_id"], "close", metering.officer(), ended_at=kst(1, 13), reason="로그 확인"
    )
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


@pytest.mark.rule("AL-19")
async def test_f_29_the_user_of_a_grant_confirms_or_questions_its_outages_end(metering: Metering) -> None:
    """For an outage of one grant its user confirms just what was stated, or questions it: then the agency decides."""
    user = metering.client.as_("applicant", organisation_id="O-000001")
    stranger = metering.client.as_("applicant", organisation_id="O-000002")
    body = report("grant", "A-000001", ended_at=kst(1, 12).isoformat())
    outage_id = (await outage(metering, metering.provider(), body))["outage_id"]
    assert (await act(metering, outage_id, "confirm-end", stranger)).status_code == 404
    assert (await metering.http.get(f"/v1/outages/{outage_id}", headers=user)).status_code == 200
    other = await act(metering, outage_id, "confirm-end", user, ended_at=kst(1, 15), reason="더 길었음")
    assert (other.status_code, other.json()["code"]) == (409, "outage_end_for_the_agency")
    asked = await act(metering, outage_id, "question-end", user, ended_at=kst(1, 15), reason="15시까지 안 됨")
    (question,) = asked.json()["questions"]
    assert (asked.status_code, question["by"], question["ended_at"]) == (200, "applicant-1", "2025-10-01T06:00:00Z")
    after = await act(metering, outage_id, "confirm-end", user)
    assert (after.status_code, after.json()["code"]) == (409, "outage_end_for_the_agency")
    assert (await act(metering, outage_id, "confirm-end", metering.officer())).json()["state"] == "closed"
    second = (await outage(metering, metering.provider(), body))["outage_id"]
    agreed = await act(metering, second, "confirm-end", user)
    assert (agreed.status_code, agreed.json()["closed_by"]) == (200, "applicant-1")
    whole = (await outage(metering, metering.provider(), report(ended_at=kst(1, 12).isoformat())))["outage_id"]
    assert (await act(metering, whole, "confirm-end", user)).status_code == 404


@pytest.mark.rule("AL-19")
async def test_f_29_whoever_belongs_to_the_provider_speaks_as_the_provider(metering: Metering) -> None:
    """An officer's role beside the provider's changes nothing for its own outages: no end counts by its word."""
    token = metering.client.token("provider", "officer", "applicant", organisation_id="alpha", subject="both")
    both = {"Authorization": f"Bearer {token}"}
    told = await outage(metering, both, report(ended_at=kst(1, 12).isoformat()))
    assert told["state"] == "end_stated"
    closed = await act(metering, told["outage_id"], "close", both, ended_at=kst(1, 12))
    assert closed.json()["state"] == "end_stated"
    for verb, body in (("confirm-end", {}), ("question-end", {"reason": "x"}), ("withdraw", {"reason": "x"})):
        assert (await act(metering, told["outage_id"], verb, both, **body)).status_code == 403


@pytest.mark.rule("AL-19")
async def test_f_29_two_confirmations_at_once(metering: Metering) -> None:
    """One of them counts and is told; the other finds the outage closed."""
    told = await outage(metering, metering.provider(), report(ended_at=kst(1, 12).isoformat()))
    answers = await asyncio.gather(
        *(act(metering, told["outage_id"], "confirm-end", metering.officer()) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await metering.client.said(OutageClosed)) == 1


@pytest.mark.rule("MT-7")
async def test_f_16_a_wrong_outage_is_withdrawn(metering: Metering) -> None:
    """Withdrawn by the agency with a reason it counts no more; it stays on record; a withdrawal is not taken back."""
    await all_hours(metering)
    outage_id = (await outage(metering, metering.provider(), report()))["outage_id"]
    assert (await act(metering, outage_id, "withdraw", metering.provider(), reason="오기")).status_code == 403
    assert (await act(metering, outage_id, "withdraw", metering.officer())).status_code == 422
    gone = await act(metering, outage_id, "withdraw", metering.officer(), reason="다른 공급사의 장애였음")
    shown = gone.json()
    assert (gone.status_code, shown["state"], shown["withdrawn"]["by"]) == (200, "withdrawn", "officer-1")
    assert await lost(metering) == 0
    (said,) = await metering.client.said(OutageWithdrawn)
    assert (said.outage_id, said.reason) == (outage_id, "다른 공급사의 장애였음")
    for verb, body in (("withdraw", {"reason": "취소"}), ("close", {"ended_at": kst(1, 12)}), ("confirm-end", {})):
        again = await act(metering, outage_id, verb, metering.officer(), **body)
        assert (again.status_code, again.json()["code"]) == (409, "outage_is_withdrawn")
    listed = await metering.http.get("/v1/outages?state=withdrawn", headers=metering.provider())
    assert [row["outage_id"] for row in listed.json()["items"]] == [outage_id]
    assert (await metering.http.get("/v1/outages?state=open", headers=metering.officer())).json()["items"] == []


@pytest.mark.rule("MT-7")
async def test_f_16_an_outage_withdrawn_after_its_month_closed_is_an_adjustment(metering: Metering) -> None:
    """October was closed with the outage; the next open month gives back what it took."""
    await all_hours(metering)
    over = report(ended_at=kst(1, 13).isoformat())
    outage_id = (await outage(metering, metering.officer(), over))["outage_id"]
    (october,) = (await metering.close()).json()["lines"]
    assert (october["billable_unit_hours"], october["outage_unit_hours"]) == (64, 16)
    await act(metering, outage_id, "withdraw", metering.officer(), reason="기록 착오")
    assert (await metering.statement())["lines"] == [october]
    (line,) = (await metering.statement("2025-11"))["lines"]
    found = (line["period"], line["adjustment"], line["billable_unit_hours"], line["outage_unit_hours"])
    assert found == ("2025-10", True, 16, -16)


@pytest.mark.rule("CV-2")
@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(1759370400, id="seconds since 1970"),
        pytest.param(1759370400000, id="milliseconds since 1970"),
        pytest.param(1759370400.5, id="seconds with a fraction"),
        pytest.param("1759370400", id="seconds as text"),
        pytest.param("2025-10-02", id="a day"),
        pytest.param("2025-10-02T02:00Z", id="without seconds"),
        pytest.param("2025-10-02T02:00:00+0000", id="an offset without colon"),
        pytest.param("2025-10-02T02:00:00", id="without offset"),
        pytest.param(True, id="a truth value"),
    ],
)
async def test_f_31_instants_are_rfc_3339_text_only(metering: Metering, instant: Any) -> None:
    """A number or another writing is no instant, in every body of metering."""
    answer = await metering.http.post("/v1/outages", json=report(started_at=instant), headers=metering.officer())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    outage_id = (await outage(metering, metering.officer(), report()))["outage_id"]
    for verb in ("close", "confirm-end", "question-end"):
        told = await act(metering, outage_id, verb, metering.officer(), ended_at=instant, reason="x")
        assert told.status_code in (403, 422)
