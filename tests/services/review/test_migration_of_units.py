"""An upgrade writes the counting units that were heard before as intake says them today."""

import asyncio

import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.migrate import migrate
from libs.embedded.postgres import EmbeddedPostgres

HEARD = text(
    "INSERT INTO application (application_id, programme_code, receipt_no, received_at, organisation_id,"
    " organisation_name, sector, counting_unit, track, product, units, months, wished_start, youth, state)"
    " VALUES (:id, 'p', :id, '2025-09-01T00:00:00Z', :of, :of, 'public', :unit, '1', 'H100x1', 1, 1, '2025-10-01',"
    " false, 'eligible')"
)
UNITS = {
    "A-1": ("O-000001", "O-000001/NTIS-99", "professor:ntis-99"),
    "A-2": ("O-000002", "O-000002/ｎｔｉｓ-99", "professor:ntis-99"),
    "A-3": ("O-000002", "O-000002/\u3164", "O-000002/\u3164"),
    "A-4": ("O-000003", "1248100998", "1248100998"),
    "A-5": ("O-000004", "professor:ntis-7", "professor:ntis-7"),
    "A-6": ("O-00000%", "O-000001/NTIS-99", "O-000001/NTIS-99"),
}


@pytest.mark.rule("CV-9")
async def test_stored_units_of_professors_are_folded(pg: EmbeddedPostgres) -> None:
    """One professor of two houses is one unit after the upgrade, as if heard of later; no other unit changes."""
    await asyncio.to_thread(pg.create_database, "review_before_units")
    url = pg.url("review_before_units")
    await migrate("review", url, to="review_0002")
    db = Database(url)
    async with db.transaction() as tx:
        for application_id, (of, unit, _) in UNITS.items():
            await tx.execute(HEARD, {"id": application_id, "of": of, "unit": unit})
    await migrate("review", url)
    async with db.transaction() as tx:
        found = (await tx.execute(text("SELECT application_id, counting_unit FROM application"))).all()
    await db.close()
    assert dict(found) == {application_id: folded for application_id, (_, _, folded) in UNITS.items()}
