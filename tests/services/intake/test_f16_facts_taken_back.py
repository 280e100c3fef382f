"""Restrictions and awards are taken back by counter-facts; what was recorded stays, with who, when and why."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from tests.services.intake.people import OPEN_DAY, Office
from tests.services.intake.test_routes_providers import open_provider_call

BAN: dict[str, Any] = {"kind": "participation_ban", "from": "2025-01-01", "until": "2025-12-31", "source": "NTIS"}
AWARD = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025, "source": "협약"}
WRONG = {"reason": "동명이인에게 잘못 기록함"}


async def banned(office: Office, **more: Any) -> tuple[str, str]:
    """An application under screening whose organisation is barred; returns it and the restriction."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    path = f"/organisations/{organisation_id}/restrictions"
    return application_id, str((await office.call("POST", path, 201, json={**BAN, **more}))["id"])


async def outcome(office: Office, application_id: str, rule_id: str = "IN-8") -> str:
    """What the screening that stands found by a rule."""
    shown = await office.call("GET", f"/applications/{application_id}/screening", 200)
    return str(next(one["found"] for one in shown["verdicts"] if one["rule_id"] == rule_id))


async def lifted(office: Office, path: str, body: Any) -> Any:
    """What one officer proposes against a restriction and another confirms; returns the restriction."""
    proposed = await office.call("POST", path, 201, json=body)
    await office.confirmed(proposed)
    listed = (await office.call("GET", "/restrictions", 200))["items"]
    return next(one for one in listed if one["restriction_id"] == proposed["thing_id"])


async def end(office: Office, ban: str, last_day: str, status: int = 200) -> Any:
    """Say on which day a restriction ends."""
    body, path = {"last_day": last_day, "reason": "해제 통보"}, f"/restrictions/{ban}/end"
    if status == 200:
        return await lifted(office, path, body)
    return await office.call("POST", path, status, json=body)


@pytest.mark.rule("IN-8")
async def test_f_16_a_wrong_ban_is_withdrawn(office: Office) -> None:
    """F-16: A ban that never was bars no more, screening looks again at once, and both stay on record."""
    application_id, ban = await banned(office)
    assert await outcome(office, application_id) == "fail"
    told = await lifted(office, f"/restrictions/{ban}/withdraw", WRONG)
    assert (told["state"], told["counts_until"]) == ("withdrawn", None)
    assert await outcome(office, application_id) == "pass"
    assert (await office.call("POST", f"/applications/{application_id}/screening/conclude", 200))["state"] == "eligible"
    (listed,) = (await office.call("GET", "/restrictions", 200))["items"]
    assert listed == told
    assert (listed["until_day"], listed["recorded_by"]) == ("2025-12-31", "officer-1")
    said = listed["counter_facts"][0]
    assert (said["reason"], said["by"], said["last_day"]) == (WRONG["reason"], "officer-confirm", None)


@pytest.mark.rule("IN-8")
async def test_f_16_a_ban_ends_on_a_day_that_belongs_to_it(office: Office) -> None:
    """F-16: Ended on the closing day it still bars, a day before it does not; a correction goes either way."""
    application_id, ban = await banned(office)
    for last_day, found in (("2025-09-14", "pass"), ("2025-09-15", "fail"), ("2025-09-14", "pass")):
        told = await end(office, ban, last_day)
        assert (told["state"], told["counts_until"], told["until_day"]) == ("ended", last_day, "2025-12-31")
        assert await outcome(office, application_id) == found
    assert [one["last_day"] for one in told["counter_facts"]] == ["2025-09-14", "2025-09-15", "2025-09-14"]


@pytest.mark.rule("IN-8")
async def test_f_16_a_ban_may_end_in_the_future(office: Office) -> None:
    """F-16: A last day to come cuts the period; both its bounds may be the last day, none outside."""
    _, ban = await banned(office)
    assert (await end(office, ban, "2025-11-30"))["counts_until"] == "2025-11-30"
    assert (await end(office, ban, "2025-12-31"))["counts_until"] == "2025-12-31"
    assert (await end(office, ban, "2025-01-01"))["counts_until"] == "2025-01-01"
    assert (await end(office, ban, "2026-01-01", 422))["code"] == "restriction_ends_before"
    assert (await end(office, ban, "2024-12-31", 422))["code"] == "period_backwards"
    _, endless = await banned(office, until=None)
    assert (await end(office, endless, "2040-12-31"))["counts_until"] == "2040-12-31"


async def test_f_16_a_counter_fact_has_clear_answers(office: Office) -> None:
    """F-16: Ending on the same day, withdrawing twice, and ending what was withdrawn are told and change nothing."""
    _, ban = await banned(office)
    assert (await end(office, ban, "2025-12-31", 409))["code"] == "restriction_ends_then"
    await end(office, ban, "2025-09-10")
    assert (await end(office, ban, "2025-09-10", 409))["code"] == "restriction_ends_then"
    path = f"/restrictions/{ban}/withdraw"
    await lifted(office, path, WRONG)
    for refused in (await office.call("POST", path, 409, json=WRONG), await end(office, ban, "2025-09-11", 409)):
        assert (refused["code"], refused["facts"]) == ("fact_withdrawn", {"fact": ban, "on": "2025-09-02"})
        assert "2025. 9. 2." in refused["messages"]["ko"]
    (listed,) = (await office.call("GET", "/restrictions", 200))["items"]
    assert (listed["state"], len(listed["counter_facts"])) == ("withdrawn", 2)
    assert (await office.call("POST", "/restrictions/X-999999/withdraw", 404, json=WRONG))["code"] == "fact_unknown"
    assert (await office.call("POST", "/awards/W-999999/withdraw", 404, json=WRONG))["code"] == "fact_unknown"
    await office.call("POST", path, 422, json={"reason": "  "})


async def test_f_16_two_at_once_withdraw_once(office: Office) -> None:
    """F-16: Of six withdrawals that are confirmed at one instant one stands."""
    _, ban = await banned(office)
    asked = [await office.call("POST", f"/restrictions/{ban}/withdraw", 201, json=WRONG) for _ in range(6)]
    second = office.client.as_("officer", subject="officer-confirm")
    paths = [f"/v1/proposals/{one['proposal_id']}/confirm" for one in asked]
    answers = await asyncio.gather(*(office.http.post(path, headers=second) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    (listed,) = (await office.call("GET", "/restrictions", 200))["items"]
    assert len(listed["counter_facts"]) == 1


@pytest.mark.rule("BL-13")
async def test_a_ban_is_lifted_by_two(office: Office) -> None:
    """Whoever proposes to lift a ban cannot confirm it; until another officer does, it bars."""
    application_id, ban = await banned(office)
    proposed = await office.call("POST", f"/restrictions/{ban}/withdraw", 201, json=WRONG)
    path = f"/proposals/{proposed['proposal_id']}/confirm"
    assert (await office.call("POST", path, 409))["code"] == "proposer_confirms"
    assert await outcome(office, application_id) == "fail"
    await end(office, ban, "2025-11-30")
    second = office.client.as_("officer", subject="officer-confirm")
    assert (await office.call("POST", path, 409, who=second))["code"] == "proposal_outdated"
    acts = (await office.call("GET", f"/history/restriction/{ban}", 200))["items"]
    done = [act["did"] for act in acts if not act["did"].startswith("list")]
    assert done == ["propose_restriction_withdrawal", "propose_restriction_end", "confirm_proposal"]


@pytest.mark.rule("IN-7")
async def test_f_16_a_wrong_award_is_withdrawn_and_recorded_anew(office: Office) -> None:
    """F-16: An award of the wrong year is withdrawn and the right one recorded; both are listed, one counts."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    path = f"/organisations/{organisation_id}/awards"
    wrong = (await office.call("POST", path, 201, json=AWARD))["id"]
    assert await outcome(office, application_id, "IN-7") == "fail"
    told = await office.call("POST", f"/awards/{wrong}/withdraw", 200, json=WRONG)
    right = {**AWARD, "year": 2023, "running_until": "2024-12-31"}
    await office.call("POST", path, 201, json=right)
    assert await outcome(office, application_id, "IN-7") == "pass"
    assert (await office.call("POST", f"/awards/{wrong}/withdraw", 409, json=WRONG))["code"] == "fact_withdrawn"
    listed = (await office.call("GET", "/awards", 200, params={"organisation_id": organisation_id}))["items"]
    assert listed[0] == {**told, "organisation_name": "한빛에이아이1", "programme_name": None}
    assert [(one["year"], one["state"]) for one in listed] == [(2025, "withdrawn"), (2023, "standing")]


@pytest.mark.rule("IN-8")
async def test_f_16_a_persons_ban_is_withdrawn(office: Office) -> None:
    """F-16: A ban of an investigator is found by the number however it is spelled, and taken back."""
    who = {"id": "ntis-99", "name": "박책임", "is_professor": False}
    application_id = await office.submitted(principal_investigator=who)
    ban = (await office.call("POST", "/principal-investigators/NTIS-99/restrictions", 201, json=BAN))["id"]
    assert await outcome(office, application_id) == "fail"
    found = await office.call("GET", "/restrictions", 200, params={"principal_investigator_id": "ＮＴＩＳ\u200b-99"})
    shown = [(one["restriction_id"], one["principal_investigator_id"]) for one in found["items"]]
    assert shown == [(ban, "NTIS-99")]
    await lifted(office, f"/restrictions/{ban}/withdraw", WRONG)
    assert await outcome(office, application_id) == "pass"


@pytest.mark.rule("IN-8")
async def test_f_16_a_provider_check_sees_what_counts(office: Office) -> None:
    """F-16: A ban of a provider fails its check; withdrawn, it does not any more."""
    await office.call("POST", "/providers", 201, json={"provider_id": "p", "name": "가", "business_no": "124-81-00998"})
    provider = await office.call("GET", "/providers/p", 200)
    path = f"/organisations/{provider['organisation_id']}/restrictions"
    ban = (await office.call("POST", path, 201, json={**BAN, "from": "2020-01-01"}))["id"]
    await open_provider_call(office)
    asked = {"programme": "hpc-2025-gpu", "provider_id": "p", "cards": ["H100"]}

    async def barred() -> bool:
        found = (await office.call("POST", "/provider-checks", 201, json=asked))["findings"]
        return any(one["code"] == "restriction_in_force" for one in found)

    assert await barred()
    await lifted(office, f"/restrictions/{ban}/withdraw", WRONG)
    assert not await barred()


async def test_lists_of_facts_are_narrowed_and_paged(office: Office) -> None:
    """Facts are listed by organisation, kind and standing, page by page; applicants and providers list nothing."""
    organisation_id = await office.organisation()
    path = f"/organisations/{organisation_id}/restrictions"
    bans = [
        (await office.call("POST", path, 201, json={**BAN, "kind": kind}))["id"]
        for kind in ("default", "insolvency", "default")
    ]
    await end(office, bans[0], "2025-02-01")
    await lifted(office, f"/restrictions/{bans[1]}/withdraw", WRONG)

    async def ids(**params: Any) -> list[str]:
        found = await office.call("GET", "/restrictions", 200, params=params)
        return [one["restriction_id"] for one in found["items"]]

    assert await ids(kind="default") == [bans[0], bans[2]]
    for state, expected in (("ended", bans[0]), ("withdrawn", bans[1]), ("standing", bans[2])):
        assert await ids(state=state, organisation_id=organisation_id) == [expected]
    assert await ids(organisation_id="O-999999") == []
    first = await office.call("GET", "/restrictions", 200, params={"limit": 2})
    rest = await office.call("GET", "/restrictions", 200, params={"limit": 2, "cursor": first["next_cursor"]})
    assert [one["restriction_id"] for one in (*first["items"], *rest["items"])] == bans
    assert (await office.call("GET", "/awards", 200, params={"state": "ended"}))["items"] == []
    for who in (office.applicant(organisation_id), office.client.as_("provider", organisation_id="alpha")):
        for path in ("/restrictions", "/awards"):
            await office.call("GET", path, 403, who=who)
        await office.call("POST", f"/restrictions/{bans[2]}/withdraw", 403, who=who, json=WRONG)


@pytest.mark.rule("IN-8")
async def test_f_16_an_end_before_the_agreement_counts(office: Office) -> None:
    """F-16: A ban found before the agreement stops it; ended before the closing day it does not."""
    application_id = await office.selected()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    ban = (await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=BAN))["id"]
    refused = await office.call("POST", "/agreements", 409, json={"application_id": application_id})
    assert [one["code"] for one in refused["refusals"]] == ["restriction_in_force"]
    office.client.clock.set(OPEN_DAY + dt.timedelta(days=20))
    await end(office, ban, "2025-09-14")
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
