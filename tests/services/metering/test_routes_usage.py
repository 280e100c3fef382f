"""Providers report usage through REST; users and the agency look at it."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.events.allocator import GrantEnded
from libs.common.events.metering import UsageRecorded
from tests.owner import as_owner
from tests.services.metering.meters import Metering, kst, usage_item


@pytest.mark.rule("MT-2")
@pytest.mark.rule("MT-3")
async def test_the_walk_of_one_hour(metering: Metering) -> None:
    """8 units, the same, a correction to 3, a late hour of a closed month, −5: five outcomes, nothing overwritten."""
    first = usage_item("e-1", kst(1, 10))
    assert await metering.outcome(first) == ("accepted", "")
    assert await metering.outcome(first) == ("duplicate", "")
    assert await metering.outcome(usage_item("e-2", kst(1, 10), units=3, corrects="e-1")) == ("accepted", "correction")
    assert (await metering.close("2025-10")).status_code == 200
    assert await metering.outcome(usage_item("e-3", kst(1, 11))) == ("accepted", "2025-10")
    assert await metering.outcome(usage_item("e-4", kst(1, 10), units=-5)) == ("rejected", "usage_units_impossible")

    hours = await metering.hours()
    assert [(row["hour"], row["held_unit_s"]) for row in hours] == [
        ("2025-10-01T01:00:00Z", 3 * 3600),
        ("2025-10-01T02:00:00Z", 8 * 3600),
    ]
    answer = await metering.http.get("/v1/usage/events?grant=A-000001", headers=metering.officer())
    events = {row["event_id"]: row for row in answer.json()["items"]}
    assert {name: (row["units"], row["corrected_by"]) for name, row in events.items()} == {
        "e-1": (8, "e-2"),
        "e-2": (3, None),
        "e-3": (8, None),
    }
    closed = (await metering.statement("2025-10"))["lines"]
    assert [line["billable_unit_hours"] for line in closed] == [3]
    drafted = (await metering.statement("2025-11"))["lines"]
    assert [(line["period"], line["adjustment"], line["billable_unit_hours"]) for line in drafted] == [
        ("2025-10", True, 8)
    ]


@pytest.mark.rule("MT-2")
async def test_one_batch_many_outcomes(metering: Metering) -> None:
    """Every item of a batch has its own outcome and reason; plainly accepted ones are only counted."""
    await metering.post(usage_item("known", kst(1, 10)))
    answer = await metering.post(
        usage_item("new", kst(1, 11)),
        usage_item("known", kst(1, 10)),
        usage_item("known", kst(1, 10), units=7),
        usage_item("late", kst(1, 12, 30)),
        {"id": "broken"},
        usage_item("twice", kst(1, 13)),
        usage_item("twice", kst(1, 13)),
        usage_item("strange", kst(1, 14), grant_id="A-999999"),
    )
    counts = {name: answer[name] for name in ("accepted", "duplicates", "conflicts", "rejected", "corrections")}
    assert counts == {"accepted": 2, "duplicates": 2, "conflicts": 1, "rejected": 3, "corrections": 0}
    assert [(item["index"], item["outcome"], item["code"]) for item in answer["items"]] == [
        (1, "duplicate", None),
        (2, "conflict", "usage_conflict"),
        (3, "rejected", "usage_hour_not_aligned"),
        (4, "rejected", "usage_item_malformed"),
        (6, "duplicate", None),
        (7, "rejected", "usage_grant_unknown"),
    ]
    assert all(item["messages"]["ko"] for item in answer["items"] if item["outcome"] == "rejected")
    kept = await metering.http.get("/v1/usage/conflicts", headers=metering.provider())
    assert [json.loads(row["document"])["data"]["units"] for row in kept.json()["items"]] == [7]


@pytest.mark.rule("MT-2")
async def test_a_plain_batch_lists_nothing(metering: Metering) -> None:
    """A batch of plainly accepted items answers with counts alone, and says one event."""
    answer = await metering.post(usage_item("a", kst(1, 10)), usage_item("b", kst(1, 11)))
    assert (answer["accepted"], answer["items"]) == (2, [])
    (said,) = await metering.client.said(UsageRecorded)
    assert (said.batch_id, said.accepted, said.provider_id) == (answer["batch_id"], 2, "alpha")


@pytest.mark.rule("MT-2")
async def test_what_was_accepted_stays_a_duplicate(metering: Metering) -> None:
    """An event resent after its grant has ended is still known, not rejected."""
    item = usage_item("e", kst(1, 10))
    await metering.post(item)
    await metering.client.feed(
        GrantEnded(
            grant_id="A-000001", programme_code="hpc-2025-gpu", provider_id="alpha", ended_at=kst(1, 9), reason="x"
        )
    )
    assert await metering.outcome(item) == ("duplicate", "")
    assert await metering.outcome(usage_item("f", kst(1, 11))) == ("rejected", "usage_not_placed")


@pytest.mark.rule("MT-2")
async def test_identity_is_global(metering: Metering) -> None:
    """The same id in another month is known: identity is not kept by month, nor by grant."""
    await metering.assign(kst(2, 0, month=11), "S-000002")
    await metering.post(usage_item("e", kst(1, 10)))
    again = usage_item("e", kst(2, 0, month=11), session_id="S-000002")
    assert await metering.outcome(again) == ("conflict", "usage_conflict")
    other = usage_item("e", kst(1, 10), provider_id="beta")
    await metering.place("A-000001", provider_id="beta")
    answer = await metering.post(other, provider_id="beta")
    assert answer["accepted"] == 1


@pytest.mark.rule("MT-3")
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
async def test_corrections_in_any_order(metering: Metering, order: tuple[int, ...]) -> None:
    """An event, its correction and that one's correction end in the same total, in whatever order they come."""
    items = [
        usage_item("e-1", kst(1, 10), held_s=1200),
        usage_item("e-2", kst(1, 10), units=3, held_s=1200, corrects="e-1"),
        usage_item("e-3", kst(1, 10), units=5, held_s=600, corrects="e-2"),
    ]
    for index in order:
        assert (await metering.outcome(items[index]))[0] == "accepted"
    (row,) = await metering.hours()
    assert (row["held_s"], row["held_unit_s"], row["events"]) == (600, 3000, 1)


@pytest.mark.rule("MT-3")
async def test_corrections_that_are_refused(metering: Metering) -> None:
    """A second correction of one event, a ring, and one over grants are refused by name."""
    await metering.place("A-000002")
    await metering.post(usage_item("e-1", kst(1, 10)), usage_item("e-2", kst(1, 10), units=3, corrects="e-1"))
    again = usage_item("e-3", kst(1, 10), units=4, corrects="e-1")
    assert await metering.outcome(again) == ("rejected", "correction_repeated")
    itself = usage_item("e-4", kst(1, 11), corrects="e-4")
    assert await metering.outcome(itself) == ("rejected", "correction_of_itself")
    foreign = usage_item("e-5", kst(1, 11), grant_id="A-000002", session_id=None, corrects="e-2")
    assert await metering.outcome(foreign) == ("rejected", "correction_of_other_grant")
    await metering.post(usage_item("r-1", kst(1, 12), corrects="r-2"))
    ring = usage_item("r-2", kst(1, 12), corrects="r-1")
    assert await metering.outcome(ring) == ("rejected", "correction_of_itself")


@pytest.mark.rule("MT-3")
async def test_a_correction_may_move_an_event(metering: Metering) -> None:
    """A correction to another hour and session takes the event out of the one and puts it into the other."""
    await metering.assign(kst(2, 10), "S-000002")
    await metering.post(usage_item("e-1", kst(1, 10)))
    await metering.post(usage_item("e-2", kst(2, 11), session_id="S-000002", corrects="e-1"))
    (row,) = await metering.hours()
    assert (row["session_id"], row["hour"]) == ("S-000002", "2025-10-02T02:00:00Z")


@pytest.mark.rule("MT-4")
async def test_seconds_of_one_hour_over_several_batches(metering: Metering) -> None:
    """Two halves fill an hour; one second more is rejected, and a correction that makes room lets it in."""
    await metering.post(usage_item("a", kst(1, 10), held_s=1800))
    await metering.post(usage_item("b", kst(1, 10), held_s=1800))
    more = usage_item("c", kst(1, 10), held_s=1)
    assert await metering.outcome(more) == ("rejected", "usage_seconds_over")
    await metering.post(usage_item("d", kst(1, 10), held_s=1799, corrects="b"))
    assert await metering.outcome(more) == ("accepted", "")


@pytest.mark.rule("MT-4")
async def test_two_writers_at_once_cannot_overfill_an_hour(metering: Metering) -> None:
    """Twelve batches at once, each with 600 s of the same hour: six get in, whatever the order."""
    answers = await asyncio.gather(
        *(metering.post(usage_item(f"e-{n}", kst(1, 10), held_s=600)) for n in range(12)),
    )
    assert sum(answer["accepted"] for answer in answers) == 6
    (row,) = await metering.hours()
    assert (row["held_s"], row["events"]) == (3600, 6)


@pytest.mark.rule("MT-2")
async def test_the_same_batch_from_two_writers_at_once(metering: Metering) -> None:
    """Retries that overtake each other count once."""
    items = [usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)]
    answers = await asyncio.gather(*(metering.post(*items) for _ in range(4)))
    assert sum(answer["accepted"] for answer in answers) == 10
    assert sum(answer["duplicates"] for answer in answers) == 30
    assert [row["events"] for row in await metering.hours()] == [1] * 10


@pytest.mark.rule("MT-4")
async def test_units_are_those_of_the_session(metering: Metering) -> None:
    """A session of 2 units cannot have held 3, whatever the grant could."""
    await metering.assign(kst(2, 10), "S-000002", units=2, servers={"alpha-s01": 2})
    item = usage_item("e", kst(2, 10), session_id="S-000002", units=3)
    assert await metering.outcome(item) == ("rejected", "usage_units_over")


@pytest.mark.rule("MT-4")
async def test_the_running_hour_is_judged_by_the_clock(metering: Metering) -> None:
    """The hour in which the clock stands is not over; a minute after its end it is."""
    await metering.assign(kst(5, 0, month=11), "S-000002")
    metering.clock.set(kst(5, 0, 59, month=11))
    item = usage_item("e", kst(5, 0, month=11), session_id="S-000002")
    assert await metering.outcome(item) == ("rejected", "usage_hour_not_over")
    metering.clock.set(kst(5, 1, 0, month=11))
    assert await metering.outcome(item) == ("accepted", "")


@pytest.mark.rule("MT-4")
async def test_use_of_an_unknown_session_is_kept_and_unmatched(metering: Metering) -> None:
    """Use outside any known session shows as unmatched; once the allocator tells the session it is billable."""
    await metering.post(usage_item("e", kst(3, 10), session_id="S-000009"))
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["unmatched_unit_hours"]) == (0, 8)
    await metering.assign(kst(3, 10), "S-000009")
    await metering.release(kst(3, 11), "S-000009")
    (line,) = (await metering.statement())["lines"]
    assert (line["billable_unit_hours"], line["unmatched_unit_hours"]) == (8, 0)


async def test_a_provider_reports_only_its_own(metering: Metering) -> None:
    """Another provider's source is refused item by item; callers of other roles may not report at all."""
    stranger = await metering.post(usage_item("e", kst(1, 10)), provider_id="beta")
    assert [item["code"] for item in stranger["items"]] == ["usage_source_not_yours"]
    for role in ("applicant", "reviewer", "auditor", "officer"):
        headers = metering.client.as_(role, organisation_id="alpha")
        answer = await metering.http.post("/v1/usage", content=b"[]", headers=headers)
        assert answer.status_code == 403
    assert (await metering.http.post("/v1/usage", content=b"[]")).status_code == 401


async def test_an_operator_reports_in_a_providers_place(metering: Metering) -> None:
    """An operator's import counts for the provider that the items name."""
    body = json.dumps([usage_item("e", kst(1, 10))])
    answer = await metering.http.post("/v1/usage", content=body, headers=metering.client.as_("operator"))
    assert answer.json()["accepted"] == 1
    assert (await metering.hours())[0]["provider_id"] == "alpha"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"not json", 422, "usage_batch_malformed", id="no JSON"),
        pytest.param(b'{"id": "e"}', 422, "usage_batch_malformed", id="an object in place of an array"),
        pytest.param(b"[" + b"1," * 10_000 + b"1]", 422, "usage_batch_too_long", id="10,001 items"),
        pytest.param(b'["' + b"x" * (8 * 1024 * 1024) + b'"]', 413, "body_too_large", id="more than 8 MiB"),
    ],
)
async def test_bodies_that_are_no_batch(metering: Metering, body: bytes, status: int, code: str) -> None:
    """A body that is no batch is a problem with a stable code, and leaves nothing behind."""
    answer = await metering.http.post("/v1/usage", content=body, headers=metering.provider())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await metering.hours() == []


async def test_a_batch_larger_than_other_bodies_may_be(metering: Metering) -> None:
    """Ten thousand items of some 3 MB are taken: this route has a limit of its own."""
    items = [usage_item(f"e-{n}", kst(1, 10), session_id=f"S-{n}", units=1) for n in range(10_000)]
    answer = await metering.post(*items)
    assert answer["accepted"] == 10_000


async def test_a_repeated_command_gets_the_first_answer(metering: Metering) -> None:
    """With an Idempotency-Key the retried batch gets the same answer, not duplicates."""
    body = json.dumps([usage_item("e", kst(1, 10))])
    headers = {**metering.provider(), "Idempotency-Key": "batch-1"}
    first = await metering.http.post("/v1/usage", content=body, headers=headers)
    again = await metering.http.post("/v1/usage", content=body, headers=headers)
    assert first.json() == again.json()
    assert first.json()["accepted"] == 1


@pytest.mark.rule("MT-2")
async def test_everyone_sees_what_is_theirs(metering: Metering) -> None:
    """The user sees its own hours, the provider those it reported, others none; an unknown grant is not found."""
    await metering.post(usage_item("e", kst(1, 10)))

    async def seen(headers: dict[str, str], query: str = "") -> Any:
        return await metering.http.get(f"/v1/usage/hours{query}", headers=headers)

    user = metering.client.as_("applicant", organisation_id="O-000001")
    stranger = metering.client.as_("applicant", organisation_id="O-000002")
    for headers in (user, metering.provider(), metering.officer(), metering.client.as_("auditor")):
        answer = await seen(headers)
        assert [row["utilisation_pct"] for row in answer.json()["items"]] == ["87.50"]
    assert (await seen(stranger)).json()["items"] == []
    assert (await seen(metering.provider("beta"))).json()["items"] == []
    assert (await seen(stranger, "?grant=A-000001")).status_code == 404
    assert (await seen(user, "?grant=A-000001")).status_code == 200


async def test_hours_page_by_cursor(metering: Metering) -> None:
    """Pages follow each other without a gap or a repeat; a broken cursor is refused."""
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)))
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        query = f"?grant=A-000001&limit=3{'&cursor=' + cursor if cursor else ''}"
        page = (await metering.http.get(f"/v1/usage/hours{query}", headers=metering.officer())).json()
        found += [row["hour"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert found == sorted(found)
    assert len(found) == 10
    broken = await metering.http.get("/v1/usage/hours?cursor=WzFd", headers=metering.officer())
    assert (broken.status_code, broken.json()["code"]) == (400, "bad_cursor")


async def test_events_are_never_changed(metering: Metering) -> None:
    """The database itself refuses to change or remove an event."""
    await metering.post(usage_item("e", kst(1, 10)))
    for statement in ("UPDATE usage_event SET units = 1", "DELETE FROM usage_event"):
        with pytest.raises(Exception, match="permission denied"):
            async with metering.db.transaction() as tx:
                await tx.execute(text(statement))
        with pytest.raises(Exception, match="never changed"):
            async with as_owner(metering.db) as tx:
                await tx.execute(text(statement))
