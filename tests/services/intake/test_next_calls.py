"""The next call that an answer names exists and leads on (F-62)."""

from typing import Any

from tests.services.intake.people import DEFINITION, P0, Office


async def refused(office: Office, method: str, path: str, **more: Any) -> str:
    """A step from the wrong state; returns the call that its answer names, and checks that the words agree."""
    problem = await office.call(method, path, 409, **more)
    assert problem["code"] == "wrong_state"
    named = str(problem["facts"]["next_call"])
    assert ("다음 절차" in problem["messages"]["ko"]) == (named != "")
    return named


async def follow(office: Office, named: str, status: int, **more: Any) -> Any:
    """Do what an answer says comes next."""
    method, path = named.split(" ")
    assert path.startswith("/intake/v1/")
    return await office.call(method, path.removeprefix("/intake/v1"), status, **more)


async def test_from_draft_to_signature_by_asking_for_the_wrong_step(office: Office) -> None:
    """F-62: Whoever signs too early is led from the draft to the signed agreement, one real call after another."""
    application_id = await office.draft(await office.organisation())
    sign = f"/agreements/{application_id}/sign"
    await follow(office, await refused(office, "POST", sign), 200)
    assert await office.state(application_id) == "submitted"
    waived = {"rule_id": "IN-9", "outcome": "pass", "reason": "원본 대조 완료"}
    await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=waived)
    await follow(office, await refused(office, "POST", sign), 200)
    assert await office.state(application_id) == "eligible"
    assert await refused(office, "POST", sign) == "", "an eligible application waits for review: nobody can call that"
    await office.announce(application_id)
    await follow(office, await refused(office, "POST", sign), 201, json={"application_id": application_id})
    draft = {"json": {"application_id": application_id}}
    assert await refused(office, "POST", "/agreements", **draft) == ""
    await office.call("POST", sign, 200)
    assert await refused(office, "POST", sign) == ""


async def test_a_draft_leads_to_its_submit(office: Office) -> None:
    """F-62: Concluding or deciding on a draft names the final submit; a withdrawn one names nothing."""
    application_id = await office.draft(await office.organisation())
    at = f"/applications/{application_id}"
    named = await refused(office, "POST", f"{at}/screening/conclude")
    decision = {"rule_id": "IN-9", "outcome": "pass", "reason": "x"}
    assert await refused(office, "POST", f"{at}/screening/decisions", json=decision) == named
    await follow(office, named, 200)
    again = await refused(office, "POST", f"{at}/submit")
    assert (await follow(office, again, 200))["receipt_no"] is not None
    await office.call("POST", f"{at}/withdraw", 200, json={"reason": "취소"})
    assert await refused(office, "POST", f"{at}/withdraw", json={"reason": "취소"}) == ""
    assert await refused(office, "POST", f"{at}/screening/conclude") == ""


async def test_an_open_programme_leads_to_its_next_version(office: Office) -> None:
    """F-62: Opening what is in force names the upload of a version that can be opened."""
    named = await refused(office, "POST", f"/programmes/{P0}/open")
    await follow(office, named, 201, json={**DEFINITION, "version": 2})
    assert (await office.call("POST", f"/programmes/{P0}/open", 200))["in_force_version"] == 2
