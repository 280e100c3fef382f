"""Budget and ledger (BL-9, BL-10)."""

import pytest

from libs.common.events.billing import SelfpayDue
from services.billing.jobs import refresh_gauges, sum_ledger
from services.billing.operations.ledger import first_broken_posting
from tests.owner import as_owner
from tests.services.billing.office import P0, P1, use


def track_of(office, code):
    return next(iter(office.programmes[code].tracks))


async def write(office, *statements):
    """Write past the service, in one transaction."""
    async with office.client.db.transaction() as tx:
        for statement in statements:
            await tx.exec_driver_sql(statement)


@pytest.mark.rule("BL-9")
async def test_the_budget_goes_from_appropriation_over_commitment_to_execution(office):
    """Committed at selection, executed at approval out of what was committed, the rest released at the end."""
    await office.open(P1)
    path = f"tracks.{track_of(office, P1)}.selection.planning_price_krw"
    await office.revise(P1, path, 400_000)
    await office.price(P1, 5_500)
    await office.announce("A-000001", P1, product="H100x1", sector="public")
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 1_200_000
    await office.paid_up("A-000001", sector="public")
    await office.settled(await office.close_statement(P1, use("A-000001", billable_unit_hours=100)))
    budget = await office.read(f"/budget/{P1}")
    assert (budget["committed_krw"], budget["executed_krw"]) == (650_000, 550_000)
    await office.withdraw("A-000001", P1)
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    accounts = {a["account"]: a["balance_krw"] for a in (await office.read("/ledger/balance"))["accounts"]}
    assert accounts[f"budget:{P1}:free"] == 19_000_000_000 - 550_000
    assert accounts[f"budget:{P1}:committed"] == 0
    assert accounts[f"budget:{P1}:executed"] == 550_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_a_commitment_without_a_planning_price_is_corrected_once_it_is_filled_in(office):
    """Unset commits 0 and blocks nothing; filled in, the estimate is made; announced again nothing doubles."""
    await office.open(P1)
    path = f"tracks.{track_of(office, P1)}.selection.planning_price_krw"
    await office.revise(P1, path, "unset")
    for run in (1, 2):
        await office.announce("A-000001", P1, product="H100x2", run_version=run, sector="public")
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    await office.revise(P1, path, 100_000)
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 600_000
    await office.announce("A-000001", P1, product="H100x2", run_version=3, outcome="waiting", refused_by="budget")
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize("gone", ["withdrawn", "grant ended"])
async def test_who_gave_up_before_the_selection_was_heard_gets_nothing_committed(office, gone):
    """Withdrawal or end overtakes selection and agreement: no commitment, no demand, whatever is announced again."""
    await office.open(P1)
    path = f"tracks.{track_of(office, P1)}.selection.planning_price_krw"
    await office.revise(P1, path, 400_000)
    if gone == "withdrawn":
        await office.withdraw("A-000001", P1)
    else:
        await office.end("A-000001", P1, office.client.clock.now())
    for run in (1, 2):
        await office.announce("A-000001", P1, product="H100x1", run_version=run)
    await office.sign("A-000001", P1)
    assert (await office.read(f"/budget/{P1}"))["committed_krw"] == 0
    assert (await office.read("/self-payments/A-000001"))["state"] == "closed"
    assert await office.client.said(SelfpayDue) == []
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_a_release_names_the_version_it_rests_on(office):
    """The posting of a release carries the programme version in force, as the commitment's does."""
    await office.open(P1)
    path = f"tracks.{track_of(office, P1)}.selection.planning_price_krw"
    await office.revise(P1, path, 400_000)
    await office.announce("A-000001", P1, product="H100x1")
    await office.withdraw("A-000001", P1)
    rows = (await office.read("/ledger?limit=100"))["items"]
    versions = {r["cause"].split(":")[0]: r["programme_version"] for r in rows if r["cause"].startswith("budget.")}
    assert versions["budget.released"] == versions["budget.committed"] > 0


@pytest.mark.rule("BL-9")
async def test_parts_are_shifted_within_the_cap_by_an_officer_with_a_reason(office):
    """300 million go from operation to subsidies, more than there is does not; the cap stays."""
    await office.open(P1)
    move = {"from_part": "operating", "to_part": "subsidy", "amount_krw": 300_000_000, "reason": "잔액 조정"}
    budget = await office.two_people(f"/budget/{P1}/shifts", move)
    assert (budget["operating_krw"], budget["subsidy_krw"]) == (500_000_000, 19_300_000_000)
    assert budget["cap_krw"] == 19_800_000_000
    assert (await office.read(f"/budget/{P1}"))["shifts"][0]["reason"] == "잔액 조정"
    assert await office.refused(f"/budget/{P1}/shifts", {**move, "amount_krw": 500_000_001}) == (
        409,
        "shift_exceeds_part",
    )
    assert await office.refused(f"/budget/{P1}/shifts", {**move, "to_part": "operating"}) == (
        422,
        "shift_needs_two_parts",
    )
    assert (await office.post(f"/budget/{P1}/shifts", move, role="operator")).status_code == 403
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-8")
async def test_an_unset_cap_shows_as_missing(office):
    """The budget can be read, and names what is missing; an unknown programme is not found."""
    await office.open(P0, filled_in=False)
    budget = await office.read(f"/budget/{P0}")
    assert (budget["cap_krw"], budget["missing_path"]) == (None, "billing.budget.cap_krw")
    assert (await office.get("/budget/nothing")).status_code == 404


@pytest.mark.rule("BL-10")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_krw = 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_posting SET cause = 'x'",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting, ledger_entry",
    ],
)
async def test_the_ledger_refuses_every_change(office, statement):
    """History is appended, never edited."""
    await office.open(P1)
    with pytest.raises(Exception, match="permission denied"):
        await write(office, statement)
    with pytest.raises(Exception, match="append-only"):
        async with as_owner(office.client.db) as tx:
            await tx.exec_driver_sql(statement)


@pytest.mark.rule("BL-10")
@pytest.mark.parametrize(
    "entries",
    [
        pytest.param("(9, 1, 'a', 5)", id="one won out of nowhere"),
        pytest.param("(9, 1, 'a', 5), (9, 2, 'b', -4)", id="a won short"),
        pytest.param("", id="no entries at all"),
    ],
)
async def test_a_posting_that_does_not_sum_to_zero_cannot_be_committed(office, entries):
    """The database checks at commit, whoever writes."""
    posting = "INSERT INTO ledger_posting VALUES (9, 'cause', 'BL-10', 'p', 1, '2025-10-01T00:00:00Z', '', '')"
    with pytest.raises(Exception, match="does not sum to zero"):
        await write(office, posting, *([f"INSERT INTO ledger_entry VALUES {entries}"] if entries else []))


@pytest.mark.rule("BL-10")
async def test_a_forged_posting_breaks_the_chain_where_it_stands(office):
    """A posting written past the service is balanced and yet found."""
    await office.open(P1)
    async with office.client.db.transaction() as tx:
        assert await first_broken_posting(tx) is None
        await tx.exec_driver_sql(
            "INSERT INTO ledger_posting VALUES (2, 'forged', 'BL-10', 'p', 1, '2025-10-01T00:00:00Z', '', '')"
        )
        await tx.exec_driver_sql("INSERT INTO ledger_entry VALUES (2, 1, 'a', 5), (2, 2, 'b', -5)")
        assert await first_broken_posting(tx) == 2


@pytest.mark.rule("BL-10")
async def test_the_ledger_pages_by_cursor_and_the_summary_counts_it(office):
    """Every entry is listed once; the summary gives entries and their sum, 0."""
    await office.open(P1)
    await office.paid_up("A-000001")
    summary = await office.read(f"/summary?programme={P1}")
    seen, cursor = [], ""
    while cursor is not None:
        page = await office.read(f"/ledger?limit=2{cursor and '&cursor=' + cursor}")
        seen += [(e["posting_no"], e["entry_no"]) for e in page["items"]]
        cursor = page["next_cursor"]
    assert len(set(seen)) == len(seen) == summary["ledger"]["entries"]
    assert summary["ledger"]["sum_krw"] == 0
    assert summary["self_payments"] == {"covered": 1}
    assert (await office.get("/ledger?cursor=WyJ4Il0")).status_code == 400
    assert (await office.get("/ledger", role="provider", organisation_id="alpha")).status_code == 403


async def test_the_gauges_show_what_operators_ask(office):
    """Budget, states and the ledger's sum are told."""
    from services.billing.metrics import METRICS

    await office.open(P1)
    await office.paid_up("A-000001")
    await office.run(refresh_gauges)
    await office.run(sum_ledger)
    assert METRICS.ledger_sum_krw._value.get() == 0
    assert METRICS.self_payments.labels("covered")._value.get() == 1
    assert METRICS.budget_krw.labels(P1, "left")._value.get() == 19_000_000_000
