"""A selection or an agreement is cancelled by two people, and everybody hears of it (IN-16, BL-13)."""

import asyncio
import datetime as dt

import pytest

from libs.common.events.allocator import GrantEnded
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.intake import AgreementEnded, ApplicationRevoked
from tests.services.intake.people import P0, Office

FALSE = {"ground": "false_statement", "intent_shown": True, "reason": "허위 재직증명서"}


async def propose(office: Office, application_id: str, status: int = 201, **changes):
    """An officer proposes to revoke."""
    return await office.call("POST", f"/applications/{application_id}/revoke", status, json={**FALSE, **changes})


async def signed(office: Office) -> str:
    """An application with its agreement signed."""
    application_id = await office.selected()
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    await office.call("POST", f"/agreements/{application_id}/sign", 200)
    return application_id


async def test_two_people_revoke_a_selection_and_it_is_said_once(office: Office) -> None:
    """Proposing changes nothing; the confirmation does, once; the history says who and why."""
    application_id = await office.selected()
    proposed = await propose(office, application_id)
    assert (await office.state(application_id), await office.client.said(ApplicationRevoked)) == ("selected", [])
    own = await office.call("POST", f"/proposals/{proposed['proposal_id']}/confirm", 409)
    assert own["code"] == "proposer_confirms"
    await office.confirmed(proposed)
    assert await office.state(application_id) == "revoked"
    (said,) = await office.client.said(ApplicationRevoked)
    assert (said.application_id, said.reason) == (application_id, "허위 재직증명서")
    assert await office.client.said(AgreementEnded) == []
    shown = await office.call("GET", f"/applications/{application_id}", 200)
    assert (shown["history"][-1]["state"], shown["history"][-1]["reason"]) == ("revoked", "허위 재직증명서")
    acts = await office.call("GET", f"/history/application/{application_id}", 200)
    assert "propose_revocation" in {act["did"] for act in acts["items"]}


async def test_a_signed_agreement_ends_with_it(office: Office) -> None:
    """The agreement's end is said before the revocation; a second revocation finds nothing left."""
    application_id = await signed(office)
    await office.confirmed(await propose(office, application_id))
    (ended,) = await office.client.said(AgreementEnded)
    assert ended.application_id == application_id
    assert len(await office.client.said(ApplicationRevoked)) == 1
    refused = await propose(office, application_id, 409)
    assert (refused["code"], refused["facts"]["state"]) == ("wrong_state", "revoked")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"intent_shown": False}, "intent_not_shown"), ({"ground": "impairment"}, "no_accounts_asked")],
)
async def test_a_ground_that_does_not_carry_is_refused_in_words(office: Office, changes: dict, code: str) -> None:
    """S0 asks for intent, and for no accounts before the agreement: nothing is proposed."""
    application_id = await office.selected()
    refused = await propose(office, application_id, 409, **changes)
    assert refused["code"] == code
    assert refused["messages"]["ko"]


async def test_before_the_announcement_screening_decides(office: Office) -> None:
    """A submitted or eligible application is not revoked; an applicant revokes nothing."""
    application_id = await office.submitted()
    assert (await propose(office, application_id, 409))["code"] == "wrong_state"
    who = office.of(application_id)
    await office.call("POST", f"/applications/{application_id}/revoke", 403, json=FALSE, who=who)


async def test_what_changed_meanwhile_outdates_the_proposal(office: Office) -> None:
    """The agreement was drawn up after the proposal: whoever confirms would not know what it ends."""
    application_id = await office.selected()
    proposed = await propose(office, application_id)
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    second = office.client.as_("officer", subject="officer-2")
    refused = await office.call("POST", f"/proposals/{proposed['proposal_id']}/confirm", 409, who=second)
    assert refused["code"] == "proposal_outdated"
    assert await office.state(application_id) == "agreed"


async def test_an_award_that_a_new_judgement_took_waits_for_an_officer(office: Office) -> None:
    """RV-17: signed, then announced as waiting: the agreement stands until it is revoked; a proposal ends the task."""
    application_id = await signed(office)

    async def waiting() -> list[str]:
        told = await office.call("GET", "/tasks", 200)
        return [one["thing_id"] for one in told["items"] if one["kind"] == "decide_revocation"]

    assert await waiting() == []
    office.client.clock.set(office.client.clock.now() + dt.timedelta(days=1))
    await office.announce(application_id, run_version=2, outcome="waiting", refused_by="capacity")
    assert (await office.state(application_id), await waiting()) == ("signed", [application_id])
    proposed = await propose(office, application_id, ground="conflict_found", intent_shown=False)
    assert await waiting() == []
    await office.confirmed(proposed)
    assert (await office.state(application_id), await waiting()) == ("revoked", [])


@pytest.mark.parametrize(
    ("ground", "code"), [("no_deposit", "deposit_not_overdue"), ("no_acceptance", "not_revocable_now")]
)
async def test_a_ground_needs_what_is_on_record(office: Office, ground: str, code: str) -> None:
    """Nothing is overdue, and a signed agreement was accepted: refused with its words."""
    application_id = await signed(office)
    refused = await propose(office, application_id, 409, ground=ground)
    assert refused["code"] == code
    assert "{" not in refused["messages"]["ko"]


async def test_a_deposit_missed_is_a_ground_until_it_comes_in(office: Office) -> None:
    """Billing says that it is overdue: proposed; it comes in before the confirmation: not confirmed."""
    application_id = await signed(office)
    due = {"application_id": application_id, "programme_code": P0}
    now = office.client.clock.now()
    await office.client.feed(SelfpayDue(**due, amount_krw=9, flow="deposit", due_at=now, reason="BL-4"))
    await office.client.feed(SelfpayOverdue(**due, due_krw=9, received_krw=0, due_at=now))
    proposed = await propose(office, application_id, ground="no_deposit")
    paid = SelfpayDeposited(**due, received_krw=9, due_krw=9, covered=True, deposited_at=now)
    await office.client.feed(paid)
    second = office.client.as_("officer", subject="officer-2")
    refused = await office.call("POST", f"/proposals/{proposed['proposal_id']}/confirm", 409, who=second)
    assert refused["code"] == "deposit_not_overdue"
    assert await office.state(application_id) == "signed"


async def test_what_comes_late_of_a_revoked_award_moves_nothing(office: Office) -> None:
    """Its grant was placed meanwhile, and ends: the application stays revoked; so does a later announcement."""
    application_id = await signed(office)
    await office.confirmed(await propose(office, application_id))
    told = {"grant_id": application_id, "programme_code": P0, "provider_id": "alpha"}
    ended = GrantEnded(**told, ended_at=office.client.clock.now(), reason="허위 재직증명서")
    await office.client.feed(ended)
    await office.announce(application_id, run_version=2)
    assert await office.state(application_id) == "revoked"


async def test_many_confirmations_have_one_effect(office: Office) -> None:
    """Sixteen officers confirm at once: one does it, the others are told that it is done."""
    application_id = await office.selected()
    proposed = await propose(office, application_id)
    address = f"/v1/proposals/{proposed['proposal_id']}/confirm"
    officers = [office.client.as_("officer", subject=f"second-{number}") for number in range(16)]
    answers = await asyncio.gather(*(office.http.post(address, headers=who) for who in officers))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 15
    assert len(await office.client.said(ApplicationRevoked)) == 1
