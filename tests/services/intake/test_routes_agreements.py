"""From the announced selection to the signed agreement, over REST and events."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event, text

from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.intake import AgreementEnded, AgreementSigned, ApplicationWithdrawn
from tests.services.intake.people import P0, Office

AT = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)


async def agreed(office: Office) -> str:
    """A selected application with its agreement drawn up."""
    application_id = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    return application_id


async def signed(office: Office) -> str:
    """An application with its agreement signed."""
    application_id = await agreed(office)
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    return application_id


async def restrict(office: Office, application_id: str) -> None:
    """Record a ban of the applicant that was in force on the closing day."""
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    fact = {"kind": "default", "from": "2025-09-01", "source": "은행연합회"}
    await office.call("POST", f"/organisations/{organisation_id}/restrictions", 201, json=fact)


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize("step", ["draft", "sign"])
async def test_restrictions_are_checked_again(office: Office, step: str) -> None:
    """A fact learned after the screening stops the agreement and its signature until an officer decides."""
    application_id = await (office.selected() if step == "draft" else agreed(office))
    await restrict(office, application_id)
    path, body = ("/agreements", {"application_id": application_id}) if step == "draft" else ("", None)
    path = path or f"/agreements/{application_id}/sign"
    refused = await office.call("POST", path, 409, json=body)
    assert [(one["rule_id"], one["code"]) for one in refused["refusals"]] == [("IN-8", "restriction_in_force")]
    told = {"rule_id": "IN-8", "outcome": "pass", "reason": "채무 변제 확인"}
    shown = await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=told)
    assert shown["step"] == "agreement"
    await office.call("POST", path, 201 if step == "draft" else 200, json=body)


@pytest.mark.rule("IN-7")
async def test_an_award_in_between_is_found(office: Office) -> None:
    """Support given after the screening stops the agreement; the own award never does."""
    application_id = await office.selected()
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    award = {"programme_code": "hpc-2025-gpu", "government": True, "year": 2025}
    await office.call("POST", f"/organisations/{organisation_id}/awards", 201, json=award)
    refused = await office.call("POST", "/agreements", 409, json={"application_id": application_id})
    assert (refused["rule_id"], refused["code"]) == ("IN-7", "award_listed")
    told = {"rule_id": "IN-7", "outcome": "fail", "reason": "중복 지원 확인"}
    await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=told)
    refused = await office.call("POST", "/agreements", 409, json={"application_id": application_id})
    assert refused["code"] == "decided_against"


async def test_only_rules_checked_again_are_open_to_decision(office: Office) -> None:
    """After the screening nobody decides on documents any more."""
    application_id = await office.selected()
    told = {"rule_id": "IN-9", "outcome": "fail", "reason": "서류 미비"}
    refused = await office.call("POST", f"/applications/{application_id}/screening/decisions", 422, json=told)
    assert refused["facts"]["rules"] == "IN-7, IN-8"


@pytest.mark.rule("IN-7")
async def test_a_signed_agreement_is_an_award(office: Office) -> None:
    """Who signed an agreement here has support that later calls find, with its last day of use."""
    application_id = await signed(office)
    async with office.client.db.transaction() as tx:
        query = text("SELECT programme_code, year, running_until FROM award WHERE application_id = :id")
        (row,) = (await tx.execute(query, {"id": application_id})).all()
    assert tuple(row) == (P0, 2025, dt.date(2026, 3, 31))


async def test_asked_and_awarded_stand_side_by_side(office: Office) -> None:
    """What the committee lowered shows beside what was asked, with its reason; the agreement has the award."""
    application_id = await office.selected(months=3, reason="심의위원회 조정: 3개월")
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert (shown["months"], shown["award"]["months"], shown["award"]["reason"]) == (6, 3, "심의위원회 조정: 3개월")
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    (told,) = await office.client.said(AgreementSigned)
    assert (told.units, told.months) == (1, 3)


async def test_steps_keep_their_order(office: Office) -> None:
    """No agreement before the selection, no signature before the agreement, none twice."""
    application_id = await office.eligible()
    body = {"application_id": application_id}
    refused = await office.call("POST", "/agreements", 409, json=body)
    assert (refused["facts"]["state"], refused["facts"]["allowed"]) == ("eligible", "selected")
    await office.call("POST", f"/agreements/{application_id}/sign", 409)
    await office.call("GET", f"/agreements/{application_id}", 404)
    await office.announce(application_id)
    await office.call("POST", f"/agreements/{application_id}/sign", 409)
    await office.call("POST", "/agreements", 201, json=body)
    await office.call("POST", "/agreements", 409, json=body)
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    await office.call("POST", f"/agreements/{application_id}/sign", 409)
    assert len(await office.client.said(AgreementSigned)) == 1


async def test_the_applicant_signs_and_nobody_else(office: Office) -> None:
    """The applicant signs its own agreement; somebody else's is not found."""
    application_id = await agreed(office)
    organisation_id = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    path = f"/agreements/{application_id}/sign"
    await office.call("POST", path, 404, who=office.applicant("O-999999"))
    assert await office.client.said(AgreementSigned) == []
    await office.call("POST", path, 200, who=office.applicant(organisation_id))
    assert len(await office.client.said(AgreementSigned)) == 1


async def test_announcements_in_any_order(office: Office) -> None:
    """A waiting applicant moves up; an older version of the run that comes late changes nothing."""
    application_id = await office.eligible()
    await office.announce(application_id, outcome="waiting", refused_by="capacity")
    assert await office.state(application_id) == "waiting"
    await office.announce(application_id, run_version=3, promoted=True)
    await office.announce(application_id, run_version=2, outcome="waiting", refused_by="capacity")
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert (shown["state"], shown["award"]["promoted"]) == ("selected", True)


async def test_withdrawing_a_selection(office: Office) -> None:
    """A winner that declines is withdrawn; review hears of it, and no agreement ends."""
    application_id = await office.selected()
    await office.call("POST", f"/applications/{application_id}/withdraw", 200, json={"reason": "사업 포기"})
    assert len(await office.client.said(ApplicationWithdrawn)) == 1
    assert not await office.client.said(AgreementEnded)
    await office.announce(application_id, run_version=2)
    assert await office.state(application_id) == "withdrawn"
    await office.call("POST", f"/applications/{application_id}/withdraw", 409, json={"reason": "다시"})


async def test_giving_up_after_the_signature(office: Office) -> None:
    """Whoever gives up after signing ends the agreement too."""
    application_id = await signed(office)
    await office.call("POST", f"/applications/{application_id}/withdraw", 200, json={"reason": "사업 포기"})
    (ended,) = await office.client.said(AgreementEnded)
    assert (ended.application_id, ended.reason) == (application_id, "사업 포기")
    assert (await office.call("GET", f"/agreements/{application_id}", 200))["ended_at"] is not None


def placed(application_id: str) -> GrantPlaced:
    """The allocator's word on where the grant lies."""
    told: dict[str, Any] = {
        "grant_id": application_id,
        "programme_code": P0,
        "programme_version": 1,
        "organisation_id": "O-000001",
        "placement_id": "PL-000001",
        "provider_id": "alpha",
        "data_centre": "alpha-dc1",
        "pool_id": None,
        "servers": {"alpha-dc1-s01": 8},
        "mode": "fixed",
        "product": "H100x2",
        "units": 1,
        "months": 6,
        "card_type": "A100",
        "cards": 8,
        "asked_card_type": "H100",
        "priced_product": "A100",
        "priced_units": 8,
        "payable": True,
        "starts_at": AT,
        "ends_at": AT + dt.timedelta(days=182),
        "rank": 1,
    }
    return GrantPlaced.model_validate(told)


async def test_what_other_services_say_is_seen(office: Office) -> None:
    """The applicant follows self-payment, placement, use and its end; nothing moves backwards."""
    application_id = await signed(office)
    key = {"application_id": application_id, "programme_code": P0}
    due = {"amount_krw": 2_400_000, "flow": "own_account", "due_at": None, "reason": "BL-4"}
    await office.client.feed(SelfpayDue(**key, **due))
    await office.client.feed(SelfpayOverdue(**key, due_krw=2_400_000, received_krw=0, due_at=AT))
    paid = {"received_krw": 2_400_000, "due_krw": 2_400_000, "covered": True, "deposited_at": AT}
    await office.client.feed(SelfpayDeposited(**key, **paid))
    grant = {"grant_id": application_id, "programme_code": P0, "provider_id": "alpha"}
    times = {"starts_at": AT, "delivered_at": AT, "ends_at": AT, "agreed_at": AT}
    await office.client.feed(GrantActivated(**grant, **times))
    assert await office.state(application_id) == "active"
    await office.client.feed(placed(application_id))
    assert await office.state(application_id) == "active"
    await office.client.feed(GrantEnded(**grant, ended_at=AT, reason="period over"))
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert shown["state"] == "ended"
    progress = shown["progress"]
    assert (progress["provider_id"], progress["card_type"], progress["cards"]) == ("alpha", "A100", 8)
    assert (progress["selfpay_due_krw"], progress["selfpay_covered"]) == (2_400_000, True)


async def test_an_announcement_of_nobody_is_a_dead_letter(office: Office) -> None:
    """An outcome for an application that is not ours waits for people; the rest goes on."""
    await office.client.feed(placed("A-999999"))
    async with office.client.db.transaction() as tx:
        codes = (await tx.execute(text("SELECT error_code FROM dead_letter"))).scalars().all()
    assert codes == ["not_found"]


async def test_lists_need_few_queries(office: Office) -> None:
    """A list tells awards, agreements and names in three queries a page; a fourth keeps who read it."""
    ids = [await signed(office) for _ in range(3)]
    asked: list[str] = []

    def count(*told: Any) -> None:
        asked.append(told[2])

    engine = office.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    await office.call("GET", "/applications", 200)
    event.remove(engine, "before_cursor_execute", count)
    assert len(asked) == 4
    first = await office.call("GET", "/applications", 200, params={"limit": 2, "programme": P0, "state": "signed"})
    assert [one["application_id"] for one in first["items"]] == ids[:2]
    assert all(one["award"] and one["agreement"] for one in first["items"])
    rest = await office.call("GET", "/applications", 200, params={"limit": 2, "cursor": first["next_cursor"]})
    assert [one["application_id"] for one in rest["items"]] == ids[2:]
    cut = await office.call("GET", "/applications", 200, params={"fields": "application_id,state"})
    assert cut["items"][0] == {"application_id": ids[0], "state": "signed"}
