"""After a programme's last month: what is left is told, and a month closed without use states it to the won (BL-11)."""

import pytest

from services.billing.jobs import look_for_left
from services.billing.metrics import METRICS
from tests.services.billing.office import P1, day, use

DECEMBER, JANUARY, FEBRUARY = f"alpha:{P1}:2025-12", f"alpha:{P1}:2026-01", f"alpha:{P1}:2026-02"
AS_ALPHA = {"role": "provider", "organisation_id": "alpha"}
LEFT = f"/left-to-state?programme={P1}"


async def last_month(office, *lines):
    """P1 at 5,500 won with two grants of alpha that end with December, whose statement is closed."""
    await office.open(P1)
    await office.price(P1, 5_500)
    for grant, organisation in (("A-000001", "O-1"), ("A-000002", "O-2")):
        await office.paid_up(grant, organisation_id=organisation)
        await office.place(grant, P1, organisation_id=organisation)
    await office.close_statement(P1, *lines, month="2025-12")


def december(grant_id, hours, **values):
    """Use of December."""
    return use(grant_id, billable_unit_hours=hours, period="2025-12", **values)


async def closed_without_use(office, *lines, month="2026-01"):
    """A later month's statement is closed, which tells of no use of its own; its settlement goes all its steps."""
    return await office.settled(await office.close_statement(P1, *lines, month=month))


async def stated(office, grant_id):
    """What a grant's lines come to over all settlements."""
    listed = (await office.read(f"/settlements?programme={P1}"))["items"]
    told = [await office.read(f"/settlements/{one['id']}") for one in listed]
    return sum(line["amount_krw"] for one in told for line in one["lines"] if line["grant_id"] == grant_id)


async def gauge(office):
    """How many providers have something left that no month states by itself."""
    await office.run(look_for_left)
    return METRICS.settlements_left_to_state.labels(P1)._value.get()


@pytest.mark.rule("BL-11")
async def test_a_grant_parked_in_the_last_month_is_stated_by_a_month_without_use(office):
    """A-000002 lacks a price in December; January, closed without use, states its 44,000, by three persons."""
    await last_month(office, december("A-000001", 10), december("A-000002", 4, priced_product="H100x2"))
    assert await office.read(LEFT) == [], "December is still open: what comes is written into it"
    assert (await office.settled(DECEMBER))["fee_krw"] == 55_000
    (left,) = await office.read(LEFT)
    assert (left["month"], left["comes_by_itself"], left["grant_ids"]) == ("2026-01", False, ["A-000002"])
    assert [one["path"] for one in left["waits_for"]] == [f"{P1}/alpha/H100x2/dynamic/2025-12"]
    assert left["next_call"] == f"POST /metering/v1/statements/alpha/{P1}/2026-01/close"
    assert left["closable_at"] == "2026-01-31T15:00:00Z"
    assert await gauge(office) == 1
    await office.price(P1, 11_000, product="H100x2")
    (left,) = await office.read(LEFT, **AS_ALPHA)
    assert (left["fee_krw"], left["waits_for"]) == (44_000, [])
    assert await office.read(LEFT, role="provider", organisation_id="beta") == []
    paid = await closed_without_use(office)
    assert (paid["state"], paid["fee_krw"], paid["statement_sha256"]) == ("paid", 44_000, "a" * 64)
    assert len({paid["issued_by"], paid["approved_by"], paid["paid_by"]}) == 3
    assert (await office.read("/parked-grants"))["items"] == []
    assert await office.read(LEFT) == []
    assert await gauge(office) == 0
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11", "BL-13")
async def test_a_dispute_of_the_last_month_is_carried_out_by_a_month_without_use(office):
    """55,000 of December decided at 33,000: January states −22,000, and the grant comes to 33,000."""
    await last_month(office, december("A-000001", 10))
    await office.settled(DECEMBER, "issue")
    contest = f"/settlements/{DECEMBER}/lines/1/dispute"
    raised = await office.done(contest, {"reason": "기록과 다름"}, **AS_ALPHA)
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision", {"amount_krw": 33_000})
    await office.settled(DECEMBER, "approve", "pay")
    (left,) = await office.read(LEFT)
    assert (left["fee_krw"], left["comes_by_itself"]) == (-22_000, False)
    assert (await closed_without_use(office))["fee_krw"] == -22_000
    assert await stated(office, "A-000001") == 33_000
    assert await office.read(LEFT) == []
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-1", "BL-11")
async def test_a_late_void_and_another_price_after_the_last_month_add_up(office):
    """Ten hours at 5,505, two voided in January; in February 4,000 a hour hold: 8 × 4,000 in the end."""
    await last_month(office, december("A-000001", 10))
    await office.settled(DECEMBER)
    void = december("A-000001", -2, adjustment=True)
    assert (await closed_without_use(office, void))["fee_krw"] == -11_000
    await office.price(P1, 4_000, round=2)
    assert (await office.read(LEFT))[0]["month"] == "2026-02"
    assert (await closed_without_use(office, month="2026-02"))["fee_krw"] == -12_000
    assert await stated(office, "A-000001") == 32_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-11")
async def test_while_a_grant_runs_the_next_month_comes_by_itself(office):
    """A grant that runs on in January: what is left is listed, and alarms nobody."""
    await last_month(office, december("A-000001", 10), december("A-000002", 4, priced_product="H100x2"))
    await office.place("A-000003", P1, ends_at=day("2026-01-02"))
    await office.settled(DECEMBER)
    assert [one["comes_by_itself"] for one in await office.read(LEFT)] == [True]
    assert await gauge(office) == 0
