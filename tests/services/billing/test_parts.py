"""Statements that come in parts: any order, doubled, or not of one statement."""

import itertools

import pytest
from sqlalchemy import text

from libs.common.events.metering import StatementClosedPart
from tests.services.billing.office import P1, day, use

HEADER = {
    "statement_id": f"alpha:{P1}:2025-10",
    "provider_id": "alpha",
    "programme_code": P1,
    "programme_version": 1,
    "month": "2025-10",
    "closed_at": day("2025-11-05"),
    "sha256": "a" * 64,
    "parts": 3,
    "line_count": 3,
}


def part(number, **values):
    """One of three parts with a line each."""
    line = use(f"A-{number:06}", billable_unit_hours=number)
    return StatementClosedPart(**{**HEADER, "part": number, "lines": [line], **values})


async def counts(office):
    """Settlements, parts that wait, dead letters."""
    tables = ("settlement", "statement_part", "dead_letter")
    query = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    async with office.client.db.transaction() as tx:
        return tuple((await tx.execute(text(query))).one())


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_parts_in_any_order_make_one_settlement(office, order):
    """Nothing is heard before the last one is here; then all lines are, in the statement's order, and no part waits."""
    await office.open(P1)
    for number in order[:-1]:
        assert await office.client.feed(part(number)) == 1
    assert await counts(office) == (0, 2, 0)
    await office.client.feed(part(order[-1]))
    assert await counts(office) == (1, 0, 0)
    async with office.client.db.transaction() as tx:
        uses = (await tx.execute(text("SELECT uses FROM settlement"))).scalar_one()
    assert [one["grant_id"] for one in uses] == ["A-000001", "A-000002", "A-000003"]


async def test_parts_that_come_twice_change_nothing(office):
    """Before the statement is whole and after it, every part again leaves one settlement."""
    await office.open(P1)
    for number in (1, 1, 2, 3, 1, 2, 3):
        await office.client.feed(part(number))
    assert await counts(office) == (1, 0, 0)


@pytest.mark.parametrize(
    "stranger",
    [
        pytest.param({"sha256": "b" * 64}, id="another hash"),
        pytest.param({"parts": 4}, id="another number of parts"),
        pytest.param({"part": 4}, id="a number beyond the last"),
        pytest.param({"line_count": 4}, id="lines are missing"),
    ],
)
async def test_what_is_no_part_of_the_same_statement_is_a_dead_letter(office, stranger):
    """It is put aside; the true part completes the statement all the same."""
    await office.open(P1)
    for number in (1, 2):
        await office.client.feed(part(number))
    await office.client.feed(part(3, **stranger))
    assert await counts(office) == (0, 2, 1)
    await office.client.feed(part(3))
    assert await counts(office) == (1, 0, 1)
