"""A reviewer's desk: the conflict question, a sheet saved before it is given, what is said of who may read (RV-16)."""

import json

import pytest
import pytest_asyncio

from libs.common.events.review import SeatCleared, SeatSeated, SeatVacated
from tests.services.review.call import FULL, NOW, Call, scores, seats, withdrawn

PANEL = "panels/PN-000001"
DRAFT = "/v1/sheet-drafts/A-P1/document"


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Two applications before a panel of six, one of whom an applicant employs."""
    made = Call(await service_client("review"))
    await made.open()
    await made.screen("P1", "P2")
    await made.panel(seats=seats(6, seat6="O-P1"))
    return made


def reviewer(call: Call, number: int) -> dict[str, str]:
    return call.client.as_("reviewer", subject=f"reviewer-{number}")


async def clear(call: Call, number: int, name: str = "P1", *, status: int = 201):
    body = {"application_id": f"A-{name}"}
    answer = await call.http.post(f"/v1/{PANEL}/clearances", json=body, headers=reviewer(call, number))
    assert answer.status_code == status, answer.text
    return answer.json()


async def save(call: Call, number: int, given: dict, *, status: int = 200, **more):
    answer = await call.http.put(DRAFT, json={"scores": given, **more}, headers=reviewer(call, number))
    assert answer.status_code == status, answer.text
    return answer.json()


async def declare(call: Call, number: int, name: str = "P1", *, status: int = 201, who=None, path: str = "conflicts"):
    body = {"reviewer_id": f"reviewer-{number}", "application_id": f"A-{name}", "reason": "친족"}
    answer = await call.http.post(f"/v1/{PANEL}/{path}", json=body, headers=who or call.officer)
    assert answer.status_code == status, answer.text
    return answer.json()


async def said(call: Call, contract, name: str = "P1"):
    """What was said of an application, as (seat, sitting), event by event."""
    found = [event for event in await call.client.said(contract) if event.application_id == f"A-{name}"]
    if contract is SeatCleared:
        return [(event.seat, event.sitting) for event in found]
    return [[(one.seat, one.sitting) for one in event.seats] for event in found]


async def task(call: Call, number: int, name: str = "P1", **query):
    found = await call.get("assignments", headers=reviewer(call, number), **query)
    return next((row for row in found["items"] if row["application_id"] == f"A-{name}"), None)


async def test_f_40_an_assignment_tells_what_to_do(call: Call) -> None:
    """F-40: Receipt, due time, whether the question is answered, a saved sheet, the own total; `state=` narrows."""
    row = await task(call, 1)
    assert (row["receipt_no"], row["cleared"], row["state"], row["total"]) == (
        "gpu-rental-2025s-P1", False, "open", None,
    )  # fmt: skip
    await clear(call, 1)
    await save(call, 1, {"goals": "27.5"})
    row = await task(call, 1)
    assert (row["cleared"], row["state"], row["saved_at"]) == (True, "saved", NOW.isoformat().replace("+00:00", "Z"))
    await call.sheet("P1", 1, "81.5")
    row = await task(call, 1, state="given")
    assert (row["state"], row["total"], row["scored"]) == ("given", "81.50", True)
    assert await task(call, 1, state="open") is None
    assert (await task(call, 1, "P2", state="open"))["state"] == "open"
    assert (await task(call, 6))["state"] == "conflict"


@pytest.mark.rule("RV-16")
async def test_whoever_may_read_is_said(call: Call) -> None:
    """Seated are those whom the applicant does not employ; each change is said, with the sitting that it is of."""
    assert await said(call, SeatSeated) == [[(n, 1) for n in range(1, 6)]]
    assert await said(call, SeatSeated, "P2") == [[(n, 1) for n in range(1, 7)]]
    await clear(call, 1)
    await clear(call, 1)
    assert await said(call, SeatCleared) == [(1, 1)]
    await declare(call, 1, who=reviewer(call, 1))
    await declare(call, 1)
    assert await said(call, SeatVacated) == [[(1, 1)]]
    assert (await clear(call, 1, status=409))["code"] == "conflict_keeps_from_reading"
    await declare(call, 1, path="conflicts/withdrawals")
    assert (await said(call, SeatSeated))[-1] == [(1, 2)]
    assert (await task(call, 1))["cleared"] is False
    await clear(call, 1)
    assert (await said(call, SeatCleared))[-1] == (1, 2)


@pytest.mark.rule("RV-16")
async def test_a_closed_stage_is_read_by_nobody_and_a_substitute_reads_the_reopened_one(call: Call) -> None:
    """The close vacates every seat that sat; a reviewer found to be a relative after reading leads to a substitute."""
    await clear(call, 1)
    await call.score("P1", "80")
    (vacated,) = await call.client.said(SeatVacated)
    assert (vacated.why, [one.seat for one in vacated.seats]) == ("stage_closed", [1, 2, 3, 4, 5])
    assert (await clear(call, 2, status=409))["code"] == "reading_closed"
    await declare(call, 1, path="reopenings")
    chair = {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원", "reason": "이해충돌"}
    await call.post(f"{PANEL}/substitutes", **chair)
    assert (await said(call, SeatSeated))[-1] == [(7, 1)]
    await clear(call, 7)
    assert (await clear(call, 1, status=409))["code"] == "conflict_keeps_from_reading"
    assert (await call.sheet("P1", 7, "85"))["stage_closed"] is True
    assert (7, 1) in (await said(call, SeatVacated))[-1]


@pytest.mark.rule("RV-16")
async def test_a_replaced_seat_reads_no_longer(call: Call) -> None:
    """Who is replaced leaves all that is open; what was scored before is left to the close."""
    chair = {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원", "reason": "기한 경과", "replaces_seat": 3}
    await call.post(f"{PANEL}/substitutes", **chair)
    assert (await said(call, SeatVacated), await said(call, SeatVacated, "P2")) == ([[(3, 1)]], [[(3, 1)]])
    assert (await clear(call, 3, status=404))["code"] == "not_found"


@pytest.mark.rule("RV-16")
async def test_only_who_sits_clears(call: Call) -> None:
    """A stranger, another spelling, an officer, an application of another panel or gone: refused, nothing said."""
    stranger = call.client.as_("reviewer", subject="REVIEWER-1")
    for headers, status in ((stranger, 404), (call.officer, 403)):
        answer = await call.http.post(f"/v1/{PANEL}/clearances", json={"application_id": "A-P1"}, headers=headers)
        assert answer.status_code == status
    await clear(call, 1, "none", status=404)
    await call.feed(withdrawn("P2"))
    assert (await clear(call, 1, "P2", status=409))["code"] == "wrong_state"
    assert await call.client.said(SeatCleared) == []


@pytest.mark.rule("RV-16")
async def test_a_draft_is_saved_corrected_and_counts_nothing(call: Call) -> None:
    """Incomplete, then corrected, then read back as it was saved; no sheet of it exists until one is handed in."""
    nothing = await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 1))
    assert (nothing["version"], nothing["scores"], nothing["total"]) == (0, {}, "0.00")
    await save(call, 1, {"goals": "27.5", "results": 0}, comment="목표가 좋음", version=0)
    second = await save(call, 1, {"goals": "27.25", "capability": 12}, version=1)
    assert (second["version"], second["total"], second["comment"]) == (2, "39.25", "")
    read = await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 1))
    assert read == second
    assert (await call.get("sheets", headers=reviewer(call, 1)))["items"] == []
    (row, _) = (await call.get(f"{PANEL}/applications"))["items"]
    assert (row["sheets"], row["awaited_seats"]) == (0, [1, 2, 3, 4, 5])


@pytest.mark.rule("RV-16")
async def test_a_draft_is_its_reviewers_own(call: Call) -> None:
    """Another seat finds an empty sheet, a stranger 404, officers and auditors 403; and no list of sheets shows it."""
    await save(call, 1, {"goals": "27.5"})
    assert (await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 2)))["scores"] == {}
    await call.get("sheet-drafts/A-P1/document", status=404, headers=reviewer(call, 9))
    for role in ("officer", "auditor", "operator"):
        await call.get("sheet-drafts/A-P1/document", status=403, headers=call.client.as_(role))
        assert "27.5" not in json.dumps(await call.get("sheets", headers=call.client.as_(role)))


@pytest.mark.rule("RV-16")
async def test_two_windows(call: Call) -> None:
    """The window that saves later with an older version is told; nothing of the other one is lost."""
    await save(call, 1, {"goals": "27.5"}, version=0)
    assert (await save(call, 1, {"goals": "1"}, version=0, status=409))["code"] == "draft_saved_since"
    assert (await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 1)))["scores"] == {"goals": "27.50"}


WRONG = {
    "three decimals": ("27.125", "score_decimals"),
    "negative": ("-1", "score_out_of_range"),
    "over the maximum": ("30.01", "score_out_of_range"),
    "99999": (99999, "score_out_of_range"),
    "F-31: a JSON number that a float would round to 30": (b"29.9999999999999999999", "score_decimals"),
    "F-31: a JSON number that a float would round to 27.5": (b"27.50000000000000001", "score_decimals"),
}


@pytest.mark.rule("RV-2")
@pytest.mark.parametrize(("value", "code"), WRONG.values(), ids=WRONG)
async def test_f_31_wrong_scores_are_refused_at_once_and_nothing_is_stored(call: Call, value, code: str) -> None:
    """As a draft and as a sheet: 422 with the criterion's code, and afterwards neither is there."""
    written = value.decode() if isinstance(value, bytes) else json.dumps(value)
    filled = json.dumps({**FULL, "goals": "@"}).replace('"@"', written)
    headers = {**reviewer(call, 1), "Content-Type": "application/json"}
    draft = await call.http.put(DRAFT, content=f'{{"scores": {filled}}}', headers=headers)
    body = f'{{"application_id": "A-P1", "stage": "document", "scores": {filled}}}'
    sheet = await call.http.post("/v1/sheets", content=body, headers=headers)
    for answer in (draft, sheet):
        assert answer.status_code == 422
        assert [one["code"] for one in answer.json()["refusals"]] == [code]
    assert (await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 1)))["version"] == 0
    assert (await call.get("sheets", headers=reviewer(call, 1)))["items"] == []


@pytest.mark.rule("RV-2")
async def test_f_31_a_json_number_is_read_as_it_is_written(call: Call) -> None:
    """27.35 as a number is 27.35, to the hundredth."""
    headers = {**reviewer(call, 1), "Content-Type": "application/json"}
    answer = await call.http.put(DRAFT, content='{"scores": {"goals": 27.35}}', headers=headers)
    assert answer.json()["scores"] == {"goals": "27.35"}


@pytest.mark.rule("RV-16")
async def test_nothing_is_saved_once_it_is_over(call: Call) -> None:
    """After the sheet is handed in, after the close, with a conflict: 409, and the draft stays as it was."""
    await save(call, 1, {"goals": "1"})
    await call.sheet("P1", 1)
    assert (await save(call, 1, {"goals": "2"}, status=409))["code"] == "sheet_given_already"
    await declare(call, 2, who=reviewer(call, 2))
    assert (await save(call, 2, {"goals": "2"}, status=409))["code"] == "conflict_of_interest"
    for seat in (3, 4, 5):
        await call.sheet("P1", seat)
    chair = {"seat": 7, "reviewer_id": "reviewer-7", "name": "대체 위원", "reason": "이해충돌"}
    await call.post(f"{PANEL}/substitutes", **chair)
    await call.sheet("P1", 7)
    assert (await save(call, 1, {"goals": "3"}, status=409))["code"] == "stage_closed"
    answer = await call.http.post(
        "/v1/sheets",
        json={"application_id": "A-P1", "stage": "document", "scores": scores("80")},
        headers=reviewer(call, 2),
    )
    assert answer.json()["code"] == "stage_closed"
    assert (await call.get("sheet-drafts/A-P1/document", headers=reviewer(call, 1)))["scores"] == {"goals": "1.00"}
