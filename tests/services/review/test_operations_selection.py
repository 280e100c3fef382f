"""From composites to announced, frozen selections, and what happens when somebody goes."""

import hashlib
import json

import pytest
import pytest_asyncio
from sqlalchemy import event

from libs.common.events.intake import ApplicationRevoked, ReductionDecided
from libs.common.events.review import SelectionAnnounced
from tests.services.review.call import CODE, NOW, Call, screened, seats, submitted, withdrawn

ONLY_DOCUMENT = {"tracks__2__document_stage_may_be_skipped": False, "tracks__2__stages": ["document"]}
"""Track 2 has one stage, which then cannot be skipped."""


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


def outcomes(selection) -> dict[str, str]:
    return {row["application_id"].removeprefix("A-"): row["refused_by"] or row["outcome"] for row in selection["rows"]}


async def draft(call: Call, track: str = "1", **more):
    return await call.post("selections", programme=CODE, track=track, **more)


async def announced(call: Call, track: str = "1"):
    selection = await draft(call, track)
    return await call.announce(selection["selection_id"])


@pytest.mark.rule("RV-9")
@pytest.mark.rule("RV-10")
@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        pytest.param(3, ["selected", "selected", "quota", "selected", "capacity"], id="capacity 3: U1 P1 P2"),
        pytest.param(2, ["quota", "selected", "quota", "selected", "capacity"], id="capacity 2: P1 P2"),
    ],
)
async def test_worked_example_through_rest(call, cards, expected) -> None:
    """The rule's example with ranking U1 P1 U2 P2 P3 comes out of scores, policy and REST alike."""
    await call.open(tracks__1__selection__capacity=cards, tracks__1__selection__capacity_kind="peak_cards")
    await call.ranked("U1", "P1", "U2", "P2", "P3")
    assert list(outcomes(await draft(call)).values()) == expected


@pytest.mark.rule("RV-9")
async def test_thirty_two_cards_and_three_months_are_awarded_as_asked(call) -> None:
    """An application for 32 cards and 3 months is awarded 32 cards and 3 months, and both figures show."""
    await call.open()
    await call.screen("P1", track="2", product="H100x8", units=4, months=3)
    await call.panel(track="2")
    await call.panel(track="2", stage="presentation")
    await call.score("P1", "90")
    await call.score("P1", "90", stage="presentation")
    await announced(call, "2")
    (event,) = await call.client.said(SelectionAnnounced)
    assert (event.units_asked, event.months_asked, event.units, event.months, event.reason) == (4, 3, 4, 3, "")


@pytest.mark.rule("RV-12")
async def test_deliberation_lowers_with_a_reason_and_both_figures_show(call) -> None:
    """The committee lowers with a reason on record and freed limits flow back; raising is refused."""
    await call.open(
        tracks__2__selection__capacity=5 * 8,
        tracks__2__selection__capacity_kind="peak_cards",
        **ONLY_DOCUMENT,
    )
    await call.screen("X", units=3, track="2", product="H100x8")
    await call.screen("A", units=3, track="2", product="H100x8")
    await call.screen("B", track="2", product="H100x8")
    await call.panel(track="2")
    for place, name in enumerate("XAB"):
        await call.score(name, str(90 - place))
    selection = await draft(call, "2")
    assert outcomes(selection) == {"X": "selected", "A": "capacity", "B": "selected"}
    path = f"selections/{selection['selection_id']}/deliberations"
    cut = {"application_id": "A-X", "units": 1, "months": 3, "reason": "서버 수 과다"}
    assert (await call.post(path, status=409, cuts=[{**cut, "units": 4}]))["code"] == "deliberation_raises"
    assert (await call.post(path, status=404, cuts=[{**cut, "application_id": "A-Z"}]))["code"] == "not_found"
    lowered = await call.post(path, cuts=[cut])
    assert outcomes(lowered) == {"X": "selected", "A": "selected", "B": "selected"}
    assert (lowered["rows"][0]["units_asked"], lowered["rows"][0]["units"], lowered["rows"][0]["reason"]) == (
        3,
        1,
        "서버 수 과다",
    )
    await call.announce(selection["selection_id"])
    event = (await call.client.said(SelectionAnnounced))[0]
    assert (event.units_asked, event.units, event.reason) == (3, 1, "서버 수 과다")
    assert (await call.post(path, status=409, cuts=[cut]))["code"] == "wrong_state"


@pytest.mark.rule("RV-12")
async def test_track_one_has_no_committee(call) -> None:
    """Where the notice names no committee, nothing can be lowered."""
    await call.open()
    await call.ranked("P1")
    selection = await draft(call)
    refused = await call.post(
        f"selections/{selection['selection_id']}/deliberations",
        status=409,
        cuts=[{"application_id": "A-P1", "units": 1, "months": 1, "reason": "x"}],
    )
    assert refused["code"] == "deliberation_not_foreseen"


@pytest.mark.rule("RV-10")
async def test_quota_is_relaxed_only_with_reason_and_need(call) -> None:
    """With too few private ones an officer relaxes the quota with a reason, and the run says so; else it is refused."""
    await call.open()
    await call.ranked("U1", "U2", "P1")
    selection = await draft(call)
    path = f"selections/{selection['selection_id']}/quota-relaxation"
    assert outcomes(selection) == {"U1": "quota", "U2": "quota", "P1": "selected"}
    await call.post(path, status=422)
    relaxed = await call.post(path, reason="민간 과제 수 부족")
    assert outcomes(relaxed) == {"U1": "selected", "U2": "selected", "P1": "selected"}
    assert relaxed["quota_relaxed_reason"] == "민간 과제 수 부족"


@pytest.mark.rule("RV-10")
async def test_quota_stays_where_private_ones_suffice(call) -> None:
    """Enough passing private ones: the quota may not be relaxed."""
    await call.open()
    await call.ranked("U1", "P1", "P2")
    selection = await draft(call)
    refused = await call.post(f"selections/{selection['selection_id']}/quota-relaxation", status=409, reason="그냥")
    assert refused["code"] == "private_ones_suffice"


@pytest.mark.rule("RV-5")
async def test_ties_by_criterion_then_receipt(call) -> None:
    """Equal scores are broken by the first criterion of the tie order, else by receipt, and the row says by which."""
    await call.open()
    await call.screen("P1", "P2", "P3")
    await call.panel()
    by_goals = {"goals": "30", "capability": "10", "resource_plan": "20", "results": "20"}
    less_goals = {"goals": "20", "capability": "15", "resource_plan": "20", "results": "25"}
    for name, given in (("P1", less_goals), ("P2", less_goals), ("P3", by_goals)):
        for seat in range(1, 6):
            await call.sheet(name, seat, scores=given)
    rows = (await draft(call))["rows"]
    assert [(row["application_id"], row["score"], row["ahead_by"]) for row in rows] == [
        ("A-P3", "80.00", "goals"),
        ("A-P1", "80.00", "receipt"),
        ("A-P2", "80.00", "last"),
    ]


@pytest.mark.rule("RV-6")
async def test_youth_bonus(call) -> None:
    """Where a programme gives one, the bonus is added after rounding and lifts over the threshold."""
    await call.open(review__youth_bonus="1")
    await call.screen("P1", youth=True)
    await call.panel()
    await call.score("P1", "69")
    (composite,) = (await call.get("composites", programme=CODE))["items"]
    assert (composite["composite"], composite["final"], composite["passed"]) == ("69.00", "70.00", True)


@pytest.mark.rule("RV-14")
async def test_announcing_freezes_the_run(call) -> None:
    """The hash runs over the canonical bytes, these hold seats and no reviewer's name, and every outcome is said."""
    await call.open(tracks__1__selection__projects_max=2)
    await call.ranked("P1", "P2", "P3")
    await call.feed(screened("P4", eligible=False))
    await call.screen("P5")
    await call.score("P5", "60")
    selection = await announced(call)
    answer = await call.http.get(f"/v1/selections/{selection['selection_id']}/canonical", headers=call.officer)
    assert hashlib.sha256(answer.content).hexdigest() == selection["sha256"]
    assert "평가위원" not in answer.text
    assert "reviewer-" not in answer.text
    frozen = json.loads(answer.content)
    assert frozen["rows"][0]["stages"][0]["mean"]["dropped"] == [1, 2]
    events = {event.application_id: event for event in await call.client.said(SelectionAnnounced)}
    told = {known: (event.outcome, event.refused_by, event.rank) for known, event in events.items()}
    assert told == {
        "A-P1": ("selected", "", 1),
        "A-P2": ("selected", "", 2),
        "A-P3": ("waiting", "projects", 3),
        "A-P4": ("refused", "screening", None),
        "A-P5": ("refused", "score", None),
    }
    assert {event.run_sha256 for event in events.values()} == {selection["sha256"]}
    again = await call.post(f"selections/{selection['selection_id']}/announce", status=409, reason="의결")
    assert again["code"] == "wrong_state"
    assert (await call.post("selections", status=409, programme=CODE, track="1"))["code"] == "pool_announced_already"


@pytest.mark.rule("RV-14")
async def test_f_18_frozen_evidence_states_the_prices_in_force(call) -> None:
    """F-18: With budget `none` the frozen limits hold planning price and standard rate as they were set, not 0."""
    rate = {"billing__self_payment__rates__H100__standard_krw": 640_000}
    await call.open(tracks__1__selection__planning_price_krw=5_000_000, **rate)
    await call.ranked("P1")
    selection = await announced(call)
    frozen = await call.http.get(f"/v1/selections/{selection['selection_id']}/canonical", headers=call.officer)
    limits = frozen.json()["limits"]
    assert (limits["budget_krw"], limits["planning_price_krw"]) == (None, 5_000_000)
    assert limits["products"]["H100x1"]["self_payment"]["standard_krw"] == 640_000


@pytest.mark.rule("RV-14")
async def test_same_inputs_same_hash(service_client) -> None:
    """Two databases that hear and score the same announce the same hash."""
    hashes = []
    for _ in range(2):
        call = Call(await service_client("review"))
        await call.open()
        await call.ranked("P1", "U1", "P2")
        hashes.append((await announced(call))["sha256"])
    assert hashes[0] == hashes[1]


@pytest.mark.rule("RV-13")
async def test_withdrawal_moves_the_waiting_list_up(call) -> None:
    """The next on the list moves up in a new, linked version; nobody else changes, and the first version stays."""
    await call.open(tracks__1__selection__projects_max=2)
    await call.ranked("P1", "P2", "P3", "P4")
    first = await announced(call)
    await call.feed(withdrawn("P1"))
    second = await call.get(f"selections/{first['selection_id']}")
    assert outcomes(second) == {"P1": "withdrawn", "P2": "selected", "P3": "selected", "P4": "projects"}
    assert (second["run_version"], second["supersedes_sha256"]) == (2, first["sha256"])
    assert outcomes(await call.get(f"selections/{first['selection_id']}", version=1)) == outcomes(first)
    event = (await call.client.said(SelectionAnnounced))[-1]
    assert (event.application_id, event.outcome, event.promoted, event.run_version) == ("A-P3", "selected", True, 2)
    assert len(await call.client.said(SelectionAnnounced)) == 5
    waiting = (await call.get("waiting-list", programme=CODE))["items"]
    assert [row["application_id"] for row in waiting] == ["A-P4"]
    assert await call.get("summary", programme=CODE) == {
        "passed": 4,
        "selected": 2,
        "waiting": 1,
        "refused": 1,
        "promoted": 1,
        "sheets": 20,
    }


@pytest.mark.rule("RV-13")
async def test_revocation_with_a_broken_quota_shows_the_shortfall(call) -> None:
    """When the kept set breaks the quota only private ones are added, and what is still missing is shown."""
    await call.open(tracks__1__selection__projects_max=3)
    await call.ranked("P1", "U1", "P2", "U2")
    first = await announced(call)
    assert outcomes(first) == {"P1": "selected", "U1": "selected", "P2": "selected", "U2": "projects"}
    event = withdrawn("P1").model_dump()
    await call.feed(ApplicationRevoked(**event))
    second = await call.get(f"selections/{first['selection_id']}")
    assert outcomes(second) == {"P1": "revoked", "U1": "selected", "P2": "selected", "U2": "quota"}
    assert second["private_missing"] == 1


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        pytest.param("unit-P1", "selected", id="the same unit waited for it: it moves up in the other pool"),
        pytest.param("unit-P4", "projects", id="another unit waits for a place: the other pool stays as it is"),
    ],
)
async def test_a_withdrawal_frees_its_counting_unit_in_the_other_pool(call, unit, expected) -> None:
    """One of track 2 that waited only because its unit was selected in track 1 moves up when that one withdraws."""
    await call.open(**ONLY_DOCUMENT, tracks__2__selection__projects_max=1)
    await call.ranked("P1", "P2")
    first = await announced(call)
    await call.panel(track="2", seats=seats(prefix="other"))
    blocker = {"unit-P1": (), "unit-P4": ("P5",)}[unit]
    for place, name in enumerate((*blocker, "P4")):
        own_unit = unit if name == "P4" else "unit-P5"
        await call.screen(name, track="2", product="H100x8", counting_unit=own_unit)
        await call.score(name, str(90 - place), prefix="other")
    second = await announced(call, "2")
    assert outcomes(second)["P4"] == ("counting_unit" if unit == "unit-P1" else "projects")
    await call.feed(withdrawn("P1"))
    assert (await call.get(f"selections/{first['selection_id']}"))["run_version"] == 2
    after = await call.get(f"selections/{second['selection_id']}")
    assert outcomes(after)["P4"] == expected
    assert after["run_version"] == (2 if expected == "selected" else 1)
    last = (await call.client.said(SelectionAnnounced))[-1]
    assert (last.application_id == "A-P4" and last.promoted) is (expected == "selected")


@pytest.mark.rule("RV-13")
async def test_waiting_one_that_withdraws_changes_no_version(call) -> None:
    """Who only waits leaves the list; the announced version stands."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    first = await announced(call)
    await call.feed(withdrawn("P2"), withdrawn("P2"))
    assert (await call.get(f"selections/{first['selection_id']}"))["run_version"] == 1
    await call.feed(withdrawn("P1"))
    assert outcomes(await call.get(f"selections/{first['selection_id']}"))["P3"] == "selected"


@pytest.mark.rule("RV-13")
@pytest.mark.parametrize("gone", ["P1", "P2"])
async def test_the_call_is_ranked_only_where_somebody_moves_up(call, gone) -> None:
    """The withdrawal that leaves nobody waiting makes its version and says nothing: no ranking is needed for that."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2")
    first = await announced(call)
    if gone == "P2":
        await call.feed(withdrawn("P1"))
    said, asked = len(await call.client.said(SelectionAnnounced)), []
    engine = call.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(str(told[2])))
    await call.feed(withdrawn(gone))
    ranked = [one for one in asked if "passed IS true" in one]
    assert outcomes(await call.get(f"selections/{first['selection_id']}"))[gone] == "withdrawn"
    told = len(await call.client.said(SelectionAnnounced)) - said
    assert (len(ranked), told) == ((1, 1) if gone == "P1" else (0, 0))


@pytest.mark.rule("RV-9")
async def test_counting_unit_across_tracks(call) -> None:
    """A company that another track's announced selection took is not selected again."""
    await call.open(**ONLY_DOCUMENT)
    await call.ranked("P1")
    await announced(call)
    await call.screen("P2", track="2", product="H100x8", counting_unit="unit-P1")
    await call.panel(track="2")
    await call.score("P2", "90")
    assert outcomes(await draft(call, "2")) == {"P2": "counting_unit"}


async def test_rank_over_the_call(call) -> None:
    """Each announcement ranks its applications over all tracks whose review is over by then."""
    await call.open(**ONLY_DOCUMENT)
    await call.ranked("P1", "P2")
    await call.screen("P3", track="2", product="H100x8")
    await call.panel(track="2")
    await call.score("P3", "94.5")
    await announced(call)
    await announced(call, "2")
    events = await call.client.said(SelectionAnnounced)
    assert {event.application_id: (event.rank, event.rank_all) for event in events} == {
        "A-P1": (1, 1),
        "A-P3": (1, 2),
        "A-P2": (2, 3),
    }


@pytest.mark.rule("RV-1")
async def test_no_selection_while_review_is_open(call) -> None:
    """An application still in screening or scoring stops the run: nobody loses because others were late."""
    await call.open()
    await call.screen("P1")
    await call.feed(submitted("P2"))
    refused = await call.post("selections", status=409, programme=CODE, track="1")
    assert [refusal["code"] for refusal in refused["refusals"]] == ["screening_open", "stage_open"]


async def test_stale_draft_is_not_announced(call) -> None:
    """After a withdrawal the draft is refused until it is drawn again; nothing was said meanwhile."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2")
    selection = await draft(call)
    await call.feed(withdrawn("P1"))
    path = f"selections/{selection['selection_id']}"
    assert (await call.post(f"{path}/announce", status=409, reason="의결"))["code"] == "selection_stale"
    assert await call.client.said(SelectionAnnounced) == []
    assert outcomes(await call.post(f"{path}/recompute", status=200, reason="철회 반영")) == {"P2": "selected"}
    await call.announce(selection["selection_id"])


async def test_new_draft_discards_the_old_one(call) -> None:
    """A pool has one draft; the older one can no longer be announced."""
    await call.open()
    await call.ranked("P1")
    old, new = await draft(call), await draft(call)
    refused = await call.post(f"selections/{old['selection_id']}/announce", status=409, reason="의결")
    assert refused["facts"]["state"] == "discarded"
    await call.announce(new["selection_id"])


async def test_unset_limit_is_named(call) -> None:
    """A capacity that nobody filled in stops the run by name."""
    await call.open(tracks__1__selection__capacity="unset")
    await call.ranked("P1")
    missing = await call.post("selections", status=409, programme=CODE, track="1")
    assert (missing["code"], missing["facts"]["path"]) == ("policy_missing", "tracks.1.selection.capacity")


@pytest.mark.rule("RV-14")
async def test_applicant_reads_own_result_and_no_names(call) -> None:
    """An applicant sees nothing before the announcement, then score, rank and reason of the own application only."""
    await call.open()
    await call.ranked("P1", "P2")
    own = call.client.as_("applicant", organisation_id="O-P1")
    before = await call.get("results/A-P1", headers=own)
    assert (before["score"], before["outcome"], before["stages"]) == (None, None, [])
    await announced(call)
    after = await call.get("results/A-P1", headers=own)
    assert (after["score"], after["outcome"], after["rank"], after["units"]) == ("95.00", "selected", 1, 1)
    assert "reviewer-" not in json.dumps(after)
    await call.get("results/A-P2", status=404, headers=own)
    await call.get("selections/SEL-000001", status=403, headers=own)
    await call.get("panels/PN-000001", status=403, headers=own)


async def test_repeated_command_is_done_once(call) -> None:
    """The same Idempotency-Key gives the same selection again and makes no second one."""
    await call.open()
    await call.ranked("P1")
    headers = {**call.officer, "Idempotency-Key": "run-1"}
    body = {"programme": CODE, "track": "1"}
    answers = [await call.http.post("/v1/selections", json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await call.get("selections", programme=CODE))["items"]) == 1
    assert NOW.isoformat().startswith(answers[0].json()["run_at"][:10])


@pytest.mark.rule("RV-9")
async def test_f_14_what_rv_9_takes_off_follows_the_reduction_that_was_granted(call) -> None:
    """F-14: 3,000,000 a card and month: a youth enterprise costs 2,800,000 of the budget, not granted 2,600,000."""
    budget = {"budget_krw": 3 * 2_600_000 * 3, "planning_price_krw": 3_000_000}
    await call.open(**{f"tracks__1__selection__{name}": value for name, value in budget.items()})
    await call.ranked("P1", "P2", "P3", youth=True)
    first = await call.post("selections", programme=CODE, track="1")
    assert outcomes(first) == {"P1": "selected", "P2": "selected", "P3": "budget"}
    for name in ("P1", "P2", "P3"):
        told = {"application_id": f"A-{name}", "programme_code": CODE, "programme_version": 1, "decided_at": NOW}
        await call.feed(ReductionDecided(**told, youth=False, regional=False, reduction="none"))
    again = await call.post(f"selections/{first['selection_id']}/recompute", status=200, reason="감면 확인")
    assert outcomes(again) == {"P1": "selected", "P2": "selected", "P3": "selected"}
