"""A conflict of interest found after a stage has closed: opened again, scored by a substitute, closed anew (RV-17)."""

import asyncio
import hashlib
import json

import pytest
import pytest_asyncio
from sqlalchemy import text

from libs.common.events.review import SelectionAnnounced
from tests.services.review.call import CODE, Call, seats, withdrawn

PANEL = "panels/PN-000001"
RELATED = {"reviewer_id": "reviewer-1", "reason": "사외이사 겸직 확인"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


async def reopen(call: Call, name: str, seat: int = 1, *, status: int = 201, panel: str = PANEL):
    body = {**RELATED, "reviewer_id": f"reviewer-{seat}", "application_id": f"A-{name}"}
    return await call.post(f"{panel}/reopenings", status=status, **body)


async def substitute(call: Call, number: int = 6, *, status: int = 201, **more):
    chair = {"seat": number, "reviewer_id": f"reviewer-{number}", "name": "대체 위원", "reason": "이해충돌", **more}
    return await call.post(f"{PANEL}/substitutes", status=status, **chair)


async def judged_again(call: Call, name: str, total: str) -> None:
    """Seat 1 is set aside and a substitute gives this total in its stead."""
    await reopen(call, name)
    await substitute(call)
    assert (await call.sheet(name, 6, total))["stage_closed"] is True


async def composites(call: Call):
    return {row["application_id"][2:]: row for row in (await call.get("composites", programme=CODE))["items"]}


def outcomes(selection) -> dict[str, str]:
    return {row["application_id"][2:]: row["refused_by"] or row["outcome"] for row in selection["rows"]}


async def announced(call: Call):
    drawn = await call.post("selections", programme=CODE, track="1")
    return await call.announce(drawn["selection_id"])


@pytest.mark.rule("RV-17")
async def test_f_54_a_substitute_scores_and_a_linked_version_follows(call: Call) -> None:
    """F-54: Totals 80, 90, 70, 80, 60 are 76.67; seat 1 set aside and a substitute's 95 make 80.00, version 2."""
    await call.open()
    await call.screen("P1")
    await call.panel()
    for seat, total in enumerate(("80", "90", "70", "80", "60"), start=1):
        await call.sheet("P1", seat, total)
    first = (await composites(call))["P1"]
    assert (first["composite"], first["version"], first["supersedes_sha256"]) == ("76.67", 1, None)
    told = await reopen(call, "P1")
    assert (told["seat"], told["version"], told["sheets"], told["reopened_by"]) == (1, 1, 5, "officer-1")
    assert told["composite_sha256"] == first["sha256"]
    assert await composites(call) == {}
    (progress,) = (await call.get(f"{PANEL}/applications"))["items"]
    assert (progress["sheets"], progress["conflicted_seats"], progress["substitutes_needed"]) == (4, [1], 1)
    assert (progress["closed_at"], progress["awaited_seats"]) == (None, [])
    assert (await call.sheet("P1", 1, status=409))["code"] == "conflict_of_interest"
    await substitute(call)
    assert (await call.sheet("P1", 6, "95"))["stage_closed"] is True
    second = (await composites(call))["P1"]
    assert (second["composite"], second["version"], second["supersedes_sha256"]) == ("80.00", 2, first["sha256"])
    assert (second["counted_seats"], second["dropped_seats"]) == ([2, 3, 4], [6, 5])
    assert 1 not in (*second["counted_seats"], *second["dropped_seats"])


@pytest.mark.rule("RV-17")
async def test_f_54_the_sheet_set_aside_is_kept_and_shown(call: Call) -> None:
    """F-54: While the stage is open only that sheet is shown; closed anew all six are, and that one counts nothing."""
    await call.open()
    await call.ranked("P1")
    await reopen(call, "P1")
    assert [(row["seat"], row["set_aside"]) for row in (await call.get("sheets"))["items"]] == [(1, True)]
    await substitute(call)
    await call.sheet("P1", 6, "70")
    shown = (await call.get("sheets"))["items"]
    assert [(row["seat"], row["set_aside"]) for row in shown] == [(1, True), *((seat, False) for seat in range(2, 7))]
    own = await call.get("sheets", headers=call.client.as_("reviewer", subject="reviewer-1"))
    assert [row["set_aside"] for row in own["items"]] == [True]


@pytest.mark.rule("RV-17")
async def test_f_54_who_when_and_why_stay_on_record(call: Call) -> None:
    """F-54: Two reopenings of one stage are two entries, each with the result that it ended; the chain has no gap."""
    await call.open()
    await call.ranked("P1")
    first = (await composites(call))["P1"]
    await judged_again(call, "P1", "70")
    second = (await composites(call))["P1"]
    await reopen(call, "P1", 2)
    await substitute(call, 7)
    await call.sheet("P1", 7, "60")
    third = (await composites(call))["P1"]
    listed = (await call.get("reopenings", programme=CODE))["items"]
    assert [(row["version"], row["seat"], row["composite_sha256"]) for row in listed] == [
        (1, 1, first["sha256"]),
        (2, 2, second["sha256"]),
    ]
    assert {(row["reopened_by"], row["reason"], row["final"]) for row in listed} == {
        ("officer-1", RELATED["reason"], "95.00")
    }
    assert (third["version"], third["supersedes_sha256"]) == (3, second["sha256"])
    page = await call.get("reopenings", programme=CODE, application="A-P1", limit=1)
    rest = await call.get("reopenings", programme=CODE, application="A-P1", limit=1, cursor=page["next_cursor"])
    assert [row["version"] for row in (*page["items"], *rest["items"])] == [1, 2]
    conflicts = (await call.get(f"{PANEL}/conflicts"))["items"]
    assert [(row["seat"], row["declared_by"], row["withdrawn_at"]) for row in conflicts] == [
        (1, "officer-1", None),
        (2, "officer-1", None),
    ]


@pytest.mark.rule("RV-17")
async def test_f_54_also_a_large_panel_needs_a_substitute(call: Call) -> None:
    """F-54: Of seven sheets six remain, which is more than five: still a substitute scores before the stage closes."""
    await call.open()
    await call.screen("P1")
    await call.panel(seats=seats(7))
    await call.score("P1", "80", count=7)
    await reopen(call, "P1")
    assert await composites(call) == {}
    await substitute(call, 8)
    assert (await call.sheet("P1", 8, "80"))["stage_closed"] is True


WRONG = {
    "a reviewer who does not sit there": ({"reviewer_id": "reviewer-9"}, 404, "not_found"),
    "an application of no panel": ({"application_id": "A-Z"}, 404, "not_found"),
    "a conflict that was known at the close": ({"reviewer_id": "reviewer-6"}, 409, "conflict_known_already"),
    "a seat that gave no sheet": ({"reviewer_id": "reviewer-7"}, 409, "no_sheet_to_set_aside"),
    "a stage that is open": ({"application_id": "A-P2"}, 409, "wrong_state"),
    "an application that is gone": ({"application_id": "A-P3"}, 409, "wrong_state"),
}


@pytest.mark.rule("RV-17")
async def test_f_54_what_reopens_nothing(call: Call) -> None:
    """F-54: Each is refused with its code, nothing is opened, and two reopenings at one instant open it once."""
    await call.open()
    await call.screen("P1", "P2", "P3")
    await call.panel(seats=seats(7, seat6="O-P1"))
    for name in ("P1", "P3"):
        for seat in range(1, 7):
            if (name, seat) != ("P1", 6):
                await call.sheet(name, seat)
    await substitute(call, 8, replaces_seat=7)
    await call.sheet("P1", 8)
    await call.sheet("P3", 8)
    await call.feed(withdrawn("P3"))
    for sentence, (change, status, code) in WRONG.items():
        body = {**RELATED, "application_id": "A-P1", **change}
        assert (sentence, (await call.post(f"{PANEL}/reopenings", status=status, **body))["code"]) == (sentence, code)
    body = {**RELATED, "application_id": "A-P1"}
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    assert (await call.http.post(f"/v1/{PANEL}/reopenings", json=body, headers=reviewer)).status_code == 403
    twice = [call.http.post(f"/v1/{PANEL}/reopenings", json=body, headers=call.officer) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*twice)) == [201, 409]
    assert len((await call.get("reopenings", programme=CODE))["items"]) == 1


@pytest.mark.rule("RV-17")
async def test_f_54_a_draft_waits_for_the_stage_and_is_drawn_again(call: Call) -> None:
    """F-54: A draft cannot be announced on a sheet set aside: first the stage is open, then the draft is stale."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.screen("P1", "P2")
    await call.panel()
    for seat in range(1, 6):
        await call.sheet("P1", seat, "95" if seat < 4 else "94")
        await call.sheet("P2", seat, "94.5")
    drawn = await call.post("selections", programme=CODE, track="1")
    assert outcomes(drawn) == {"P1": "selected", "P2": "projects"}
    path = f"selections/{drawn['selection_id']}"
    await reopen(call, "P1")
    assert (await call.post(f"{path}/announce", status=409, reason="의결"))["code"] == "stage_open"
    await substitute(call)
    await call.sheet("P1", 6, "94")
    assert (await call.post(f"{path}/announce", status=409, reason="의결"))["code"] == "selection_stale"
    again = await call.post(f"{path}/recompute", status=200, reason="이해충돌에 따른 재평가")
    assert outcomes(again) == {"P2": "selected", "P1": "projects"}


AFTER = {
    "it still carries its place": ("95", {"P1": "selected", "P2": "selected", "P3": "projects", "P4": "projects"}, []),
    "another one's score is better now": (
        "58.7",
        {"P2": "selected", "P3": "selected", "P1": "projects", "P4": "projects"},
        [("P1", "waiting", False), ("P3", "selected", True)],
    ),
    "it does not pass any more": (
        "30",
        {"P2": "selected", "P3": "selected", "P4": "projects", "P1": "score"},
        [("P1", "refused", False), ("P3", "selected", True)],
    ),
}


@pytest.mark.rule("RV-17")
@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(("low", "expected", "said"), AFTER.values(), ids=AFTER)
async def test_f_54_after_the_announcement_a_run_from_the_kept_set(call: Call, low, expected, said) -> None:
    """F-54: The one judged again competes with the waiting list for what the kept ones leave; nobody else loses."""
    await call.open(tracks__1__selection__projects_max=2)
    await call.screen("P1", "P2", "P3", "P4")
    await call.panel()
    for seat in range(1, 6):  # (95 + 95 + low) / 3 with the reviewer who has the conflict, (95 + low + low) / 3 without
        await call.sheet("P1", seat, "95" if seat < 4 else low)
        for name, total in (("P2", "72"), ("P3", "71"), ("P4", "70.5")):
            await call.sheet(name, seat, total)
    first = await announced(call)
    assert outcomes(first) == {"P1": "selected", "P2": "selected", "P3": "projects", "P4": "projects"}
    before = len(await call.client.said(SelectionAnnounced))
    await reopen(call, "P1")
    stands = await call.get(f"selections/{first['selection_id']}")
    assert (stands["run_version"], stands["rows"]) == (1, first["rows"])
    await substitute(call)
    await call.sheet("P1", 6, low)
    second = await call.get(f"selections/{first['selection_id']}")
    assert outcomes(second) == expected
    assert list(outcomes(second)) == list(expected)
    assert (second["run_version"], second["supersedes_sha256"], second["cause"]) == (
        2, first["sha256"], "reopened: A-P1",
    )  # fmt: skip
    told = (await call.client.said(SelectionAnnounced))[before:]
    assert sorted((event.application_id[2:], event.outcome, event.promoted) for event in told) == said
    assert {event.run_sha256 for event in told} <= {second["sha256"]}
    frozen = await call.http.get(f"/v1/selections/{first['selection_id']}/canonical?version=2", headers=call.officer)
    assert hashlib.sha256(frozen.content).hexdigest() == second["sha256"]
    (row,) = [row for row in json.loads(frozen.content)["rows"] if row["application_id"] == "A-P1"]
    assert (row["stages"][0]["version"], row["stages"][0]["mean"]["counted"][-1] > 1) == (2, True)
    assert outcomes(await call.get(f"selections/{first['selection_id']}", version=1)) == outcomes(first)


@pytest.mark.rule("RV-17")
async def test_f_54_one_refused_by_score_comes_onto_the_waiting_list(call: Call) -> None:
    """F-54: A reviewer with a conflict had marked it down; now it passes, ranks and takes what is free."""
    await call.open(tracks__1__selection__projects_max=2)
    await call.screen("P1", "P2")
    await call.panel()
    for seat in range(1, 6):
        await call.sheet("P1", seat, "90")
        await call.sheet("P2", seat, "60" if seat < 5 else "99")
    first = await announced(call)
    assert outcomes(first) == {"P1": "selected", "P2": "score"}
    await judged_again(call, "P2", "99")
    second = await call.get(f"selections/{first['selection_id']}")
    assert [(row["application_id"], row["outcome"], row["rank"]) for row in second["rows"]] == [
        ("A-P1", "selected", 1),
        ("A-P2", "selected", 2),
    ]
    result = await call.get("results/A-P2", headers=call.client.as_("applicant", organisation_id="O-P2"))
    assert (result["outcome"], result["run_version"], result["stages"][0]["final"]) == ("selected", 2, "73.00")


@pytest.mark.rule("RV-17")
@pytest.mark.rule("RV-13")
async def test_f_54_nobody_passes_one_whose_review_is_open_again(call: Call) -> None:
    """F-54: P1 withdraws while the next on the list is judged again: its place is held, then given by the new score."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    first = await announced(call)
    await reopen(call, "P2")
    await call.feed(withdrawn("P1"))
    meanwhile = await call.get(f"selections/{first['selection_id']}")
    assert outcomes(meanwhile) == {"P1": "withdrawn", "P2": "projects", "P3": "projects"}
    await substitute(call)
    await call.sheet("P2", 6, "94")
    last = await call.get(f"selections/{first['selection_id']}")
    assert outcomes(last) == {"P1": "withdrawn", "P2": "selected", "P3": "projects"}
    assert (last["run_version"], last["supersedes_sha256"]) == (3, meanwhile["sha256"])


@pytest.mark.rule("RV-17")
@pytest.mark.rule("RV-8")
@pytest.mark.parametrize(
    ("total", "refused_by"),
    [
        pytest.param("80", "", id="the document stage is passed again: the presentation stands"),
        pytest.param("0", "score", id="the document stage is failed: it decides, whatever was presented"),
    ],
)
async def test_f_54_a_document_stage_reopened_after_the_presentation(call: Call, total, refused_by) -> None:
    """F-54: The earlier stage may be opened again after the later one has closed; nothing is presented twice."""
    await call.open()
    await call.screen("P1", track="2", product="H100x8")
    await call.panel(track="2")
    await call.panel(track="2", stage="presentation", seats=seats(5, "presenter"))
    for seat in range(1, 6):
        await call.sheet("P1", seat, "80" if seat < 4 else "55")
    await call.score("P1", "90", stage="presentation", prefix="presenter")
    await reopen(call, "P1")
    await substitute(call)
    assert (await call.sheet("P1", 6, total))["stage_closed"] is True
    (row,) = (await call.post("selections", programme=CODE, track="2"))["rows"]
    assert (row["refused_by"], row["score"]) == (refused_by, "63.33" if refused_by else "90.00")


@pytest.mark.rule("RV-17")
async def test_f_54_one_gone_meanwhile_is_judged_no_more(call: Call) -> None:
    """F-54: Who withdraws while the stage is open again leaves it; the substitute is refused and no version follows."""
    await call.open()
    await call.ranked("P1", "P2")
    first = await announced(call)
    await reopen(call, "P1")
    await substitute(call)
    await call.feed(withdrawn("P1"))
    assert (await call.sheet("P1", 6, status=409))["code"] == "wrong_state"
    last = await call.get(f"selections/{first['selection_id']}")
    assert (last["run_version"], outcomes(last)) == (2, {"P1": "withdrawn", "P2": "selected"})


@pytest.mark.rule("RV-17")
async def test_f_54_a_place_is_never_edited_open(call: Call) -> None:
    """F-54: Without a reopening on record the database opens no closed place, nor closes it at another time."""
    await call.open()
    await call.ranked("P1")
    for value in ("NULL", "now()"):
        with pytest.raises(Exception, match="a closed row of panel_application never changes"):
            async with call.client.db.transaction() as tx:
                await tx.execute(text(f"UPDATE panel_application SET closed_at = {value}"))
