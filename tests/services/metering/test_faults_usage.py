"""Faults found in what providers report (F-27, F-31, F-35), each through REST with the right value."""

import json
from typing import Any

import pytest

from tests.services.metering.meters import Metering, kst, usage_item


async def held(metering: Metering, query: str = "", headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The held corrections, as an officer sees them unless others ask."""
    answer = await metering.http.get(f"/v1/usage/held{query}", headers=headers or metering.officer())
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def decide(metering: Metering, event_id: str, decision: str, role: str = "officer") -> Any:
    """Decide on a held correction with a reason."""
    body = {"provider_id": "alpha", "event_id": event_id, "decision": decision, "reason": "공급사에 확인함"}
    return await metering.http.post("/v1/usage/held/decisions", json=body, headers=metering.client.as_(role))


async def seconds(metering: Metering) -> list[int]:
    """The unit-seconds that count, hour by hour."""
    return [row["held_unit_s"] for row in await metering.hours()]


def one(event_id: str, held_s: int, hour: int = 10, corrects: str | None = None, **changes: Any) -> dict[str, Any]:
    """An event of one unit on 1 October."""
    return usage_item(event_id, kst(1, hour), units=1, held_s=held_s, corrects=corrects, **changes)


@pytest.mark.rule("MT-2")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"type": "kr.dure.usage.reported.v2"}, id="another type"),
        pytest.param({"subject": "A-000002"}, id="another subject"),
        pytest.param({"type": 5}, id="a type that is no text"),
        pytest.param({"data": {"grant_id": "A-000001"}}, id="data that cannot be read"),
        pytest.param({"data": usage_item("e-1", kst(1, 10), units=-5)["data"]}, id="a figure that cannot be"),
    ],
)
async def test_f_35_a_known_id_with_another_type_or_subject_is_a_conflict(
    metering: Metering, changes: dict[str, Any]
) -> None:
    """A known source and id under another type, subject or data is kept as a conflict, readable and without effect."""
    first = usage_item("e-1", kst(1, 10))
    await metering.post(first)
    assert await metering.outcome(first | changes) == ("conflict", "usage_conflict")
    kept = (await metering.http.get("/v1/usage/conflicts", headers=metering.provider())).json()["items"]
    assert [json.loads(row["document"]) for row in kept] == [first | changes]
    assert await seconds(metering) == [8 * 3600]


@pytest.mark.rule("MT-2")
async def test_f_35_other_attributes_are_not_compared(metering: Metering) -> None:
    """Another time or content type of a known event is a duplicate, even one that a new event could not bear."""
    first = usage_item("e-1", kst(1, 10))
    await metering.post(first)
    for changes in ({"time": "2025-10-02T00:00:00Z"}, {"datacontenttype": "text/plain"}, {"specversion": "0.3"}):
        assert await metering.outcome(first | changes) == ("duplicate", "")


@pytest.mark.rule("MT-2")
async def test_f_35_an_unknown_id_stays_rejected(metering: Metering) -> None:
    """What is not on record yet, or names another source, is no conflict; in one batch the order decides."""
    strange = {"type": "kr.dure.usage.reported.v2"}
    first = usage_item("e-1", kst(1, 10))
    answer = await metering.post(first | strange, first, first | strange, first | {"source": "/providers/beta"})
    assert [(item["index"], item["outcome"]) for item in answer["items"]] == [
        (0, "rejected"),
        (2, "conflict"),
        (3, "rejected"),
    ]
    counts = [answer[name] for name in ("accepted", "duplicates", "conflicts", "rejected")]
    assert counts == [1, 0, 1, 2]


@pytest.mark.rule("MT-3")
async def test_f_27_a_correction_of_an_unknown_event_counts_nowhere(metering: Metering) -> None:
    """1,800 s, then a correction of 900 s naming an unknown event: 1,800 s count, one is held and shown."""
    await metering.post(one("e-1", 1800))
    (told,) = (await metering.post(one("e-2", 900, corrects="e-0")))["items"]
    assert (told["outcome"], told["correction"], told["held"]) == ("accepted", True, True)
    assert await seconds(metering) == [1800]
    (line,) = (await metering.statement())["lines"]
    assert (line["held_unit_s"], line["usage_events"]) == (1800, 1)
    for headers in (metering.officer(), metering.provider()):
        (row,) = await held(metering, headers=headers)
        assert (row["event_id"], row["awaits"], row["held_s"]) == ("e-2", "e-0", 900)
    assert await held(metering, headers=metering.provider("beta")) == []
    events = await metering.http.get("/v1/usage/events?grant=A-000001", headers=metering.officer())
    assert {row["event_id"]: row["awaits"] for row in events.json()["items"]} == {"e-1": None, "e-2": "e-0"}


@pytest.mark.rule("MT-3")
async def test_f_27_of_two_that_name_the_same_unknown_one_the_first_stands(metering: Metering) -> None:
    """The second is rejected and told which stands; sent again the first is a duplicate."""
    await metering.post(one("e-2", 900, corrects="e-0"))
    (told,) = (await metering.post(one("e-3", 600, corrects="e-0")))["items"]
    assert (told["outcome"], told["code"], told["held"]) == ("rejected", "correction_repeated", False)
    assert "e-2" in told["messages"]["ko"]
    assert await metering.outcome(one("e-2", 900, corrects="e-0")) == ("duplicate", "")


@pytest.mark.rule("MT-3")
async def test_f_27_the_awaited_event_lets_it_count(metering: Metering) -> None:
    """Once the event comes the correction counts in its place, and nothing is held any more."""
    await metering.post(one("e-2", 900, corrects="e-0"))
    assert await metering.outcome(one("e-0", 1200)) == ("accepted", "")
    assert await seconds(metering) == [900]
    assert await held(metering) == []


@pytest.mark.rule("MT-3")
async def test_f_27_an_awaited_event_after_the_closing_is_an_adjustment(metering: Metering) -> None:
    """October is closed; the awaited event comes, and November's statement carries what its correction holds."""
    await metering.post(one("e-1", 3600), one("e-2", 900, 11, corrects="e-0"))
    assert (await metering.close()).json()["lines"][0]["billable_unit_hours"] == 1
    assert await metering.outcome(one("e-0", 1800, 11)) == ("accepted", "2025-10")
    (line,) = (await metering.statement("2025-11"))["lines"]
    found = (line["period"], line["adjustment"], line["held_unit_s"], line["billable_unit_hours"], line["usage_events"])
    assert found == ("2025-10", True, 900, 1, 1)


@pytest.mark.rule("MT-3")
@pytest.mark.parametrize(
    ("decision", "count", "after"),
    [
        pytest.param("own", [1800 + 900], [1800 + 900 + 300], id="an event of its own"),
        pytest.param("dropped", [1800], [1800 + 300], id="dropped for good"),
    ],
)
async def test_f_27_an_officer_decides_on_a_held_correction(
    metering: Metering, decision: str, count: list[int], after: list[int]
) -> None:
    """Decided with a reason and shown with it; the event that it named counts for itself when it comes, and once more
    corrected it is replaced by that correction."""
    await metering.post(one("e-1", 1800), one("e-2", 900, corrects="e-0"))
    assert (await decide(metering, "e-2", decision, "provider")).status_code == 403
    told = await decide(metering, "e-2", decision)
    assert (told.status_code, told.json()["decision"]) == (201, decision)
    assert await seconds(metering) == count
    assert await held(metering) == []
    (row,) = await held(metering, f"?state={decision}")
    assert (row["reason"], row["decided_by"]) == ("공급사에 확인함", "officer-1")
    again = await decide(metering, "e-2", "own")
    assert (again.status_code, again.json()["code"]) == (409, "held_decided")
    assert await metering.outcome(one("e-0", 300)) == ("accepted", "")
    assert await seconds(metering) == after
    assert await metering.outcome(one("e-4", 0, corrects="e-0")) == ("accepted", "correction")
    assert await seconds(metering) == count


@pytest.mark.rule("MT-3")
async def test_f_27_decisions_that_cannot_be(metering: Metering) -> None:
    """Nothing held, a correction behind another, an hour that is full: each is refused by name."""
    await metering.post(one("e-1", 3000))
    plain = await decide(metering, "e-1", "own")
    assert (plain.status_code, plain.json()["code"]) == (409, "held_unknown")
    await metering.post(one("e-2", 900, corrects="e-0"), one("e-3", 700, corrects="e-2"))
    behind = await decide(metering, "e-3", "own")
    assert (behind.status_code, behind.json()["code"]) == (409, "held_behind_another")
    full = await decide(metering, "e-2", "own")
    assert (full.status_code, full.json()["code"]) == (409, "usage_seconds_over")
    assert await metering.outcome(one("e-0", 1)) == ("rejected", "usage_seconds_over")
    assert (await decide(metering, "e-2", "dropped")).status_code == 201
    named = await metering.outcome(one("e-5", 1, corrects="e-3"))
    assert named == ("rejected", "correction_of_dropped")
    assert await seconds(metering) == [3000]


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("0.145", "0.15", id="a half, which a float holds less than"),
        pytest.param("0.14499999999999999999999", "0.14", id="just below a half, in more digits than a float has"),
        pytest.param("1.005", "1.01", id="another half"),
        pytest.param("99.995", "100.00", id="the half before the last"),
        pytest.param("1.45e-1", "0.15", id="with an exponent"),
        pytest.param("0.1450000000000000000001", "0.15", id="just above a half"),
    ],
)
async def test_f_31_utilisation_is_rounded_half_up_from_its_text(metering: Metering, written: str, shown: str) -> None:
    """Utilisation is an exact decimal, rounded half up to hundredths of a per cent, never by a float."""
    body = json.dumps([usage_item("e-1", kst(1, 10), utilisation_pct="@")]).replace('"@"', written)
    answer = await metering.http.post("/v1/usage", content=body, headers=metering.provider())
    assert answer.json()["accepted"] == 1
    assert [row["utilisation_pct"] for row in await metering.hours()] == [shown]


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"hour": 1759280400}, id="seconds since 1970"),
        pytest.param({"hour": "1759280400"}, id="seconds since 1970 as text"),
        pytest.param({"hour": "20251001T010000Z"}, id="without separators"),
        pytest.param({"hour": "2025-10-01T01Z"}, id="without minutes"),
        pytest.param({"hour": "2025-W40-3T01:00:00Z"}, id="a day of a week"),
        pytest.param({"hour": "2025-10-01x01:00:00Z"}, id="another letter between"),
        pytest.param({"hour": "2025-10-01T01:00:00+0000"}, id="an offset without colon"),
        pytest.param({"hour": "２０２５-10-01T01:00:00Z"}, id="full-width digits"),
        pytest.param({"units": "8"}, id="a number as text"),
        pytest.param({"held_s": "1_0"}, id="a number with an underscore"),
        pytest.param({"utilisation_pct": "87.5"}, id="utilisation as text"),
    ],
)
async def test_f_31_lenient_writings_of_usage_are_refused(metering: Metering, changes: dict[str, Any]) -> None:
    """An hour is RFC 3339 text, a number is a JSON number: anything else is rejected."""
    item = usage_item("e-1", kst(1, 10))
    item["data"] |= changes
    assert (await metering.outcome(item))[0] == "rejected"
