"""References and providers are told apart by folded keys, each within the party that chose it (CV-9)."""

import asyncio
import datetime as dt

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from libs.common.events.intake import ProviderChanged, ProviderRegistered
from libs.common.migrate import migrate, script_directory
from tests.services.billing.office import P0, P1, use

OWN = "/self-payments/A-000001"


def registered(provider_id, name, **more):
    """A provider as intake tells it."""
    facts = {"organisation_id": f"O-{provider_id}", "business_no": "1248100998", "members": []}
    facts |= {"representative_keys": [], "affiliates": [], "registered_at": dt.datetime(2025, 9, 1, tzinfo=dt.UTC)}
    contract = ProviderChanged if more else ProviderRegistered
    return contract(provider_id=provider_id, name=name, **{**facts, **more})


async def p0_placed(office, application_id, provider_id):
    """A P0 winner of four H100 for six months, placed with a provider and in use."""
    product = next(
        n for n, p in office.programmes[P0].products.items() if p.card_type == "H100" and p.cards_per_unit == 4
    )
    await office.sign(application_id, P0, product=product, units=1, months=6)
    await office.place(application_id, P0, cards=4, months=6, provider_id=provider_id)
    await office.activate(application_id, P0)


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize("again", ["BANK-0001", "ｂａｎｋ-0001", "bank\u200b-0001", " bank -0001 ", "bank-0001\u3164"])
async def test_a_reference_is_one_however_it_is_spelt(office, again):
    """The same deposit under another spelling counts once; another amount under it is refused; it shows as typed."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    await office.done(f"{OWN}/deposits", {"amount_krw": 100, "reference": "bank-0001"})
    once = await office.done(f"{OWN}/deposits", {"amount_krw": 100, "reference": again})
    assert (once["deposited_krw"], [r["reference"] for r in once["receipts"]]) == (100, ["bank-0001"])
    assert await office.refused(f"{OWN}/deposits", {"amount_krw": 1, "reference": again}) == (409, "reference_taken")
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-9")
async def test_F_17_two_providers_may_book_one_reference(office):  # noqa: N802 - the fault's id
    """`2025-0001` of alpha and of beta are two payments; within alpha it is one, for whichever grant."""
    await office.open(P0)
    for grant, provider in (("A-000001", "alpha"), ("A-000002", "beta"), ("A-000003", "alpha")):
        await p0_placed(office, grant, provider)
    body = {"amount_krw": 1_000, "reference": "2025-0001"}
    for grant, provider in (("A-000001", "alpha"), ("A-000002", "beta")):
        paid = await office.done(f"/self-payments/{grant}/payments", body, role="provider", organisation_id=provider)
        assert paid["paid_to_provider_krw"] == 1_000
    assert await office.refused("/self-payments/A-000003/payments", body) == (409, "reference_taken")
    assert await office.ledger_sum() == 0


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize("nothing", ["\u200b\u3164", "\u00ad"])
async def test_a_reference_of_invisible_characters_names_nothing(office, nothing):
    """What folds to nothing is refused before anything is looked up."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    body = {"amount_krw": 1, "reference": nothing}
    assert await office.refused(f"{OWN}/deposits", body) == (422, "invalid_request")


@pytest.mark.rule("CV-9")
async def test_a_price_of_a_registered_provider_is_one_however_its_id_is_typed(office):
    """` ALPHA ` is alpha: one price book, shown with the provider's name; a change of name shows at once."""
    await office.open(P1)
    await office.client.feed(registered("alpha", "알파클라우드"))
    assert (await office.price(P1, 5_500, provider_id="ＡＬＰＨＡ"))["provider_id"] == "alpha"
    assert (await office.price(P1, 5_500, provider_id="Alpha", expect=409))["code"] == "price_round_taken"
    shown = (await office.read("/prices"))["items"][0]
    assert (shown["provider_id"], shown["provider_name"]) == ("alpha", "알파클라우드")
    changed = registered("alpha", "알파AI", changed_at=dt.datetime(2025, 10, 2, tzinfo=dt.UTC), reason="상호 변경")
    await office.client.feed(changed)
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    assert (await office.read(f"/settlements/{settlement_id}"))["provider_name"] == "알파AI"
    assert (await office.read("/settlements"))["items"][0]["provider_name"] == "알파AI"


async def upgrade_to(url, revision):
    """Bring billing's database to a revision that is not the newest."""
    scripts = script_directory("billing")
    engine = create_async_engine(url)

    def run(connection):
        with EnvironmentContext(Config(), scripts) as context:
            context.configure(
                connection=connection, fn=lambda at, _: scripts._upgrade_revs(revision, at), transactional_ddl=True
            )
            context.run_migrations()

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


BEFORE = """
INSERT INTO grants VALUES ('A-1', 'p', 'O-1', 'alpha', 'H100', 1, 1, 1, '2025-10-01Z', '2026-01-01Z'),
 ('A-2', 'p', 'O-2', 'beta', 'H100', 1, 1, 1, '2025-10-01Z', '2026-01-01Z');
INSERT INTO self_payment (application_id, programme_code, programme_version, organisation_id, sector, youth, track,
 product, units, months, cards, card_type, basis, signed_at, state) SELECT 'A-' || n, 'p', 1, 'O-' || n, 'private',
 false, '1', 'x', 1, 1, 1, 'H100', 'asked', '2025-10-01Z', 'due' FROM generate_series(1, 2) n;
INSERT INTO self_payment_receipt (receipt_id, application_id, scope, kind, amount_krw, reference, recorded_by,
 recorded_at) VALUES
 ('RC-000001', 'A-1', 'p', 'deposit', 5, 'BANK-1', 'o', '2025-10-02Z'),
 ('RC-000002', 'A-2', 'p', 'deposit', 7, 'bank-1', 'o', '2025-10-03Z'),
 ('RC-000003', 'A-1', 'p', 'payment', 9, 'No 1', 'o', '2025-10-03Z'),
 ('RC-000004', 'A-2', 'p', 'payment', 9, 'no1', 'o', '2025-10-04Z');
"""


@pytest.mark.rule("CV-9")
async def test_stored_references_are_folded_and_collisions_listed_never_merged(pg, databases):
    """Two deposits once kept as BANK-1 and bank-1 both stay, and are listed; payments of two providers are two."""
    await asyncio.to_thread(pg.create_database, "billing_before_folding")
    url = pg.url("billing_before_folding")
    await upgrade_to(url, "billing_0003")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in BEFORE.split(";")[:-1]:
            await connection.execute(text(statement))
    await migrate("billing", url)
    async with engine.begin() as connection:
        kept = await connection.execute(
            text("SELECT receipt_id, scope, reference, reference_key, amount_krw FROM self_payment_receipt ORDER BY 1")
        )
        assert [tuple(row) for row in kept] == [
            ("RC-000001", "p", "BANK-1", "bank-1", 5),
            ("RC-000002", "p", "bank-1", "bank-1#RC-000002", 7),
            ("RC-000003", "p/alpha", "No 1", "no1", 9),
            ("RC-000004", "p/beta", "no1", "no1", 9),
        ]
        listed = await connection.execute(text("SELECT receipt_id, first_receipt_id FROM key_collision"))
        assert [tuple(row) for row in listed] == [("RC-000002", "RC-000001")]
    await engine.dispose()


@pytest.mark.rule("CV-9")
async def test_an_officer_reads_the_collisions(office):
    """Both receipts are shown with what was typed; nobody but the agency sees them."""
    async with office.client.db.transaction() as tx:
        await office.open(P1)
        await office.sign("A-000001", P1)
        await office.done(f"{OWN}/deposits", {"amount_krw": 5, "reference": "BANK-1"})
        await office.done(f"{OWN}/deposits", {"amount_krw": 7, "reference": "bank-2"})
        await tx.exec_driver_sql(
            "INSERT INTO key_collision SELECT 'RC-000002', 'RC-000001', scope, kind, 'bank-1'"
            " FROM self_payment_receipt WHERE receipt_id = 'RC-000002'"
        )
    (found,) = (await office.read("/key-collisions"))["items"]
    assert (found["receipt_id"], found["first_reference"], found["amount_krw"]) == ("RC-000002", "BANK-1", 7)
    assert (await office.get("/key-collisions", role="provider", organisation_id="alpha")).status_code == 403
