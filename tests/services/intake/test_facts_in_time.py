"""No fact that bars is missed: not one recorded beside a submit, nor one behind a thousand others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.events.intake import ApplicationScreened
from libs.common.identity import Caller
from services.intake.operations import submission
from services.intake.store import applications, providers, screenings
from tests.services.intake.people import OPEN_DAY, Office
from tests.services.intake.test_routes_providers import BODY

BAN = {"kind": "participation_ban", "from": "2025-01-01", "until": "2026-01-01", "source": "NTIS"}
AWARD = {"programme_code": "tips-2025", "government": True, "year": 2025}
PASSED = {"outcome": "pass", "reason": "확인"}


@asynccontextmanager
async def being_submitted(office: Office) -> AsyncIterator[tuple[str, str]]:
    """A complete application whose final submit is under way within, and its organisation."""
    organisation_id = await office.organisation()
    application_id = await office.draft(organisation_id)
    await office.documents(application_id)
    applicant = Caller("applicant-1", frozenset({"applicant"}), organisation_id)
    async with office.client.db.transaction() as tx:
        await submission.submit(tx, applicant, application_id, OPEN_DAY, office.client.clock)
        yield application_id, organisation_id


@pytest.mark.rule("IN-8")
async def test_a_ban_recorded_during_the_submit_bars(office: Office) -> None:
    """The submit saw no ban and the ban no submitted application; the conclusion looks once more and finds it."""
    async with being_submitted(office) as (application_id, organisation_id):
        await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=BAN)
    at = f"/applications/{application_id}/screening"
    assert (await office.call("GET", at, 200))["outcome"] == "pass"
    concluded = await office.call("POST", f"{at}/conclude", 200)
    assert (concluded["state"], concluded["step"], concluded["outcome"]) == ("ineligible", "new_facts", "fail")
    (screened,) = await office.client.said(ApplicationScreened)
    assert screened.failed_rules == ["IN-8"]


@pytest.mark.rule("IN-7")
async def test_an_award_recorded_during_the_submit_is_a_question(office: Office) -> None:
    """What newly needs an officer's word refuses the conclusion, stays on record and can be decided then."""
    async with being_submitted(office) as (application_id, organisation_id):
        await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=AWARD)
    at = f"/applications/{application_id}/screening"
    for _ in range(2):
        refused = await office.call("POST", f"{at}/conclude", 409)
        assert [(one["rule_id"], one["code"]) for one in refused["refusals"]] == [("IN-7", "officer_decision_needed")]
    shown = await office.call("GET", at, 200)
    assert (shown["run"], shown["step"], shown["outcome"]) == (2, "new_facts", "officer")
    await office.call("POST", f"{at}/decisions", 201, json={"rule_id": "IN-7", **PASSED})
    assert (await office.call("POST", f"{at}/conclude", 200))["state"] == "eligible"


@pytest.mark.rule("IN-8")
async def test_a_ban_behind_a_thousand_facts_bars(office: Office) -> None:
    """All facts are looked at: the newest of 1,001 restrictions is the one in force, so is the newest award."""
    organisation_id = await office.organisation()
    ended = {**BAN, "until": "2025-01-02"}
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=ended)
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json={**AWARD, "year": 2001})
    async with office.client.db.transaction() as tx:
        for table, key in (("restriction", "restriction_id"), ("award", "award_id")):
            found = (await tx.execute(text(f"SELECT * FROM {table}"))).mappings().one()
            others = ", ".join(name for name in found if name != key)
            many = f"SELECT 'Z-' || n, {others} FROM {table}, generate_series(1, 999) n"
            await tx.execute(text(f"INSERT INTO {table} ({key}, {others}) {many}"))
    office.client.clock.set(OPEN_DAY.replace(hour=11))
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=BAN)
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=AWARD)
    checked = await office.call("POST", f"/applications/{await office.draft(organisation_id)}/check", 200)
    told = {one["rule_id"]: one["code"] for one in checked["findings"] if one["rule_id"] in {"IN-7", "IN-8"}}
    assert told == {"IN-7": "award_unlisted", "IN-8": "restriction_in_force"}


@pytest.mark.rule("IN-12")
async def test_the_last_of_many_decisions_counts(office: Office) -> None:
    """The 1,001st word of an officer is the one that stands; what is shown of them are the newest."""
    application_id = await office.submitted()
    at = f"/applications/{application_id}/screening"
    await office.call("POST", f"{at}/decisions", 201, json={"rule_id": "IN-5", **PASSED})
    copied = "rule_id, outcome, reason, decided_on, programme_version, decided_by, decided_at"
    async with office.client.db.transaction() as tx:
        many = f"INSERT INTO screening_decision (application_id, {copied})"
        many += f" SELECT application_id, {copied} FROM screening_decision, generate_series(1, 999)"
        await tx.execute(text(many))
    last = {"rule_id": "IN-5", "outcome": "fail", "reason": "마지막"}
    shown = await office.call("POST", f"{at}/decisions", 201, json=last)
    assert shown["outcome"] == "fail"
    assert (len(shown["decisions"]), shown["decisions"][-1]["reason"]) == (1_000, "마지막")
    assert (await office.call("POST", f"{at}/conclude", 200))["state"] == "ineligible"


async def test_a_history_tells_its_newest_steps(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more steps than an answer tells, the oldest are left out; the rest keep their order."""
    monkeypatch.setattr(applications, "HISTORY_MAX", 2)
    monkeypatch.setattr(providers, "HISTORY_MAX", 2)
    shown = await office.call("GET", f"/applications/{await office.eligible()}", 200)
    assert [step["state"] for step in shown["history"]] == ["submitted", "eligible"]
    await office.call("POST", "/providers", 201, json=BODY)
    for version in (1, 2):
        edit: dict[str, Any] = {"csap": version == 1, "reason": f"{version}번째 변경"}
        await office.call("PATCH", "/providers/alpha", 200, json=edit, headers={"If-Match": f'"{version}"'})
    history = (await office.call("GET", "/providers/alpha", 200))["history"]
    assert [step["version"] for step in history] == [2, 3]


async def test_a_mark_for_nothing_is_nothing(office: Office) -> None:
    """Where an earlier release wrote `-` for an end that nobody knows, its officer's decision still stands."""
    application_id = await office.submitted()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=AWARD)
    async with office.client.db.transaction() as tx:
        run = await screenings.find_latest_run(tx, application_id)
        assert run is not None
        older = [
            type(one)(one.rule_id, one.outcome, one.code, {**one.facts, "running_until": "-"})
            if one.code == "award_unlisted"
            else one
            for one in run.findings
        ]
        add = (tx, application_id, "new_facts", older)
        await screenings.add_run(*add, programme_version=1, now=office.client.clock.now())
    at = f"/applications/{application_id}/screening"
    decided = await office.call("POST", f"{at}/decisions", 201, json={"rule_id": "IN-7", **PASSED})
    said = [one["reason"]["ko"] for one in decided["findings"] if one["code"] == "award_unlisted"]
    assert said == ["다른 정부 사업의 수혜 이력이 있습니다(사업 tips-2025, 2025년). 담당자의 판단이 필요합니다."]
    concluded = await office.call("POST", f"{at}/conclude", 200)
    assert (concluded["state"], concluded["run"]) == ("eligible", 3)
