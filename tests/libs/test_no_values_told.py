"""What a database error says of a row stays out of logs, readiness and dead letters: names, birthdays, keys."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common.db import Database

FIRST, SECOND = "홍길동", "임꺽정"
TABLE = "CREATE TEMPORARY TABLE person (name text PRIMARY KEY, born_on date NOT NULL CHECK (born_on > '1900-01-01'))"
INSERT = text("INSERT INTO person VALUES (:name, cast(cast(:born_on AS text) AS date))")


async def _write(db: Database, *rows: dict[str, str | None]) -> None:
    async with db.transaction() as tx:
        await tx.execute(text(TABLE))
        for row in rows:
            await tx.execute(INSERT, row)


@pytest.mark.parametrize(
    ("born_on", "says"),
    [("1980-05-17", "unique"), (None, "not-null"), ("1899-12-31", "check")],
    ids=["told twice", "left out", "impossible"],
)
async def test_an_error_tells_no_values_of_a_row(databases, born_on: str | None, says: str) -> None:
    """The constraint is told; neither the parameters nor what PostgreSQL adds as DETAIL is."""
    db = Database(await databases.fresh("billing"))
    first, second = {"name": FIRST, "born_on": "1980-05-17"}, {"name": FIRST if born_on else SECOND, "born_on": born_on}
    try:
        with pytest.raises(DBAPIError, match=f"(?i){says}") as told:
            await _write(db, first, second)
        whole = repr(told.value) + str(told.value) + "".join(traceback.format_exception(told.value))
        for secret in (FIRST, SECOND, "1980", "1899-12-31", "DETAIL"):
            assert secret not in whole
        assert told.value.orig.__cause__.constraint_name or born_on is None
    finally:
        await db.close()
