"""An upgrade folds the keys that are stored, and lists what turns out to be one."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.lists import Wanted
from libs.common.migrate import migrate
from libs.embedded.postgres import EmbeddedPostgres
from services.intake.store.collisions import list_collisions

AT = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
ORGANISATION = text(
    "INSERT INTO organisation (organisation_id, name, business_no, kind, legal_form, representatives, opened_on,"
    " affiliates, registered_by, registered_at)"
    " VALUES (:id, :id, :number, 'university', 'public_body', '[]', '2000-01-01', '{}', 'x', :at)"
)
APPLICATION = text(
    "INSERT INTO application (application_id, programme_code, organisation_id, state, version, title, track, product,"
    " units, months, wished_start, youth_claimed, principal_investigator, created_by, created_at, counting_unit,"
    " receipt_no)"
    " VALUES (:id, 'p', :of, 'submitted', 1, '', '1', 'H100x1', 1, 1, '2025-10-01', false,"
    " jsonb_build_object('id', cast(:who AS text), 'name', '홍길동', 'is_professor', true), 'x', :at, :unit, :id)"
)
RESTRICTION = text(
    "INSERT INTO restriction (restriction_id, subject_id, kind, from_day, instalments_approved, source, recorded_by,"
    " recorded_at) VALUES (:id, :subject, 'default', '2025-01-01', false, '', 'x', :at)"
)


@pytest.mark.rule("CV-9")
async def test_stored_keys_are_folded_and_collisions_listed(pg: EmbeddedPostgres) -> None:
    """F-42: two spellings of one professor become one key; the rows stay, and an officer finds them in a list."""
    await asyncio.to_thread(pg.create_database, "intake_before_keys")
    url = pg.url("intake_before_keys")
    await migrate("intake", url, to="intake_0003")
    db = Database(url)
    async with db.transaction() as tx:
        for nth, house in enumerate(("O-000001", "O-000002")):
            await tx.execute(ORGANISATION, {"id": house, "number": f"{nth:010d}", "at": AT})
        for nth, (of, who) in enumerate((("O-000001", "NTIS-99"), ("O-000002", "ntis-99"), ("O-000002", "NTIS-1"))):
            told = {"id": f"A-{nth}", "of": of, "who": who, "unit": f"{of}/{who}", "at": AT}
            await tx.execute(APPLICATION, told)
        for restriction_id, subject in (("X-1", "investigator:ＮＴＩＳ-99"), ("X-2", "O-000001")):
            await tx.execute(RESTRICTION, {"id": restriction_id, "subject": subject, "at": AT})
    told = await migrate("intake", url)
    assert any("key-collisions" in need for need in told.needs)
    async with db.transaction() as tx:
        units = (await tx.execute(text("SELECT counting_unit FROM application ORDER BY application_id"))).scalars()
        assert list(units) == ["professor:ntis-99", "professor:ntis-99", "professor:ntis-1"]
        keys = (await tx.execute(text("SELECT subject_key FROM restriction ORDER BY restriction_id"))).scalars()
        assert list(keys) == ["investigator:ntis-99", "o-000001"]
        found = await list_collisions(tx, Wanted(10), None)
    await db.close()
    assert [(one.kind, one.key, one.things) for one in found] == [
        ("counting_unit", "p professor:ntis-99", ("A-0", "A-1")),
        ("investigator", "investigator:ntis-99", ("A-0", "A-1", "X-1")),
    ]
    assert found[1].spellings == ("investigator:NTIS-99", "investigator:ntis-99", "investigator:ＮＴＩＳ-99")


async def test_collisions_are_the_agencys(service_client) -> None:  # type: ignore[no-untyped-def]
    """The list is read by the agency alone; a cursor that is no number is refused."""
    client = await service_client("intake")
    listed = await client.http.get("/v1/key-collisions", headers=client.as_("officer"))
    assert (listed.json()["items"], listed.json()["next_cursor"]) == ([], None)
    refused = await client.http.get("/v1/key-collisions", headers=client.as_("applicant", organisation_id="O-1"))
    assert refused.status_code == 403
    broken = await client.http.get("/v1/key-collisions?cursor=WyJ4Il0", headers=client.as_("officer"))
    assert (broken.status_code, broken.json()["code"]) == (400, "bad_cursor")
