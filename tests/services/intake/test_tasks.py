"""What waits for whoever asks: an officer's work, an applicant's own with its due time, nothing of others."""

import datetime as dt
from typing import Any

import pytest

from libs.common.tasks import Task
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.tasks import drafts_to_submit
from tests.services.intake.people import CLOSES, P0, Office
from tests.services.lists import statements

BAN = {"kind": "default", "from": "2025-01-01", "source": "NTIS"}


async def tasks(office: Office, who: dict[str, str]) -> dict[str, Any]:
    """What waits, by kind, and the counts under `counts`."""
    answer = await office.http.get("/v1/tasks", headers=who)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    by_kind: dict[str, Any] = {"counts": told["counts"]}
    for one in told["items"]:
        by_kind.setdefault(one["kind"], []).append(one)
    return by_kind


def officer(office: Office, name: str = "officer-1") -> dict[str, str]:
    """An officer."""
    headers: dict[str, str] = office.client.as_("officer", subject=name)
    return headers


async def test_an_applicant_is_told_of_drafts_with_their_closing(office: Office) -> None:
    """A draft is due at the closing instant of its call; another organisation is told nothing of it."""
    draft = await office.draft(await office.organisation(), title="의료 영상")
    (one,) = (await tasks(office, office.of(draft)))["submit_draft"]
    assert (one["thing_id"], one["title"], one["overdue"]) == (draft, "의료 영상", False)
    assert dt.datetime.fromisoformat(one["due_at"]) == CLOSES
    assert one["words"]["ko"] == "작성 중인 신청서를 마감 전에 최종 제출해 주십시오(의료 영상)."
    assert await tasks(office, office.applicant(await office.organisation())) == {"counts": {}}
    office.client.clock.set(CLOSES + dt.timedelta(seconds=1))
    assert await tasks(office, office.of(draft)) == {"counts": {}}


@pytest.mark.parametrize(
    ("window", "due", "count"),
    [
        (SubmissionWindow(None, CLOSES), CLOSES, 1),
        (SubmissionWindow(None, None), None, 1),
        (None, None, 1),
        (SubmissionWindow(None, CLOSES - dt.timedelta(days=2)), None, 0),
        (SubmissionWindow(CLOSES, CLOSES + dt.timedelta(days=2)), CLOSES + dt.timedelta(days=2), 1),
    ],
    ids=["open", "no end", "not stated yet", "closed", "not open yet"],
)
def test_a_draft_waits_until_its_call_is_closed(
    window: SubmissionWindow | None, due: dt.datetime | None, count: int
) -> None:
    """Due at the closing where there is one; a closed call's draft waits for nothing."""
    draft = Task("submit_draft", "application", "A-000001", "", CLOSES)
    found, number = drafts_to_submit([(draft, P0)], {P0: window}, CLOSES - dt.timedelta(days=1))
    assert (number, [one.due_at for one in found]) == (count, [due] if count else [])


async def test_officers_are_told_what_to_screen_decide_draw_up_and_confirm(office: Office) -> None:
    """Each with words that name it; a proposal waits for everybody but its proposer, however he is spelt."""
    submitted = await office.submitted()
    selected = await office.selected()
    house = (await office.call("GET", f"/applications/{submitted}", 200))["organisation_id"]
    number = (await office.call("GET", f"/organisations/{house}", 200))["business_no"]
    claim = {"business_no": number, "reason": "당사 번호"}
    await office.call("POST", "/organisation-claims", 201, who=office.applicant("", "lee"), json=claim)
    ban = await office.call("POST", f"/organisations/{house}/restrictions", 201, json=BAN)
    ending = {"last_day": "2025-08-10", "reason": "제재 해제"}
    path = f"/restrictions/{ban['id']}/end"
    proposal = await office.call("POST", path, 201, who=officer(office), json=ending)
    told = await tasks(office, officer(office, "officer-2"))
    assert told["counts"] == {
        "screen_application": 1, "decide_claim": 1, "draw_up_agreement": 1, "confirm_proposal": 1,
    }  # fmt: skip
    assert told["screen_application"][0]["thing_id"] == submitted
    assert told["draw_up_agreement"][0]["thing_id"] == selected
    assert told["confirm_proposal"][0]["thing_id"] == proposal["proposal_id"]
    assert told["confirm_proposal"][0]["due_at"] == proposal["expires_at"]
    assert "협약안을 작성해 주십시오" in told["draw_up_agreement"][0]["words"]["ko"]
    said = "".join(one["words"]["ko"] for kind, ones in told.items() if kind != "counts" for one in ones)
    assert "{" not in said
    assert "을(를)" not in said
    for name in ("officer-1", "Officer-1"):
        assert "confirm_proposal" not in await tasks(office, officer(office, name))


async def test_a_supplement_waits_for_its_answer(office: Office) -> None:
    """What was asked for is due at the end of its last day (KST), for the applicant alone."""
    submitted = await office.submitted()
    asked = {"documents": ["plan"], "fields": [], "text": "3쪽이 빠져 있습니다.", "due_on": "2025-09-24"}
    made = await office.call("POST", f"/applications/{submitted}/supplements", 201, json=asked)
    (one,) = (await tasks(office, office.of(submitted)))["answer_supplement"]
    assert (one["thing_id"], one["due_at"]) == (made["supplement_id"], "2025-09-24T15:00:00Z")
    assert "answer_supplement" not in await tasks(office, office.applicant(await office.organisation()))
    assert "look_at_supplement" not in await tasks(office, officer(office))


async def test_an_applicant_signs_pays_and_joins(office: Office) -> None:
    """An agreement to sign, then nothing more of it; an invitation that names a person is that person's alone."""
    selected = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": selected})
    me = office.of(selected)
    told = await tasks(office, me)
    assert [one["thing_id"] for one in told["sign_agreement"]] == [selected]
    house = (await office.call("GET", f"/applications/{selected}", 200))["organisation_id"]
    asked = {"role": "manager", "subject": "park"}
    await office.call("POST", f"/organisations/{house}/invitations", 201, who=me, json=asked)
    park = await tasks(office, office.applicant("", "park"))
    assert park["counts"] == {"join_organisation": 1}
    assert park["join_organisation"][0]["due_at"] is not None
    assert "join_organisation" not in await tasks(office, office.applicant("", "choi"))
    await office.call("POST", f"/agreements/{selected}/sign", 200)
    assert "sign_agreement" not in await tasks(office, me)


async def test_nothing_waits_for_an_auditor_and_little_is_asked(office: Office) -> None:
    """Auditors, operators and reviewers have nothing to do in intake; an officer's tasks need few statements."""
    draft = await office.draft(await office.organisation())
    for role in ("auditor", "operator", "reviewer"):
        assert await tasks(office, office.client.as_(role)) == {"counts": {}}
    for who, most in ((officer(office), 3), (office.of(draft), 5)):
        with statements(office.client) as asked:
            await tasks(office, who)
        assert len(asked) <= most, asked
