"""An award is revoked: its budget is released, what was paid comes back, nothing is asked afterwards (IN-16, F-55)."""

import pytest

from libs.common.events.billing import SelfpayDue
from libs.common.events.intake import AgreementEnded, ApplicationRevoked
from tests.services.billing.office import P1, day, use

OWN = "/self-payments/A-000001"
WHY = "허위 재직증명서"


async def revoke(office, *, signed=True):
    """What intake says of a revocation, each word delivered twice."""
    now = office.client.clock.now()
    told = {"application_id": "A-000001", "programme_code": P1, "reason": WHY}
    words = [AgreementEnded(**told, ended_at=now)] if signed else []
    for event in (*words, ApplicationRevoked(**told, withdrawn_at=now)):
        for _ in range(2):
            await office.client.feed(event)


async def selected(office):
    """A winner of one H100 for three months, at a planning price of 400,000 won."""
    await office.open(P1)
    await office.revise(P1, f"tracks.{next(iter(office.programmes[P1].tracks))}.selection.planning_price_krw", 400_000)
    await office.announce("A-000001", P1, product="H100x1")


async def committed(office):
    """What is committed of the budget, in won."""
    return (await office.read(f"/budget/{P1}"))["committed_krw"]


@pytest.mark.rule("BL-9")
async def test_f_55_a_revoked_winner_gives_its_budget_and_its_deposit_back(office):
    """1,200,000 less the self-payment of 300,000 are committed, then 0; the 300,000 that came in go back, once."""
    await selected(office)
    await office.paid_up("A-000001")
    assert await committed(office) == 900_000
    await revoke(office)
    assert await committed(office) == 0
    told = await office.read(OWN)
    assert (told["state"], told["close_reason"], told["received_krw"]) == ("closed", WHY, 300_000)
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 300_000
    assert await office.refused(f"{OWN}/refund", {"reason": WHY}) == (409, "nothing_to_refund")
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-7")
async def test_f_55_what_a_revoked_grant_used_is_burnt_first(office):
    """Revoked in use: its October of 20 hours at 5,500 won is settled first, 190,000 of 300,000 come back."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    await revoke(office)
    assert await office.refused(f"{OWN}/refund", {"reason": WHY}) == (409, "use_not_settled")
    await office.end("A-000001", P1, day("2025-10-15"))
    assert await office.refused(f"{OWN}/refund", {"reason": WHY}) == (409, "use_not_settled")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=20))
    await office.settled(settlement_id, "issue", "approve")
    assert (await office.two_people(f"{OWN}/refund"))["refund_krw"] == 190_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize("known", ["nothing", "selection"])
async def test_f_55_a_revocation_that_comes_first_is_kept(office, known):
    """Heard before the selection or the agreement: nothing is committed and nothing is due, whatever comes after."""
    await (selected(office) if known == "selection" else office.open(P1))
    await revoke(office, signed=False)
    for run in (1, 2):
        await office.announce("A-000001", P1, product="H100x1", run_version=run)
    await office.sign("A-000001", P1)
    await office.place("A-000001", P1)
    assert await committed(office) == 0
    assert (await office.read(OWN))["state"] == "closed"
    assert await office.client.said(SelfpayDue) == []
    assert await office.ledger_sum() == 0
