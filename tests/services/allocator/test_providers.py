"""Providers are intake's: what the allocator hears of them, and what their codes are compared by (CV-9)."""

import asyncio
import datetime as dt

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from libs.common.keys import person_key
from libs.common.migrate import migrate, script_directory
from libs.embedded.postgres import EmbeddedPostgres
from services.allocator.tables.supply import data_centre
from tests.conftest import START
from tests.services.allocator.office import P0, P1, SPECIFICATION, Office

BORN = dt.date(1970, 5, 5)


def offer(provider: str, name: str, *servers: str, programme: str = P0) -> dict[str, object]:
    """An offer's body."""
    return {
        "offer_id": name,
        "provider_id": provider,
        "data_centre": "dc1",
        "programme": programme,
        "card_type": "H100",
        "specification": SPECIFICATION,
        "servers": [{"server_id": server, "cards": 8} for server in servers],
        "from": "2025-03-01T00:00:00Z",
        "until": "2026-12-31T00:00:00Z",
    }


async def test_registration_leads_to_intake(office: Office) -> None:
    """The old route answers 308 with intake's address, whatever the body; without a token 401."""
    answer = await office.post("/providers", {"provider_id": "alpha"})
    assert (answer.status_code, answer.headers["location"]) == (308, "/intake/v1/providers")
    assert (await office.client.http.post("/v1/providers")).status_code == 401


async def test_a_provider_is_known_once_intake_told_it(office: Office) -> None:
    """An offer before provider.registered is a clear 404; afterwards all goes on."""
    await office.open(P0)
    early = await office.post("/data-centres", {"data_centre": "dc1", "provider_id": "alpha"})
    too_early = await office.post("/offers", offer("alpha", "o", "s1"))
    assert [(a.status_code, a.json()["facts"]["thing"]) for a in (early, too_early)] == [(404, "provider")] * 2
    await office.provider("alpha")
    await office.done("/data-centres", {"data_centre": "dc1", "provider_id": "alpha"})
    assert (await office.done("/offers", offer("alpha", "o", "s1"), role="provider", org="alpha"))["cards"] == 8
    (listed,) = (await office.get("/providers")).json()["items"]
    assert (listed["organisation_id"], listed["representative_keys"]) == ("O-alpha", [])


async def test_the_newest_fact_about_a_provider_stands_in_any_order(office: Office) -> None:
    """provider.changed overtakes provider.registered, and an older change comes last: the newest name stands."""
    day = dt.timedelta(days=1)
    await office.provider("alpha", name="새 이름", changed_at=START + 2 * day, reason="상호 변경")
    await office.provider("alpha", name="처음 이름")
    await office.provider("alpha", name="옛 이름", changed_at=START + day, reason="상호 변경")
    (listed,) = (await office.get("/providers")).json()["items"]
    assert (listed["name"], listed["changed_at"]) == ("새 이름", "2025-09-03T01:00:00Z")


async def test_a_representative_in_another_spelling_is_the_same_person(office: Office) -> None:
    """F-42: the provider's representative in NFD with spaces, the applicant's in NFC: the pair is barred (AL-5)."""
    import unicodedata

    await office.open(P0)
    spelled = unicodedata.normalize("NFD", "홍 길 동")
    await office.provider("alpha", representative_keys=[person_key(spelled, BORN)])
    await office.done("/data-centres", {"data_centre": "dc1", "provider_id": "alpha"})
    await office.done("/offers", offer("alpha", "o", "s1"))
    await office.award("A-1", P0, "H100x1", 1, keys=[person_key("홍길동", BORN)])
    draft = await office.done("/placements", {"programme": P0})
    assert [(line["placed"], line["limit_reached"]) for line in draft["lines"]] == [(False, "relation")]


async def test_a_member_of_the_consortium_is_a_related_company(office: Office) -> None:
    """The applicant is itself a member of the provider's consortium: it is never served by it (AL-5)."""
    await office.open(P0)
    member = {"organisation_id": "O-9", "name": "나", "business_no": "2208162517", "csap_certified": True}
    await office.provider("alpha", members=[member])
    await office.done("/data-centres", {"data_centre": "dc1", "provider_id": "alpha"})
    await office.done("/offers", offer("alpha", "o", "s1"))
    await office.award("A-1", P0, "H100x1", 1, business_no="2208162517")
    draft = await office.done("/placements", {"programme": P0})
    assert [line["limit_reached"] for line in draft["lines"]] == ["relation"]


@pytest.mark.rule("CV-9")
async def test_names_are_unique_within_the_provider_that_chose_them(office: Office) -> None:
    """Two providers call centre, offer and server alike and both serve; one twice, in other letters: 409."""
    await office.open(P0)
    for provider in ("alpha", "beta"):
        await office.provider(provider)
        await office.done("/data-centres", {"data_centre": "dc1", "provider_id": provider})
        await office.done("/offers", offer(provider, "h100", "s1"))
    again = [
        await office.post("/data-centres", {"data_centre": "ＤＣ1", "provider_id": "alpha"}),
        await office.post("/offers", offer("alpha", "H 100", "s2")),
        await office.post("/offers", offer("alpha", "more", "S1\u200b")),
        await office.post("/offers", offer("alpha", "more", "s3", "Ｓ3")),
    ]
    assert [(a.status_code, a.json()["code"], a.json()["facts"]["thing"]) for a in again] == [
        (409, "already_there", thing) for thing in ("data_centre", "offer", "server", "server")
    ]
    for rank in (1, 2):
        await office.award(f"A-{rank}", P0, "H100x8", rank, months=9)
    placed = await office.place(P0)
    assert {(line["provider_id"], line["named_cards"][0][0]) for line in placed["lines"]} == {
        ("alpha", "s1"),
        ("beta", "s1"),
    }
    down = {"cards": 1, "from": "2025-01-01T00:00:00Z", "until": "2025-02-01T00:00:00Z", "reason": "점검"}
    which = await office.post("/servers/s1/down", down)
    assert (which.status_code, which.json()["code"]) == (409, "provider_needed")
    assert (await office.post("/servers/S1/down?provider=beta", down)).status_code == 201
    assert (await office.post("/servers/s1/down", down, role="provider", org="alpha")).status_code == 201
    reading = {"product": "H100x8", "payable": True, "reason": "판단"}
    assert (await office.post("/offers/h100/conformance", reading)).json()["code"] == "provider_needed"
    assert (await office.done("/offers/h100/conformance?provider=beta", reading))["provider_id"] == "beta"
    first = (await office.get("/offers?limit=1")).json()
    second = (await office.get(f"/offers?limit=1&cursor={first['next_cursor']}")).json()
    assert [o["provider_id"] for o in (*first["items"], *second["items"])] == ["alpha", "beta"]


async def test_a_pool_takes_the_servers_of_the_provider_it_names(office: Office) -> None:
    """Both providers have a server s1: without a provider the pool is refused, with one it is made."""
    await office.open(P1)
    for provider in ("alpha", "beta"):
        await office.provider(provider)
        await office.done("/data-centres", {"data_centre": "dc1", "provider_id": provider})
        await office.done("/offers", offer(provider, "h100", "s1", programme=P1))
    body = {"pool_id": "p", "programme": P1, "server_ids": ["s1"]}
    assert (await office.post("/pools", body)).json()["code"] == "pool_of_one_site"
    assert (await office.done("/pools", body | {"provider_id": "beta"}))["provider_id"] == "beta"
    again = await office.post("/pools", body | {"pool_id": "Ｐ", "provider_id": "alpha"})
    assert (again.status_code, again.json()["code"]) == (409, "already_there")


async def test_a_code_of_invisible_characters_is_no_code(office: Office) -> None:
    """A name that folds to nothing tells nothing apart (CV-9): 422."""
    await office.provider("alpha")
    answer = await office.post("/data-centres", {"data_centre": "\u3164\u200b", "provider_id": "alpha"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


OLD = (
    "INSERT INTO provider VALUES ('alpha', '알파', '124-81-00998', '[\"k\"]', '[\"220-81-62517\"]', '2025-01-01Z')",
    "INSERT INTO provider VALUES ('Alpha', '알파 둘', '2208162517', '[]', '[]', '2025-01-02Z')",
    "INSERT INTO data_centre VALUES ('a-dc1', 'alpha', '', ''), ('A-DC1', 'alpha', '', '')",
    "INSERT INTO offer VALUES ('o', 'alpha', 'a-dc1', 'p', 'H100', NULL, '{}', '2025-01-01Z', '2026-01-01Z')",
    "INSERT INTO server VALUES ('s1', 'o', 1), ('S1', 'o', 1), ('s2', 'o', 1)",
    "INSERT INTO card (server_id, card_index) VALUES ('s1', 0), ('S1', 0), ('s2', 0)",
    "INSERT INTO pool VALUES ('p', 'alpha', 'a-dc1', 'p', 'H100', 'dynamic', 1, '2025-01-01Z')",
    (
        "INSERT INTO session (session_id, sequence, grant_id, organisation_id, programme_code, provider_id,"
        " data_centre, pool_id, mode, origin, state, units, cards, max_duration_s, requested_at, assigned_at)"
        " VALUES ('S-1', 1, 'g', 'o', 'p', 'alpha', 'a-dc1', 'p', 'dynamic', 'request', 'running', 1, 1, 3600,"
        " '2025-03-01T08:00Z', '2025-03-01T09:00Z')"
    ),
)


def _first_tables(connection: Connection) -> None:
    """The database as it stood at the first migration, with rows of that time."""
    scripts = script_directory("allocator")
    with EnvironmentContext(Config(), scripts) as context:
        context.configure(
            connection=connection, fn=lambda revision, _: scripts._upgrade_revs("allocator_0001", revision)
        )
        context.run_migrations()
    for statement in OLD:
        connection.execute(text(statement))


async def test_stored_keys_are_folded_by_the_migration_and_collisions_are_listed(
    pg: EmbeddedPostgres, office: Office
) -> None:
    """Old codes that fold alike stay apart and are listed; numbers are digits; pools know their last change."""
    await asyncio.to_thread(pg.create_database, "allocator_before_folding")
    url = pg.url("allocator_before_folding")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(_first_tables)
    await engine.dispose()
    await migrate("allocator", url)
    from libs.common.db import Database
    from services.allocator.store import collisions, pools, supply

    db = Database(url, pool_max=1)
    async with db.transaction() as tx:
        assert [(c.kind, c.provider_id, c.codes) for c in await collisions.list_collisions(tx)] == [
            ("provider", None, ("Alpha", "alpha")),
            ("data_centre", "alpha", ("A-DC1", "a-dc1")),
            ("server", "alpha", ("S1", "s1")),
        ]
        alpha = await supply.get_provider(tx, "alpha")
        assert (alpha.name, alpha.business_no, alpha.affiliates, alpha.organisation_id) == (
            "알파", "1248100998", ("2208162517",), None,
        )  # fmt: skip
        pool = await pools.find_pool(tx, "Ｐ")
        assert pool is not None
        assert pool.changed_at == dt.datetime(2025, 3, 1, 9, tzinfo=dt.UTC)
        assert await pools.list_due_pools(tx, dt.datetime(2025, 3, 1, 10, tzinfo=dt.UTC)) == ("p",)
        assert await pools.list_due_pools(tx, dt.datetime(2025, 3, 1, 9, 59, tzinfo=dt.UTC)) == ()
    await db.close()
    assert (await office.get("/code-collisions")).json() == {"items": []}


@pytest.mark.rule("CV-9")
async def test_an_officer_sees_codes_that_fold_alike(office: Office) -> None:
    """Two codes of providers that are one, two centres of one of them: both groups, to officers alone; no others."""
    for code in ("alpha", "Ａlpha", "beta"):
        await office.provider(code)
    for centre, provider in (("dc1", "alpha"), ("dc1", "beta")):
        await office.done("/data-centres", {"data_centre": centre, "provider_id": provider})
    older = {"provider_id": "alpha", "data_centre": "DC1", "data_centre_key": "dc1", "key_twin": 1}
    async with office.client.db.transaction() as tx:
        await tx.execute(insert(data_centre).values(**older, name="", address=""))
    listed = await office.get("/code-collisions")
    assert (listed.status_code, listed.json()) == (
        200,
        {
            "items": [
                {"kind": "provider", "provider_id": None, "codes": ["alpha", "Ａlpha"]},
                {"kind": "data_centre", "provider_id": "alpha", "codes": ["DC1", "dc1"]},
            ]
        },
    )
    assert (await office.get("/code-collisions", role="provider", org="alpha")).status_code == 403


async def test_what_was_known_of_an_old_provider_stays_beside_what_intake_tells(office: Office) -> None:
    """A provider of before: its representatives' old keys go on barring pairs, and officers alone can read them."""
    async with office.client.db.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO provider (provider_id, name, business_no, members, representative_keys, affiliates,"
                " registered_at, changed_at, provider_key) VALUES ('alpha', '알파', '1', '[]', '[\"old\"]', '[]',"
                " '2025-08-01Z', '2025-08-01Z', 'alpha')"
            )
        )
    callers = ({"role": "officer"}, {"role": "provider", "org": "alpha"})
    seen = [(await office.get("/providers", **who)).json()["items"][0] for who in callers]
    assert [one["representative_keys"] for one in seen] == [["old"], []]
    await office.provider("alpha", representative_keys=["new"])
    async with office.client.db.transaction() as tx:
        kept = (await tx.execute(text("SELECT representative_keys, organisation_id FROM provider"))).one()
    assert tuple(kept) == (["new", "old"], "O-alpha")
