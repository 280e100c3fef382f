"""Answers tell each caller only what is theirs: no reviewer reaches an applicant, nobody else's rows reach anybody."""

import json
import re

import pytest
import pytest_asyncio

from services.review.operations.evidence import verify
from services.review.routes import (
    invitations,
    panel_lists,
    panels,
    places,
    presentations,
    progress,
    reading,
    results,
    selection_lists,
    selection_questions,
    selection_rows,
    selections,
    sheet_lists,
    sheets,
    statistics,
)
from tests.services.review.call import CODE, Call, scores, withdrawn

AGENCY = {"officer", "operator", "auditor"}
READS = {
    "list_panels": AGENCY,
    "get_panel": AGENCY,
    "list_progress": AGENCY,
    "list_conflicts": AGENCY,
    "list_reopenings": AGENCY,
    "list_assignments": {"reviewer"},
    "list_sheets": {*AGENCY, "reviewer"},
    "list_composites": AGENCY,
    "list_selections": AGENCY,
    "get_selection": AGENCY,
    "get_canonical": AGENCY,
    "list_waiting": AGENCY,
    "get_result": {*AGENCY, "applicant"},
    "get_summary": AGENCY,
    "get_sheet_draft": {"reviewer"},
    "list_panel_invitations": AGENCY,
    "list_invitations": {"reviewer"},
    "list_progress_of_applications": AGENCY,
    "list_late": AGENCY,
    "list_slots": AGENCY,
    "list_presentations": {*AGENCY, "applicant", "reviewer"},
    "get_places": AGENCY,
    "list_selection_rows": AGENCY,
    "get_selection_row": AGENCY,
    "get_why": {*AGENCY, "applicant"},
    "get_diff": AGENCY,
    "get_evidence": AGENCY,
    "get_calibration": {*AGENCY, "reviewer"},
    "export_progress": AGENCY,
    "export_assignments": {"reviewer"},
    "export_selection_rows": AGENCY,
    "get_statistics": {*AGENCY, "applicant", "reviewer", "provider"},
}
WRITES = {
    "seat_panel": {"officer"},
    "declare_conflict": {"officer", "reviewer"},
    "withdraw_conflict": {"officer"},
    "reopen_stage": {"officer"},
    "seat_substitute": {"officer"},
    "skip_document_stage": {"officer"},
    "restore_document_stage": {"officer"},
    "clear_conflict": {"reviewer"},
    "save_sheet_draft": {"reviewer"},
    "invite_reviewers": {"officer"},
    "answer_invitation": {"reviewer"},
    "make_slot": {"officer"},
    "invite_to_present": {"officer"},
    "answer_presentation": {"applicant"},
    "give_sheet": {"reviewer"},
    "give_sheets": {"reviewer"},
    "run_selection": {"officer"},
    "deliberate": {"officer"},
    "relax_quota": {"officer"},
    "recompute_selection": {"officer"},
    "propose_announcement": {"officer"},
    "move_places": {"officer"},
    "try_limits": {"officer"},
}
ADDRESS = {
    "panel_id": "PN-000001",
    "selection_id": "SEL-000001",
    "application_id": "A-P1",
    "stage": "document",
    "slot_id": "PS-000001",
}
OTHERS = re.compile(r"reviewer|평가위원|officer-|seat")
"""What no applicant reads: reviewers by id, name or chair, and who of the agency did what."""


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """P1 to P3 announced with one place; P1 has withdrawn, so P2 has moved up and P3 waits; P2 was judged again."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=1)
    await made.ranked("P1", "P2", "P3")
    drawn = await made.post("selections", programme=CODE, track="1")
    await made.announce(drawn["selection_id"])
    await made.feed(withdrawn("P1"))
    related = {"reviewer_id": "reviewer-1", "application_id": "A-P2", "reason": "reviewer-1은 O-P2의 사외이사"}
    await made.post("panels/PN-000001/reopenings", **related)
    chair = {"seat": 6, "reviewer_id": "reviewer-6", "name": "평가위원 6", "reason": "이해충돌"}
    await made.post("panels/PN-000001/substitutes", **chair)
    await made.sheet("P2", 6, "94")
    return made


def routes():
    modules = (
        *(panels, invitations, progress, presentations, reading, results, selections, sheets),
        *(selection_rows, selection_questions, places, statistics, panel_lists, sheet_lists, selection_lists),
    )
    return [route for module in modules for route in module.router.routes]


def test_every_route_is_in_the_tables() -> None:
    """A new route says here who may call it."""
    assert {route.name for route in routes()} == {*READS, *WRITES}


@pytest.mark.parametrize("role", ["applicant", "provider", "reviewer", "officer", "operator", "auditor"])
async def test_f_43_each_route_is_for_whom_the_table_says(call: Call, role: str) -> None:
    """F-43: Whoever is not named is refused before anything is looked up; whoever is named is let in."""
    of = "" if role in AGENCY else "O-P2"
    headers = call.client.as_(role, subject="somebody", organisation_id=of)
    for route in routes():
        (method,) = route.methods
        path = route.path.format(**ADDRESS)
        answer = await call.http.request(method, path, params={"programme": CODE}, json={}, headers=headers)
        let_in = role in {**READS, **WRITES}[route.name]
        assert (route.name, answer.status_code != 403) == (route.name, let_in)


@pytest.mark.rule("RV-14")
async def test_f_43_an_applicant_reads_the_own_result_only(call: Call) -> None:
    """F-43, F-41: The own result names no reviewer, no chair, no officer, nobody else; others' are not there."""
    for own, others in (("P2", "P1 P3"), ("P3", "P1 P2")):
        headers = call.client.as_("applicant", subject=f"user-{own}", organisation_id=f"O-{own}")
        told = json.dumps(await call.get(f"results/A-{own}", headers=headers), ensure_ascii=False)
        assert not OTHERS.search(told.replace("reviewers_counted", "")), told
        for other in others.split():
            assert f"-{other}" not in told
            await call.get(f"results/A-{other}", status=404, headers=headers)
        missing = await call.get("results/A-none", status=404, headers=headers)
        theirs = await call.get(f"results/A-{others[:2]}", status=404, headers=headers)
        assert {**missing["facts"], "id": ""} == {**theirs["facts"], "id": ""}
    nobody = call.client.as_("applicant", subject="user", organisation_id="")
    await call.get("results/A-P2", status=404, headers=nobody)


@pytest.mark.rule("RV-14")
async def test_evidence_of_a_selection_that_was_judged_again(call: Call) -> None:
    """Three versions, one after a withdrawal and one after a late conflict, are computed again from the pack alone."""
    pack = await call.http.get("/v1/selections/SEL-000001/evidence.zip", headers=call.officer)
    hashes, difference = verify(pack.content)
    assert (sorted(hashes), difference) == (["1", "2", "3"], None)


@pytest.mark.rule("RV-1")
async def test_f_43_a_reviewer_reads_of_no_other_reviewer(call: Call) -> None:
    """F-43: Assignments, own sheets, a kept sheet and a declared conflict name no other chair, no other's progress."""
    await call.screen("P7")
    await call.sheet("P7", 1)
    headers = call.client.as_("reviewer", subject="reviewer-2")
    sheet = {"application_id": "A-P7", "stage": "document", "scores": scores("80")}
    answers = [
        await call.get("assignments", headers=headers),
        await call.get("sheets", headers=headers),
        (await call.http.post("/v1/sheets", json=sheet, headers=headers)).json(),
        (await call.http.post("/v1/sheets", json=sheet, headers=headers)).json(),
    ]
    told = json.dumps(answers, ensure_ascii=False)
    assert set(re.findall(r'"seat": (\d+)', told)) == {"2"}
    assert not re.search(r"reviewer-[^2]|평가위원 [^2]", told)
    related = {"reviewer_id": "reviewer-2", "application_id": "A-P7", "reason": "친족"}
    path = "/v1/panels/PN-000001/conflicts"
    declared = await call.http.post(path, json=related, headers=headers)
    assert declared.json() == {
        "application_id": "A-P7",
        "reviewer_id": "reviewer-2",
        "closed": None,
        "awaited_seats": None,
        "sheets": None,
        "substitutes_needed": None,
    }
    again = await call.post("panels/PN-000001/conflicts", **related)
    assert (again["sheets"], again["awaited_seats"], again["substitutes_needed"]) == (1, [3, 4, 5], 1)


@pytest.mark.rule("RV-1")
async def test_f_43_nobody_learns_who_sits_on_a_panel_by_declaring(call: Call) -> None:
    """F-43: Somebody who does not sit there gets the same answer for a panel that is and one that is none."""
    headers = call.client.as_("reviewer", subject="reviewer-77")
    told = []
    for panel, reviewer in (("PN-000001", "reviewer-1"), ("PN-000001", "reviewer-77"), ("PN-999999", "reviewer-77")):
        body = {"reviewer_id": reviewer, "application_id": "A-P3", "reason": "x"}
        answer = await call.http.post(f"/v1/panels/{panel}/conflicts", json=body, headers=headers)
        told.append((answer.status_code, {**answer.json()["facts"], "id": ""}))
    assert told == [told[0]] * 3
    assert told[0][0] == 404


async def test_f_43_the_frozen_bytes_name_nobody(call: Call) -> None:
    """F-43: The bytes of every version hold chairs and no name, no account, and not the words of a reopening."""
    for version in (1, 2, 3):
        answer = await call.http.get(f"/v1/selections/SEL-000001/canonical?version={version}", headers=call.officer)
        assert answer.status_code == 200
        assert not re.search(r"reviewer-|평가위원|officer-|사외이사", answer.text)
