"""The ledger's balance: walked in pages, at one instant (BL-10)."""

import asyncio

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from libs.common.db import lock
from services.billing.model.ledger import Posting
from services.billing.operations.ledger import PAGE_POSTINGS, first_broken_posting, post
from services.billing.rules.ledger import transfer
from services.billing.store import ledger
from tests.owner import as_owner
from tests.services.billing.office import P1, START, use

WAITING = text("SELECT count(*) FROM pg_locks WHERE relation = 'ledger_posting'::regclass AND NOT granted")


async def book(office, count):
    """Append so many postings, each of one won."""
    async with office.client.db.transaction() as tx:
        await lock(tx, "billing")
        for number in range(count):
            entries, named = transfer("debit", "credit", 1), {"rule_id": "BL-10", "programme_code": P1}
            await post(tx, f"test:{number}", entries, **named, programme_version=1, now=START)


def asked(office):
    """What is asked of the database from now on: statement and parameters."""
    heard = []
    engine = office.client.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: heard.append((args[2], args[3])))
    return heard


@pytest.mark.rule("BL-10")
async def test_the_chain_is_walked_a_page_at_a_time(office):
    """Of 2,100 postings no more than 1,000 are read at once, and every one is: the forged one behind them is found."""
    await office.open(P1)
    count = 2 * PAGE_POSTINGS + 100
    await book(office, count - 1)  # the cap of the programme is the first
    heard = asked(office)
    balance = await office.read("/ledger/balance")
    assert (balance["sum_krw"], balance["chain_whole"], balance["entries"]) == (0, True, 2 * count + 2)
    pages = [parameters for statement, parameters in heard if "array_agg" in statement]
    assert [PAGE_POSTINGS in page for page in pages] == [True] * 4, "three pages, and a last one that is empty"
    async with office.client.db.transaction() as tx:
        await ledger.add_posting(tx, count + 1, Posting("forged", "BL-10", P1, 1, START, transfer("a", "b", 5)), "", "")
    assert (await office.read("/ledger/balance"))["first_broken_posting"] == count + 1


@pytest.mark.rule("BL-10")
async def test_a_balance_is_of_one_instant_beside_a_writer(office):
    """What is posted between the sum and the walk is in neither of them."""
    await office.open(P1)
    async with as_owner(office.client.db) as writer:
        await writer.exec_driver_sql("LOCK TABLE ledger_posting IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.create_task(office.read("/ledger/balance"))
        async with office.client.db.transaction() as tx:
            while not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database knows
                await asyncio.sleep(0.01)
        forged = Posting("forged", "BL-10", P1, 1, START, transfer("a", "b", 5))
        await ledger.add_posting(writer, 2, forged, "", "")
    seen = await reading
    assert (seen["entries"], seen["chain_whole"]) == (4, True)
    now = await office.read("/ledger/balance")
    assert (now["entries"], now["sum_krw"], now["first_broken_posting"]) == (6, 0, 2)


@pytest.mark.rule("BL-10")
async def test_a_posting_without_entries_is_where_the_chain_breaks(office):
    """Written past the trigger by the owner, it is found although nothing of it is in any account."""
    await office.open(P1)
    async with as_owner(office.client.db) as tx:
        await tx.exec_driver_sql("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        await tx.exec_driver_sql(
            "INSERT INTO ledger_posting VALUES (2, 'empty', 'BL-10', 'p', 1, '2025-10-01T00:00:00Z', '', '')"
        )
        await tx.exec_driver_sql("ALTER TABLE ledger_posting ENABLE TRIGGER USER")
    async with office.client.db.transaction() as tx:
        assert await first_broken_posting(tx) == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE settlement SET issued_by = 'nobody'", id="who issued"),
        pytest.param("UPDATE settlement SET approved_by = 'nobody'", id="who approved"),
        pytest.param("UPDATE settlement SET approved_at = NULL, approved_by = NULL", id="that it was approved"),
        pytest.param("UPDATE settlement SET payment_reference = 'other'", id="the bank's reference"),
        pytest.param("UPDATE settlement SET canonical = '{}'", id="the bytes that were approved"),
        pytest.param("UPDATE dispute SET decided_krw = 0", id="what was decided"),
        pytest.param("UPDATE dispute SET decided_by = 'nobody'", id="who decided"),
        pytest.param("UPDATE dispute SET reason = 'x'", id="why it was contested"),
        pytest.param("DELETE FROM dispute", id="that it was contested"),
        pytest.param("UPDATE proposal SET proposed_by = 'nobody'", id="who proposed"),
        pytest.param("DELETE FROM proposal_outcome", id="who confirmed"),
        pytest.param("UPDATE act SET actor = 'nobody'", id="who did it"),
    ],
)
async def test_f_46_what_was_decided_about_a_settlement_stays(office, change):
    """F-46: Paid and once contested, none of its persons, instants, references and bytes changes any more."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    await office.settled(settlement_id, "issue")
    as_alpha = {"role": "provider", "organisation_id": "alpha"}
    raised = await office.done(f"/settlements/{settlement_id}/lines/1/dispute", {"reason": "확인 요청"}, **as_alpha)
    await office.two_people(f"/disputes/{raised['dispute_id']}/decision", {"reason": "기록과 같음"})
    await office.settled(settlement_id, "approve", "pay")
    with pytest.raises(DBAPIError) as refused:
        async with office.client.db.transaction() as tx:
            await tx.exec_driver_sql(change)
    assert refused.value.orig.sqlstate == "42501"
