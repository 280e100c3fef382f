"""What waits for whoever asks in review: conflicts and sheets, late reviewers, selections, slots; nothing of others."""

import datetime as dt
from typing import Any

import pytest_asyncio

from tests.services.lists import statements
from tests.services.review.call import CODE, NOW, Call, seats


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Two applications before a panel whose sheets are due in a day."""
    made = Call(await service_client("review"))
    await made.open()
    await made.screen("P1", "P2")
    await made.panel(due_at=(NOW + dt.timedelta(days=1)).isoformat())
    return made


async def tasks(call: Call, who: dict[str, str] | None = None) -> dict[str, Any]:
    """What waits, by kind, and the counts under `counts`."""
    told = await call.get("tasks", headers=who)
    by_kind: dict[str, Any] = {"counts": told["counts"]}
    for one in told["items"]:
        by_kind.setdefault(one["kind"], []).append(one)
    return by_kind


def reviewer(call: Call, number: int = 1) -> dict[str, str]:
    return call.client.as_("reviewer", subject=f"reviewer-{number}")


async def test_a_reviewer_answers_the_conflict_question_then_scores(call: Call) -> None:
    """Each application is one task at a time, due with its panel; once it is scored nothing waits."""
    told = await tasks(call, reviewer(call))
    assert told["counts"] == {"answer_conflict": 2}
    assert dt.datetime.fromisoformat(told["answer_conflict"][0]["due_at"]) == NOW + dt.timedelta(days=1)
    assert told["answer_conflict"][0]["words"]["ko"].endswith("서류평가에 이해충돌이 있는지 답해 주십시오.")
    cleared = await call.http.post(
        "/v1/panels/PN-000001/clearances", json={"application_id": "A-P1"}, headers=reviewer(call)
    )
    assert cleared.status_code == 201
    told = await tasks(call, reviewer(call))
    assert told["counts"] == {"answer_conflict": 1, "score_application": 1}
    assert [one["thing_id"] for one in told["score_application"]] == ["A-P1"]
    await call.sheet("P1", 1)
    assert (await tasks(call, reviewer(call)))["counts"] == {"answer_conflict": 1}
    assert (await tasks(call, reviewer(call, 9)))["counts"] == {}


async def test_an_officer_reminds_draws_and_proposes(call: Call) -> None:
    """Late seats with how many sheets they owe; a pool that is reviewed; a draft that nobody proposed to announce."""
    assert (await tasks(call))["counts"] == {}
    call.client.clock.set(NOW + dt.timedelta(days=1, seconds=1))
    late = (await tasks(call))["remind_reviewer"]
    assert [(one["thing_id"], one["overdue"]) for one in late] == [("PN-000001", True)] * 5
    assert "평가표 2건" in late[0]["words"]["ko"]
    await call.score("P1", "90")
    await call.score("P2", "80")
    told = await tasks(call)
    assert told["counts"] == {"run_selection": 1}
    assert told["run_selection"][0]["thing_id"] == f"{CODE}:1"
    drawn = (await call.post("selections", programme=CODE, track="1"))["selection_id"]
    told = await tasks(call)
    assert (told["counts"], told["announce_selection"][0]["thing_id"]) == ({"announce_selection": 1}, drawn)
    proposed = await call.post(f"selections/{drawn}/announce", reason="위원회 의결")
    assert (await tasks(call))["counts"] == {}
    told = await tasks(call, call.client.as_("officer", subject="officer-2"))
    assert [one["thing_id"] for one in told["confirm_proposal"]] == [proposed["proposal_id"]]
    assert "선정" in told["confirm_proposal"][0]["words"]["ko"]
    await call.confirm(proposed)
    assert (await tasks(call, call.client.as_("officer", subject="officer-2")))["counts"] == {}


async def test_an_invited_reviewer_answers(call: Call) -> None:
    """An invitation to a panel waits for whom it names alone, until it is answered."""
    await call.screen("P3", track="2", product="H100x8")
    await call.panel(track="2", by_invitation=True, seats=seats(5, prefix="guest"))
    guest = call.client.as_("reviewer", subject="guest-1")
    told = await tasks(call, guest)
    assert (told["counts"], told["answer_panel_invitation"][0]["thing_id"]) == (
        {"answer_panel_invitation": 1}, "PN-000002",
    )  # fmt: skip
    await call.http.post("/v1/panels/PN-000002/acceptance", json={"accepted": True}, headers=guest)
    assert "answer_panel_invitation" not in (await tasks(call, guest))["counts"]
    assert "answer_panel_invitation" not in (await tasks(call, reviewer(call)))["counts"]


async def test_nothing_waits_for_an_auditor_and_little_is_asked(call: Call) -> None:
    """Auditors and operators have nothing to do; an officer's and a reviewer's tasks need few statements."""
    call.client.clock.set(NOW + dt.timedelta(days=2))
    for role in ("auditor", "operator"):
        assert (await tasks(call, call.client.as_(role)))["counts"] == {}
    assert (await tasks(call, call.client.as_("applicant", organisation_id="O-P1")))["counts"] == {}
    for who, most in ((call.officer, 3), (reviewer(call), 2)):
        with statements(call.client) as asked:
            await tasks(call, who)
        assert len(asked) <= most, asked
