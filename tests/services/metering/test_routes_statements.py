"""Statements, discounts and the summary through REST."""

import datetime as dt
import hashlib
import json

import pytest
from sqlalchemy import text

from libs.common.calendar import KST
from libs.common.events.allocator import GrantChanged, GrantEnded, SessionWithdrawn
from libs.common.events.metering import StatementClosed
from services.metering.jobs import watch
from services.metering.metrics import METRICS
from tests.owner import as_owner
from tests.services.metering.meters import HOURLY, MONTHLY, Metering, kst, usage_item


@pytest.mark.rule("MT-10")
async def test_a_statement_is_closed_once_and_never_changes(metering: Metering) -> None:
    """Closed lines, hash and event agree with the evidence, whatever comes later."""
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 19)))
    draft = await metering.statement()
    assert draft["state"] == "draft"
    assert draft["gaps"] == [
        {"grant_id": "A-000001", "session_id": "S-000001", "hour": "2025-10-01T10:00:00Z", "units": 8}
    ]
    closed = (await metering.close()).json()
    assert closed["lines"] == draft["lines"]
    (line,) = closed["lines"]
    assert (line["billable_unit_hours"], line["gap_unit_hours"], line["usage_events"]) == (72, 8, 9)
    assert closed["due_at"] == "2025-11-07T15:00:00Z"
    url = "/v1/statements/alpha/hpc-2025-gpu/2025-10/evidence"
    evidence = (await metering.http.get(url, headers=metering.provider())).content
    assert hashlib.sha256(evidence).hexdigest() == closed["sha256"]
    (said,) = await metering.client.said(StatementClosed)
    assert (said.sha256, said.statement_id) == (closed["sha256"], "alpha:hpc-2025-gpu:2025-10")
    assert said.lines[0].billable_unit_hours == 72
    names = [["/providers/alpha", f"e-{hour}"] for hour in range(10, 19)]
    listed = json.dumps(names, separators=(",", ":")).encode()
    assert line["evidence_sha256"] == hashlib.sha256(listed).hexdigest()

    again = await metering.close()
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    await metering.post(usage_item("e-19", kst(1, 19)))
    assert (await metering.statement())["lines"] == closed["lines"]
    (adjustment,) = (await metering.statement("2025-11"))["lines"]
    assert (adjustment["billable_unit_hours"], adjustment["gap_unit_hours"]) == (8, -8)
    with pytest.raises(Exception, match="never changed"):
        async with as_owner(metering.db) as tx:
            await tx.execute(text("UPDATE statement SET sha256 = ''"))


@pytest.mark.rule("MT-10")
async def test_when_a_statement_cannot_be_closed(metering: Metering) -> None:
    """Not before the month is over in Seoul, not over an open month with something to state, not for strangers."""
    await metering.post(usage_item("e", kst(1, 10)))
    running = await metering.close("2025-11")
    assert (running.status_code, running.json()["code"]) == (409, "statement_month_not_over")
    metering.clock.set(kst(1, month=12))
    earlier = await metering.close("2025-11")
    assert (earlier.status_code, earlier.json()["code"]) == (409, "statement_earlier_open")
    assert (await metering.close("2025-10")).status_code == 200
    assert (await metering.close("2025-11")).status_code == 200
    assert (await metering.close("2025-10", provider_id="beta")).status_code == 404
    assert (await metering.close("2025-10", programme="unknown")).status_code == 404
    url = "/v1/statements/alpha/hpc-2025-gpu/2025-10"
    assert (await metering.http.post(f"{url}/close", headers=metering.provider())).status_code == 403
    assert (await metering.http.get(url, headers=metering.provider("beta"))).status_code == 404
    assert (await metering.http.get(url.replace("2025-10", "2025-13"), headers=metering.officer())).status_code == 422
    draft = await metering.http.get(f"{url[:-2]}12/evidence", headers=metering.officer())
    assert (draft.status_code, draft.json()["code"]) == (409, "wrong_state")


@pytest.mark.rule("MT-10")
async def test_a_month_closed_after_a_later_one_says_nothing_of_it(metering: Metering) -> None:
    """A month in which nothing was used, closed late: October keeps its hours, and November takes nothing back."""
    await metering.post(usage_item("e", kst(1, 10)))
    october = (await metering.close("2025-10")).json()["lines"]
    assert october[0]["billable_unit_hours"] == 8
    assert (await metering.close("2025-09")).json()["lines"] == []
    assert (await metering.statement("2025-08"))["lines"] == []
    metering.clock.set(kst(1, month=12))
    assert (await metering.close("2025-11")).json()["lines"] == []


@pytest.mark.rule("MT-11")
async def test_a_monthly_grant_over_two_months(metering: Metering) -> None:
    """A fixed grant states its months as fractions, its reported use, and outages from its delivery on."""
    await metering.place(
        "A-000002",
        programme_code=MONTHLY,
        mode="fixed",
        pool_id=None,
        servers={"alpha-s07": 2},
        units=2,
        priced_units=2,
        cards=2,
        starts_at=kst(15),
        ends_at=dt.datetime(2026, 1, 15, tzinfo=KST),
    )
    item = usage_item("m-1", kst(20, 10), grant_id="A-000002", session_id=None, units=2)
    await metering.post(item)
    outage = {
        "provider_id": "alpha",
        "scope_kind": "server",
        "scope_id": "alpha-s07",
        "started_at": kst(31, 23, 30).isoformat(),
        "ended_at": kst(1, 0, 30, month=11).isoformat(),
        "reason": "교체",
    }
    await metering.http.post("/v1/outages", json=outage, headers=metering.officer())
    (october,) = (await metering.close("2025-10", MONTHLY)).json()["lines"]
    assert (october["months_before"], october["months_after"]) == ("0", "17/30")
    assert (october["outage_unit_hours"], october["held_unit_s"]) == (2, 7200)
    assert october["gap_unit_hours"] == (17 * 24 - 1) * 2
    metering.clock.set(kst(1, month=12))
    (november,) = (await metering.close("2025-11", MONTHLY)).json()["lines"]
    assert (november["months_before"], november["months_after"]) == ("17/30", "23/15")
    assert november["outage_unit_hours"] == 0


@pytest.mark.rule("MT-6")
async def test_the_balance_of_discounted_hours(metering: Metering) -> None:
    """Waits of 10 h 20 min (assigned) and 9 h (withdrawn) leave 3 × 2 and 1 × 4; use by billable hours shows."""
    await metering.assign(kst(3, 19, 20), "S-000002", units=2, servers={"s": 2}, requested_at=kst(3, 9))
    await metering.client.feed(
        SessionWithdrawn(
            session_id="S-000003",
            grant_id="A-000001",
            programme_code=HOURLY,
            provider_id="alpha",
            pool_id="alpha-h100",
            units=4,
            requested_at=kst(4, 0),
            withdrawn_at=kst(4, 9),
        )
    )
    await metering.release(kst(3, 21, 20), "S-000002")
    items = [
        usage_item("a", kst(3, 19), units=2, held_s=2400, session_id="S-000002"),
        usage_item("b", kst(3, 20), units=2, session_id="S-000002"),
        usage_item("c", kst(3, 21), units=2, held_s=1200, session_id="S-000002"),
    ]
    await metering.post(*items)
    user = metering.client.as_("applicant", organisation_id="O-000001")
    (balance,) = (await metering.http.get("/v1/discounts?grant=A-000001", headers=user)).json()
    figures = (balance["earned_unit_hours"], balance["used_unit_hours"], balance["left_unit_hours"])
    assert figures == (10, 4, 6)
    assert [wait["unit_hours"] for wait in balance["waits"]] == [6, 4]
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["discounted_unit_hours"]) == (4, 4)
    stranger = metering.client.as_("applicant", organisation_id="O-000002")
    assert (await metering.http.get("/v1/discounts?grant=A-000001", headers=stranger)).status_code == 404


@pytest.mark.rule("MT-5")
async def test_a_switch_to_fixed_and_back(metering: Metering) -> None:
    """The fixed session of a switched pool is billable used or not, on its own line."""
    await metering.assign(kst(3, 10), "S-000002")
    await metering.release(kst(3, 12), "S-000002")
    await metering.assign(kst(3, 12), "S-000003", mode="fixed", continues="S-000002")
    await metering.release(kst(3, 15), "S-000003")
    await metering.post(*(usage_item(f"e-{h}", kst(3, h), session_id="S-000002") for h in (10, 11)))
    lines = {line["mode"]: line for line in (await metering.statement())["lines"]}
    assert lines["dynamic"]["billable_unit_hours"] == 16
    assert (lines["fixed"]["billable_unit_hours"], lines["fixed"]["gap_unit_hours"]) == (24, 24)


async def test_a_lowered_and_ended_grant(metering: Metering) -> None:
    """Lowerings and ends told in any order, twice or before the placement, are kept."""
    feed = metering.client.feed
    for _ in range(2):
        ended = GrantEnded(
            grant_id="A-000003", programme_code=MONTHLY, provider_id="alpha", ended_at=kst(21), reason="returned"
        )
        changed = GrantChanged(
            grant_id="A-000003",
            programme_code=MONTHLY,
            units=1,
            months=2,
            ends_at=dt.datetime(2025, 12, 1, tzinfo=KST),
            reason="lowered",
        )
        await feed(ended)
        await feed(changed)
    await metering.place("A-000003", programme_code=MONTHLY, mode="fixed", units=4, priced_units=16, cards=16)
    lines = (await metering.statement("2025-10", MONTHLY))["lines"]
    assert [(line["priced_units"], line["months_after"], line["ends_at"]) for line in lines] == [
        (4, "2/3", "2025-10-20T15:00:00Z")
    ]


async def test_the_summary_counts_what_was_closed(metering: Metering) -> None:
    """Items count as they come, hours with the closing; an unknown programme is not found."""
    await metering.post(usage_item("e-1", kst(1, 10)))
    await metering.post(usage_item("e-1", kst(1, 10)))
    await metering.post(usage_item("e-2", kst(1, 10), units=3, corrects="e-1"))
    await metering.close()
    answer = await metering.http.get(f"/v1/summary?programme={HOURLY}", headers=metering.officer())
    assert answer.json() == {
        "programme": HOURLY,
        "events": 2,
        "duplicates": 1,
        "corrections": 1,
        "conflicts": 0,
        "rejected": 0,
        "billable_unit_hours": 3,
        "discounted_unit_hours": 0,
        "outage_unit_hours": 0,
        "unmatched_unit_hours": 0,
        "gap_unit_hours": 72,
    }
    unknown = await metering.http.get("/v1/summary?programme=nothing", headers=metering.officer())
    assert unknown.status_code == 404
    assert (await metering.http.get(f"/v1/summary?programme={HOURLY}", headers=metering.provider())).status_code == 403


async def test_closed_statements_are_listed(metering: Metering) -> None:
    """A provider lists its own, the agency all."""
    await metering.post(usage_item("e-1", kst(1, 10)))
    await metering.close()
    for headers, count in ((metering.provider(), 1), (metering.officer(), 1), (metering.provider("beta"), 0)):
        answer = await metering.http.get("/v1/statements?month=2025-10", headers=headers)
        assert len(answer.json()["items"]) == count


async def test_the_watch_measures_lag_gaps_and_overdue_statements(metering: Metering) -> None:
    """Lag since the last reported hour, hours without events, and the month whose statement is due."""
    await metering.assign(kst(9, 20, month=11), "S-000002")
    await metering.post(usage_item("e", kst(1, 10)))
    now = kst(10, month=11)
    metering.clock.set(now)
    await watch(metering.db, metering.clock)
    assert METRICS.usage_lag_s.labels("alpha")._value.get() == (now - kst(1, 11)).total_seconds()
    assert METRICS.hours_without_events.labels("alpha")._value.get() == 3
    assert METRICS.statements_overdue.labels("alpha", HOURLY)._value.get() == 1
    assert METRICS.statements_overdue.labels("alpha", HOURLY)._value.get() == 1
